//! The calls in hand: a client can cancel one, and a stop waits for those that must be finished.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use auth::PrincipalKey;
use rmcp::model::RequestId;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

/// Above this many a call cannot be cancelled by notice, only by hanging up. The edge admits fewer
/// at once by default.
const CALLS_MAX: usize = 4096;

/// Whose call, under which id. Ids are the client's own and start at 1 with everybody, so alone
/// they say nothing.
type Key = (PrincipalKey, RequestId);

/// All calls in hand. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight {
    known: Arc<Mutex<Known>>,
    running: TaskTracker,
}

#[derive(Debug, Default)]
struct Known {
    calls: HashMap<Key, Vec<(u64, CancellationToken)>>,
    count: usize,
    last: u64,
}

impl InFlight {
    /// Notes a call; it is in hand until the returned value is dropped.
    pub(super) fn register(
        &self,
        caller: PrincipalKey,
        id: RequestId,
        cancel: CancellationToken,
    ) -> CallGuard {
        let mut known = lock(&self.known);
        let entry = (known.count < CALLS_MAX).then(|| {
            known.last += 1;
            known.count += 1;
            let serial = known.last;
            known.calls.entry((caller, id.clone())).or_default().push((serial, cancel));
            ((caller, id), serial)
        });
        drop(known);
        CallGuard { known: Arc::clone(&self.known), entry, _running: self.running.token() }
    }

    /// Cancels a call if the caller has exactly one of this id. With two, nobody can tell which one
    /// is meant, and a server may ignore the notice (MCP, cancellation).
    pub(super) fn cancel(&self, caller: PrincipalKey, id: RequestId) -> bool {
        let known = lock(&self.known);
        let Some([(_, only)]) = known.calls.get(&(caller, id)).map(Vec::as_slice) else {
            return false;
        };
        only.cancel();
        true
    }

    /// Resolves when no call is in hand any more.
    pub(super) async fn finished(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call in hand.
#[derive(Debug)]
#[must_use = "the call counts as over when this is dropped"]
pub(super) struct CallGuard {
    known: Arc<Mutex<Known>>,
    entry: Option<(Key, u64)>,
    _running: TaskTrackerToken,
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        let Some((key, serial)) = self.entry.take() else { return };
        let mut known = lock(&self.known);
        known.count = known.count.saturating_sub(1);
        if let Some(calls) = known.calls.get_mut(&key) {
            calls.retain(|(known, _)| *known != serial);
            if calls.is_empty() {
                known.calls.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::{Bearer, Credential, KeyedHasher};

    fn callers() -> [PrincipalKey; 2] {
        let hasher = KeyedHasher::random().unwrap();
        ["aaaaaaaa", "bbbbbbbb"]
            .map(|token| Credential::from(Bearer::from_token(token).unwrap()).key(&hasher))
    }

    #[test]
    fn only_the_one_call_of_that_caller_is_cancelled() {
        let [anna, ben] = callers();
        let all = InFlight::default();
        let tokens: Vec<_> = (0..4).map(|_| CancellationToken::new()).collect();
        let id = |number| RequestId::Number(number);
        let _one = all.register(anna, id(1), tokens[0].clone());
        let two = all.register(anna, id(2), tokens[1].clone());
        let _twin = all.register(anna, id(2), tokens[2].clone());
        let _bens = all.register(ben, id(1), tokens[3].clone());
        assert!(!all.cancel(ben, id(2)) && !all.cancel(anna, RequestId::String("1".into())));
        assert!(!all.cancel(anna, id(2)), "two calls carry the id");
        assert!(tokens.iter().all(|token| !token.is_cancelled()));
        drop(two);
        assert!(all.cancel(anna, id(2)) && tokens[2].is_cancelled());
        assert!(all.cancel(anna, id(1)) && tokens[0].is_cancelled() && !tokens[3].is_cancelled());
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_calls_that_are_over() {
        let [anna, _] = callers();
        let all = InFlight::default();
        let token = CancellationToken::new();
        let ids = 0..i64::try_from(CALLS_MAX).unwrap() + 10;
        let held: Vec<_> =
            ids.map(|id| all.register(anna, RequestId::Number(id), token.clone())).collect();
        assert_eq!(lock(&all.known).count, CALLS_MAX);
        drop(held);
        assert!(lock(&all.known).calls.is_empty() && lock(&all.known).count == 0);
        all.finished().await;
    }
}
