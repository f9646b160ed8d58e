//! Tokens that Jira refused a moment ago. A handshake and a list are answered without asking Jira,
//! so a client with a dead token would look connected; where clients sign in themselves
//! (`UPSTREAM_401=http_401`), they are told at once.

use std::time::Duration;

use auth::{Caller, PrincipalKey};
use quick_cache::sync::Cache;
use tokio::time::Instant;

/// How long a refusal is believed. What does ask Jira is never kept from it.
const TTL: Duration = Duration::from_mins(1);

/// Tokens that are remembered at a time, by keyed hash.
const TOKENS_MAX: usize = 10_000;

/// The refused ones, and when.
#[derive(Debug)]
pub(super) struct RefusedTokens(Cache<PrincipalKey, Instant>);

impl Default for RefusedTokens {
    fn default() -> Self {
        Self(Cache::new(TOKENS_MAX))
    }
}

impl RefusedTokens {
    /// Learns from a request that is over, and says whether it came with a token that Jira does not
    /// take: by its own answer, or by an earlier one where this request did not ask.
    pub(super) fn is_still_refused(&self, caller: &Caller, now: Instant) -> bool {
        let key = caller.key();
        if caller.was_refused() {
            self.0.insert(key, now);
            return true;
        }
        if caller.was_accepted() {
            self.0.remove(&key);
            return false;
        }
        self.0.get(&key).is_some_and(|refused| now.saturating_duration_since(refused) < TTL)
    }
}
