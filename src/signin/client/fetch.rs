//! Fetches a client's document: from a host that everybody reaches, once, without redirects, within
//! bounds of time and bytes.

use std::{error::Error as StdError, fmt, io, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_client::{Fault, HttpClient, Lookup, Outgoing, Settings, chunk};
use tokio::{sync::Semaphore, time::timeout};
use url::{Host, Url};

use super::public_address::DocumentHosts;
use crate::signin::uri::is_this_machine;

pub(super) const BODY_BYTES_MAX: usize = 64 * 1024;

/// From the first look-up to the last byte.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Whoever names documents on slow hosts holds up no more than so many at a time.
pub(super) const FETCHES_MAX: usize = 8;

/// How long a document is believed, at least and at most, whatever its `Cache-Control` says.
const KEPT_MIN: Duration = Duration::from_mins(1);
const KEPT_MAX: Duration = Duration::from_hours(24);

pub(super) struct Fetcher {
    client: HttpClient,
    permits: Semaphore,
    timeout: Duration,
}

/// A document's bytes, and how long they may be believed.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) body: Vec<u8>,
    pub(super) kept: Duration,
}

/// Why there are no bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FetchFault {
    /// Too many are fetched now; it says nothing about this one.
    Busy,
    /// No answer, or none in time. Hosts that are not public are told apart in the log only, so
    /// that nobody learns the names of an inner network by asking.
    Unreachable,
    /// An answer that is no document.
    Answer(&'static str),
}

impl Fetcher {
    /// Opens no connection.
    pub(super) fn new(
        hosts: DocumentHosts,
        user_agent: &str,
        lookup: Lookup,
    ) -> Result<Self, BuildError> {
        let client = HttpClient::new(Settings {
            connect_timeout: TIMEOUT,
            https_only: hosts == DocumentHosts::Public,
            // A connection serves one fetch, whose look-up was checked.
            pool_idle_per_host: 0,
            lookup: guarded(hosts, lookup),
            ..Settings::new(user_agent)?
        });
        Ok(Self { client, permits: Semaphore::new(FETCHES_MAX), timeout: TIMEOUT })
    }

    /// `url` was checked, also that its host is a name: an address would not be looked up.
    pub(super) async fn fetch(&self, url: &Url) -> Result<Fetched, FetchFault> {
        let permit = timeout(self.timeout, self.permits.acquire()).await;
        let _permit = permit.ok().and_then(Result::ok).ok_or(FetchFault::Busy)?;
        let fetched = timeout(self.timeout, self.exchange(url)).await;
        fetched.unwrap_or(Err(FetchFault::Unreachable))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a host that a stranger names is asked otherwise than an upstream is"
    )]
    async fn exchange(&self, url: &Url) -> Result<Fetched, FetchFault> {
        let accept = HeaderValue::from_static("application/json");
        let outgoing = Outgoing {
            method: &Method::GET,
            url,
            headers: &HeaderMap::new(),
            more: &[(header::ACCEPT, accept)],
            body: None,
        };
        let sent = self.client.send(outgoing).await;
        let mut answer = sent.map_err(|fault| unreachable(url, &fault))?;
        if answer.status() != StatusCode::OK {
            let is_redirect = answer.status().is_redirection();
            return Err(FetchFault::Answer(if is_redirect {
                "its address redirects; the document must be at the client id itself"
            } else {
                "its address does not answer with status 200"
            }));
        }
        if !is_json(answer.headers()) {
            return Err(FetchFault::Answer("its content type is not application/json"));
        }
        let kept = kept(answer.headers());
        let mut body = Vec::new();
        let mut next = async || chunk(answer.body_mut()).await;
        while let Some(chunk) = next().await.map_err(|fault| unreachable(url, &fault))? {
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(FetchFault::Answer("it is longer than 65536 bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { body, kept })
    }
}

fn unreachable(url: &Url, fault: &Fault) -> FetchFault {
    let is_not_public = fault.causes().any(|cause| {
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.and_then(|inner| inner.downcast_ref::<NotPublic>()).is_some()
    });
    let host = url.host_str().unwrap_or_default();
    tracing::info!(host, is_not_public, "client metadata document not fetched");
    FetchFault::Unreachable
}

/// A file that somebody uploaded to a well-known host is most often served as something else.
fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = text.and_then(|text| text.split(';').next()).unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

/// Source: RFC 9111 section 5.2.2.
fn kept(headers: &HeaderMap) -> Duration {
    let lines = headers.get_all(header::CACHE_CONTROL).iter();
    let directives = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let mut seconds = 0;
    for directive in directives {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return KEPT_MIN,
            "max-age" => seconds = value.trim().trim_matches('"').parse().unwrap_or(0),
            _ => {}
        }
    }
    Duration::from_secs(seconds).clamp(KEPT_MIN, KEPT_MAX)
}

/// Looks a name up once, and lets the connection be made to what it found, or not at all.
fn guarded(hosts: DocumentHosts, lookup: Lookup) -> Lookup {
    Arc::new(move |host| {
        let is_loopback_name = is_this_machine(&Host::Domain(host.as_str()));
        let looking_up = lookup(host);
        Box::pin(async move {
            let found = looking_up.await?;
            // One private address among public ones is a trick, or a mistake.
            if found.is_empty() || !found.iter().all(|ip| hosts.admits(is_loopback_name, *ip)) {
                return Err(io::Error::other(NotPublic));
            }
            Ok(found)
        })
    })
}

#[derive(Debug)]
struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host is not public")
    }
}

impl StdError for NotPublic {}

/// The client for documents cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for client metadata documents cannot be built")]
pub(crate) struct BuildError {
    #[from]
    source: http_client::BuildError,
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    impl Fetcher {
        /// With less time for a fetch.
        pub(in crate::signin::client) fn hurried(mut self, timeout: Duration) -> Self {
            self.timeout = timeout;
            self
        }
    }

    #[test]
    fn documents_are_kept_as_long_as_they_say_within_bounds() {
        let check = |lines: &[&'static str], seconds: u64| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::CACHE_CONTROL, line.parse().unwrap());
            }
            assert_eq!(kept(&headers), Duration::from_secs(seconds), "{lines:?}");
        };
        check(&[], 60);
        check(&["max-age=3600"], 3_600);
        check(&["public, MAX-AGE = 600"], 600);
        check(&["public", "max-age=600"], 600);
        check(&["max-age=1"], 60);
        check(&["max-age=31536000, immutable"], 86_400);
        check(&["max-age=99999999999999999999999"], 60);
        check(&["max-age=-5"], 60);
        check(&["max-age=3600, no-store"], 60);
        check(&["no-cache"], 60);
    }

    /// A port that refuses would give the same fault as one that was never tried.
    #[tokio::test]
    async fn a_name_with_an_address_that_is_not_public_is_never_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = Url::parse(&format!("https://docs.example:{port}/client.json")).unwrap();
        let mixed = ["1.1.1.1", "127.0.0.1"];
        for addresses in [&mixed[1..], &mixed[..], &["::ffff:127.0.0.1"], &[]] {
            let found: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
            let lookup: Lookup = Arc::new(move |host| {
                assert_eq!(host, "docs.example");
                let found = found.clone();
                Box::pin(async move { Ok(found) })
            });
            for hosts in [DocumentHosts::Public, DocumentHosts::PublicAndLoopback] {
                let fetcher = Fetcher::new(hosts, "test", Arc::clone(&lookup)).unwrap();
                assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchFault::Unreachable);
            }
        }
        let accepted = timeout(Duration::ZERO, listener.accept()).await;
        assert!(accepted.is_err(), "a connection came");
    }

    #[tokio::test]
    async fn no_more_than_eight_are_fetched_at_a_time() {
        let url = Url::parse("https://docs.example/client.json").unwrap();
        let lookup: Lookup = Arc::new(|_| Box::pin(async { Ok(Vec::new()) }));
        let fetcher = Fetcher::new(DocumentHosts::Public, "test", lookup).unwrap();
        let fetcher = fetcher.hurried(Duration::from_millis(20));
        let seven = fetcher.permits.try_acquire_many(7).unwrap();
        assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchFault::Unreachable);
        let eighth = fetcher.permits.try_acquire().unwrap();
        assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchFault::Busy);
        drop((seven, eighth));
        assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchFault::Unreachable);
    }
}
