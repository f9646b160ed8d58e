//! What programs that run in a browser may read: documents and tokens that they ask for without
//! cookies. The pages for people are not among it.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, mcp-protocol-version");
const EXPOSED: HeaderValue = HeaderValue::from_static("WWW-Authenticate, Retry-After");
/// Two hours, the longest that browsers keep an answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Lets pages of every origin read an answer that no cookie had a part in.
pub(super) fn with_cors(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

/// `OPTIONS` of what pages may read.
pub(super) async fn preflight() -> Response {
    let mut response = with_cors(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}
