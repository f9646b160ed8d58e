//! What is asked of an upstream, and what came back: plain values without I/O.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use metrics::Trace;
use url::Url;

use super::{error::UpstreamError, rate_limit::RateLimit};

/// What a repeat of the request could do. The caller knows; the HTTP method does not tell (a search
/// may be a POST).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Changes nothing. Repeated after a network failure, a timeout, a 5xx or a 429.
    Read,
    /// Changes something, with the same end state if done twice. Repeated when it was refused
    /// before work (429, or 503 that names a time to return) or never left; not when its answer was
    /// lost.
    IdempotentWrite,
    /// Changes something more with each repeat. Repeated only after a 429 or when it never left.
    Write,
}

/// The name under which failures are counted: one per thing that can be down on its own, such as a
/// tenant. Never a user, and nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BreakerKey(Arc<str>);

impl From<&str> for BreakerKey {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

/// Who is behind a request, so that one caller's failures are not taken for all callers'. A keyed
/// hash, never a secret; the default is the process itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CallerId([u8; 16]);

impl From<[u8; 16]> for CallerId {
    fn from(hash: [u8; 16]) -> Self {
        Self(hash)
    }
}

impl CallerId {
    /// Which of so many places is this caller's; callers are spread over them evenly.
    pub(super) fn place_of(self, places: usize) -> usize {
        let [low, high, ..] = self.0;
        usize::from(u16::from_le_bytes([low, high])) % places.max(1)
    }
}

/// One signed request. The caller marks secret header values as sensitive.
#[derive(Clone)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Absolute `http` or `https` URL without user name or password.
    pub url: Url,
    /// Headers as sent. `User-Agent` and `Accept-Encoding` are added if absent.
    pub headers: HeaderMap,
    /// Body as sent; `Content-Type` is up to the caller.
    pub body: Option<Bytes>,
    /// What a repeat could do.
    pub safety: Safety,
    /// Under which name failures are counted.
    pub breaker_key: BreakerKey,
    /// For whom it is made.
    pub caller: CallerId,
    /// Overrides [`Settings::body_bytes_max`](super::Settings) for this answer, in bytes after
    /// inflation.
    pub body_bytes_max: Option<usize>,
    /// The trace that the call belongs to.
    pub trace: Trace,
    /// Whether the upstream is told the trace, as `traceparent`.
    pub sends_trace: bool,
    /// Whether this ending tells the breakers nothing, although it looks like a failure: a gateway
    /// that reports a slow third party, for instance, is well itself. By default each ending tells.
    pub is_no_sign: fn(&Result<Response, UpstreamError>) -> bool,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, url: Url, safety: Safety, breaker_key: BreakerKey) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            safety,
            breaker_key,
            caller: CallerId::default(),
            body_bytes_max: None,
            trace: Trace::default(),
            sends_trace: false,
            is_no_sign: |_| false,
        }
    }

    /// Refuses what is no plain address: user info would be a credential that nobody handles as
    /// one.
    pub(super) fn check(&self) -> Result<(), UpstreamError> {
        let reason = if !matches!(self.url.scheme(), "http" | "https") {
            "the scheme is not http or https"
        } else if !self.url.username().is_empty() || self.url.password().is_some() {
            "the URL carries user info"
        } else {
            return Ok(());
        };
        Err(UpstreamError::InvalidRequest { reason })
    }
}

impl fmt::Debug for Request {
    /// Leaves out header values, query and body: they hold tokens and the user's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.url.path())
            .field("header_names", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("safety", &self.safety)
            .finish_non_exhaustive()
    }
}

/// An answer of any status. A 4xx or 5xx is here too: the caller gives statuses their meaning.
#[derive(Clone)]
pub struct Response {
    /// HTTP status of the last attempt.
    pub status: StatusCode,
    /// Headers of the last attempt.
    pub headers: HeaderMap,
    /// Body of the last attempt, inflated and within the byte limit.
    pub body: Bytes,
    /// What the headers say about limits, as of the moment of the answer.
    pub rate_limit: RateLimit,
    /// Attempts made; 0 when the upstream's earlier word is repeated.
    pub attempts: u32,
    /// Body bytes of all answered attempts together, after inflation.
    pub bytes_read: u64,
}

impl fmt::Debug for Response {
    /// Leaves out headers and body: they hold what the upstream said about the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, Safety};
    use bytes::Bytes;
    use http::{HeaderValue, Method, header::AUTHORIZATION};

    fn request(url: &str) -> Request {
        Request::new(Method::GET, url.parse().unwrap(), Safety::Read, "site".into())
    }

    #[test]
    fn debug_shows_no_value_query_or_body() {
        let mut request = request("https://host.example/path?jql=hidden-query");
        request.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hidden-token"));
        request.body = Some(Bytes::from_static(b"hidden-body"));
        let shown = format!("{request:?}");
        assert!(!shown.contains("hidden"), "{shown}");
        assert!(shown.contains("/path") && shown.contains("authorization"), "{shown}");
    }

    #[test]
    fn only_plain_web_urls_pass() {
        fn check(url: &str, expected: bool) {
            assert_eq!(request(url).check().is_ok(), expected, "{url}");
        }
        check("https://host.example/", true);
        check("http://127.0.0.1:1/", true);
        check("ftp://host.example/", false);
        check("file:///etc/hosts", false);
        check("data:text/plain,x", false);
        check("https://user@host.example/", false);
        check("https://:word@host.example/", false);
    }
}
