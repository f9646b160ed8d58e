//! A request with an access token of Entra ID: whom it speaks for.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use auth::{
    Authenticate, AuthenticateError, Bearer, BoxFuture, Identity, KeyedHasher, Principal,
    PrincipalKey,
};
use http::Request;
use secrecy::SecretString;

use super::{
    access_tokens::{AccessTokens, Refusal},
    accounts::ConnectedAccounts,
    credentials::{EntraCredentials, OnBehalf, UserToken},
};

/// The wall clock, in milliseconds since 1970.
pub type Now = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Which key a subject has.
type KeyOf = Arc<dyn Fn(&str) -> PrincipalKey + Send + Sync>;

/// Takes every token that it is given, and verifies it.
pub struct EntraBearer {
    tokens: AccessTokens,
    now: Now,
    key_of: KeyOf,
    hasher: KeyedHasher,
    on_behalf: Option<Arc<dyn OnBehalf>>,
    accounts: Option<Arc<dyn ConnectedAccounts>>,
}

impl EntraBearer {
    /// `key_of` says by which key a person is known, so that it is the same whichever way they come
    /// in; `hasher` makes the keys of single tokens. Nobody gets a token for another resource, nor
    /// an account at the upstream, until what knows of them is set.
    pub fn new(
        tokens: AccessTokens,
        now: Now,
        key_of: impl Fn(&str) -> PrincipalKey + Send + Sync + 'static,
        hasher: KeyedHasher,
    ) -> Self {
        let key_of = Arc::new(key_of);
        Self { tokens, now, key_of, hasher, on_behalf: None, accounts: None }
    }

    /// With what gets tokens for other resources on behalf of users.
    #[must_use]
    pub fn with_on_behalf(self, on_behalf: Arc<dyn OnBehalf>) -> Self {
        Self { on_behalf: Some(on_behalf), ..self }
    }

    /// With what knows the accounts that users have connected.
    #[must_use]
    pub fn with_accounts(self, accounts: Arc<dyn ConnectedAccounts>) -> Self {
        Self { accounts: Some(accounts), ..self }
    }

    async fn identify(&self, bearer: &Bearer) -> Result<Identity, AuthenticateError> {
        let token = bearer.expose();
        let user = self.tokens.verify(token, (self.now)()).await.map_err(error)?;
        let subject = user.subject();
        let principal = Principal {
            subject: Some(subject.as_str().into()),
            ..Principal::of_key((self.key_of)(&subject))
        };
        // Of one token, for another one of the same person may be of another program.
        let key = self.hasher.principal_key(b"entra token:", token.as_bytes());
        let assertion = SecretString::from(token);
        let user_token = UserToken { tenant_id: user.tenant_id, key, assertion };
        let account = match &self.accounts {
            Some(accounts) => Some(accounts.of(&subject).await),
            None => None,
        };
        // What is remembered of a token's Jira goes with the account it was read from.
        let account_key = account.as_ref().and_then(|account| account.key);
        let credential_key = account_key.map_or(key, |account_key| {
            let both = [key.to_bytes(), account_key.to_bytes()].concat();
            self.hasher.principal_key(b"entra token and account:", &both)
        });
        let credentials = EntraCredentials::new(user_token, self.on_behalf.clone(), account);
        Ok(Identity {
            credential_key,
            roles: user.roles,
            good_until: UNIX_EPOCH.checked_add(Duration::from_secs(user.good_until_s)),
            ..Identity::new(principal, Arc::new(credentials))
        })
    }
}

const fn error(refusal: Refusal) -> AuthenticateError {
    match refusal {
        Refusal::Invalid(reason) => AuthenticateError::OfDirectory(reason),
        Refusal::LacksScope => AuthenticateError::LacksScope,
        Refusal::NoRole => AuthenticateError::NoRole,
        Refusal::Unavailable => AuthenticateError::Unavailable,
    }
}

impl Authenticate for EntraBearer {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        Box::pin(async move { self.identify(&Bearer::from_headers(head.headers())?).await })
    }
}

impl fmt::Debug for EntraBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraBearer").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}
