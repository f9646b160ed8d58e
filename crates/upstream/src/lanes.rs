//! Several connections to one upstream where it speaks HTTP/2.
//!
//! The HTTP client keeps one such connection to a host, and a server lets about a hundred streams
//! run on it (RFC 9113 section 6.5.2 advises no fewer): every call beyond them waits, however few
//! the upstream has to do. So calls go over as many clients as are needed, each with connections
//! of its own. They are filled in order, so that as long as there is little to do all is done over
//! the first.
//!
//! A client that has no connection yet opens one for each call that comes, until the first tells
//! that HTTP/2 is spoken. So one call goes ahead, and the others follow when it is answered.

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// Calls over one of them, below the hundred that any server allows.
const CALLS: usize = 90;
/// Places for twice the calls that a process lets in by default; what is beyond shares them.
const LANES_MAX: usize = 24;

/// For how long after an answer a connection is taken to stand: below the idle time after which it
/// is closed.
const WARM: Duration = Duration::from_secs(25);

/// Makes one more client like the others.
type Build<C> = Box<dyn Fn() -> C + Send + Sync>;

/// Clients that are alike, and the calls that run over each.
pub(super) struct Lanes<C> {
    first: Lane<C>,
    more: Vec<Lane<C>>,
    build: Build<C>,
    start: Instant,
}

#[derive(Debug)]
struct Lane<C> {
    client: OnceLock<C>,
    running: AtomicUsize,
    /// When the last answer came, in milliseconds since the start, plus one; 0 for never.
    answered_ms: AtomicU64,
}

impl<C> Lane<C> {
    fn is_warm(&self, now_ms: u64) -> bool {
        let answered = self.answered_ms.load(Ordering::Relaxed);
        answered > 0 && Duration::from_millis(now_ms.saturating_sub(answered)) < WARM
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }
}

/// A call's place; dropped when its answer is whole.
#[derive(Debug)]
pub(super) struct Place<'l, C> {
    pub(super) client: &'l C,
    lane: &'l Lane<C>,
    start: Instant,
}

impl<C> Place<'_, C> {
    /// Notes that an answer came: the connection stands.
    pub(super) fn answered(&self) {
        self.lane.answered_ms.store(since(self.start), Ordering::Relaxed);
    }
}

/// Milliseconds since then, plus one.
fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
}

impl<C> Drop for Place<'_, C> {
    fn drop(&mut self) {
        self.lane.running.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<C> fmt::Debug for Lanes<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").finish_non_exhaustive()
    }
}

impl<C> Lanes<C> {
    /// Each client is built when it is needed.
    pub(super) fn new(build: Build<C>) -> Self {
        let lane = || Lane {
            client: OnceLock::new(),
            running: AtomicUsize::new(0),
            answered_ms: AtomicU64::new(0),
        };
        let more = std::iter::repeat_with(lane).take(LANES_MAX - 1).collect();
        Self { first: lane(), more, build, start: Instant::now() }
    }

    fn all(&self) -> impl Iterator<Item = &Lane<C>> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// A place for a call.
    pub(super) fn place(&self) -> Place<'_, C> {
        let now = since(self.start);
        let mut warm = self.all().filter(|lane| lane.is_warm(now));
        if let Some(place) = warm.find_map(|lane| self.enter(lane, CALLS)) {
            return place;
        }
        let (warm, cold): (Vec<_>, Vec<_>) = self.all().partition(|lane| lane.is_warm(now));
        if warm.is_empty() {
            // Nothing is known yet.
            let free = cold.iter().find_map(|lane| self.enter(lane, CALLS));
            return free.unwrap_or_else(|| self.least(&cold));
        }
        // Each that is full lets one more go ahead; the rest waits for its turn on what there is.
        let ahead = cold.iter().filter(|lane| lane.running() > 0).count();
        let next = cold.iter().filter(|_| ahead < warm.len()).find_map(|lane| self.enter(lane, 1));
        next.unwrap_or_else(|| self.least(&warm))
    }

    /// Over the one with the fewest calls.
    fn least<'l>(&'l self, lanes: &[&'l Lane<C>]) -> Place<'l, C> {
        let least = lanes.iter().copied().min_by_key(|lane| lane.running());
        let lane = least.unwrap_or(&self.first);
        lane.running.fetch_add(1, Ordering::Relaxed);
        self.over(lane)
    }

    fn enter<'l>(&'l self, lane: &'l Lane<C>, calls_max: usize) -> Option<Place<'l, C>> {
        let enter = |running: usize| (running < calls_max).then_some(running + 1);
        lane.running.fetch_update(Ordering::Relaxed, Ordering::Relaxed, enter).ok()?;
        Some(self.over(lane))
    }

    fn over<'l>(&'l self, lane: &'l Lane<C>) -> Place<'l, C> {
        Place { client: lane.client.get_or_init(&self.build), lane, start: self.start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(built: &'static AtomicUsize) -> Lanes<usize> {
        Lanes::new(Box::new(|| built.fetch_add(1, Ordering::Relaxed)))
    }

    #[test]
    fn calls_fill_the_first_before_there_is_a_second() {
        static BUILT: AtomicUsize = AtomicUsize::new(0);
        let lanes = numbered(&BUILT);
        let mut places: Vec<_> = (0..CALLS).map(|_| lanes.place()).collect();
        assert!(places.iter().all(|place| *place.client == 0));
        assert_eq!(BUILT.load(Ordering::Relaxed), 1);
        let next = lanes.place();
        assert_eq!((*next.client, BUILT.load(Ordering::Relaxed)), (1, 2));
        places.pop();
        assert_eq!(*lanes.place().client, 0, "who has ended makes room");
        drop(next);
        // However many there are, each has a place, and none has far more than the others.
        let all: Vec<_> = (0..CALLS * LANES_MAX + LANES_MAX).map(|_| lanes.place()).collect();
        let most = lanes.all().map(Lane::running).max();
        assert!(most.unwrap() <= CALLS + 5, "{most:?}");
        drop((all, places));
        assert!(lanes.all().all(|lane| lane.running() == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_goes_ahead_where_no_connection_stands_yet() {
        static BUILT: AtomicUsize = AtomicUsize::new(0);
        let lanes = numbered(&BUILT);
        lanes.place().answered();
        let burst: Vec<_> = (0..CALLS * 3).map(|_| lanes.place()).collect();
        let over = |place: usize| burst.iter().filter(|one| *one.client == place).count();
        assert_eq!((over(0), over(1), over(2)), (CALLS * 3 - 1, 1, 0));
        // Its answer lets the others follow, and one more of each go ahead.
        burst.iter().find(|one| *one.client == 1).unwrap().answered();
        let more: Vec<_> = (0..CALLS + 5).map(|_| lanes.place()).collect();
        let over = |place: usize| more.iter().filter(|one| *one.client == place).count();
        assert_eq!((over(1), over(2), over(3)), (CALLS - 1 + 4, 1, 1));
        drop((burst, more));
        // What has been idle for long is closed, and begins anew.
        tokio::time::advance(WARM).await;
        lanes.place().answered();
        let again: Vec<_> = (0..CALLS + 3).map(|_| lanes.place()).collect();
        assert_eq!(again.iter().filter(|one| *one.client > 0).count(), 1);
    }
}
