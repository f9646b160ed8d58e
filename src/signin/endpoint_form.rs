//! The body of a request to the token endpoint and its siblings: a form, each field once.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, header};

use super::{
    oauth_error::{ErrorCode, Refusal},
    params::Params,
};

/// The largest body: a long client id, a code, a verifier.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Reads it, or says what is wrong with it.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Params, Refusal> {
    let invalid = |description: &'static str| Refusal::new(ErrorCode::InvalidRequest, description);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(invalid("Send the parameters as application/x-www-form-urlencoded."));
    }
    let body = to_bytes(body, BODY_BYTES_MAX).await;
    let params = Params::parse(&body.map_err(|_| invalid("The body is broken off or too large."))?);
    if !params.is_utf8() {
        return Err(invalid("A parameter is not UTF-8."));
    }
    if params.repeats_any() {
        return Err(invalid("A parameter comes twice."));
    }
    Ok(params)
}
