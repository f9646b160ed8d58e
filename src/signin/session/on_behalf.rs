//! Tokens of a session's user for other resources of their directory: got by on-behalf-of when they
//! are asked for, and remembered for a while.
//!
//! They are made of the session's access token alone. Its refresh token is never sent, and none of
//! these tokens is written down.
//!
//! Source: Microsoft, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".

use std::sync::Arc;

use auth::CredentialsError;

use super::{
    super::{
        clock::Clock,
        grant::{Grant, GrantOf},
        provider::ProviderError,
        provider::Providers,
        secret::Secret,
        tasks::Tasks,
    },
    id::SessionId,
    on_behalf_tokens::{OnBehalfTokens, failure, is_of_the_assertion},
    renewal::Renewals,
    renewal_error::RenewalError,
    sessions::{SessionError, Sessions},
};

/// Gets and remembers them. A clone shares everything.
#[derive(Clone, Debug)]
pub(in super::super) struct OnBehalf(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sessions: Sessions,
    renewals: Renewals,
    providers: Providers,
    tokens: OnBehalfTokens<SessionId>,
}

impl OnBehalf {
    pub(in super::super) fn new(
        sessions: Sessions,
        renewals: Renewals,
        providers: Providers,
        tasks: Tasks,
    ) -> Self {
        let of_sessions = sessions.clone();
        let tokens = OnBehalfTokens::new(Clock::new(move || of_sessions.now_ms()), tasks);
        Self(Arc::new(Inner { sessions, renewals, providers, tokens }))
    }

    /// A token of the session's user for what `scope` names; none where nobody signs in by a
    /// directory that gives them, or the operator does not want them.
    pub(in super::super) async fn token(
        &self,
        id: SessionId,
        scope: &str,
    ) -> Result<Option<Secret>, CredentialsError> {
        if self.0.providers.on_behalf().is_none() {
            return Ok(None);
        }
        // Asked first, so that nothing is given out for a session that has ended.
        let loaded = match self.0.sessions.get(id).await {
            Ok(loaded) => loaded,
            Err(SessionError::Store(_)) => return Err(CredentialsError::Unavailable),
            Err(SessionError::Ended | SessionError::Unreadable) => {
                self.forget(id);
                return Err(CredentialsError::SignInEnded);
            }
        };
        if loaded.session.grant(GrantOf::Entra).is_none() {
            return Ok(None);
        }
        let (asking, of) = (self.clone(), scope.to_owned());
        let ask = async move { asking.ask(id, &of).await };
        self.0.tokens.token(id, scope, ask).await.map(Some)
    }

    /// Forgets the tokens of a session that has ended.
    pub(in super::super) fn forget(&self, id: SessionId) {
        self.0.tokens.forget(&id);
    }

    /// Forgets what nobody is given any more.
    pub(in super::super) fn sweep(&self) {
        self.0.tokens.sweep();
    }

    /// Asks the directory, with a token that is renewed first when it is time.
    async fn ask(&self, id: SessionId, scope: &str) -> Result<Grant, CredentialsError> {
        let entra = self.0.providers.on_behalf().ok_or(CredentialsError::Unavailable)?;
        let mut refused = None;
        loop {
            let fresh = self.0.renewals.fresh(id, GrantOf::Entra, refused.as_ref()).await;
            let loaded = fresh.map_err(|error| match error {
                RenewalError::Ended => CredentialsError::SignInEnded,
                RenewalError::Unavailable | RenewalError::NotConnected => {
                    CredentialsError::Unavailable
                }
            })?;
            let grant = loaded.session.grant(GrantOf::Entra);
            let assertion = &grant.ok_or(CredentialsError::Unavailable)?.access_token;
            let now_ms = self.0.sessions.now_ms();
            match entra.on_behalf(assertion, scope, now_ms).await {
                Ok(grant) => return Ok(grant),
                Err(ProviderError::Refused { aadsts, .. })
                    if refused.is_none() && is_of_the_assertion(aadsts) =>
                {
                    // Once, by a renewal: its answer says whether the sign-in stands.
                    refused = Some(assertion.clone());
                }
                Err(error) => return Err(failure(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
