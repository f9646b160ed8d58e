//! Sheds load: a request gets a permit or is refused at once, and one that runs too long is ended.

use std::sync::Arc;

use axum::{
    BoxError,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::header;
use tower::timeout::error::Elapsed;

use super::{edge::Edge, event_stream, reject::Reject, streams::record::StreamRecord};

/// Middleware of `/mcp`: what waits in a queue has lost its deadline anyway, so nothing waits.
///
/// An event stream keeps its permit until its end, for its call goes on behind it; one without a
/// call keeps none.
pub(super) async fn acquire_permit(
    State(edge): State<Arc<Edge>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Reject> {
    let permit = edge.permits.acquire().ok_or(Reject::Overloaded)?;
    request.extensions_mut().insert(permit.clone());
    let response = next.run(request).await;
    if response.extensions().get::<StreamRecord>().is_some() {
        return Ok(response);
    }
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if content_type.is_none_or(|value| !value.as_bytes().starts_with(b"text/event-stream")) {
        return Ok(response);
    }
    Ok(event_stream::hold(response, permit))
}

/// The deadline is the last resort: a JSON-RPC reply would need the id of a body that may not have
/// been read, so the answer is HTTP 504; a tool's own, earlier deadline answers in MCP's words.
pub(super) async fn on_timeout(error: BoxError) -> Reject {
    if error.is::<Elapsed>() { Reject::Deadline } else { Reject::Internal }
}
