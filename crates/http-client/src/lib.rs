//! One HTTP exchange over pooled connections: HTTP/1.1, or HTTP/2 where the host offers it.
//!
//! What goes out is what the caller gives, and where it goes is what the URL says: no proxy of the
//! environment, no redirect, no cookie, no referrer. Nothing is inflated and nothing is bounded in
//! time but the making of a connection; callers do both.
//!
//! It is hyper's own client with a connector. A request is put together once, from a URL that is
//! parsed already, and its body goes out as it is.

mod connector;
mod fault;
#[cfg(test)]
mod tests;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri,
    header::{ACCEPT, USER_AGENT},
};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use url::Url;

use self::connector::Connector;
pub use self::{
    connector::{LookingUp, Lookup, Opened, system_lookup},
    fault::{Fault, FaultKind},
    tls::{BuildError, Tls},
};

/// The body of an answer, which is read with [`chunk`].
pub use hyper::body::Incoming;

/// How often a request that the server declared unprocessed goes out again.
const REPEATS_MAX: usize = 2;

/// What a client does by itself.
#[derive(Clone)]
pub struct Settings {
    /// Value of the `User-Agent` header where a request has none.
    pub user_agent: HeaderValue,
    /// Time for name lookup, TCP and TLS together.
    pub connect_timeout: Duration,
    /// How the addresses of a host's name are found.
    pub lookup: Lookup,
    /// Whom a connection over TLS trusts. Clients that share it resume each other's sessions.
    pub tls: Tls,
    /// Whether `http` is refused.
    pub https_only: bool,
    /// How long a connection may be idle.
    pub pool_idle: Duration,
    /// Connections that are kept while idle.
    pub pool_idle_per_host: usize,
    /// The time between two pings of an HTTP/2 connection in use, and the time for the answer.
    pub http2_ping: Option<(Duration, Duration)>,
    /// Bytes that the header fields of an HTTP/2 answer may have.
    pub http2_header_bytes_max: u32,
    /// Counts connections; clients may share it.
    pub opened: Opened,
}

impl Settings {
    /// The usual limits, under this `User-Agent`, with the system's lookup and certificates, which
    /// are read here.
    pub fn new(user_agent: &str) -> Result<Self, BuildError> {
        let tls = Tls::of_system()?;
        Ok(Self {
            user_agent: HeaderValue::try_from(user_agent)?,
            connect_timeout: Duration::from_secs(5),
            lookup: system_lookup(),
            tls,
            https_only: false,
            // Below the idle time after which common servers close, or a write would now and then
            // meet a closing connection and have an unknown outcome.
            pool_idle: Duration::from_secs(30),
            pool_idle_per_host: 64,
            http2_ping: None,
            http2_header_bytes_max: 64 * 1024,
            opened: Opened::default(),
        })
    }
}

/// What is sent, borrowed from where it stays.
#[derive(Clone, Copy)]
pub struct Outgoing<'r> {
    /// HTTP method.
    pub method: &'r Method,
    /// Absolute `http` or `https` URL without user name or password; its fragment is not sent.
    pub url: &'r Url,
    /// Headers as sent. `User-Agent` and `Accept` are added if absent.
    pub headers: &'r HeaderMap,
    /// More of them, each if it is absent.
    pub more: &'r [(HeaderName, HeaderValue)],
    /// Body as sent; none is an empty one.
    pub body: Option<&'r Bytes>,
}

/// The way out: a pool of connections, which a clone shares.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<Connector, Full<Bytes>>,
    user_agent: HeaderValue,
}

impl HttpClient {
    /// Opens no connection.
    pub fn new(settings: Settings) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.pool_idle)
            .pool_max_idle_per_host(settings.pool_idle_per_host)
            .http2_max_header_list_size(settings.http2_header_bytes_max);
        if let Some((interval, timeout)) = settings.http2_ping {
            builder.http2_keep_alive_interval(interval).http2_keep_alive_timeout(timeout);
        }
        let user_agent = settings.user_agent.clone();
        Self { client: builder.build(Connector::new(settings)), user_agent }
    }

    /// Sends the request and waits for the head of its answer, of any status.
    ///
    /// It goes out again when the server declared that it did nothing with it, twice at most, and
    /// when a pooled connection turned out to be closed before anything was written.
    pub async fn send(&self, outgoing: Outgoing<'_>) -> Result<Response<Incoming>, Fault> {
        let uri = uri(outgoing.url)?;
        let mut repeats = 0;
        loop {
            let sent = self.client.request(self.request(uri.clone(), outgoing)).await;
            match sent.map_err(Fault::client) {
                Err(fault) if fault.is_unprocessed() && repeats < REPEATS_MAX => repeats += 1,
                ended => return ended,
            }
        }
    }

    fn request(&self, uri: Uri, outgoing: Outgoing<'_>) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(outgoing.body.cloned().unwrap_or_default()));
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() = uri;
        let mut headers = outgoing.headers.clone();
        for (name, value) in outgoing.more {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        *request.headers_mut() = headers;
        request
    }
}

/// Only what can be sent as it is: HTTP/2 would send the user's name and password of a URL within
/// `:authority`, which RFC 9113 section 8.3.1 forbids.
fn uri(url: &Url) -> Result<Uri, Fault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Fault::request("the scheme is not http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::request("the URL carries user info"));
    }
    Uri::try_from(url.as_str()).map_err(|_| Fault::request("the URL is too long"))
}

/// The next bytes of a body; none at its end. Trailers are passed over.
pub async fn chunk(body: &mut Incoming) -> Result<Option<Bytes>, Fault> {
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.map_err(Fault::body)?.into_data() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
