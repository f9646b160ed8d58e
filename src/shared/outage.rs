//! A store that does not answer is left alone for a while, so that calls do not wait for it one by
//! one.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use session_store::{Store, StoreError};
use tokio::time::{Instant, timeout};

/// How long a call waits for the store. It answers within a millisecond or two, or it is ill.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the store is left alone then.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// The store, and whether it is left alone: by all who ask it, once one of them had no answer. A
/// clone is the same.
#[derive(Clone)]
pub struct SharedStore {
    store: Store,
    outage: Arc<Mutex<Outage>>,
}

#[derive(Debug, Default)]
struct Outage {
    /// The store is left alone until then.
    until: Option<Instant>,
    /// It was said that it does not answer.
    is_reported: bool,
}

impl From<Store> for SharedStore {
    fn from(store: Store) -> Self {
        Self { store, outage: Arc::default() }
    }
}

impl SharedStore {
    /// What the store answers, if it is asked and answers in time. A question that is not waited
    /// for any longer runs to its end all the same: only then a connection is known to be dead.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends within seconds, and nothing that a stop waits for hangs on it"
    )]
    pub(super) async fn ask<T, F>(&self, question: impl FnOnce(Store) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        if self.outage().until.is_some_and(|until| Instant::now() < until) {
            return Err(StoreError::Unavailable);
        }
        let mut question = Box::pin(question(self.store.clone()));
        let answer = if let Ok(answer) = timeout(PATIENCE, &mut question).await {
            answer
        } else {
            tokio::spawn(question);
            Err(StoreError::Unavailable)
        };
        self.note(matches!(answer, Err(StoreError::Unavailable)));
        answer
    }

    /// The store, for what is asked whether it is well or not.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    fn note(&self, is_unavailable: bool) {
        let mut outage = self.outage();
        if is_unavailable {
            outage.until = Some(Instant::now() + PAUSE);
        }
        if outage.is_reported == is_unavailable {
            return;
        }
        outage.is_reported = is_unavailable;
        drop(outage);
        if is_unavailable {
            tracing::warn!(
                "the store does not answer, or does not do what it is asked: limits per user and \
                 request_ids hold in each process by itself, and each asks for metadata by itself"
            );
        } else {
            tracing::info!("the store answers again: replicas count and remember together");
        }
    }

    fn outage(&self) -> std::sync::MutexGuard<'_, Outage> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
