//! What a browser asks before it lets a page of another origin call: who may, with which methods
//! and headers.
//!
//! Source: Fetch standard, "CORS protocol". No credentials of the browser's own are admitted, and
//! every origin only to what is told to everybody.

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{host, origin, settings::Settings};

/// Request headers that something here reads. Not the gateway's secret: no page has any business
/// with it.
const REQUEST_HEADERS: [&str; 18] = [
    "accept",
    "accept-language",
    "authorization",
    "content-language",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "traceparent",
    "tracestate",
    "x-jira-site",
    "x-mcp-readonly",
    "x-mcp-toolsets",
    "x-request-id",
    "x-requested-with",
    "x-session-id",
];

/// Arguments that clients of 2026-07-28 repeat as headers.
const PARAM_PREFIX: &str = "mcp-param-";

/// GET and DELETE as well: our 405 tells a client more than the browser's refusal to send.
const METHODS: HeaderValue = HeaderValue::from_static("POST, GET, DELETE");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("WWW-Authenticate, X-Request-Id, Retry-After");
/// Two hours, the longest that browsers keep an answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const PRIVATE_REQUESTED: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const PRIVATE_ALLOWED: HeaderName = HeaderName::from_static("access-control-allow-private-network");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// The pages of which origins may read the answers of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Those of the origins on the list.
    Listed,
    /// All: no cookie has a part in the answers.
    Everybody,
    /// None.
    Nobody,
}

impl Readers {
    /// The origin that an answer is marked with, if its page may read it.
    pub(super) fn origin(self, headers: &HeaderMap, settings: &Settings) -> Option<HeaderValue> {
        match self {
            Self::Listed => allowed_origin(headers, settings),
            Self::Everybody => Some(ANY),
            Self::Nobody => None,
        }
    }

    /// The answer to a preflight of a page that may read; any other request takes the usual way.
    /// What everybody may read is answered under every Host, as a gateway may send its own.
    pub(super) fn preflight(self, settings: &Settings, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let is_preflight = request.method() == Method::OPTIONS
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
            && self.origin(headers, settings).is_some()
            && (self == Self::Everybody || host::check(request, &settings.allowed_hosts).is_ok());
        is_preflight.then(|| allowing(headers, allowed_origin(headers, settings).is_some()))
    }
}

/// The origin of the page that calls, if it may.
fn allowed_origin(headers: &HeaderMap, settings: &Settings) -> Option<HeaderValue> {
    let sent = headers.get(header::ORIGIN)?;
    origin::check(headers, &settings.allowed_origins).is_ok().then(|| sent.clone())
}

/// The answer to a preflight. Only a page of the list may reach into a private network: an address
/// that everybody may read can be one of a laptop.
fn allowing(headers: &HeaderMap, is_listed: bool) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    out.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(names) = allowed_headers(headers) {
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    if is_listed && headers.get(PRIVATE_REQUESTED) == Some(&TRUE) {
        out.insert(PRIVATE_ALLOWED, TRUE);
    }
    response
}

/// Lets the page read the answer.
pub(super) fn allow(origin: HeaderValue, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    if origin != ANY {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
}

/// Of the headers that a page would send, those that are read here.
fn allowed_headers(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines = headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let asked =
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim);
    let known = asked.filter(|name| {
        let name = name.to_ascii_lowercase();
        REQUEST_HEADERS.contains(&name.as_str()) || name.starts_with(PARAM_PREFIX)
    });
    let names = known.collect::<Vec<_>>().join(", ");
    HeaderValue::try_from(names).ok().filter(|names| !names.is_empty())
}
