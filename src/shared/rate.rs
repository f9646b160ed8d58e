//! Calls a minute of one user at all replicas, counted in the store.
//!
//! A minute begins with a user's first call after the one before has ended. Within it all replicas
//! together admit as many calls as may be, and not one more. Two minutes that follow on each other
//! can put up to twice as many into 60 seconds that are in both; each process's own limit, which
//! slides, allows that through several replicas only.

use std::{fmt, time::Duration};

use auth::PrincipalKey;
use limit::{Counting, Refusal, SharedRate};
use quick_cache::sync::Cache;
use session_store::{RecordKey, Store};

use super::outage::SharedStore;

const MINUTE_MS: u64 = 60_000;

/// Users whose minutes are remembered, to say when they end.
const REMEMBERED_MAX: usize = 16 * 1024;

/// Counts in a store. The time is milliseconds since 1970.
pub struct StoreRate {
    store: SharedStore,
    calls_per_minute: u64,
    now_ms: Box<dyn Fn() -> u64 + Send + Sync>,
    /// When this process first saw the minute of a user, and at which count.
    minutes: Cache<PrincipalKey, (u64, u64)>,
}

impl StoreRate {
    /// Admits so many calls a minute of each user.
    pub fn new(
        store: impl Into<SharedStore>,
        calls_per_minute: u32,
        now_ms: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        Self {
            store: store.into(),
            calls_per_minute: calls_per_minute.into(),
            now_ms: Box::new(now_ms),
            minutes: Cache::new(REMEMBERED_MAX),
        }
    }

    async fn count(&self, key: PrincipalKey) -> Result<(), Refusal> {
        let now_ms = (self.now_ms)();
        let name = RecordKey::new("calls", &key.to_bytes());
        let ends_ms = now_ms.saturating_add(MINUTE_MS);
        let counting = async move |store: Store| store.increment(&name, ends_ms, now_ms).await;
        // Without an answer the process's own limit has admitted the call, and that has to do.
        let Ok(count) = self.store.ask(counting).await else { return Ok(()) };
        let began_ms = self.began_ms(key, count, now_ms);
        if count <= self.calls_per_minute {
            return Ok(());
        }
        let ends_ms = began_ms.saturating_add(MINUTE_MS);
        let retry_after = Duration::from_millis(ends_ms.saturating_sub(now_ms).max(1));
        Err(Refusal::Rate { retry_after })
    }

    /// When the minute of this count began, or a little later: the store does not tell.
    fn began_ms(&self, key: PrincipalKey, count: u64, now_ms: u64) -> u64 {
        let known = self.minutes.get(&key).filter(|(began_ms, seen)| {
            count > *seen && now_ms.saturating_sub(*began_ms) < MINUTE_MS
        });
        let began_ms = known.map_or(now_ms, |(began_ms, _)| began_ms);
        self.minutes.insert(key, (began_ms, count));
        began_ms
    }
}

impl SharedRate<PrincipalKey> for StoreRate {
    fn admit<'a>(&'a self, key: &'a PrincipalKey) -> Counting<'a> {
        Box::pin(self.count(*key))
    }
}

impl fmt::Debug for StoreRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreRate")
    }
}
