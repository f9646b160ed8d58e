//! One line per request, and the span everything below logs under. Paths are patterns; no query,
//! header or body.

use std::sync::{Arc, OnceLock};

use auth::PrincipalKey;
use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use http::{HeaderMap, Method, header};
use http_body::Body as _;
use metrics::{
    Label as _, Role, Signals, Trace,
    labels::{Refusal, Route, StatusClass},
};
use single_header::single_header;
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, info, info_span};

use super::{
    edge::Edge,
    header_names::TRACEPARENT,
    reject::RejectCode,
    request_id::RequestId,
    streams::record::{Head, StreamRecord},
};

/// Who sent a request, for its line: filled when its token has been read, whatever becomes of the
/// request then.
#[derive(Clone, Default)]
pub(super) struct CallerSlot(Arc<OnceLock<PrincipalKey>>);

impl CallerSlot {
    /// Leaves the key under which the user is limited and audited.
    pub(super) fn fill(&self, caller: PrincipalKey) {
        // Once only: a request has one caller.
        let _ = self.0.set(caller);
    }

    fn shown(&self) -> Option<String> {
        self.0.get().map(ToString::to_string)
    }
}

/// Opens the request's span and writes its line, also when the client leaves before the answer. An
/// event stream without a call behind it writes its own at its end.
pub(super) async fn record<F>(
    edge: &Edge,
    matched: Option<&MatchedPath>,
    id: &RequestId,
    mut request: Request,
    answered: impl FnOnce(Request) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    // A slash at the end is the same address, and counts as the same.
    let route = matched.map_or("unmatched", |matched| matched.as_str().trim_end_matches('/'));
    let method = name(request.method());
    let metrics = edge.signals.metrics();
    let _in_flight = metrics.http_in_flight.hold();
    let sent = sent(request.headers());
    let step = step(&edge.signals, method, route, &sent);
    let trace = step.as_ref().map_or(sent, metrics::Span::trace);
    let trace_id = trace.id();
    if step.is_some() {
        request.extensions_mut().insert(trace);
    }
    let caller = CallerSlot::default();
    request.extensions_mut().insert(caller.clone());
    let span = info_span!("request", request_id = id.as_str(), method, route);
    let mut line = Line {
        span: span.clone(),
        signals: &edge.signals,
        step,
        trace_id,
        id,
        method,
        route,
        bytes_in: declared_length(request.headers()),
        started: Instant::now(),
        caller,
        answer: None,
        is_begun: false,
    };
    let mut response = answered(request).instrument(span).await;
    let record = response.extensions_mut().remove::<StreamRecord>();
    line.answer = Some(Answer {
        status: response.status().as_u16(),
        bytes_out: response.body().size_hint().exact(),
        reject: response.extensions().get::<RejectCode>().map(|code| code.0),
    });
    if let Some(record) = record {
        line.is_begun = true;
        record.fill(line.head());
    }
    response
}

/// Probes come for ever and tell nothing, so they are no part of any trace.
fn is_probe(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz")
}

/// The request's step of its trace. Its path is the pattern: what stands in a path's open part is
/// the client's text.
fn step(
    signals: &Signals,
    method: &'static str,
    route: &str,
    sent: &Trace,
) -> Option<metrics::Span> {
    if is_probe(route) {
        return None;
    }
    let mut step = signals.span(Role::Server, || format!("{method} {route}"), sent)?;
    step.set("http.request.method", method);
    step.set("http.route", route.to_owned());
    step.set("url.path", route.to_owned());
    step.set("url.scheme", "http");
    Some(step)
}

fn sent(headers: &HeaderMap) -> Trace {
    let sent = single_header(headers, TRACEPARENT).ok().flatten();
    sent.map(Trace::from_traceparent).unwrap_or_default()
}

pub(super) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    single_header(headers, header::CONTENT_LENGTH).ok()??.parse().ok()
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
    signals: &'a Signals,
    step: Option<metrics::Span>,
    trace_id: Option<String>,
    id: &'a RequestId,
    method: &'static str,
    route: &'a str,
    bytes_in: Option<u64>,
    started: Instant,
    caller: CallerSlot,
    answer: Option<Answer>,
    /// A stream has begun, and its line is written by somebody else.
    is_begun: bool,
}

struct Answer {
    status: u16,
    bytes_out: Option<u64>,
    reject: Option<Refusal>,
}

impl Line<'_> {
    fn head(&self) -> Head {
        Head {
            id: self.id.clone(),
            method: self.method,
            route: Route::of_pattern(self.route).as_str(),
            caller: self.caller.shown(),
            trace_id: self.trace_id.clone(),
            bytes_in: self.bytes_in,
            started: self.started,
        }
    }

    /// Counts the request and completes its step of the trace.
    fn observe(&mut self) {
        let metrics = self.signals.metrics();
        let answer = self.answer.as_ref();
        let class = StatusClass::of_status(answer.map(|answer| answer.status));
        metrics.http_requests.inc((Route::of_pattern(self.route), class));
        metrics.http_response_bytes.add(answer.and_then(|answer| answer.bytes_out).unwrap_or(0));
        let reject = answer.and_then(|answer| answer.reject);
        if let Some(refusal) = reject {
            metrics.count_refusal(refusal);
        }
        let Some(mut step) = self.step.take() else { return };
        step.set("jira_mcp.request_id", self.id.as_str().to_owned());
        match answer {
            None => step.fail("client_gone"),
            Some(answer) => {
                step.set("http.response.status_code", i64::from(answer.status));
                // A refusal is the client's fault up to 499; the conventions leave such a server
                // span unset.
                if answer.status >= 500 {
                    step.fail(reject.unwrap_or(Refusal::Internal).as_str());
                } else if let Some(refusal) = reject {
                    step.set("error.type", refusal.as_str());
                }
            }
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.observe();
        if self.is_begun {
            return;
        }
        let Self { id, method, route, bytes_in, .. } = *self;
        let request_id = id.as_str();
        let answer = self.answer.as_ref();
        let status = answer.map(|a| a.status);
        let bytes_out = answer.and_then(|a| a.bytes_out);
        let caller = self.caller.shown();
        let caller = caller.as_deref();
        let reject = answer.and_then(|a| a.reject).map(Refusal::as_str);
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let outcome = if answer.is_some() { "answered" } else { "client_gone" };
        let trace_id = self.trace_id.as_deref();
        let _entered = self.span.enter();
        // Probes come every few seconds for ever; at INFO they would drown the calls.
        if is_probe(route) {
            debug!(
                target: "access", method, route, status, duration_ms, request_id, bytes_in, bytes_out, caller, reject,
                trace_id, "{outcome}"
            );
        } else {
            info!(
                target: "access", method, route, status, duration_ms, request_id, bytes_in, bytes_out, caller, reject,
                trace_id, "{outcome}"
            );
        }
    }
}
