//! Lets a request in that passes all checks of its headers: it then carries a [`Caller`] and no
//! secret.

use std::sync::Arc;

use auth::Caller;
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;

use super::{
    admission::{self, Admitted},
    bearer, browser_page,
    challenge::Challenge,
    edge::Edge,
    permits::RequestPermit,
    reject::Reject,
    request_id::RequestId,
};

/// Middleware of `/mcp`.
pub(super) async fn authorize(
    State(edge): State<Arc<Edge>>,
    Extension(request_id): Extension<RequestId>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let (bearer, site) = match admission::check(&edge, &head).await {
        Ok(Admitted::Caller { bearer, site }) => (bearer, site),
        Ok(Admitted::Browser) => return Ok(browser_page::render(&edge, &head)),
        Err(reject) => {
            // Whoever still sends would find the connection closed instead of the reason.
            edge.drains.drain(head.headers(), body);
            return Err(reject);
        }
    };
    let mut request = head.map(|()| body);
    let challenge = edge.settings.challenge_on_upstream_401.then(|| Challenge::of(&edge, &request));

    bearer::remove_secrets(request.headers_mut());
    let caller = Caller::new(bearer, &edge.hasher, request_id.shared(), site);
    if let Some(permit) = request.extensions().get::<RequestPermit>() {
        permit.count_for(&edge.permits, caller.key())?;
    }
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    edge.permits.learn(&caller);
    if let Some(challenge) = challenge {
        check_token(&edge, &caller, &challenge, &response)?;
    }
    response.extensions_mut().insert(caller.key());
    Ok(response)
}

/// Tells a client that signs its users in itself that the token is not good enough, by what Jira
/// said to it during this request or a moment ago.
fn check_token(
    edge: &Edge,
    caller: &Caller,
    challenge: &Challenge,
    response: &Response,
) -> Result<(), Reject> {
    // What was refused before Jira could be asked stays refused for its own reason.
    let is_answered = response.status().is_success() && caller.lacking().is_none();
    let is_told = is_answered || caller.was_refused();
    if is_told && edge.refused.is_still_refused(caller, Instant::now()) {
        return Err(Reject::TokenRefused { challenge: challenge.invalid_token() });
    }
    match caller.lacking() {
        Some(scopes) => {
            Err(Reject::ScopeMissing { challenge: challenge.insufficient_scope(scopes) })
        }
        None => Ok(()),
    }
}
