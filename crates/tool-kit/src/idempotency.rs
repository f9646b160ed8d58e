//! Creates that were asked for twice: an agent's retry must not make a second issue.
//!
//! Within one process a `request_id` is remembered for ten minutes, and a repeat waits for the
//! first call's result. Beyond it there are two ways.
//!
//! With [`SharedClaims`] a call claims its id where all replicas see it, before it does anything.
//! A repeat elsewhere waits for the result. Where the first call never came to its end, a repeat
//! does nothing of its own but look, and says honestly that the outcome is unknown.
//!
//! Without them a digest of the id is written into an entity property of each new issue, and an id
//! that this process does not know is looked for among the caller's issues of the last 15 minutes
//! in these projects, with one search. That is best effort: Jira's search lags behind a create by
//! seconds, looks at the newest 50 or 100 issues only, and when it fails the create goes on. So a
//! repeat that reaches another replica at once can still make a second issue.

use std::{fmt, sync::Arc, time::Duration};

use auth::PrincipalKey;
use quick_cache::sync::Cache;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, sleep},
};

use super::{
    shared_claims::{Claim, ClaimId, Claimed, Settled, SharedClaims},
    write_outcome::WriteOutcome,
};

/// How long a `request_id` is remembered.
pub const REMEMBERED: Duration = Duration::from_mins(10);

/// How many are remembered at a time, over all callers.
const ENTRIES_MAX: usize = 10_000;

/// How often a repeat looks whether another replica is done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The results of recent creates by caller and `request_id`.
#[derive(Debug)]
pub struct IdempotencyKeys {
    own: Cache<Key, Slot>,
    shared: Option<Arc<dyn SharedClaims>>,
}

type Key = (PrincipalKey, [u8; 32]);

/// The place of one create. While it is locked, the create is under way and a repeat waits for its
/// result.
type Slot = Arc<Mutex<Option<(Instant, String)>>>;

/// What a `request_id` is for: ids of different tools and sites are different ids.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencyScope<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The site, tenant or other part of the upstream.
    pub tenant: &'a str,
}

/// What is known of a `request_id` when a call begins.
#[derive(Debug)]
pub enum Begun {
    /// Nobody has done it.
    First(Turn),
    /// An earlier call has done it, with this result.
    Made(String),
    /// An earlier call began it, and nobody knows what came of it.
    Cut(Turn),
    /// Another replica is at it, and this call cannot wait any longer.
    Running,
}

/// The right to do it. A turn that is dropped leaves the id claimed: nobody knows what was done.
pub struct Turn {
    slot: OwnedMutexGuard<Option<(Instant, String)>>,
    claimed: Option<Box<dyn Claimed>>,
}

impl Default for IdempotencyKeys {
    fn default() -> Self {
        Self { own: Cache::new(ENTRIES_MAX), shared: None }
    }
}

impl IdempotencyKeys {
    /// Keys that are also claimed where other replicas see it.
    pub fn claimed_in(shared: Arc<dyn SharedClaims>) -> Self {
        Self { shared: Some(shared), ..Self::default() }
    }

    /// Whether ids are claimed where other replicas see it.
    pub fn are_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// What this process remembers of an id, for a call that does nothing.
    pub async fn made(
        &self,
        caller: PrincipalKey,
        scope: IdempotencyScope<'_>,
        request_id: &str,
    ) -> Option<String> {
        let slot = self.slot(&key(caller, scope, request_id)).lock_owned().await;
        previous_result(slot.as_ref(), Instant::now())
    }

    /// Begins what an id stands for, and waits for a call that is at it: in this process for as
    /// long as it takes, and for another replica at most `patience`.
    pub async fn begin(
        &self,
        caller: PrincipalKey,
        scope: IdempotencyScope<'_>,
        request_id: &str,
        patience: Duration,
    ) -> Begun {
        let key = key(caller, scope, request_id);
        let mut slot = self.slot(&key).lock_owned().await;
        if let Some(result) = previous_result(slot.as_ref(), Instant::now()) {
            return Begun::Made(result);
        }
        let Some(shared) = &self.shared else { return Begun::First(Turn { slot, claimed: None }) };
        let id = claim_id(&key);
        let until = Instant::now() + patience;
        loop {
            match shared.claim(&id).await {
                Claim::Mine(claimed) => {
                    return Begun::First(Turn { slot, claimed: Some(claimed) });
                }
                Claim::Made(result) => {
                    *slot = Some((Instant::now(), result.clone()));
                    return Begun::Made(result);
                }
                Claim::Cut(claimed) => return Begun::Cut(Turn { slot, claimed: Some(claimed) }),
                Claim::Running if Instant::now() + LOOK_AGAIN < until => sleep(LOOK_AGAIN).await,
                Claim::Running => return Begun::Running,
                // As where nothing is shared: a store that is down keeps nobody from creating.
                Claim::Unavailable => return Begun::First(Turn { slot, claimed: None }),
            }
        }
    }

    fn slot(&self, key: &Key) -> Slot {
        if let Some(slot) = self.own.get(key) {
            return slot;
        }
        self.own
            .get_or_insert_with(key, || Ok::<_, std::convert::Infallible>(Slot::default()))
            .unwrap_or_default()
    }
}

impl Turn {
    /// It is done, with a result that repeats get.
    pub async fn made(mut self, result: String) {
        *self.slot = Some((Instant::now(), result.clone()));
        if let Some(claimed) = self.claimed.take() {
            claimed.settle(Settled::Made(result)).await;
        }
    }

    /// It failed. Nothing was done, unless `outcome` says that something may have been.
    pub async fn failed(mut self, outcome: Option<WriteOutcome>) {
        let Some(claimed) = self.claimed.take() else { return };
        claimed
            .settle(match outcome {
                None | Some(WriteOutcome::NotDone) => Settled::NotDone,
                Some(WriteOutcome::Unknown | WriteOutcome::ProbablyDone) => Settled::Unknown,
            })
            .await;
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

/// An id is kept as a digest: it may be as long as a request.
fn key(caller: PrincipalKey, scope: IdempotencyScope<'_>, request_id: &str) -> Key {
    let mut digest = blake3::Hasher::new();
    for part in [scope.tool, scope.tenant, request_id] {
        digest.update(&part.len().to_le_bytes()).update(part.as_bytes());
    }
    (caller, *digest.finalize().as_bytes())
}

fn claim_id((caller, digest): &Key) -> ClaimId {
    *blake3::Hasher::new().update(&caller.to_bytes()).update(digest).finalize().as_bytes()
}

/// The result of an earlier call, if it was made within the last minutes.
fn previous_result(made: Option<&(Instant, String)>, now: Instant) -> Option<String> {
    let (when, result) = made?;
    (now.saturating_duration_since(*when) < REMEMBERED).then(|| result.clone())
}

#[cfg(test)]
mod tests {
    use auth::{BoxFuture, KeyedHasher};

    use super::*;

    const SCOPE: IdempotencyScope<'_> = IdempotencyScope { tool: "t", tenant: "s" };
    const SOON: Duration = Duration::from_secs(5);

    /// What a store would say next.
    #[derive(Debug, Default)]
    struct Says(std::sync::Mutex<Vec<Claim>>);

    #[derive(Debug)]
    struct Notes(Arc<std::sync::Mutex<Vec<Settled>>>);

    impl Claimed for Notes {
        fn settle(self: Box<Self>, settled: Settled) -> BoxFuture<'static, ()> {
            self.0.lock().unwrap().push(settled);
            Box::pin(std::future::ready(()))
        }
    }

    impl SharedClaims for Says {
        fn claim<'a>(&'a self, _: &'a ClaimId) -> BoxFuture<'a, Claim> {
            let claim = self.0.lock().unwrap().pop();
            Box::pin(std::future::ready(claim.unwrap_or(Claim::Running)))
        }
    }

    fn caller() -> PrincipalKey {
        KeyedHasher::of_key([1; 32]).principal_key(b"test:", b"anna")
    }

    async fn begun(claims: Vec<Claim>) -> (IdempotencyKeys, Begun) {
        let keys = IdempotencyKeys::claimed_in(Arc::new(Says(claims.into())));
        let begun = keys.begin(caller(), SCOPE, "r", SOON).await;
        (keys, begun)
    }

    #[tokio::test(start_paused = true)]
    async fn a_repeat_elsewhere_waits_and_gets_the_result() {
        let (keys, begun) =
            begun(vec![Claim::Made("A-1".to_owned()), Claim::Running, Claim::Running]).await;
        assert!(matches!(begun, Begun::Made(result) if result == "A-1"));
        assert_eq!(keys.made(caller(), SCOPE, "r").await.as_deref(), Some("A-1"));
        assert_eq!(keys.made(caller(), SCOPE, "other").await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_has_an_end_and_a_store_that_is_down_keeps_nobody_from_creating() {
        assert!(matches!(begun(vec![]).await.1, Begun::Running));
        assert!(matches!(begun(vec![Claim::Unavailable]).await.1, Begun::First(_)));
    }

    #[tokio::test]
    async fn what_came_of_it_is_told_to_the_others() {
        for (outcome, expected) in [
            (None, Settled::NotDone),
            (Some(WriteOutcome::NotDone), Settled::NotDone),
            (Some(WriteOutcome::Unknown), Settled::Unknown),
            (Some(WriteOutcome::ProbablyDone), Settled::Unknown),
        ] {
            let notes = Arc::<std::sync::Mutex<Vec<Settled>>>::default();
            let (_keys, begun) = begun(vec![Claim::Mine(Box::new(Notes(notes.clone())))]).await;
            let Begun::First(turn) = begun else { panic!("{begun:?}") };
            turn.failed(outcome).await;
            assert_eq!(*notes.lock().unwrap(), [expected]);
        }
    }
}
