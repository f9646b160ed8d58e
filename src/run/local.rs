//! The sign-in of one's own machine, put together: the port for the browser, and the identity of
//! `stdio`.

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use ::http::HeaderValue;
use auth::{BoxFuture, Credentials, Identity, KeyedHasher, Principal, UpstreamCredential};
use futures_util::future::join_all;
use metrics::Signals;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tool_kit::SigningKeys;
use zeroize::Zeroizing;

use crate::{
    config::{JiraUser, LocalUser},
    http::{self, ConnectionSettings, Readiness},
    program::USER_AGENT,
    signin::{self, Clock, LocalIdentity, Login, LoginDone},
};

use super::local_credentials::LocalCredentials;

pub use crate::signin::{KeyPlace, LocalError, LocalSettings, LoginError, SignedOut, Status};

/// What follows from a credential for this one use; changing it voids every token that is under
/// way.
const CONFIRM_CONTEXT: &str = "jira-mcp-bridge 2026-11-30 confirm tokens of a machine's one user";

/// How long a person may take at Atlassian.
const PATIENCE: Duration = Duration::from_mins(10);

/// One browser, and perhaps a page that looks whether we are here.
const CONNECTIONS_MAX: usize = 16;

/// How long the last page may take to its browser.
const GOODBYE: Duration = Duration::from_secs(5);

/// How long a stop waits for an exchange that has begun.
const FINISHED: Duration = Duration::from_secs(30);

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LoginFailure {
    /// The port is in use.
    #[error(
        "port {port} of localhost cannot be listened on: {source}. Another sign-in may be waiting \
         there. Stop it, or choose another port with --port and add its callback URL to the app"
    )]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The sign-in failed.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The browser did not come back.
    #[error(
        "nobody was signed in: the browser did not come back within {} minutes. Run \
         `jira-mcp-bridge login` again",
        PATIENCE.as_secs() / 60
    )]
    TooLate,
    /// The command was stopped.
    #[error("nobody was signed in: the command was stopped")]
    Stopped,
}

/// Signs a person in: `show` gets the URL for their browser. The browser comes back to `port` of
/// localhost; 0 takes any free one.
pub async fn login(
    settings: &LocalSettings,
    port: u16,
    show: impl AsyncFnOnce(&str),
    stop: impl Future<Output = ()>,
) -> Result<LoginDone, LoginFailure> {
    let (port, listeners) =
        listen(port).await.map_err(|source| LoginFailure::Port { port, source })?;
    // By its name, as Atlassian's developer console takes it. It compares the whole URL.
    let redirect_uri = format!("http://localhost:{port}/auth/callback");
    let mut login = Login::begin(settings, redirect_uri, Clock::default(), USER_AGENT).await?;
    show(login.url().as_str()).await;
    let ended = CancellationToken::new();
    let (settings, readiness, signals) = (connections(), Readiness::default(), Signals::default());
    let serving = join_all(listeners.into_iter().map(|listener| {
        // Nobody asks whether it is ready, and nobody counts.
        let stop = ended.cancelled();
        http::serve(listener, login.router(), &settings, &readiness, &signals, stop)
    }));
    let waiting = async {
        let failure = tokio::select! {
            outcome = login.outcome() => {
                ended.cancel();
                return outcome.map_err(LoginFailure::from);
            }
            () = sleep(PATIENCE) => LoginFailure::TooLate,
            () = stop => LoginFailure::Stopped,
        };
        ended.cancel();
        // A browser that has just come back is not left in the middle.
        match timeout(FINISHED, login.stop()).await {
            Ok(Some(outcome)) => outcome.map_err(LoginFailure::from),
            _ => Err(failure),
        }
    };
    let (outcome, _) = tokio::join!(waiting, serving);
    outcome
}

/// Both addresses of localhost, for a browser may try either. Where there is no IPv6 one will do;
/// an address that somebody else has would get our browser.
async fn listen(port: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = first.local_addr()?.port();
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(second) => Ok((port, vec![first, second])),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok((port, vec![first])),
    }
}

/// How the two ports are served: to one browser, and until it has its last page.
fn connections() -> ConnectionSettings {
    ConnectionSettings {
        connections_max: CONNECTIONS_MAX,
        drain_pause: Duration::ZERO,
        drain_grace: GOODBYE,
        ..ConnectionSettings::default()
    }
}

/// Signs out.
pub async fn logout(settings: &LocalSettings) -> Result<SignedOut, LocalError> {
    signin::logout(settings, Clock::default(), USER_AGENT).await
}

/// Whether somebody is signed in.
pub async fn status(settings: &LocalSettings) -> Result<Status, LocalError> {
    signin::status(settings, Clock::default(), USER_AGENT).await
}

/// With these a confirm token of one process is good in the next, as that of `call` has to be: the
/// key follows from what proves the user, and no client is told that.
pub(super) fn signing_keys(identity: &Identity) -> SigningKeys {
    let credentials = Arc::clone(&identity.credentials);
    SigningKeys::of_one_user(move || -> BoxFuture<'static, Vec<Zeroizing<[u8; 32]>>> {
        let credentials = Arc::clone(&credentials);
        Box::pin(async move {
            let credential = credentials.for_upstream().await.ok();
            let value = credential.map(UpstreamCredential::expose_header_value);
            let key = |value: HeaderValue| blake3::derive_key(CONFIRM_CONTEXT, value.as_bytes());
            value.map(key).map(Zeroizing::new).into_iter().collect()
        })
    })
}

/// The one user of a process, and what must be finished before it ends; none where nobody is signed
/// in.
pub(super) async fn identity(
    LocalUser { jira, copilot_token }: LocalUser,
    copilot_scopes: Vec<String>,
) -> Result<Option<(Identity, Option<LocalIdentity>)>, LocalError> {
    let hasher = KeyedHasher::random()?;
    let with_token = |jira: Option<Arc<dyn Credentials>>| {
        Arc::new(LocalCredentials { jira, copilot_token, copilot_scopes })
    };
    let (mut identity, signed_in) = match jira {
        JiraUser::Credential(credential) => (Identity::of_credential(credential, &hasher), None),
        JiraUser::SignIn(settings) => {
            let local = LocalIdentity::open(*settings, Clock::default(), USER_AGENT).await?;
            let Some(local) = local else { return Ok(None) };
            (local.identity(&hasher), Some(local))
        }
        JiraUser::Nobody => {
            let principal = Principal::of_key(hasher.principal_key(b"local:", b""));
            return Ok(Some((Identity::new(principal, with_token(None)), None)));
        }
    };
    identity.credentials = with_token(Some(identity.credentials));
    Ok(Some((identity, signed_in)))
}
