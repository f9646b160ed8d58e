//! Lets a request to the public endpoints in: it names our Host and came through the gateway, if
//! there is one. Whoever sends it is told apart there, not here.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{edge::Edge, host, reject::Reject};

/// Documents that say where to sign in are read before anybody has anything to show.
const DOCUMENTS: &str = "/.well-known/";

/// Middleware of the public endpoints.
pub(super) async fn admit_public(
    State(edge): State<Arc<Edge>>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    if let Err(reject) = check(&edge, &head).await {
        // Whoever still sends would find the connection closed instead of the reason.
        edge.drains.drain(head.headers(), body);
        return Err(reject);
    }
    Ok(next.run(head.map(|()| body)).await)
}

async fn check(edge: &Edge, head: &Request<()>) -> Result<(), Reject> {
    host::check(head, &edge.settings.allowed_hosts)?;
    if let Some(gateway) = &edge.settings.gateway
        && !head.uri().path().contains(DOCUMENTS)
    {
        gateway.check(head.headers()).await?;
    }
    Ok(())
}
