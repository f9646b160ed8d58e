//! Makes a connection: name, TCP and TLS within one time, counted.

use std::{
    fmt,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{HttpConnector, dns::Name};
use tokio::time::timeout;
use tower::Service;

use super::Settings;

/// The system finds out itself that a peer is gone: a probe after 15 s of silence, three of them.
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 3;
/// How long what was sent may stay without an acknowledgement.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// Finds the addresses of a host's name. An address in the URL is not looked up.
pub type Lookup = Arc<dyn Fn(String) -> LookingUp + Send + Sync>;
/// A lookup that is under way.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// The system's own lookup.
pub fn system_lookup() -> Lookup {
    Arc::new(|host| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// How many connections were begun.
#[derive(Clone, Debug, Default)]
pub struct Opened(Arc<AtomicU64>);

impl Opened {
    /// Since the start, by all clients that share it.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// hyper's client asks it for each connection.
#[derive(Clone)]
pub(super) struct Connector {
    https: HttpsConnector<HttpConnector<Resolver>>,
    timeout: Duration,
    opened: Opened,
}

impl Connector {
    pub(super) fn new(settings: Settings) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver(settings.lookup));
        http.enforce_http(false);
        http.set_nodelay(true);
        // Shared out among the addresses of a name, so that one that is dead leaves time.
        http.set_connect_timeout(Some(settings.connect_timeout));
        http.set_keepalive(Some(KEEPALIVE));
        http.set_keepalive_interval(Some(KEEPALIVE));
        http.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let tls = HttpsConnectorBuilder::new().with_tls_config(settings.tls.into_config());
        let schemes = if settings.https_only { tls.https_only() } else { tls.https_or_http() };
        Self {
            https: schemes.enable_http1().enable_http2().wrap_connector(http),
            timeout: settings.connect_timeout,
            opened: settings.opened,
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

type Boxed<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;
type HttpsError = <HttpsConnector<HttpConnector<Resolver>> as Service<Uri>>::Error;

impl Service<Uri> for Connector {
    type Response = <HttpsConnector<HttpConnector<Resolver>> as Service<Uri>>::Response;
    type Error = HttpsError;
    type Future = Boxed<Self::Response, Self::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.https.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        self.opened.0.fetch_add(1, Ordering::AcqRel);
        let connecting = timeout(self.timeout, self.https.call(uri));
        Box::pin(async move {
            let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
            connecting.await.map_err(late)?
        })
    }
}

#[derive(Clone)]
pub(super) struct Resolver(Lookup);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Boxed<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let looking_up = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let found = looking_up.await?.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(found.collect::<Vec<_>>().into_iter())
        })
    }
}
