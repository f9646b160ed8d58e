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
const PAUSE: Duration = Duration::from_secs(5);

/// The store, and whether it is left alone: by all who ask it, once one of them had no answer. A
/// clone is the same.
#[derive(Clone, Debug)]
pub struct SharedStore {
    pub(super) store: Store,
    pub(super) outage: Arc<Outage>,
}

impl From<Store> for SharedStore {
    fn from(store: Store) -> Self {
        Self { store, outage: Arc::default() }
    }
}

/// Whether the store is left alone.
#[derive(Debug, Default)]
pub(super) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// What the store answers, if it is asked and answers in time.
    pub(super) async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.lock().is_some_and(|until| Instant::now() < until) {
            return Err(StoreError::Unavailable);
        }
        let answer = timeout(PATIENCE, question).await.unwrap_or(Err(StoreError::Unavailable));
        if matches!(answer, Err(StoreError::Unavailable)) {
            let until = Instant::now() + PAUSE;
            if self.lock().replace(until).is_none_or(|before| before < Instant::now()) {
                tracing::warn!(
                    "the store does not answer: limits per user and request_ids hold in each \
                     process by itself, and each asks for metadata by itself"
                );
            }
        }
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
