//! Refusals in Direct Line's form: `{"error": {"code", "message"}}`.
//!
//! Source: "REST API errors" in the description of Direct Line 3.0, `directline-3.0.json` of
//! <https://github.com/microsoft/botframework-sdk>.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::{Value as Json, json};

use crate::json::put;

use super::tokens::Shut;

/// A status, a code that programs may read, and a sentence for their developers.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// In seconds.
    retry_after: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadArgument", message)
    }

    pub(super) fn missing(property: &str) -> Self {
        let message = format!("Missing property: {property}");
        Self::new(StatusCode::BAD_REQUEST, "MissingProperty", message)
    }

    pub(super) fn too_big(bytes: usize) -> Self {
        let message = format!("The activity has {bytes} bytes; 262144 are allowed");
        Self::new(StatusCode::BAD_REQUEST, "MessageSizeTooBig", message)
    }

    pub(super) fn no_credential() -> Self {
        let message = "Missing or malformed Authorization header: Bearer and a token or secret";
        Self::new(StatusCode::UNAUTHORIZED, "BadArgument", message)
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "BadArgument", message)
    }

    pub(super) fn shut(why: Shut) -> Self {
        match why {
            Shut::Unknown => Self::forbidden("Invalid token or secret"),
            Shut::Expired => {
                Self::new(StatusCode::FORBIDDEN, "TokenExpired", "The token has expired")
            }
        }
    }

    /// No token of direct to engine; the shape of this body is documented nowhere.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "The token is missing or not valid")
    }

    /// Source: <https://github.com/microsoft/Agents-for-python/issues/67>.
    pub(super) fn app_only() -> Self {
        let message = "EnableS2SAuthFeature (Feature) not enabled";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "FeatureNotEnabled", message)
    }

    pub(super) fn no_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", "There is nothing at this path")
    }

    pub(super) fn no_conversation() -> Self {
        Self::new(StatusCode::NOT_FOUND, "BadArgument", "Unknown conversation")
    }

    pub(super) fn no_agent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "BotNotFound", "There is no published agent of this name")
    }

    pub(super) fn ended() -> Self {
        Self::new(StatusCode::NOT_FOUND, "BadArgument", "The conversation has ended")
    }

    pub(super) fn too_many(retry_after: Option<u64>) -> Self {
        let message = "Too many requests";
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        Self { retry_after, ..refusal }
    }

    pub(super) fn broken() -> Self {
        let message = "The service failed to process the request";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "ServiceError", message)
    }

    /// The agent took the message, and took too long.
    pub(super) fn bot_timed_out() -> Self {
        let message = "Failed to send activity: bot timed out";
        Self::new(StatusCode::BAD_GATEWAY, "BotError", message)
    }

    pub(super) fn bot_refused() -> Self {
        let message = "Failed to send activity: bot returned an error";
        Self::new(StatusCode::BAD_GATEWAY, "BotRejectedActivity", message)
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let mut body = json!({ "error": { "code": self.code, "message": self.message } });
        if self.status.is_server_error() {
            put(&mut body, "httpStatusCode", self.status.as_u16());
        }
        let mut response = json_response(self.status, &body);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// JSON that no cache keeps.
pub(super) fn json_response(status: StatusCode, body: &Json) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
