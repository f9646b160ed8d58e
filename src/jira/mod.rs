//! Jira Cloud, in Jira's words: requests as values, one call, the caller's own token on each.
//!
//! [`Jira`] is shared by all users and holds no credentials. A [`Session`] is one tool call's view of it: the
//! caller, the site, the deadline, and what was spent.

mod error;
mod media;
pub mod names;
pub mod request;
mod site;
pub mod wire;

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use tokio::{sync::OnceCell, time::Instant};
use url::Url;

use crate::{
    identity::Caller,
    upstream::{self, Upstream},
};

pub use error::{JiraError, RateLimit, Unsure};
pub use media::MEDIA_HOSTS;
pub use request::{Base, Effect, Request};
pub use site::{Site, SitePin};

use site::SiteCache;

/// Where Jira is and which site is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API host, `https://api.atlassian.com` in production.
    pub api_base: Url,
    /// The only site that may be used, if the operator names one.
    pub site: Option<SitePin>,
    /// The hosts that files may be loaded from, beside the API host itself: [`MEDIA_HOSTS`] in production.
    pub media_hosts: Vec<String>,
}

/// Jira refuses a form without it, so that no web page can make a browser post one.
const XSRF_WAIVER: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-atlassian-token"), HeaderValue::from_static("no-check"));

/// The way to Jira for all users: it holds no token.
#[derive(Debug)]
pub struct Jira {
    upstream: Upstream,
    settings: Settings,
    sites: SiteCache,
}

impl Jira {
    /// Opens no connection.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        Self { upstream, settings, sites: SiteCache::new() }
    }

    /// Whether the operator named the one site to use, so that callers need not.
    pub fn is_pinned(&self) -> bool {
        self.settings.site.is_some()
    }

    /// What one tool call may do as its caller until `deadline`.
    pub fn session(self: &Arc<Self>, caller: Caller, wish: Option<String>, deadline: Instant) -> Session {
        Session {
            jira: Arc::clone(self),
            caller,
            wish,
            deadline,
            site: OnceCell::new(),
            spent: Spent::default(),
        }
    }

    fn url(&self, base: Base, cloud_id: &str, request: &Request) -> Option<Url> {
        let mut url = self.settings.api_base.clone();
        {
            let mut path = url.path_segments_mut().ok()?;
            path.pop_if_empty();
            if base == Base::Platform {
                path.extend(["ex", "jira", cloud_id, "rest", "api", "3"]);
            }
            path.extend(request.path());
        }
        if !request.query_pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(request.query_pairs());
        }
        Some(url)
    }
}

/// One tool call's use of Jira.
#[derive(Debug)]
pub struct Session {
    jira: Arc<Jira>,
    caller: Caller,
    /// The site that this call asked for; it goes before the one the request asked for.
    wish: Option<String>,
    deadline: Instant,
    site: OnceCell<Site>,
    spent: Spent,
}

/// What a call has cost so far.
#[derive(Debug, Default)]
struct Spent {
    calls: AtomicU32,
    bytes: AtomicU64,
}

impl Session {
    /// Asks Jira, as the caller. Every status but 2xx is a [`JiraError`].
    pub async fn call(&self, request: Request) -> Result<Answer, JiraError> {
        let site = self.site().await?;
        self.send(&site.id, request).await
    }

    /// The site this call works on.
    pub async fn site(&self) -> Result<&Site, JiraError> {
        self.site.get_or_try_init(|| site::choose(self)).await
    }

    /// Whether the operator named the one site to use.
    pub fn is_pinned(&self) -> bool {
        self.jira.is_pinned()
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// How many HTTP calls were made to Jira, repeats included.
    pub fn calls(&self) -> u32 {
        self.spent.calls.load(Ordering::Relaxed)
    }

    /// How many body bytes were read from Jira.
    pub fn bytes(&self) -> u64 {
        self.spent.bytes.load(Ordering::Relaxed)
    }

    async fn send(&self, cloud_id: &str, request: Request) -> Result<Answer, JiraError> {
        let outgoing = self.signed(cloud_id, &request)?;
        let answer = self.exchange(&request, &outgoing).await?;
        if answer.status.is_success() {
            Ok(Answer(answer.body))
        } else {
            Err(self.refusal(&request, &answer))
        }
    }

    /// The request as it goes to Jira, with the caller's token.
    fn signed(&self, cloud_id: &str, request: &Request) -> Result<upstream::Request, JiraError> {
        let url = self.jira.url(request.base(), cloud_id, request).ok_or(JiraError::Request)?;
        let safety = match request.effect() {
            Effect::Read => upstream::Safety::Read,
            Effect::IdempotentWrite => upstream::Safety::IdempotentWrite,
            Effect::Write => upstream::Safety::Write,
        };
        let mut outgoing = upstream::Request::new(request.method().clone(), url, safety, cloud_id.into());
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
            outgoing.body = Some(Bytes::copy_from_slice(body));
        }
        Ok(outgoing)
    }

    /// Sends, and counts what it cost. An answer of any status is an answer.
    async fn exchange(
        &self,
        request: &Request,
        outgoing: &upstream::Request,
    ) -> Result<upstream::Response, JiraError> {
        let outcome = self.jira.upstream.call(outgoing, self.deadline).await;
        let (attempts, bytes) = match &outcome {
            Ok(answer) => (answer.attempts, answer.bytes_read),
            Err(error) => (error.attempts(), 0),
        };
        self.spent.calls.fetch_add(attempts, Ordering::Relaxed);
        self.spent.bytes.fetch_add(bytes, Ordering::Relaxed);
        outcome.map_err(|error| JiraError::from_upstream(request, &error))
    }

    fn refusal(&self, request: &Request, answer: &upstream::Response) -> JiraError {
        let error = JiraError::from_answer(request, answer);
        if error.refuses_token() {
            self.caller.report_refused();
        }
        error
    }
}

/// The body of a successful answer.
#[derive(Debug)]
pub struct Answer(Bytes);

impl Answer {
    /// Decodes the parts that are read; text is borrowed from the body where possible.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JiraError> {
        serde_json::from_slice(&self.0).map_err(|fault| {
            // The fault's text may quote Jira's content, so only its place is logged.
            tracing::warn!(
                line = fault.line(),
                column = fault.column(),
                bytes = self.0.len(),
                "undecodable answer"
            );
            JiraError::Unreadable
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, request: &Request) -> String {
        let settings = Settings { api_base: base.parse().unwrap(), site: None, media_hosts: Vec::new() };
        let upstream = Upstream::new(&upstream::Settings::default()).unwrap();
        Jira::new(settings, upstream).url(request.base(), "c-1", request).unwrap().to_string()
    }

    #[test]
    fn paths_and_queries_are_escaped() {
        let base = "https://api.atlassian.com";
        assert_eq!(
            url(base, &request::comments("P-1", 0, 5, true)),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/issue/P-1/comment?startAt=0&maxResults=5&orderBy=-created"
        );
        assert_eq!(
            url(base, &request::users("a&b=c/../d", 5)),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/user/search?query=a%26b%3Dc%2F..%2Fd&maxResults=5"
        );
        assert_eq!(
            url(base, &request::create_fields("a/../../b?c#d", "%2e%2e", 0)),
            "https://api.atlassian.com/ex/jira/c-1/rest/api/3/issue/createmeta/a%2F..%2F..%2Fb%3Fc%23d/issuetypes/%252e%252e?startAt=0&maxResults=200"
        );
        assert_eq!(
            url("http://127.0.0.1:9/", &request::accessible_resources()),
            "http://127.0.0.1:9/oauth/token/accessible-resources"
        );
    }
}
