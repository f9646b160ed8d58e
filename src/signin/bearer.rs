//! A request with an access token of ours: whose it is, and what Jira takes in its place.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use auth::{
    Authenticate, AuthenticateError, Bearer, BoxFuture, Credentials, CredentialsError, Identity,
    Principal, UpstreamCredential,
};
use http::{HeaderValue, Request};
use secrecy::SecretString;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{
    connect_link::{ConnectLink, Target},
    grant::GrantOf,
    secret::Secret,
    server::SignIn,
    session::{RenewalError, Renewals, Session, SessionError, SessionId},
    tokens::{PREFIX, Token},
};

/// How long a request waits here for the provider. What asks Jira waits again, for as long as it
/// may; all else is answered without.
const PROVIDER_PATIENCE: Duration = Duration::from_secs(4);

/// Takes our own tokens, and leaves all others to `others`.
pub struct SessionBearer {
    signin: SignIn,
    others: Arc<dyn Authenticate>,
}

impl SessionBearer {
    /// Around what takes all other tokens.
    pub fn new(signin: SignIn, others: Arc<dyn Authenticate>) -> Self {
        Self { signin, others }
    }
}

const fn refused(reason: &'static str) -> AuthenticateError {
    AuthenticateError::Refused { challenge_error: "invalid_token", reason }
}

impl Authenticate for SessionBearer {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        match Bearer::text_in(head.headers()) {
            Ok(token) if token.starts_with(PREFIX) => Box::pin(identify(&self.signin, token)),
            _ => self.others.authenticate(head),
        }
    }
}

async fn identify(signin: &SignIn, token: &str) -> Result<Identity, AuthenticateError> {
    signin.are_keys_right().await.map_err(|_| AuthenticateError::Unavailable)?;
    let Some(Token::Access { session: id, expires_at_ms }) = signin.tokens().read(token) else {
        return Err(refused("it is no access token of this server"));
    };
    if expires_at_ms <= signin.now_ms() {
        return Err(refused("it has expired"));
    }
    let loaded = signin.sessions().get(id).await.map_err(|error| match error {
        SessionError::Ended => refused("its sign-in has ended"),
        SessionError::Unreadable => {
            tracing::error!("a session's record cannot be opened");
            refused("its sign-in cannot be read any more")
        }
        SessionError::Store(_) => AuthenticateError::Unavailable,
    })?;
    signin.sessions().touch(id, &loaded).await;
    let mut session = loaded.session;
    // Asked here already: a client that is told 401 signs its person in again.
    for which in [GrantOf::Entra, GrantOf::Jira] {
        if session.grant(which).is_none() {
            continue;
        }
        let renewing = signin.renewals().fresh(id, which, None);
        match timeout(PROVIDER_PATIENCE, renewing).await {
            Ok(Ok(renewed)) => session = renewed.session,
            Ok(Err(RenewalError::Ended)) => {
                return Err(refused("its sign-in has ended at the identity provider"));
            }
            _ => {}
        }
    }
    let roles = roles(signin, &session)?;
    let principal = Principal {
        subject: Some(session.person.subject.as_str().into()),
        rights: Some(session.scopes.clone().into()),
        ..Principal::of_key(signin.principal(&session.person))
    };
    let credentials = SessionCredentials::of(signin.clone(), id);
    Ok(Identity {
        credential_key: signin.hasher().principal_key(b"session:", &id.0),
        is_signed_in_here: true,
        roles,
        good_until: UNIX_EPOCH.checked_add(Duration::from_millis(expires_at_ms)),
        ..Identity::new(principal, Arc::new(credentials))
    })
}

/// Those of the person's roles that mean something here, as Entra ID said at the last renewal; none
/// where roles do not count, or people sign in elsewhere. Who has none of them may do nothing.
fn roles(signin: &SignIn, session: &Session) -> Result<Option<Arc<[String]>>, AuthenticateError> {
    let Some(mapped) = signin.providers().mapped_roles() else { return Ok(None) };
    let said = session.entra.iter().flat_map(|grant| &grant.roles);
    let roles: Arc<[String]> = said.filter(|role| mapped.contains(*role)).cloned().collect();
    if roles.is_empty() { Err(AuthenticateError::NoRole) } else { Ok(Some(roles)) }
}

/// The grant behind a session, renewed when it is time, for one request.
pub(super) struct SessionCredentials {
    renewals: Renewals,
    id: SessionId,
    /// Where the person can connect what the session lacks; nobody connects anything from a
    /// command line.
    signin: Option<SignIn>,
    /// When the session began, where its id does not tell it from one that takes its place.
    since_ms: Option<u64>,
    sent: Mutex<Sent>,
}

/// What was sent upstream, so that it can be told which token was refused, and taken out of texts.
#[derive(Default)]
struct Sent {
    last: Option<Secret>,
    refused: Option<Secret>,
    before: Option<Secret>,
    on_behalf: Vec<Secret>,
}

impl SessionCredentials {
    /// Without pages of ours.
    pub(super) fn new(renewals: Renewals, id: SessionId) -> Self {
        Self { renewals, id, signin: None, since_ms: None, sent: Mutex::default() }
    }

    /// Of a session that began at this time, and of no other under its id.
    pub(super) fn since(self, since_ms: u64) -> Self {
        Self { since_ms: Some(since_ms), ..self }
    }

    fn of(signin: SignIn, id: SessionId) -> Self {
        let renewals = signin.renewals().clone();
        Self { signin: Some(signin), ..Self::new(renewals, id) }
    }

    /// Where the person connects Jira, if the operator has set it up.
    fn not_connected(&self) -> CredentialsError {
        let signin = self.signin.as_ref();
        let signin = signin.filter(|signin| signin.providers().of(GrantOf::Jira).is_some());
        let Some(signin) = signin else {
            return CredentialsError::NotConnected { connect_url: None };
        };
        let sealed = ConnectLink::new(signin, Target::Program(self.id)).sealed(signin);
        sealed.map_or(CredentialsError::Unavailable, |sealed| {
            let connect_url = Some(ConnectLink::address(signin, &sealed));
            CredentialsError::NotConnected { connect_url }
        })
    }

    fn sent<T>(&self, act: impl FnOnce(&mut Sent) -> T) -> T {
        act(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Credentials for SessionCredentials {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(async {
            let refused = self.sent(|sent| sent.refused.clone());
            let renewals = &self.renewals;
            let mut fresh = renewals.fresh(self.id, GrantOf::Jira, refused.as_ref()).await;
            // What is remembered of the session may be from before its person connected Jira, at
            // another replica.
            if matches!(fresh, Err(RenewalError::NotConnected))
                && let Some(signin) = &self.signin
                && signin.sessions().read(self.id).await.is_ok()
            {
                fresh = renewals.fresh(self.id, GrantOf::Jira, refused.as_ref()).await;
            }
            let loaded = fresh.map_err(|error| match error {
                RenewalError::Ended => CredentialsError::SignInEnded,
                RenewalError::Unavailable => CredentialsError::Unavailable,
                RenewalError::NotConnected => self.not_connected(),
            })?;
            if self.since_ms.is_some_and(|since_ms| since_ms != loaded.session.created_at_ms) {
                return Err(CredentialsError::SignInEnded);
            }
            let grant = loaded.session.jira.as_ref().ok_or_else(|| self.not_connected())?;
            let token = grant.access_token.clone();
            let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
            let value =
                HeaderValue::from_str(&bearer).map_err(|_| CredentialsError::SignInEnded)?;
            self.sent(|sent| {
                if sent.last.as_ref() != Some(&token) {
                    sent.before = sent.last.replace(token);
                }
            });
            Ok(UpstreamCredential::new(value))
        })
    }

    /// Once for each token: a new one that is refused as well is the upstream's last word.
    fn renew_refused(&self) -> bool {
        self.sent(|sent| {
            if sent.refused.is_some() || sent.last.is_none() {
                return false;
            }
            sent.refused.clone_from(&sent.last);
            true
        })
    }

    fn on_behalf<'a>(
        &'a self,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, CredentialsError>> {
        Box::pin(async move {
            // The sign-in of a command line is Atlassian's, which has no such tokens.
            let Some(signin) = &self.signin else { return Ok(None) };
            let Some(token) = signin.on_behalf().token(self.id, scope).await? else {
                return Ok(None);
            };
            let given = SecretString::from(token.expose());
            self.sent(|sent| {
                if !sent.on_behalf.contains(&token) {
                    sent.on_behalf.push(token);
                }
            });
            Ok(Some(given))
        })
    }

    fn redact(&self, text: String) -> String {
        self.sent(|sent| {
            let tokens = [&sent.last, &sent.before].into_iter().flatten().chain(&sent.on_behalf);
            tokens.fold(text, |text, token| {
                if text.contains(token.expose()) {
                    text.replace(token.expose(), "***")
                } else {
                    text
                }
            })
        })
    }
}
