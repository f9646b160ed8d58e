//! When something that was remembered of a user turned out not to be so: what was asked before that
//! moment and comes later is not remembered.

use std::sync::atomic::{AtomicU64, Ordering};

use auth::PrincipalKey;
use tokio::time::Instant;

/// Users share so many clocks; one who shares another's loses a saving.
const CLOCKS: usize = 256;

/// Nanoseconds of the last forgetting since the process began to keep them, for each first byte of
/// a user's key.
#[derive(Debug)]
pub(super) struct Forgotten {
    began: Instant,
    clocks: [AtomicU64; CLOCKS],
}

impl Forgotten {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), clocks: [const { AtomicU64::new(0) }; CLOCKS] }
    }

    /// Something of this user was forgotten now.
    pub(super) fn note(&self, caller: PrincipalKey) {
        if let Some(clock) = self.clock(caller) {
            clock.fetch_max(self.nanos(Instant::now()), Ordering::SeqCst);
        }
    }

    /// Whether nothing was forgotten since the question that was put at this moment.
    pub(super) fn is_current(&self, caller: PrincipalKey, put: Instant) -> bool {
        let clock = self.clock(caller).map(|clock| clock.load(Ordering::SeqCst));
        clock.is_some_and(|forgotten| forgotten <= self.nanos(put))
    }

    fn clock(&self, caller: PrincipalKey) -> Option<&AtomicU64> {
        let [first, ..] = caller.to_bytes();
        self.clocks.get(usize::from(first))
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX)
    }
}
