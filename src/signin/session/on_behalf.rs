//! Tokens of a session's user for other resources of their directory: got by on-behalf-of when they
//! are asked for, and remembered for a while.
//!
//! They are made of the session's access token alone. Its refresh token is never sent, and none of
//! these tokens is written down.
//!
//! Source: Microsoft, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".

use std::{sync::Arc, time::Duration};

use auth::CredentialsError;
use quick_cache::{Weighter, sync::Cache};
use tokio::time::timeout;

use super::{
    super::{
        grant::{Grant, GrantOf},
        provider::ProviderError,
        provider::Providers,
        secret::Secret,
        tasks::Tasks,
    },
    id::SessionId,
    renewal::Renewals,
    renewal_error::RenewalError,
    sessions::{SessionError, Sessions},
    turns::Turns,
};

/// How long a call waits: for a renewal, and for one request with its repeat.
const PATIENCE: Duration = Duration::from_secs(30);

/// A token is given to nobody in its last minute: the resource must still take it.
const LAST_MS: u64 = 60_000;

/// After a failure those who come next are told the same for so long, instead of waiting as well.
const PAUSE_MS: u64 = 3_000;

/// After a refusal. Only an administrator changes it, and Entra ID shuts out programs that repeat a
/// request that was refused (AADSTS50196).
const REFUSED_MS: u64 = 30_000;

/// All that is remembered: some 700 tokens.
pub(in super::super) const ON_BEHALF_BYTES_MAX: usize = 2 << 20;

/// What the cache makes its tables for.
const REMEMBERED_EXPECTED: usize = 512;

/// What one costs in the cache beside its texts.
const REMEMBERED_BYTES: usize = 512;

/// The longest name of a scope. An agent may be who names the resource.
const SCOPE_BYTES_MAX: usize = 512;

/// Gets and remembers them. A clone shares everything.
#[derive(Clone, Debug)]
pub(in super::super) struct OnBehalf(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sessions: Sessions,
    renewals: Renewals,
    providers: Providers,
    tasks: Tasks,
    turns: Turns<Key>,
    known: Cache<Key, Known, ByBytes>,
}

/// Whose token, and for what.
type Key = (SessionId, Arc<str>);

type Outcome = Result<Secret, CredentialsError>;

/// What the directory said the last time.
#[derive(Clone, Debug)]
struct Known {
    outcome: Outcome,
    since_ms: u64,
    until_ms: u64,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<Key, Known> for ByBytes {
    fn weight(&self, (_, scope): &Key, known: &Known) -> u64 {
        let token = known.outcome.as_ref().map_or(0, |token| token.expose().len());
        (REMEMBERED_BYTES + scope.len() + token) as u64
    }
}

impl OnBehalf {
    pub(in super::super) fn new(
        sessions: Sessions,
        renewals: Renewals,
        providers: Providers,
        tasks: Tasks,
    ) -> Self {
        let known = Cache::with_weighter(REMEMBERED_EXPECTED, ON_BEHALF_BYTES_MAX as u64, ByBytes);
        let turns = Turns::default();
        Self(Arc::new(Inner { sessions, renewals, providers, tasks, turns, known }))
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
        if !is_scope(scope) {
            return Err(CredentialsError::NotGranted { code: "invalid_scope".to_owned() });
        }
        let key = (id, Arc::from(scope));
        if let Some(outcome) = self.known(&key) {
            return outcome.map(Some);
        }
        // In a task of its own: who gives up waiting leaves the answer to those who come next.
        let getting = self.clone();
        let task = self.0.tasks.start(async move { getting.get(key).await });
        match timeout(PATIENCE, task).await {
            Ok(Ok(outcome)) => outcome.map(Some),
            Ok(Err(_)) | Err(_) => Err(CredentialsError::Unavailable),
        }
    }

    /// Forgets the tokens of a session that has ended.
    pub(in super::super) fn forget(&self, id: SessionId) {
        self.0.known.retain(|(of, _), _| *of != id);
    }

    /// Forgets what nobody is given any more.
    pub(in super::super) fn sweep(&self) {
        let now_ms = self.0.sessions.now_ms();
        self.0.known.retain(|_, known| known.is_good(now_ms));
    }

    fn known(&self, key: &Key) -> Option<Outcome> {
        let known = self.0.known.get(key)?;
        known.is_good(self.0.sessions.now_ms()).then_some(known.outcome)
    }

    async fn get(&self, key: Key) -> Outcome {
        let _turn = self.0.turns.take(key.clone()).await;
        // Whoever had the turn before has asked meanwhile.
        if let Some(outcome) = self.known(&key) {
            return outcome;
        }
        let (id, scope) = &key;
        let known = match self.ask(*id, scope).await {
            Ok(grant) => Known::token(grant),
            Err(error) => Known::failure(error, self.0.sessions.now_ms()),
        };
        let outcome = known.outcome.clone();
        self.0.known.insert(key, known);
        outcome
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

impl Known {
    /// Half of its life long: that of its holders begins with most of it left.
    fn token(grant: Grant) -> Self {
        let Grant { access_token, obtained_at_ms, expires_at_ms, .. } = grant;
        let half_ms = expires_at_ms.saturating_sub(obtained_at_ms) / 2;
        let until_ms =
            obtained_at_ms.saturating_add(half_ms).min(expires_at_ms.saturating_sub(LAST_MS));
        Self { outcome: Ok(access_token), since_ms: obtained_at_ms, until_ms }
    }

    fn failure(error: CredentialsError, now_ms: u64) -> Self {
        let is_refusal = matches!(error, CredentialsError::NotGranted { .. });
        let kept_ms = if is_refusal { REFUSED_MS } else { PAUSE_MS };
        let until_ms = now_ms.saturating_add(kept_ms);
        Self { outcome: Err(error), since_ms: now_ms, until_ms }
    }

    /// A clock that was set back does not prolong it.
    fn is_good(&self, now_ms: u64) -> bool {
        (self.since_ms..self.until_ms).contains(&now_ms)
    }
}

/// Whether it is one scope: RFC 6749 section 3.3.
fn is_scope(scope: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
    (1..=SCOPE_BYTES_MAX).contains(&scope.len()) && scope.bytes().all(is_allowed)
}

/// Whether the refusal is about the token that was sent, or the sign-in behind it, and not about
/// the resource: out of time, revoked, ended by a new password or a policy, the account gone or
/// disabled. Microsoft may change the numbers; one that is not known here is a refusal of the
/// resource, and the next renewal ends the sign-in.
///
/// Source: Microsoft, "Microsoft Entra authentication and authorization error codes".
const fn is_of_the_assertion(aadsts: Option<u32>) -> bool {
    matches!(aadsts, Some(500_133 | 50_173 | 50_132 | 50_133 | 50_089 | 50_034 | 50_057))
}

fn failure(error: ProviderError) -> CredentialsError {
    match error {
        ProviderError::Refused { code, aadsts } => {
            let number = aadsts.map(|number| format!(", AADSTS{number}")).unwrap_or_default();
            let code = format!("{code}{number}");
            tracing::warn!(code, "the directory gives no token on the user's behalf");
            CredentialsError::NotGranted { code }
        }
        // Nobody gets one, until the operator acts.
        error @ ProviderError::Misconfigured { .. } => {
            tracing::error!(%error, "no token on the user's behalf");
            CredentialsError::Unavailable
        }
        error => {
            tracing::warn!(%error, "no token on the user's behalf");
            CredentialsError::Unavailable
        }
    }
}

#[cfg(test)]
mod tests;
