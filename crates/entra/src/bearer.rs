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
}

impl EntraBearer {
    /// `key_of` says by which key a person is known, so that it is the same whichever way they come
    /// in; `hasher` makes the keys of single tokens. Without `on_behalf` nobody gets a token for
    /// another resource.
    pub fn new(
        tokens: AccessTokens,
        now: Now,
        key_of: impl Fn(&str) -> PrincipalKey + Send + Sync + 'static,
        hasher: KeyedHasher,
        on_behalf: Option<Arc<dyn OnBehalf>>,
    ) -> Self {
        Self { tokens, now, key_of: Arc::new(key_of), hasher, on_behalf }
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
        let credentials = EntraCredentials::new(user_token, self.on_behalf.clone());
        Ok(Identity {
            credential_key: key,
            roles: user.roles,
            good_until: UNIX_EPOCH.checked_add(Duration::from_secs(user.good_until_s)),
            ..Identity::new(principal, Arc::new(credentials))
        })
    }
}

const fn error(refusal: Refusal) -> AuthenticateError {
    match refusal {
        Refusal::Invalid(reason) => {
            AuthenticateError::Refused { challenge_error: "invalid_token", reason }
        }
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
