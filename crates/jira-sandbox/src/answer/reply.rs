//! An answer before it is HTTP.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, header},
};
use serde_json::Value as Json;

use crate::half_emoji;

const JSON: &str = "application/json;charset=UTF-8";

/// Status, content and the headers beyond those that every answer has.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content: Content,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What stands in the body.
pub(crate) enum Content {
    Empty,
    Json(Json),
    /// A file, with its media type.
    File(String, Vec<u8>),
}

impl Reply {
    pub(crate) fn json(status: u16, body: Json) -> Self {
        Self { status, content: Content::Json(body), headers: Vec::new() }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, content: Content::Empty, headers: Vec::new() }
    }

    /// A file of a media type, with status 200.
    pub(crate) fn file(kind: &str, bytes: Vec<u8>) -> Self {
        Self { status: 200, content: Content::File(kind.to_owned(), bytes), headers: Vec::new() }
    }

    /// One more header; a value that HTTP cannot carry is left out.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As HTTP, with the headers that every answer of Jira has.
    pub(crate) fn into_response(self) -> Response<Body> {
        let (kind, bytes) = match self.content {
            Content::Empty => (None, Vec::new()),
            Content::Json(body) => (
                Some(HeaderValue::from_static(JSON)),
                half_emoji::escaped(serde_json::to_vec(&body).unwrap_or_default()),
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
