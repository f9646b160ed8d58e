//! Whose turn it is to ask a provider for a session's tokens, among the tasks of this process.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Turns that nobody holds are forgotten when there are so many.
const FORGOTTEN_AT: usize = 64;

/// Exactly one holder for each key. A cache would not do: what it drops while it is held would
/// be given out a second time.
#[derive(Debug)]
pub(super) struct Turns<K>(Mutex<Known<K>>);

#[derive(Debug)]
struct Known<K> {
    by_key: HashMap<K, Arc<AsyncMutex<()>>>,
    forgotten_at: usize,
}

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::new(Known { by_key: HashMap::new(), forgotten_at: 0 }))
    }
}

impl<K: Eq + Hash> Turns<K> {
    /// Waits until nobody else holds the key's turn.
    pub(super) async fn take(&self, key: K) -> OwnedMutexGuard<()> {
        let turn = self.0.lock().unwrap_or_else(PoisonError::into_inner).of(key);
        turn.lock_owned().await
    }
}

impl<K: Eq + Hash> Known<K> {
    fn of(&mut self, key: K) -> Arc<AsyncMutex<()>> {
        if self.by_key.len() >= self.forgotten_at.max(FORGOTTEN_AT) {
            // Whoever holds or awaits a turn has a clone.
            self.by_key.retain(|_, turn| Arc::strong_count(turn) > 1);
            self.forgotten_at = self.by_key.len().saturating_mul(2);
        }
        Arc::clone(self.by_key.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::id::SessionId, *};

    #[tokio::test]
    async fn a_turn_is_held_once_however_many_sessions_come_meanwhile() {
        let turns = Turns::default();
        let held = SessionId::random().unwrap();
        let turn = turns.take(held).await;
        for _ in 0..10 * FORGOTTEN_AT {
            drop(turns.take(SessionId::random().unwrap()).await);
        }
        let known = turns.0.lock().unwrap().by_key.len();
        assert!(known <= FORGOTTEN_AT, "{known} are remembered");
        let second = turns.0.lock().unwrap().of(held);
        assert!(second.try_lock().is_err());
        drop(turn);
        assert!(second.try_lock().is_ok());
    }
}
