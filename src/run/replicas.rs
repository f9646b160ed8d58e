//! What replicas have in common where they share a store, and each process alone where they do not.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use auth::{KeyedHasher, PrincipalKey};
use limit::Limiter;
use tool_kit::IdempotencyKeys;

use crate::{
    config::Config,
    jira::{Jira, METADATA_TTL},
    shared::{SharedStore, StoreAnswers, StoreClaims, StoreRate},
    signin::SignIn,
};

/// The store, where replicas share one.
pub(super) fn store(signin: Option<&SignIn>) -> Option<SharedStore> {
    signin.and_then(SignIn::replicas_store).map(SharedStore::from)
}

/// How much a user may call, and which of their requests are repeats. Calls at the same time are
/// counted in each process by itself.
pub(super) fn limits_and_request_ids(
    config: &Config,
    store: Option<SharedStore>,
) -> (Limiter<PrincipalKey>, IdempotencyKeys) {
    let limiter = Limiter::new(config.limits);
    let Some(store) = store else {
        return (limiter, IdempotencyKeys::default());
    };
    let rate = StoreRate::new(store.clone(), config.limits.calls_per_minute, now_ms);
    let claims = StoreClaims::new(store, config.mcp.call_deadline, now_ms);
    (limiter.counted_by(Arc::new(rate)), IdempotencyKeys::claimed_in(Arc::new(claims)))
}

/// With what other replicas were told, where they share a store.
pub(super) fn remembering(jira: Jira, store: Option<SharedStore>) -> Jira {
    let Some(store) = store else { return jira };
    jira.remembering_with(Arc::new(StoreAnswers::new(store, METADATA_TTL, now_ms)))
}

/// What stands for users in counts: all replicas must know one by the same key, also where nothing
/// but a token says who it is.
pub(super) fn hasher(signin: Option<&SignIn>) -> Result<KeyedHasher, getrandom::Error> {
    match signin.filter(|signin| signin.replicas_store().is_some()) {
        Some(signin) => Ok(signin.callers_hasher()),
        None => KeyedHasher::random(),
    }
}

fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
