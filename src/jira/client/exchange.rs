//! One exchange with Jira: a request signed with the caller's token, sent, and counted.

use std::sync::atomic::Ordering;

use http::{HeaderName, HeaderValue, header};
use tokio::time::Instant;

use super::{error::JiraError, request::Request, session::Session, settings::Route};

/// Jira refuses a form without it, so that no web page can make a browser post one.
const XSRF_WAIVER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-atlassian-token"), HeaderValue::from_static("no-check"));

impl Session {
    /// The request as it goes to Jira, with the caller's token.
    pub(super) fn signed(
        &self,
        cloud_id: &str,
        request: &Request,
    ) -> Result<upstream::Request, JiraError> {
        let url = self.jira.url(cloud_id, request).ok_or(JiraError::Request)?;
        let mut outgoing = upstream::Request::new(
            request.method().clone(),
            url,
            request.safety(),
            cloud_id.into(),
        );
        outgoing.caller = self.caller.key().to_bytes().into();
        outgoing.trace = self.trace.clone();
        // Random numbers and a flag; `tracestate` and baggage stay here.
        outgoing.sends_trace = true;
        outgoing.headers.insert(header::AUTHORIZATION, self.caller.expose_header_value());
        outgoing.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = request.body() {
            let kind = match request.form_boundary() {
                Some(boundary) => {
                    let (name, value) = XSRF_WAIVER;
                    outgoing.headers.insert(name, value);
                    HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
                        .map_err(|_| JiraError::Request)?
                }
                None => HeaderValue::from_static("application/json"),
            };
            outgoing.headers.insert(header::CONTENT_TYPE, kind);
            outgoing.body = Some(body.clone());
        }
        Ok(outgoing)
    }

    /// Sends, and counts what it cost. An answer of any status is an answer.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        outgoing: &upstream::Request,
        until: Instant,
    ) -> Result<upstream::Response, JiraError> {
        self.cache_use.sent(request);
        let outcome = self.jira.upstream.call(outgoing, until).await;
        let is_signed = outgoing.headers.contains_key(header::AUTHORIZATION);
        if is_signed && outcome.as_ref().is_ok_and(|answer| answer.status.is_success()) {
            self.token.accepted.store(true, Ordering::Relaxed);
        }
        let (attempts, bytes) = match &outcome {
            Ok(answer) => (answer.attempts, answer.bytes_read),
            Err(error) => (error.attempts(), 0),
        };
        self.usage.calls.fetch_add(attempts, Ordering::Relaxed);
        self.usage.bytes.fetch_add(bytes, Ordering::Relaxed);
        outcome.map_err(|error| JiraError::from_upstream(request, &error))
    }

    pub(super) fn refusal(&self, request: &Request, answer: &upstream::Response) -> JiraError {
        let error = JiraError::from_answer(request, answer);
        if error.refuses_token() {
            self.token.refused.store(true, Ordering::Relaxed);
        }
        match error {
            JiraError::Unauthenticated if self.jira.settings.route == Route::Direct => {
                JiraError::ApiToken
            }
            JiraError::InsufficientScope { needed }
                if self.jira.settings.route == Route::Direct =>
            {
                JiraError::ApiTokenScope { needed }
            }
            error => error,
        }
    }
}
