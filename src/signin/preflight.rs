//! What browsers ask before a page of another origin calls an endpoint that everybody may read.
//!
//! Source: Fetch standard, "CORS protocol".

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, mcp-protocol-version");
/// Two hours, the longest that browsers keep an answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// `OPTIONS` of what pages may read. That they may is what the edge says with every answer.
pub(super) async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}
