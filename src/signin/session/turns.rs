//! Whose turn it is to renew a session's grants, among the tasks of this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::id::SessionId;

/// Turns that nobody holds are forgotten when there are so many.
const FORGOTTEN_AT: usize = 64;

/// Exactly one holder for each session. A cache would not do: what it drops while it is held would
/// be given out a second time.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_session: HashMap<SessionId, Arc<AsyncMutex<()>>>,
    forgotten_at: usize,
}

impl Turns {
    /// Waits until nobody else holds the session's turn.
    pub(super) async fn take(&self, id: SessionId) -> OwnedMutexGuard<()> {
        let turn = self.0.lock().unwrap_or_else(PoisonError::into_inner).of(id);
        turn.lock_owned().await
    }
}

impl Known {
    fn of(&mut self, id: SessionId) -> Arc<AsyncMutex<()>> {
        if self.by_session.len() >= self.forgotten_at.max(FORGOTTEN_AT) {
            // Whoever holds or awaits a turn has a clone.
            self.by_session.retain(|_, turn| Arc::strong_count(turn) > 1);
            self.forgotten_at = self.by_session.len().saturating_mul(2);
        }
        Arc::clone(self.by_session.entry(id).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_is_held_once_however_many_sessions_come_meanwhile() {
        let turns = Turns::default();
        let held = SessionId::random().unwrap();
        let turn = turns.take(held).await;
        for _ in 0..10 * FORGOTTEN_AT {
            drop(turns.take(SessionId::random().unwrap()).await);
        }
        let known = turns.0.lock().unwrap().by_session.len();
        assert!(known <= FORGOTTEN_AT, "{known} are remembered");
        let second = turns.0.lock().unwrap().of(held);
        assert!(second.try_lock().is_err());
        drop(turn);
        assert!(second.try_lock().is_ok());
    }
}
