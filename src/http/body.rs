//! Reads the whole body once, within its size and time, and passes it on only if it is one JSON-RPC message.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::{Settings, access_log::declared_length, jsonrpc, reject::Reject};

/// What became of a body.
pub(super) enum Read {
    /// A message for whoever stands behind the edge.
    Message(Request),
    /// There is nothing to do about it.
    Answered(Response),
}

/// One timeout over the whole read: a limit per frame would let one byte a second go on for ever.
pub(super) async fn read(settings: &Settings, request: Request) -> Result<Read, Reject> {
    let (mut parts, body) = request.into_parts();
    let max_bytes = settings.body_bytes_max;
    if declared_length(&parts.headers).is_some_and(|length| length > max_bytes as u64) {
        return Err(Reject::BodyTooLarge { max_bytes });
    }
    let bytes = timeout(settings.body_read_timeout, collect(body, settings)).await;
    let bytes = bytes.map_err(|_| Reject::BodySlow)??;
    let bytes = match jsonrpc::read(&bytes).map_err(Reject::Rpc)? {
        jsonrpc::Message::AsSent => bytes,
        jsonrpc::Message::Rewritten(text) => text.into(),
        jsonrpc::Message::Response if is_modern(&parts.headers) => {
            return Err(Reject::Rpc(jsonrpc::unwanted_response()));
        }
        // A client's response to a request we never sent: taken and dropped, as the old transport asks.
        jsonrpc::Message::Response => return Ok(Read::Answered(StatusCode::ACCEPTED.into_response())),
    };
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Ok(Read::Message(Request::from_parts(parts, Body::from(bytes))))
}

/// Since 2026-07-28 there is nothing that a client could respond to. ISO dates compare as text as they do as dates.
fn is_modern(headers: &HeaderMap) -> bool {
    let version = headers.get("mcp-protocol-version").and_then(|version| version.to_str().ok());
    version.is_some_and(|version| version >= "2026-07-28")
}

async fn collect(body: Body, settings: &Settings) -> Result<Bytes, Reject> {
    let max_bytes = settings.body_bytes_max;
    match Limited::new(body, max_bytes).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Reject::BodyTooLarge { max_bytes }),
        Err(_) => Err(Reject::BodyBroken),
    }
}
