//! One line per request, and the span everything below logs under. Paths are patterns; no query, header or body.

use axum::{
    Extension,
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, header};
use http_body::Body as _;
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, info, info_span};

use super::{reject::RejectCode, request_id::RequestId};
use crate::identity::CallerKey;

/// Opens the request's span and writes its line, also when the client leaves before the answer.
pub(super) async fn record(
    matched: Option<MatchedPath>,
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response {
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let method = name(request.method());
    let span = info_span!("request", request_id = id.as_str(), method, route);
    let mut line = Line {
        span: span.clone(),
        id: &id,
        method,
        route,
        bytes_in: declared_length(request.headers()),
        started: Instant::now(),
        answer: None,
    };
    let response = next.run(request).instrument(span).await;
    line.answer = Some(Answer {
        status: response.status().as_u16(),
        bytes_out: response.body().size_hint().exact(),
        caller: response.extensions().get::<CallerKey>().map(ToString::to_string),
        reject: response.extensions().get::<RejectCode>().map(|code| code.0),
    });
    response
}

pub(super) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A method the client invented is not repeated in a log.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Written when dropped: a future that is dropped before its answer is a client that has gone.
struct Line<'a> {
    span: Span,
    id: &'a RequestId,
    method: &'static str,
    route: &'a str,
    bytes_in: Option<u64>,
    started: Instant,
    answer: Option<Answer>,
}

struct Answer {
    status: u16,
    bytes_out: Option<u64>,
    caller: Option<String>,
    reject: Option<&'static str>,
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let Self { id, method, route, bytes_in, .. } = *self;
        let request_id = id.as_str();
        let answer = self.answer.as_ref();
        let status = answer.map(|a| a.status);
        let bytes_out = answer.and_then(|a| a.bytes_out);
        let caller = answer.and_then(|a| a.caller.as_deref());
        let reject = answer.and_then(|a| a.reject);
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let outcome = if answer.is_some() { "answered" } else { "client_gone" };
        let _entered = self.span.enter();
        // Probes come every few seconds for ever; at INFO they would drown the calls.
        if matches!(route, "/healthz" | "/readyz") {
            debug!(
                target: "access", method, route, status, duration_ms, request_id, bytes_in, bytes_out, caller, reject,
                "{outcome}"
            );
        } else {
            info!(
                target: "access", method, route, status, duration_ms, request_id, bytes_in, bytes_out, caller, reject,
                "{outcome}"
            );
        }
    }
}
