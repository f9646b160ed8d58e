//! The switch from starting over ready to draining, which never goes back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Whether the process wants traffic; clones share one switch.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    has_started: AtomicBool,
    draining: CancellationToken,
}

/// Where the switch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Starting,
    Ready,
    Draining,
}

impl Readiness {
    /// Declares the start finished; does nothing once draining.
    pub fn ready(&self) {
        self.0.has_started.store(true, Ordering::Release);
    }

    /// Asks for no further traffic, and for the end of every event stream.
    pub fn drain(&self) {
        self.0.draining.cancel();
    }

    /// Whether traffic is wanted.
    pub fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready
    }

    pub(super) fn phase(&self) -> Phase {
        if self.0.draining.is_cancelled() {
            Phase::Draining
        } else if self.0.has_started.load(Ordering::Acquire) {
            Phase::Ready
        } else {
            Phase::Starting
        }
    }

    /// Resolves when the drain begins.
    pub(super) fn draining(&self) -> WaitForCancellationFutureOwned {
        self.0.draining.clone().cancelled_owned()
    }
}
