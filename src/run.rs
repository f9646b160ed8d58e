//! Builds every layer, binds, serves, drains: the only file that knows them all.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use thiserror::Error;
use tokio::{
    net::TcpListener,
    time::{Instant, timeout_at},
};

use crate::{
    config::Config,
    http::{self, Drain, Readiness},
    identity::{Caller, KeyedHasher},
    jira::Jira,
    limit::Limiter,
    mcp,
    policy::Policy,
    tools::{self, ConfirmKeys},
    upstream::{BuildError, Upstream},
};

/// Why the server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The client for Jira cannot be built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[from] BuildError),
    /// The system has no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    config: Config,
    hasher: KeyedHasher,
    server: mcp::Server,
    address: SocketAddr,
}

/// The tool layer alone, as stdio uses it.
pub fn server(config: &Config, local_caller: Option<Caller>) -> Result<mcp::Server, StartError> {
    let upstream = Upstream::new(&config.upstream)?;
    let jira = Arc::new(Jira::new(config.jira.clone(), upstream));
    let policy = Policy::new(config.policy.clone());
    let limiter = Limiter::new(config.limits);
    Ok(mcp::Server::new(config.mcp.clone(), policy, jira, limiter, confirm_keys(config)?, local_caller))
}

/// Replicas share the gateway's secrets and nothing else, so their tokens are sealed with keys that follow from those.
/// Without a gateway there is one process, and a random key of its own will do.
fn confirm_keys(config: &Config) -> Result<ConfirmKeys, StartError> {
    let Some(gateway) = config.http.gateway.clone() else { return Ok(ConfirmKeys::random()?) };
    Ok(ConfirmKeys::shared(move || gateway.derived_keys(tools::CONFIRM_CONTEXT)))
}

/// Builds the layers and takes the port.
pub async fn bind(config: Config) -> Result<Bound, StartError> {
    let address = config.listen;
    let hasher = KeyedHasher::random()?;
    let server = server(&config, None)?;
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    Ok(Bound { listener, config, hasher, server, address })
}

impl Bound {
    /// Where it listens; differs from the settings when they ask for any free port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then finishes what is in hand.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Drain {
        let readiness = Readiness::default();
        let connections = &self.config.connections;
        let asked_at = OnceLock::new();
        let shutdown = async {
            shutdown.await;
            let _ = asked_at.set(Instant::now());
        };
        let mcp = mcp::http_service(self.server.clone(), self.config.http.body_bytes_max);
        let router = http::router(self.config.http, self.hasher, readiness.clone(), mcp);
        tracing::info!(address = %self.address, version = env!("CARGO_PKG_VERSION"), "listening");
        readiness.ready();
        let drain = http::serve(self.listener, router, connections, &readiness, shutdown).await;
        // A write whose client has gone holds no connection, and is finished all the same.
        let until =
            asked_at.get().map(|asked_at| *asked_at + connections.drain_pause + connections.drain_grace);
        if let Some(until) = until
            && timeout_at(until, self.server.finished()).await.is_err()
        {
            tracing::warn!("stopped with writes still running");
        }
        match &drain {
            Drain::Finished => tracing::info!("stopped"),
            Drain::Cut { connections } => tracing::warn!(connections, "stopped with calls still running"),
        }
        drain
    }
}

/// Resolves when the process is asked to stop. The handlers stand as soon as this returns, before anybody is told that
/// the server is ready.
pub fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    async move {
        let [terminate, interrupt] = signals.map(async |signal| match signal {
            Some(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the system's own answer to the signal stands.
            None => std::future::pending().await,
        });
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    }
}
