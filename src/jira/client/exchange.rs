//! One exchange with Jira: a request signed with the caller's token, sent, and counted.

use std::sync::atomic::Ordering;

use auth::CredentialsError;
use http::{HeaderName, HeaderValue, header};
use tokio::time::{Instant, timeout_at};

use super::{
    error::{Applied, JiraError},
    request::Request,
    session::Session,
    settings::Route,
};

/// Jira refuses a form without it, so that no web page can make a browser post one.
const XSRF_WAIVER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-atlassian-token"), HeaderValue::from_static("no-check"));

impl Session {
    /// The request as it goes to Jira, with what Jira takes for the caller's proof at this moment.
    pub(super) async fn signed(
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
        outgoing.headers.insert(header::AUTHORIZATION, self.authorization().await?);
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

    /// The value of `Authorization`. To renew it may take until the end of the call; nothing was
    /// sent by then.
    async fn authorization(&self) -> Result<HeaderValue, JiraError> {
        let credential = timeout_at(self.deadline, self.caller.credentials().for_upstream())
            .await
            .map_err(|_elapsed| JiraError::Timeout { applied: Applied::No })?;
        match credential {
            Ok(credential) => Ok(credential.expose_header_value()),
            Err(CredentialsError::SignInEnded) => {
                self.token.refused.store(true, Ordering::Relaxed);
                Err(JiraError::Unauthenticated)
            }
            Err(CredentialsError::LocalSignInEnded) => {
                self.token.refused.store(true, Ordering::Relaxed);
                Err(JiraError::LocalSignInEnded)
            }
            // Nobody asks a directory for a token for Jira; nothing was sent, whoever did.
            Err(CredentialsError::Unavailable | CredentialsError::NotGranted { .. }) => {
                Err(JiraError::NotRenewed)
            }
            Err(CredentialsError::NotConnected { connect_url }) => {
                Err(JiraError::NotConnected { connect_url })
            }
        }
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
            self.jira.sites.forget(self.caller.credential_key());
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

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, atomic::AtomicU32},
        time::Duration,
    };

    use auth::{
        BoxFuture, Caller, Credentials, Identity, KeyedHasher, Principal, TokenVerdict,
        UpstreamCredential,
    };
    use upstream::Upstream;

    use super::*;
    use crate::jira::client::{Jira, Settings, request};

    /// A sign-in that has ended, and how often it was asked.
    #[derive(Default)]
    struct Ended(AtomicU32);

    impl Credentials for Ended {
        fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::ready(Err(CredentialsError::SignInEnded)))
        }

        fn redact(&self, text: String) -> String {
            text
        }
    }

    #[tokio::test]
    async fn credentials_are_asked_each_time_and_their_end_is_a_refusal() {
        let settings = Settings {
            api_base: "http://127.0.0.1:9".parse().unwrap(),
            api_host: None,
            site_address: None,
            route: Route::ApiGateway,
            site: None,
            media_hosts: Vec::new(),
        };
        let upstream = Upstream::new(&upstream::Settings::new("test")).unwrap();
        let key = KeyedHasher::random().unwrap().principal_key(b"test:", b"anna");
        let ended = Arc::new(Ended::default());
        let identity = Identity::new(Principal::of_key(key), Arc::clone(&ended) as _);
        let caller = Caller::new(identity, "r-1".into(), None);
        let deadline = Instant::now() + Duration::from_secs(5);
        let session = Arc::new(Jira::new(settings, upstream)).session(caller, None, deadline);
        for asked in 1..=2 {
            let error = session.call(request::myself()).await.unwrap_err();
            assert_eq!(error, JiraError::Unauthenticated);
            assert_eq!(ended.0.load(Ordering::Relaxed), asked);
        }
        let refused = TokenVerdict { refused: true, ..TokenVerdict::default() };
        assert_eq!((session.token_verdict(), session.calls()), (refused, 0), "nothing was sent");
    }
}
