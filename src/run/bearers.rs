//! Which bearers there are, and the sign-in behind our own.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use auth::{
    Authenticate, KeyedHasher, OfIssuers, PassThroughBearer, RefusedIssuers, RefusedKinds,
    RefusedPrefix,
};
use entra::{AccessTokens, EntraBearer};
use metrics::Signals;
use upstream::BuildError;

use crate::{
    config::{Bearers, EntraTokens},
    http,
    program::USER_AGENT,
    signin::{
        Clock, EntraAccounts, EntraOnBehalf, SessionBearer, Settings, SignIn, SignInError,
        TOKEN_PREFIX,
    },
};

/// Sign-in, with us as the authorization server that the edge names. Without a public URL we are
/// known by the address that is listened on.
pub(super) async fn signin(
    settings: Settings,
    http: &mut http::Settings,
    address: SocketAddr,
    signals: &Signals,
    clock: Clock,
) -> Result<SignIn, SignInError> {
    let own = format!("http://{address}");
    let base = settings.public_base_url.clone().or_else(|| own.parse().ok());
    let base = base.ok_or_else(|| SignInError::Address(address))?;
    let signin = SignIn::new(settings, &base, signals, USER_AGENT, clock).await?;
    // It takes any client, and who signs in here needs no token of Atlassian's own.
    http.authorization_servers.retain(|server| server != http::Settings::ATLASSIAN);
    http.authorization_servers.insert(0, signin.issuer().to_owned());
    http.has_sign_in = true;
    if http.public_base_url.is_none() {
        http.public_base_url = signin.issuer().parse().ok();
    }
    Ok(signin)
}

/// What verifies access tokens of Entra ID. A person is known by the same key as by their sign-in.
pub(super) fn entra(
    EntraTokens { tokens, apps }: &EntraTokens,
    signin: Option<&SignIn>,
    hasher: &KeyedHasher,
    signals: &Signals,
    clock: Clock,
) -> Result<Arc<EntraBearer>, BuildError> {
    let accounts = signin.and_then(EntraAccounts::new);
    let (signin, people) = (signin.cloned(), hasher.clone());
    let key_of = move |subject: &str| match &signin {
        Some(signin) => signin.entra_principal(subject),
        None => people.principal_key(b"entra person:", subject.as_bytes()),
    };
    let tokens = AccessTokens::new(tokens.clone(), signals, USER_AGENT)?;
    let now = {
        let clock = clock.clone();
        Arc::new(move || clock.now_ms())
    };
    let mut bearer = EntraBearer::new(tokens, now, key_of, hasher.clone());
    if let Some(accounts) = accounts {
        bearer = bearer.with_accounts(Arc::new(accounts));
    }
    if !apps.is_empty() {
        let on_behalf = EntraOnBehalf::new(apps, signals, USER_AGENT, clock)?;
        bearer = bearer.with_on_behalf(Arc::new(on_behalf));
    }
    Ok(Arc::new(bearer))
}

/// The one place that says which bearers there are. Each takes its own and hands on the rest.
pub(super) fn authenticators(
    bearers: &Bearers,
    signin: Option<&SignIn>,
    entra: Option<&Arc<EntraBearer>>,
    hasher: &KeyedHasher,
) -> Arc<dyn Authenticate> {
    let atlassian: Arc<dyn Authenticate> = if bearers.atlassian {
        Arc::new(PassThroughBearer::new(hasher.clone()))
    } else {
        Arc::new(RefusedKinds)
    };
    let issuers = bearers.directory_issuers.clone();
    let others: Arc<dyn Authenticate> = match entra.cloned() {
        Some(entra) => Arc::new(OfIssuers::new(issuers, entra, atlassian)),
        None => Arc::new(RefusedIssuers::new(issuers, atlassian)),
    };
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
