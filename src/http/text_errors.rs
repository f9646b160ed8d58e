//! Turns rmcp's text/plain errors into the JSON-RPC errors that clients can read.

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::jsonrpc::{INTERNAL_ERROR, INVALID_REQUEST};

const TEXT_BYTES_MAX: usize = 4096;
const MESSAGE_CHARS_MAX: usize = 300;

/// Leaves successes and JSON alone; anything else keeps its status and gets a JSON-RPC body.
///
/// One status changes: the media type was settled before, so a 415 from here means a message that
/// rmcp could not read, which the specification answers with 400.
pub(super) async fn to_json_rpc(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_json(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let (code, message) = if status.is_server_error() {
        (INTERNAL_ERROR, "Internal error".to_owned())
    } else {
        let text = to_bytes(body, TEXT_BYTES_MAX).await.unwrap_or_default();
        (INVALID_REQUEST, sentence(&String::from_utf8_lossy(&text)))
    };
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        parts.status = StatusCode::BAD_REQUEST;
    }
    let body =
        json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(body.to_string()))
}

fn is_json(response: &Response) -> bool {
    let value = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    value.is_some_and(|value| value.starts_with(b"application/json"))
}

fn sentence(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS_MAX).collect();
    if text.is_empty() { "Invalid request".to_owned() } else { format!("Invalid request: {text}") }
}
