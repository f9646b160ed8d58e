//! What a user's access token proves elsewhere: nothing by itself, and by on-behalf-of what the
//! directory gives for it.

use std::sync::{Arc, Mutex, PoisonError};

use auth::{BoxFuture, Credentials, CredentialsError, PrincipalKey, UpstreamCredential};
use secrecy::{ExposeSecret, SecretString};

use super::{accounts::ConnectedAccount, tenant::TenantId};

/// A token that was verified. It cannot be printed.
pub struct UserToken {
    /// Which directory it is of.
    pub tenant_id: TenantId,
    /// Stands for this one token, for what is remembered of it.
    pub key: PrincipalKey,
    /// The token, as an assertion.
    pub assertion: SecretString,
}

/// Gets a token of a user for another resource, by their token for this API.
///
/// Source: Microsoft, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".
pub trait OnBehalf: Send + Sync {
    /// The token for `scope`, one scope as the directory names it.
    fn token<'a>(
        &'a self,
        user: &'a UserToken,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<SecretString, CredentialsError>>;
}

/// What one request brought.
pub(crate) struct EntraCredentials {
    user: UserToken,
    on_behalf: Option<Arc<dyn OnBehalf>>,
    account: Option<Arc<dyn Credentials>>,
    /// What was got, to be taken out of texts.
    given: Mutex<Vec<SecretString>>,
}

impl EntraCredentials {
    pub(crate) fn new(
        user: UserToken,
        on_behalf: Option<Arc<dyn OnBehalf>>,
        account: Option<ConnectedAccount>,
    ) -> Self {
        let account = account.map(|account| account.credentials);
        Self { user, on_behalf, account, given: Mutex::default() }
    }

    fn given<T>(&self, act: impl FnOnce(&mut Vec<SecretString>) -> T) -> T {
        act(&mut self.given.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Credentials for EntraCredentials {
    /// A directory's token opens nothing at an upstream that is not of the directory, and is not
    /// shown to it: what the user connected does, where they can connect something.
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        if let Some(account) = &self.account {
            return account.for_upstream();
        }
        let none = CredentialsError::NotConnected { connect_url: None };
        Box::pin(std::future::ready(Err(none)))
    }

    fn renew_refused(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.renew_refused())
    }

    fn speak_for_the_bearer(&self) -> bool {
        false
    }

    fn on_behalf<'a>(
        &'a self,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, CredentialsError>> {
        Box::pin(async move {
            let Some(on_behalf) = &self.on_behalf else { return Ok(None) };
            let token = on_behalf.token(&self.user, scope).await?;
            self.given(|given| {
                let is_new = |known: &SecretString| known.expose_secret() != token.expose_secret();
                if given.iter().all(is_new) {
                    given.push(token.clone());
                }
            });
            Ok(Some(token))
        })
    }

    fn redact(&self, text: String) -> String {
        let without = |text: String, token: &SecretString| {
            if text.contains(token.expose_secret()) {
                text.replace(token.expose_secret(), "***")
            } else {
                text
            }
        };
        let text = without(text, &self.user.assertion);
        let text = match &self.account {
            Some(account) => account.redact(text),
            None => text,
        };
        self.given(|given| given.iter().fold(text, without))
    }
}
