//! Which connections are taken: as many as there are slots, and a few more so that a probe is
//! always answered.
//!
//! A connection beyond the slots carries one request. Probes are answered, some others wait a
//! moment for a slot, and the rest hear 503 at once. For who waits, connections are ended that have
//! been silent for longest.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};

use super::silent::OpenConnections;

/// Connections beyond the slots.
pub const RESERVE: usize = 64;
/// How many of them may wait for a slot, so that there are always some for probes.
const WAITING_MAX: usize = RESERVE / 2;
/// How long a request may wait for a slot.
const WAIT: Duration = Duration::from_secs(2);
/// How long a connection must have been silent to give way to a request that waits.
const SILENCE: Duration = Duration::from_secs(1);
/// The same where not even a probe could be taken.
const SILENCE_WHEN_FULL: Duration = Duration::from_millis(250);
/// How often it is looked for one.
const LOOK: Duration = Duration::from_millis(100);
/// How long a header may take to arrive beyond the slots.
pub(super) const RESERVE_HEADER_TIMEOUT: Duration = Duration::from_secs(1);
/// With less than this share of the slots free, connections end with their next answer.
const SCARCE: usize = 8;

/// Marks a request for which there is no slot; it is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoSlot;

#[derive(Clone, Debug)]
pub(super) struct Slots {
    free: Arc<Semaphore>,
    all: usize,
    reserve: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    open: OpenConnections,
}

impl Slots {
    pub(super) fn new(all: usize) -> Self {
        let permits = |count| Arc::new(Semaphore::new(count));
        Self {
            free: permits(all),
            all,
            reserve: permits(RESERVE),
            waiting: permits(WAITING_MAX),
            open: OpenConnections::default(),
        }
    }

    /// Those that are open.
    pub(super) fn open(&self) -> &OpenConnections {
        &self.open
    }

    /// The free slots, and how many there are.
    pub(super) fn free(&self) -> (Arc<Semaphore>, usize) {
        (Arc::clone(&self.free), self.all)
    }

    /// A slot, or one of the reserve beyond them, as soon as there is one.
    pub(super) async fn take(&self) -> Slot {
        let free = Arc::clone(&self.free).acquire_owned();
        let reserve = Arc::clone(&self.reserve).acquire_owned();
        let making_room = async {
            loop {
                self.open.end_silent(SILENCE_WHEN_FULL);
                sleep(LOOK).await;
            }
        };
        let (permit, is_beyond) = tokio::select! {
            biased;
            permit = free => (permit, false),
            permit = reserve => (permit, true),
            never = making_room => match never {},
        };
        // Nobody closes the semaphores.
        Slot { slots: self.clone(), permit: Mutex::new(permit.ok()), is_beyond }
    }
}

/// The slot of one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    is_beyond: bool,
}

impl Slot {
    /// The same, among the slots if one came free meanwhile.
    pub(super) fn promoted(mut self) -> Self {
        if self.is_beyond
            && let Ok(permit) = Arc::clone(&self.slots.free).try_acquire_owned()
        {
            self.hold(permit);
            self.is_beyond = false;
        }
        self
    }

    /// Whether it is one beyond the slots.
    pub(super) fn is_beyond(&self) -> bool {
        self.is_beyond
    }

    /// Whether a request for this path goes on, perhaps after a wait.
    pub(super) async fn admits(&self, path: &str) -> bool {
        if !self.is_beyond || matches!(path.trim_end_matches('/'), "/healthz" | "/readyz") {
            return true;
        }
        let Ok(_waiting) = self.slots.waiting.try_acquire() else { return false };
        let until = Instant::now() + WAIT;
        while Instant::now() < until {
            self.slots.open.end_silent(SILENCE);
            let free = Arc::clone(&self.slots.free).acquire_owned();
            if let Ok(Ok(permit)) = timeout(LOOK, free).await {
                self.hold(permit);
                return true;
            }
        }
        false
    }

    /// Whether the connection shall carry no further request.
    pub(super) fn is_last_answer(&self) -> bool {
        self.is_beyond || self.slots.free.available_permits() < self.slots.all / SCARCE
    }

    fn hold(&self, permit: OwnedSemaphorePermit) {
        *self.permit.lock().unwrap_or_else(PoisonError::into_inner) = Some(permit);
    }
}
