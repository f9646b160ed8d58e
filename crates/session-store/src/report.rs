//! Tells the operator of trouble, and not of each request that meets it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Between two lines about one backend.
const INTERVAL: Duration = Duration::from_secs(10);

/// Writes at most one line in ten seconds.
#[derive(Debug, Default)]
pub(crate) struct Report(Mutex<Option<Instant>>);

impl Report {
    /// Warns of `cause`, a text of ours: nothing of a record, an address or a password.
    pub(crate) fn warn(&self, backend: &'static str, cause: &str) {
        let now = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| now.duration_since(last) >= INTERVAL) {
            *last = Some(now);
            tracing::warn!(backend, cause, "the session store has a fault");
        }
    }
}
