//! `GET /api/mcp/stream`: a stream of named events for clients that were written for it.

use std::sync::Arc;

use auth::Caller;
use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{Method, Uri};

use crate::http::{
    admission::{self, Admitted},
    browser_page,
    challenge::Challenge,
    edge::Edge,
    permits::RequestPermit,
    reject::Reject,
    request_id::RequestId,
};

use super::{
    open::{Wanted, open},
    session_id::Owner,
};

/// Where the stream is, and where `POST /mcp` is found under another name.
pub(in crate::http) const STREAM_PATH: &str = "/api/mcp/stream";
pub(in crate::http) const COMMAND_PATH: &str = "/api/mcp/command";

/// Whether `X-Session-Id` means anything at this address.
pub(in crate::http) fn has_sessions(uri: &Uri) -> bool {
    uri.path().trim_end_matches('/') == COMMAND_PATH
}

/// Handler of every method, since the challenge comes before the method.
pub(in crate::http) async fn stream(
    State(edge): State<Arc<Edge>>,
    Extension(request_id): Extension<RequestId>,
    request: Request<Body>,
) -> Result<Response, Reject> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let answer = answer(&edge, &request_id, &head).await;
    if answer.is_err() {
        // Whoever still sends would find the connection closed instead of the reason.
        edge.drains.drain(head.headers(), body);
    }
    answer
}

async fn answer(
    edge: &Edge,
    request_id: &RequestId,
    head: &Request<()>,
) -> Result<Response, Reject> {
    let (identity, site) = match admission::check(edge, head, &Method::GET).await? {
        Admitted::Caller { identity, site } => (identity, site),
        Admitted::Browser => return Ok(browser_page::render(edge, head)),
    };
    edge.streams.ids.check(&identity, head.headers()).await?;
    let owner = Owner::of(&identity, head.headers());
    let refused = Challenge::of(edge, head).invalid_token();
    let caller = Caller::new(identity, request_id.shared(), site);
    if caller.principal().subject.is_some() {
        edge.permits.trust(caller.key());
    }
    if let Some(permit) = head.extensions().get::<RequestPermit>() {
        permit.count_for(&edge.permits, caller.key())?;
    }
    let session_id = edge.streams.ids.issue(&owner).await?;
    open(edge, &caller, Wanted::Session(session_id), refused).await
}
