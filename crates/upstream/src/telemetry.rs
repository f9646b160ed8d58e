//! What is counted and traced about one attempt. Neither URL, query nor body is written anywhere:
//! paths hold issue keys and queries hold JQL.

use std::time::Duration;

use http::{HeaderValue, Method};
use metrics::{
    Label as _, Role, Signals, Span,
    labels::{Effect, RetryReason, UpstreamResult},
};

use super::{
    error::{FailureClass, UpstreamError},
    request::{Request, Response, Safety},
};

/// One attempt, from before it is sent. Dropped before its end it is a span without a status.
pub(super) struct Attempt<'a> {
    signals: &'a Signals,
    effect: Effect,
    span: Option<Span>,
}

impl<'a> Attempt<'a> {
    pub(super) fn begin(signals: &'a Signals, request: &Request, attempts: u32) -> Self {
        let is_read = request.safety == Safety::Read;
        let effect = if is_read { Effect::Read } else { Effect::Write };
        let mut span =
            signals.span(Role::Client, || name(&request.method).to_owned(), &request.trace);
        if let Some(span) = &mut span {
            span.set("http.request.method", name(&request.method));
            span.set("server.address", request.url.host_str().unwrap_or_default().to_owned());
            span.set(
                "server.port",
                i64::from(request.url.port_or_known_default().unwrap_or_default()),
            );
            span.set("url.scheme", request.url.scheme().to_owned());
            span.set("jira_mcp.effect", effect.as_str());
            if attempts > 1 {
                span.set("http.request.resend_count", i64::from(attempts - 1));
            }
        }
        Self { signals, effect, span }
    }

    /// What the upstream is told about the trace: nothing when nothing is traced or it is none of
    /// its business.
    pub(super) fn traceparent(&self, request: &Request) -> Option<HeaderValue> {
        let span = self.span.as_ref().filter(|_| request.sends_trace)?;
        HeaderValue::try_from(span.trace().traceparent()?).ok()
    }

    pub(super) fn end(&mut self, result: &Result<Response, UpstreamError>, elapsed: Duration) {
        let metrics = self.signals.metrics();
        metrics.upstream_seconds.observe(self.effect, elapsed);
        let (status, class) = match result {
            Ok(response) => {
                metrics.upstream_bytes.add(response.bytes_read);
                (Some(response.status), FailureClass::of_status(response.status))
            }
            Err(error) => (error.status(), Some(error.class())),
        };
        let is_redirect = status.is_some_and(|status| status.is_redirection());
        metrics.upstream_requests.inc(match class {
            Some(class) => class.result(),
            None if is_redirect => UpstreamResult::Redirect,
            None => UpstreamResult::Ok,
        });
        let Some(mut span) = self.span.take() else { return };
        if let Some(status) = status {
            span.set("http.response.status_code", i64::from(status.as_u16()));
        }
        match (result, class) {
            (Err(error), _) => span.fail(error.code()),
            (Ok(_), Some(class)) => span.fail(class.result().as_str()),
            (Ok(response), None) => {
                span.set(
                    "http.response.body.size",
                    i64::try_from(response.bytes_read).unwrap_or(i64::MAX),
                );
            }
        }
    }
}

/// An attempt is repeated because the one before ended like this.
pub(super) fn repeat(signals: &Signals, class: Option<FailureClass>) {
    let reason = match class {
        Some(FailureClass::RateLimit) => RetryReason::RateLimit,
        Some(FailureClass::Server) => RetryReason::Server,
        Some(FailureClass::Network) => RetryReason::Network,
        Some(FailureClass::Timeout) => RetryReason::Timeout,
        // No other ending is repeated.
        _ => return,
    };
    signals.metrics().upstream_retries.inc(reason);
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "_OTHER",
    }
}
