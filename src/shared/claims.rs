//! Claims on `request_id`s in the store: of all replicas one does what an id stands for.
//!
//! A claim is put where nothing is, so that one of two wins. It says until when its call may be at
//! work. A claim that is older and has no result was cut: its replica died, or lost its answer.

use std::{fmt, sync::Arc, time::Duration};

use auth::BoxFuture;
use serde::{Deserialize, Serialize};
use session_store::{Expected, RecordKey, Store, StoreError, Version};
use tool_kit::{Claim, ClaimId, Claimed, REMEMBERED, Settled, SharedClaims};

use super::outage::SharedStore;

/// What a call may take beyond its deadline to say how it ended.
const SLACK: Duration = Duration::from_secs(5);

/// A claim that ends between two looks is claimed at the next one.
const TRIES: usize = 3;

/// Keeps claims in a store. A clone shares it.
#[derive(Clone)]
pub struct StoreClaims(Arc<Inner>);

struct Inner {
    store: SharedStore,
    now_ms: Box<dyn Fn() -> u64 + Send + Sync>,
    running_ms: u64,
}

/// What is kept of an id, sealed.
#[derive(Serialize, Deserialize)]
enum Kept {
    /// A call is at it, at most until then.
    Running { until_ms: u64 },
    /// It was done.
    Made { result: String },
    /// It may have been done.
    Unknown,
}

impl StoreClaims {
    /// Claims for calls that take at most `call_deadline`. The time is milliseconds since 1970.
    pub fn new(
        store: impl Into<SharedStore>,
        call_deadline: Duration,
        now_ms: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        let running_ms = millis(call_deadline + SLACK);
        Self(Arc::new(Inner { store: store.into(), now_ms: Box::new(now_ms), running_ms }))
    }

    async fn try_claim(&self, id: &ClaimId) -> Result<Claim, StoreError> {
        let Inner { store, running_ms, .. } = &*self.0;
        let key = RecordKey::new("request", id);
        for _ in 0..TRIES {
            let now_ms = (self.0.now_ms)();
            let running = Kept::Running { until_ms: now_ms.saturating_add(*running_ms) };
            let (claims, name) = (self.clone(), key.clone());
            let putting = async move |_| claims.put(&name, Expected::Absent, &running).await;
            if let Some(version) = store.ask(putting).await? {
                return Ok(Claim::Mine(self.claimed(key, Some(version))));
            }
            let name = key.clone();
            let reading = async move |store: Store| store.get(&name, now_ms).await;
            let record = match store.ask(reading).await {
                Ok(Some(record)) => record,
                Ok(None) => continue,
                // Somebody claimed it: what cannot be read is not taken for absent.
                Err(StoreError::Unreadable) => return Ok(Claim::Cut(self.claimed(key, None))),
                Err(error) => return Err(error),
            };
            return Ok(match serde_json::from_slice(&record.plain) {
                Ok(Kept::Made { result }) => Claim::Made(result),
                Ok(Kept::Running { until_ms }) if now_ms < until_ms => Claim::Running,
                Ok(Kept::Running { .. } | Kept::Unknown) => {
                    Claim::Cut(self.claimed(key, Some(record.version)))
                }
                Err(_) => Claim::Cut(self.claimed(key, None)),
            });
        }
        Err(StoreError::Unavailable)
    }

    fn claimed(&self, key: RecordKey, version: Option<Version>) -> Box<dyn Claimed> {
        Box::new(Held { claims: self.clone(), key, version })
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        kept: &Kept,
    ) -> Result<Option<Version>, StoreError> {
        let now_ms = (self.0.now_ms)();
        let plain = serde_json::to_vec(kept).map_err(|_| StoreError::Unavailable)?;
        let ends_at_ms = now_ms.saturating_add(millis(REMEMBERED));
        self.0.store.store().put(key, expected, &plain, ends_at_ms, now_ms).await
    }
}

impl SharedClaims for StoreClaims {
    fn claim<'a>(&'a self, id: &'a ClaimId) -> BoxFuture<'a, Claim> {
        Box::pin(async { self.try_claim(id).await.unwrap_or(Claim::Unavailable) })
    }
}

impl fmt::Debug for StoreClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreClaims")
    }
}

/// A claim of this process.
struct Held {
    claims: StoreClaims,
    key: RecordKey,
    /// None where the record cannot be read.
    version: Option<Version>,
}

impl Claimed for Held {
    fn settle(self: Box<Self>, settled: Settled) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let Some(version) = self.version else { return };
            let (claims, key) = (&self.claims, &self.key);
            let kept = match settled {
                Settled::Made(result) => Some(Kept::Made { result }),
                Settled::Unknown => Some(Kept::Unknown),
                Settled::NotDone => None,
            };
            let store = claims.0.store.store();
            let settled = match kept {
                Some(kept) => claims.put(key, Expected::Version(version), &kept).await.map(|_| ()),
                None => store.remove(key, Some(version), (claims.0.now_ms)()).await.map(|_| ()),
            };
            if settled.is_err() {
                // Repeats at other replicas find it cut, and look for it.
                tracing::warn!("what came of a request_id was not written to the store");
            }
        })
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
