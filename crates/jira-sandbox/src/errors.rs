//! Answers, and every way Jira or its gateway says no, in their own words.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, header},
};
use serde_json::{Value as Json, json};

const JSON: &str = "application/json;charset=UTF-8";

/// What a route hands back.
pub(super) type Answer = Result<Reply, Fault>;

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) headers: Vec<(&'static str, String)>,
}

pub(super) enum Content {
    Empty,
    Json(Json),
    /// A file, with its media type.
    File(String, Vec<u8>),
}

impl Reply {
    pub(super) fn json(status: u16, body: Json) -> Self {
        Self { status, content: Content::Json(body), headers: Vec::new() }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, content: Content::Empty, headers: Vec::new() }
    }

    pub(super) fn file(kind: &str, bytes: Vec<u8>) -> Self {
        Self { status: 200, content: Content::File(kind.to_owned(), bytes), headers: Vec::new() }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (kind, bytes) = match self.content {
            Content::Empty => (None, Vec::new()),
            Content::Json(body) => (
                Some(HeaderValue::from_static(JSON)),
                on_the_wire(serde_json::to_vec(&body).unwrap_or_default()),
            ),
            Content::File(kind, bytes) => (HeaderValue::from_str(&kind).ok(), bytes),
        };
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status.try_into().unwrap_or_default();
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store, no-transform"),
        );
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// Stands for the first half of an emoji whose second half somebody cut off: Rust's texts cannot
/// hold one.
pub(super) const HALF_EMOJI: char = '\u{F83D}';

/// Half an emoji as Jira sends it, an escape without its partner.
fn on_the_wire(json: Vec<u8>) -> Vec<u8> {
    let mut letter = [0; 4];
    let letter = HALF_EMOJI.encode_utf8(&mut letter).as_bytes();
    let mut shown = Vec::with_capacity(json.len());
    let mut rest = json.as_slice();
    while let Some(at) = memchr::memmem::find(rest, letter) {
        shown.extend_from_slice(rest.get(..at).unwrap_or_default());
        shown.extend_from_slice(br"\ud83d");
        rest = rest.get(at + letter.len()..).unwrap_or_default();
    }
    if shown.is_empty() {
        return json;
    }
    shown.extend_from_slice(rest);
    shown
}

/// A refusal; it becomes the answer as it is.
pub(super) struct Fault(pub(super) Reply);

impl Fault {
    /// Jira's own envelope with one general message.
    pub(super) fn message(status: u16, text: impl Into<String>) -> Self {
        Self(Reply::json(status, json!({ "errorMessages": [text.into()], "errors": {} })))
    }

    /// Jira's own envelope with one message at a field.
    pub(super) fn field(status: u16, field: &str, text: impl Into<String>) -> Self {
        Self(Reply::json(status, json!({ "errorMessages": [], "errors": { field: text.into() } })))
    }

    /// Jira answers the same for an absent issue and for one the caller may not browse.
    pub(super) fn no_issue() -> Self {
        Self::message(404, "Issue does not exist or you do not have permission to see it.")
    }

    pub(super) fn no_project(id_or_key: &str) -> Self {
        let kind = if id_or_key.parse::<u64>().is_ok() { "id" } else { "key" };
        Self::message(404, format!("No project could be found with {kind} '{id_or_key}'."))
    }

    pub(super) fn bad_payload() -> Self {
        Self::message(
            400,
            "Invalid request payload. Refer to the REST API documentation and try again.",
        )
    }

    /// The gateway's answer to an absent, unknown or expired token.
    pub(super) fn unauthorized() -> Self {
        Self(Reply::json(401, json!({ "code": 401, "message": "Unauthorized" })))
    }

    /// The gateway's answer to a good token that lacks a scope: 401, not 403.
    pub(super) fn scope_mismatch() -> Self {
        let body = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
        Self(Reply::json(401, body).with_header("x-failure-category", "FAILURE_CLIENT_SCOPE_CHECK"))
    }

    /// The gateway's answer to a cloud id it cannot route, or that the token was not granted for.
    pub(super) fn no_site(path: &str, timestamp: &str) -> Self {
        let message = "No message available";
        Self(Reply::json(
            404,
            json!({ "timestamp": timestamp, "status": 404, "error": "Not Found", "message": message, "path": path }),
        ))
    }

    pub(super) fn no_resource(path: &str) -> Self {
        Self(Reply::json(
            404,
            json!({ "message": format!("null for uri: {path}"), "status-code": 404 }),
        ))
    }

    pub(super) fn wrong_method(allow: &str) -> Self {
        let body = json!({ "message": "HTTP 405 Method Not Allowed", "status-code": 405 });
        Self(Reply::json(405, body).with_header("allow", allow))
    }
}

/// Collects what is wrong with a write, so that Jira's habit of reporting all fields at once is
/// kept.
#[derive(Default)]
pub(super) struct Problems {
    messages: Vec<String>,
    fields: BTreeMap<String, String>,
}

impl Problems {
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.messages.push(text.into());
    }

    /// The first problem of a field stands.
    pub(super) fn at(&mut self, field: &str, text: impl Into<String>) {
        self.fields.entry(field.to_owned()).or_insert_with(|| text.into());
    }

    /// # Errors
    /// A 400 with all collected problems, if there are any.
    pub(super) fn finish(self) -> Result<(), Fault> {
        if self.messages.is_empty() && self.fields.is_empty() {
            return Ok(());
        }
        Err(Fault(Reply::json(
            400,
            json!({ "errorMessages": self.messages, "errors": self.fields }),
        )))
    }
}
