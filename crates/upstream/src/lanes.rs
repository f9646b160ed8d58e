//! Several connections to one upstream where it speaks HTTP/2.
//!
//! The HTTP client keeps one such connection to a host, and a server lets about a hundred streams
//! run on it (RFC 9113 section 6.5.2 advises no fewer): every call beyond them waits, however few
//! the upstream has to do. So calls go over as many clients as are needed, each with connections
//! of its own. They are filled in order, so that as long as there is little to do all is done over
//! the first.

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::settings::BuildError;

/// Calls over one of them, below the hundred that any server allows.
const CALLS: usize = 90;
/// More would be more than one process has permits for.
const LANES_MAX: usize = 24;

/// Makes one more client like the others.
type Build<C> = Box<dyn Fn() -> Result<C, BuildError> + Send + Sync>;

/// Clients that are alike, and the calls that run over each.
pub(super) struct Lanes<C> {
    lanes: Vec<Lane<C>>,
    build: Build<C>,
}

#[derive(Debug)]
struct Lane<C> {
    client: OnceLock<C>,
    running: AtomicUsize,
}

/// A call's place; dropped when its answer is whole.
#[derive(Debug)]
pub(super) struct Place<'l, C> {
    pub(super) client: &'l C,
    running: &'l AtomicUsize,
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<C> fmt::Debug for Lanes<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").finish_non_exhaustive()
    }
}

impl<C> Lanes<C> {
    /// Builds the first client; the others are built when they are needed.
    pub(super) fn new(build: Build<C>) -> Result<Self, BuildError> {
        let lane = || Lane { client: OnceLock::new(), running: AtomicUsize::new(0) };
        let lanes: Vec<Lane<C>> = std::iter::repeat_with(lane).take(LANES_MAX).collect();
        let first = build()?;
        if let Some(lane) = lanes.first() {
            let _new = lane.client.set(first);
        }
        Ok(Self { lanes, build })
    }

    /// A place over the first client that has one; where all are full, or no more can be built,
    /// over the one with the fewest calls.
    pub(super) fn place(&self) -> Option<Place<'_, C>> {
        let free = self.lanes.iter().find_map(|lane| self.enter(lane, CALLS));
        free.or_else(|| {
            let built = self.lanes.iter().filter(|lane| lane.client.get().is_some());
            let fewest = built.min_by_key(|lane| lane.running.load(Ordering::Relaxed))?;
            self.enter(fewest, usize::MAX)
        })
    }

    fn enter<'l>(&'l self, lane: &'l Lane<C>, calls_max: usize) -> Option<Place<'l, C>> {
        let enter = |running: usize| (running < calls_max).then_some(running + 1);
        lane.running.fetch_update(Ordering::Relaxed, Ordering::Relaxed, enter).ok()?;
        let client = match lane.client.get() {
            Some(client) => Some(client),
            // What the first was built from builds the others.
            None => (self.build)().ok().map(|client| lane.client.get_or_init(|| client)),
        };
        if client.is_none() {
            lane.running.fetch_sub(1, Ordering::Relaxed);
        }
        Some(Place { client: client?, running: &lane.running })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fill_the_first_before_there_is_a_second() {
        static BUILT: AtomicUsize = AtomicUsize::new(0);
        let lanes = Lanes::new(Box::new(|| Ok(BUILT.fetch_add(1, Ordering::Relaxed)))).unwrap();
        let mut places: Vec<_> = (0..CALLS).map(|_| lanes.place().unwrap()).collect();
        assert!(places.iter().all(|place| *place.client == 0));
        assert_eq!(BUILT.load(Ordering::Relaxed), 1);
        let next = lanes.place().unwrap();
        assert_eq!((*next.client, BUILT.load(Ordering::Relaxed)), (1, 2));
        places.pop();
        assert_eq!(*lanes.place().unwrap().client, 0, "who has ended makes room");
        drop(next);
        // However many there are, each has a place, and none has far more than the others.
        let all: Vec<_> =
            (0..CALLS * LANES_MAX + LANES_MAX).map(|_| lanes.place().unwrap()).collect();
        let most = lanes.lanes.iter().map(|lane| lane.running.load(Ordering::Relaxed)).max();
        assert!(most.unwrap() <= CALLS + 5, "{most:?}");
        drop((all, places));
        assert!(lanes.lanes.iter().all(|lane| lane.running.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn where_no_more_can_be_built_the_first_has_to_do() {
        static BUILT: AtomicUsize = AtomicUsize::new(0);
        let build = || {
            let fault = BuildError::Setting { name: "n", accepted: "a" };
            if BUILT.fetch_add(1, Ordering::Relaxed) == 0 { Ok(()) } else { Err(fault) }
        };
        let lanes = Lanes::new(Box::new(build)).unwrap();
        let held: Vec<_> = (0..CALLS + 10).filter_map(|_| lanes.place()).collect();
        assert_eq!(
            (held.len(), lanes.lanes[0].running.load(Ordering::Relaxed)),
            (CALLS + 10, CALLS + 10)
        );
    }
}
