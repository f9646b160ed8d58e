//! How many requests may be inside at once, and what the last deadline says when it strikes.

use std::sync::Arc;

use axum::{
    BoxError,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use http::header;
use tower::timeout::error::Elapsed;

use super::{Edge, reject::Reject};

/// Gives a request one of the places, or refuses it at once: what waits in a queue has lost its deadline anyway.
///
/// An event stream keeps its place until its end, for its call goes on behind it.
pub(super) async fn place(
    State(edge): State<Arc<Edge>>,
    request: Request,
    next: Next,
) -> Result<Response, Reject> {
    let place = Arc::clone(&edge.places).try_acquire_owned().map_err(|_| Reject::Overloaded)?;
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"text/event-stream")) {
        return Ok(response);
    }
    Ok(response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |frame| {
            let _held = &place;
            frame
        }))
    }))
}

/// The deadline is the last resort: a JSON-RPC reply would need the id of a body that may not have been read, so the
/// answer is HTTP 504; a tool's own, earlier deadline answers in MCP's words.
pub(super) async fn answer(error: BoxError) -> Reject {
    if error.is::<Elapsed>() { Reject::Deadline } else { Reject::Internal }
}
