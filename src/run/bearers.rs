//! Which bearers there are, and the sign-in behind our own.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use auth::{
    Authenticate, KeyedHasher, PassThroughBearer, RefusedIssuers, RefusedKinds, RefusedPrefix,
};
use metrics::Signals;

use crate::{
    config::Bearers,
    http,
    program::USER_AGENT,
    signin::{SessionBearer, Settings, SignIn, SignInError, TOKEN_PREFIX},
};

/// Sign-in, with us as the authorization server that the edge names. Without a public URL we are
/// known by the address that is listened on.
pub(super) async fn signin(
    settings: Settings,
    http: &mut http::Settings,
    address: SocketAddr,
    signals: &Signals,
) -> Result<SignIn, SignInError> {
    let own = format!("http://{address}");
    let base = settings.public_base_url.clone().or_else(|| own.parse().ok());
    let base = base.ok_or_else(|| SignInError::Address(address))?;
    let clock = settings.clock.clone();
    let signin = SignIn::new(settings, &base, signals, USER_AGENT, clock).await?;
    signin.issuer().clone_into(&mut http.authorization_server);
    if http.public_base_url.is_none() {
        http.public_base_url = signin.issuer().parse().ok();
    }
    Ok(signin)
}

/// The one place that says which bearers there are. Each takes its own and hands on the rest.
pub(super) fn authenticators(
    bearers: &Bearers,
    signin: Option<&SignIn>,
    hasher: &KeyedHasher,
) -> Arc<dyn Authenticate> {
    let atlassian: Arc<dyn Authenticate> = if bearers.atlassian {
        Arc::new(PassThroughBearer::new(hasher.clone()))
    } else {
        Arc::new(RefusedKinds)
    };
    let issuers = bearers.refused_issuers.clone();
    let others: Arc<dyn Authenticate> = Arc::new(RefusedIssuers::new(issuers, atlassian));
    match signin {
        Some(signin) => Arc::new(SessionBearer::new(signin.clone(), others)),
        None => Arc::new(RefusedPrefix::new(TOKEN_PREFIX, others)),
    }
}

/// Forgets sign-ins that have ended, where there are any.
pub(super) async fn sweep(signin: Option<&SignIn>) -> Infallible {
    match signin {
        Some(signin) => signin.sweep().await,
        None => std::future::pending().await,
    }
}
