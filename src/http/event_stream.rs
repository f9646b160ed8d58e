//! Server-sent events for clients that take nothing else: the one reply as the one event of a
//! stream.
//!
//! All others get JSON, or the stream that rmcp begins when a tool reports its progress.

use std::{convert::Infallible, future::Future, pin::Pin, time::Duration};

use axum::{
    body::{Body, BodyDataStream, Bytes, to_bytes},
    response::Response,
};
use futures_util::{StreamExt, stream};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tokio::time::timeout;

use super::settings::Settings;

const COMMENT: Bytes = Bytes::from_static(b": waiting\n\n");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Keeps something until the last frame of a body, or until the client leaves.
pub(super) fn hold<T: Send + 'static>(response: Response, held: T) -> Response {
    response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |frame| {
            let _held = &held;
            frame
        }))
    })
}

type Waiting = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Gives a client that takes nothing else its answer as events.
pub(super) async fn serve(
    settings: &Settings,
    answer: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let mut answer: Waiting = Box::pin(answer);
    match timeout(settings.events_patience, &mut answer).await {
        Ok(answer) if is_reply(&answer) => streaming(answer.status(), event(answer).await),
        Ok(answer) => answer,
        Err(_) => streaming(StatusCode::OK, late(answer, settings.events_keep_alive)),
    }
}

/// A 202 has no body and a stream is one already; a fault keeps its status and becomes an event
/// like any reply.
fn is_reply(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    answer.status() == StatusCode::OK
        && kind.is_some_and(|kind| kind.starts_with(b"application/json"))
}

/// An answer whose body is events, which nobody on the way may keep or gather.
pub(super) fn streaming(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, EVENT_STREAM);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

/// The reply in one event. It is minified JSON, in which a line break cannot stand.
async fn event(answer: Response) -> Body {
    // What is behind the edge bounds its replies; nothing here comes from outside.
    let reply = to_bytes(answer.into_body(), usize::MAX).await.unwrap_or_default();
    Body::from([b"event: message\ndata: ", reply.as_ref(), b"\n\n"].concat())
}

enum Late {
    Begun(Waiting),
    Waiting(Waiting),
    Passing(BodyDataStream),
}

/// Comments until the answer is there, then the answer. Dropping the stream drops the call.
fn late(answer: Waiting, keep_alive: Duration) -> Body {
    let frames = stream::unfold(Late::Begun(answer), move |state| async move {
        match state {
            Late::Begun(answer) => Some((COMMENT, Late::Waiting(answer))),
            Late::Waiting(mut answer) => match timeout(keep_alive, &mut answer).await {
                Err(_) => Some((COMMENT, Late::Waiting(answer))),
                Ok(answer) => {
                    let is_stream =
                        answer.headers().get(header::CONTENT_TYPE) == Some(&EVENT_STREAM);
                    let body = if is_stream { answer.into_body() } else { event(answer).await };
                    next_frame(body.into_data_stream()).await
                }
            },
            Late::Passing(body) => next_frame(body).await,
        }
    });
    Body::from_stream(frames.map(Ok::<_, Infallible>))
}

async fn next_frame(mut body: BodyDataStream) -> Option<(Bytes, Late)> {
    let frame = body.next().await?.ok()?;
    Some((frame, Late::Passing(body)))
}
