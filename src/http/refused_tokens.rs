//! Tokens that Jira refused a moment ago. A handshake and a list are answered without asking Jira,
//! so a client with a dead token would look connected; where clients sign in themselves
//! (`UPSTREAM_401=http_401`), they are told at once. No stream is opened to such a token, and Jira
//! is not asked about it again for each.

use std::time::Duration;

use auth::{PrincipalKey, TokenVerdict};
use quick_cache::sync::Cache;
use tokio::time::Instant;

/// How long a refusal is believed. A call that asks Jira is never kept from it.
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
    /// Learns from a request that is over.
    pub(super) fn learn(&self, caller: PrincipalKey, verdict: &TokenVerdict, now: Instant) {
        if verdict.refused {
            self.0.insert(caller, now);
        } else if verdict.accepted {
            self.0.remove(&caller);
        }
    }

    /// Whether Jira refused the caller's token a moment ago and has not taken it since.
    pub(super) fn is_refused(&self, caller: PrincipalKey, now: Instant) -> bool {
        self.0.get(&caller).is_some_and(|refused| now.saturating_duration_since(refused) < TTL)
    }
}
