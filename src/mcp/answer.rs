//! What an MCP server over HTTP answers with.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::{BodyExt, Full, combinators::BoxBody};

/// One answer, whole or as a stream of events.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;

/// One reply in JSON.
pub(super) fn json(reply: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(reply).boxed());
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
