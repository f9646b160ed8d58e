//! Tokens that were got on behalf of somebody, remembered for a while: whose they are is for those
//! to say who get them.

use std::{future::Future, hash::Hash, sync::Arc, time::Duration};

use auth::CredentialsError;
use quick_cache::{Weighter, sync::Cache};
use tokio::time::timeout;

use super::{
    super::{clock::Clock, grant::Grant, provider::ProviderError, secret::Secret, tasks::Tasks},
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

/// What was got, or why nothing was.
pub(in super::super) type Outcome = Result<Secret, CredentialsError>;

/// Remembers them for each `W`, who somebody is. A clone shares everything.
#[derive(Debug)]
pub(in super::super) struct OnBehalfTokens<W>(Arc<Inner<W>>);

#[derive(Debug)]
struct Inner<W> {
    clock: Clock,
    tasks: Tasks,
    turns: Turns<Key<W>>,
    known: Cache<Key<W>, Known, ByBytes>,
}

/// Whose token, and for what.
type Key<W> = (W, Arc<str>);

/// What the directory said the last time.
#[derive(Clone, Debug)]
struct Known {
    outcome: Outcome,
    since_ms: u64,
    until_ms: u64,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl<W> Weighter<Key<W>, Known> for ByBytes {
    fn weight(&self, (_, scope): &Key<W>, known: &Known) -> u64 {
        let token = known.outcome.as_ref().map_or(0, |token| token.expose().len());
        (REMEMBERED_BYTES + scope.len() + token) as u64
    }
}

impl<W> Clone for OnBehalfTokens<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Clone + Eq + Hash + Send + Sync + 'static> OnBehalfTokens<W> {
    pub(in super::super) fn new(clock: Clock, tasks: Tasks) -> Self {
        let known = Cache::with_weighter(REMEMBERED_EXPECTED, ON_BEHALF_BYTES_MAX as u64, ByBytes);
        Self(Arc::new(Inner { clock, tasks, turns: Turns::default(), known }))
    }

    /// The token that is remembered, or what `ask` gets; one asks at a time for each key.
    pub(in super::super) async fn token(
        &self,
        whose: W,
        scope: &str,
        ask: impl Future<Output = Result<Grant, CredentialsError>> + Send + 'static,
    ) -> Outcome {
        if !is_scope(scope) {
            return Err(CredentialsError::NotGranted { code: "invalid_scope".to_owned() });
        }
        let key = (whose, Arc::from(scope));
        if let Some(outcome) = self.known(&key) {
            return outcome;
        }
        // In a task of its own: who gives up waiting leaves the answer to those who come next.
        let getting = self.clone();
        let task = self.0.tasks.start(async move { getting.get(key, ask).await });
        match timeout(PATIENCE, task).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(CredentialsError::Unavailable),
        }
    }

    /// Forgets somebody's tokens.
    pub(in super::super) fn forget(&self, whose: &W) {
        self.0.known.retain(|(of, _), _| of != whose);
    }

    /// Forgets what nobody is given any more.
    pub(in super::super) fn sweep(&self) {
        let now_ms = self.0.clock.now_ms();
        self.0.known.retain(|_, known| known.is_good(now_ms));
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.0.known.len()
    }

    fn known(&self, key: &Key<W>) -> Option<Outcome> {
        let known = self.0.known.get(key)?;
        known.is_good(self.0.clock.now_ms()).then_some(known.outcome)
    }

    async fn get(
        &self,
        key: Key<W>,
        ask: impl Future<Output = Result<Grant, CredentialsError>>,
    ) -> Outcome {
        let _turn = self.0.turns.take(key.clone()).await;
        // Whoever had the turn before has asked meanwhile.
        if let Some(outcome) = self.known(&key) {
            return outcome;
        }
        let known = match ask.await {
            Ok(grant) => Known::token(grant),
            Err(error) => Known::failure(error, self.0.clock.now_ms()),
        };
        let outcome = known.outcome.clone();
        self.0.known.insert(key, known);
        outcome
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
pub(in super::super) const fn is_of_the_assertion(aadsts: Option<u32>) -> bool {
    matches!(aadsts, Some(500_133 | 50_173 | 50_132 | 50_133 | 50_089 | 50_034 | 50_057))
}

/// What a directory's refusal means to whoever wants the token.
pub(in super::super) fn failure(error: ProviderError) -> CredentialsError {
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_token_is_given_out_in_its_second_half_or_its_last_minute(
            life_ms in 0_u64..100_000_000,
            age_ms in 0_u64..100_000_000,
        ) {
            let obtained_at_ms = 1_795_176_000_000;
            let expires_at_ms = obtained_at_ms + life_ms;
            let access_token = "access-token".to_owned().into();
            let (refresh_token, scopes, roles) = (None, Vec::new(), Vec::new());
            let grant =
                Grant { access_token, refresh_token, obtained_at_ms, expires_at_ms, scopes, roles };
            let known = Known::token(grant);
            let is_good = age_ms < life_ms / 2 && age_ms + LAST_MS < life_ms;
            prop_assert_eq!(known.is_good(obtained_at_ms + age_ms), is_good);
            prop_assert!(!known.is_good(obtained_at_ms - 1), "a clock that was set back");
        }
    }
}
