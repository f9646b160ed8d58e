//! Every way in which Jira or its gateway says no, in their own words.

use std::sync::PoisonError;

use serde_json::json;

use super::reply::Reply;

/// What a route hands back.
pub(crate) type Answer = Result<Reply, Fault>;

/// A refusal; it becomes the answer as it is.
pub(crate) struct Fault(pub(crate) Reply);

impl Fault {
    /// Jira's own envelope with one general message.
    pub(crate) fn message(status: u16, text: impl Into<String>) -> Self {
        Self(Reply::json(status, json!({ "errorMessages": [text.into()], "errors": {} })))
    }

    /// Jira's own envelope with one message at a field.
    pub(crate) fn field(status: u16, field: &str, text: impl Into<String>) -> Self {
        Self(Reply::json(status, json!({ "errorMessages": [], "errors": { field: text.into() } })))
    }

    /// The service desk API's envelope.
    pub(crate) fn desk(status: u16, text: impl Into<String>) -> Self {
        let words = json!({ "i18nKey": "sd.rest.error", "parameters": [] });
        Self(Reply::json(status, json!({ "errorMessage": text.into(), "i18nErrorMessage": words })))
    }

    /// Jira answers the same for an absent issue and for one the caller may not browse.
    pub(crate) fn no_issue() -> Self {
        Self::message(404, "Issue does not exist or you do not have permission to see it.")
    }

    /// Jira answers the same for an absent project and for one the caller may not browse.
    pub(crate) fn no_project(id_or_key: &str) -> Self {
        let kind = if id_or_key.parse::<u64>().is_ok() { "id" } else { "key" };
        Self::message(404, format!("No project could be found with {kind} '{id_or_key}'."))
    }

    /// A body of the wrong shape; Jira does not say what is wrong with it.
    pub(crate) fn bad_payload() -> Self {
        Self::message(
            400,
            "Invalid request payload. Refer to the REST API documentation and try again.",
        )
    }

    /// The gateway's answer to an absent, unknown or expired token.
    pub(crate) fn unauthorized() -> Self {
        Self(Reply::json(401, json!({ "code": 401, "message": "Unauthorized" })))
    }

    /// The gateway's answer to a good token that lacks a scope: 401, not 403.
    pub(crate) fn scope_mismatch() -> Self {
        let body = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
        Self(Reply::json(401, body).with_header("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK"))
    }

    /// The gateway's answer to a cloud id it cannot route, or that the token was not granted for.
    pub(crate) fn no_site(path: &str, timestamp: &str) -> Self {
        let message = "No message available";
        Self(Reply::json(
            404,
            json!({ "timestamp": timestamp, "status": 404, "error": "Not Found", "message": message, "path": path }),
        ))
    }

    /// The framework's answer to a path that no route has.
    pub(crate) fn no_resource(path: &str) -> Self {
        Self(Reply::json(
            404,
            json!({ "message": format!("null for uri: {path}"), "status-code": 404 }),
        ))
    }

    /// The framework's answer to a path that has other methods.
    pub(crate) fn wrong_method(allow: &str) -> Self {
        let body = json!({ "message": "HTTP 405 Method Not Allowed", "status-code": 405 });
        Self(Reply::json(405, body).with_header("allow", allow))
    }
}

/// A writer panicked and left the state half changed: Jira's own kind of breakdown.
impl<T> From<PoisonError<T>> for Fault {
    fn from(_: PoisonError<T>) -> Self {
        Self::message(500, "Internal server error")
    }
}
