//! The registration endpoint. Source: RFC 7591.

use axum::{
    body::{Body, to_bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use super::{
    oauth_error::{ErrorCode, Refusal},
    server::SignIn,
};

/// More than any client says of itself.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// `POST /register`: nothing is kept, for the client's id is its registration, sealed.
pub(super) async fn register(State(signin): State<SignIn>, body: Body) -> Response {
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let description = "The body is broken off or larger than 16 KiB.";
        let refusal = Refusal::new(ErrorCode::InvalidClientMetadata, description);
        return refusal.into_response();
    };
    match signin.clients().register(&body, Timestamp::now()) {
        Ok(registered) => registered.into_response(),
        Err(fault) => fault.into_response(),
    }
}
