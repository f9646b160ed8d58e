//! Builds every layer, binds, serves, drains: the only file that knows them all.

mod bearers;
pub mod local;
mod local_credentials;
mod principals;
mod replicas;
mod server;
mod start_error;
mod vouching;

use std::{
    convert::Infallible,
    future::Future,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use auth::{Caller, KeyedHasher};
use entra::EntraBearer;
use metrics::Signals;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    agent::client::AgentsSettings,
    config::{Config, LocalUser},
    http::{self, ConnectionSettings, Drain, Readiness},
    jira::Jira,
    mcp::{self, StdioSettings},
    memory,
    signin::{self, Clock, SignIn},
    telemetry::Exporters,
};

pub use server::server;
pub use start_error::StartError;

use principals::OneUser;
use server::{names, observed_server, signing_keys};
use vouching::Atlassian;

/// Scrapers and probes are few.
const ADMIN_CONNECTIONS_MAX: usize = 64;

/// How long a stop waits for the last traces and metrics.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// How long the end of `stdio` waits for a token that is being renewed: half of it would be a
/// sign-in that is lost.
const RENEWED: Duration = Duration::from_secs(30);

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    admin: Option<TcpListener>,
    signals: Signals,
    exporters: Exporters,
    config: Config,
    hasher: KeyedHasher,
    server: mcp::Server,
    jira: Arc<Jira>,
    signin: Option<SignIn>,
    entra: Option<Arc<EntraBearer>>,
    address: SocketAddr,
}

/// Serves the one user of a machine over standard input and output, until the input ends or
/// `shutdown` resolves.
pub async fn stdio(
    config: Config,
    user: LocalUser,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "serving on standard input and output");
    stdio_over(config, user, (tokio::io::stdin(), tokio::io::stdout()), shutdown).await?;
    tracing::info!("stopped");
    Ok(())
}

/// The same over any two streams.
pub async fn stdio_over<R, W>(
    config: Config,
    user: LocalUser,
    streams: (R, W),
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let scopes = config.agents.iter().flat_map(AgentsSettings::token_scopes).collect();
    let (identity, signed_in) =
        local::identity(user, scopes).await?.ok_or(StartError::NobodySignedIn)?;
    let keys = local::signing_keys(&identity);
    let caller = Caller::new(identity, "stdio".into(), None);
    let one_user = Some(OneUser::of_machine());
    let (server, _) = observed_server(&config, Signals::default(), None, one_user, keys)?;
    let settings = StdioSettings {
        line_bytes_max: config.http.body_bytes_max,
        drain_grace: config.connections.drain_grace,
    };
    mcp::serve_stdio(server, caller, streams, settings, shutdown).await;
    if let Some(signed_in) = signed_in
        && timeout(RENEWED, signed_in.finished()).await.is_err()
    {
        tracing::warn!("stopped while the sign-in was being renewed");
    }
    Ok(())
}

/// Builds the layers and takes the port.
pub async fn bind(config: Config) -> Result<Bound, StartError> {
    bind_at(config, Clock::default()).await
}

/// The same with a clock of one's own for what the sign-in keeps and for tokens of a directory.
pub async fn bind_at(mut config: Config, clock: Clock) -> Result<Bound, StartError> {
    let address = config.listen;
    let (signals, exporters) = Exporters::start(&config.telemetry.export, &names())?;
    let listen = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let signin = match config.bearers.signin.take() {
        Some(settings) => {
            let clock = clock.clone();
            Some(bearers::signin(settings, &mut config.http, address, &signals, clock).await?)
        }
        None => None,
    };
    let keys = signing_keys(&config)?;
    let (server, jira) = observed_server(&config, signals.clone(), signin.as_ref(), None, keys)?;
    let hasher = replicas::hasher(signin.as_ref())?;
    let tokens = config.bearers.entra.as_ref();
    let entra = tokens
        .map(|tokens| bearers::entra(tokens, signin.as_ref(), &hasher, &signals, clock))
        .transpose()?;
    let admin = match config.admin {
        Some(address) => Some(
            TcpListener::bind(address)
                .await
                .map_err(|source| StartError::ListenAdmin { address, source })?,
        ),
        None => None,
    };
    Ok(Bound {
        listener,
        admin,
        signals,
        exporters,
        config,
        hasher,
        server,
        jira,
        signin,
        entra,
        address,
    })
}

impl Bound {
    /// Where it listens; differs from the settings when they ask for any free port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The issuer, if clients can sign in here.
    pub fn issuer(&self) -> Option<&str> {
        self.signin.as_ref().map(SignIn::issuer)
    }

    /// How many tools it lists.
    pub fn tools(&self) -> usize {
        self.server.listed().len()
    }

    /// Where metrics are read, if anywhere.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }

    /// Serves until `shutdown`, then finishes what is in hand.
    pub async fn serve(mut self, shutdown: impl Future<Output = ()>) -> Drain {
        let readiness = Readiness::default();
        let admin_address = self.admin_address().map(tracing::field::display);
        let connections = &self.config.connections;
        let asked_at = OnceLock::new();
        let shutdown = async {
            shutdown.await;
            let _ = asked_at.set(Instant::now());
        };
        let mcp = mcp::HttpService::new(self.server.clone(), self.config.http.body_bytes_max);
        self.config.http.title = self.server.title();
        self.config.http.protocol_versions = self.server.protocol_versions();
        let signals = self.signals;
        if self.config.http.gateway.as_ref().is_some_and(http::Gateway::is_guessable) {
            tracing::warn!("gateway secrets: one of them {}", http::SECRET_ADVICE);
        }
        let callers = http::Callers {
            authenticate: bearers::authenticators(
                &self.config.bearers,
                self.signin.as_ref(),
                self.entra.as_ref(),
                &self.hasher,
            ),
            vouch: Arc::new(Atlassian(self.jira)),
        };
        let public = self.signin.clone().map(|signin| http::Public {
            pages: signin::pages(signin.clone()),
            any_origin: signin::endpoints(signin),
        });
        let router = http::router(
            self.config.http,
            callers,
            self.hasher,
            readiness.clone(),
            signals.clone(),
            mcp,
            public.unwrap_or_default(),
        );
        let admin = serve_admin(self.admin, signals.clone(), &readiness, connections);
        tracing::info!(address = %self.address, admin_address, version = env!("CARGO_PKG_VERSION"), "listening");
        readiness.ready();
        let drain = http::serve(self.listener, router, connections, &readiness, &signals, shutdown);
        let drain = tokio::select! {
            drain = drain => drain,
            never = admin => match never {},
            never = memory::purge_idle(&signals) => match never {},
            never = bearers::sweep(self.signin.as_ref()) => match never {},
        };
        // A write whose client has gone holds no connection, and is finished all the same.
        let until = asked_at
            .get()
            .map(|asked_at| *asked_at + connections.drain_pause + connections.drain_grace);
        if let Some(until) = until
            && timeout_at(until, finished(&self.server, self.signin.as_ref())).await.is_err()
        {
            tracing::warn!("stopped with writes still running");
        }
        flush(self.exporters, connections.drain_grace).await;
        match &drain {
            Drain::Finished => tracing::info!("stopped"),
            Drain::Cut { connections } => {
                tracing::warn!(connections, "stopped with calls still running");
            }
        }
        drain
    }
}

/// Writes and rotations whose clients have gone are finished all the same.
async fn finished(server: &mcp::Server, signin: Option<&SignIn>) {
    server.finished().await;
    if let Some(signin) = signin {
        signin.finished().await;
    }
}

/// Answers operators until it is dropped: metrics are wanted to the end of the drain.
async fn serve_admin(
    listener: Option<TcpListener>,
    signals: Signals,
    readiness: &Readiness,
    connections: &ConnectionSettings,
) -> Infallible {
    if let Some(listener) = listener {
        let router = http::admin_router(signals, readiness.clone());
        let settings =
            ConnectionSettings { connections_max: ADMIN_CONNECTIONS_MAX, ..connections.clone() };
        // Its own connections are not counted among the clients'.
        let (ready, uncounted) = (Readiness::default(), Signals::default());
        http::serve(listener, router, &settings, &ready, &uncounted, std::future::pending()).await;
    }
    std::future::pending().await
}

/// Sends what is left of traces and metrics, within what remains of a stop's patience.
async fn flush(exporters: Exporters, grace: Duration) {
    let patience = grace.min(FLUSH_MAX);
    let (done, flushed) = oneshot::channel();
    // A thread of its own: the runtime's would be waited for at the end, and a receiver that hangs
    // must not keep the process.
    let flushing = std::thread::Builder::new().name("flush".to_owned()).spawn(move || {
        exporters.flush(patience);
        // Nobody waits any more when the time was up.
        let _ = done.send(());
    });
    if flushing.is_err() || timeout(patience, flushed).await.is_err() {
        tracing::warn!("the last traces and metrics could not be sent in time");
    }
}
