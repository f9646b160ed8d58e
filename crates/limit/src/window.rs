//! Counting events of the recent past in a few bytes.

use std::time::Duration;

use tokio::time::Instant;

/// Counts events over `SLOTS - 1` slots of time plus the one that has begun.
///
/// An event is remembered for at least `SLOTS - 1` slots and at most one slot longer, so a limit on
/// the total holds in **every** stretch of that length; the price is refusing up to one slot too
/// long.
#[derive(Clone, Debug)]
pub struct SlidingCount<const SLOTS: usize> {
    origin: Instant,
    slot: Duration,
    newest: u64,
    counts: [u32; SLOTS],
}

impl<const SLOTS: usize> SlidingCount<SLOTS> {
    /// Counts over `SLOTS` slots of this length, from now on.
    pub fn new(slot: Duration, now: Instant) -> Self {
        Self { origin: now, slot, newest: 0, counts: [0; SLOTS] }
    }

    /// Counts one event.
    pub fn add(&mut self, now: Instant) {
        self.advance(now);
        let at = Self::place(self.newest);
        if let Some(count) = self.counts.get_mut(at) {
            *count = count.saturating_add(1);
        }
    }

    /// Counts one event less, the newest that is remembered.
    pub fn take_back(&mut self, now: Instant) {
        self.advance(now);
        let oldest = (self.newest + 1).saturating_sub(SLOTS as u64);
        for tick in (oldest..=self.newest).rev() {
            if let Some(count) = self.counts.get_mut(Self::place(tick))
                && *count > 0
            {
                *count -= 1;
                return;
            }
        }
    }

    /// How many events the window holds.
    pub fn total(&mut self, now: Instant) -> u64 {
        self.advance(now);
        self.counts.iter().copied().map(u64::from).sum()
    }

    /// How long until the total falls below `limit` if nothing is added; zero if it is below
    /// already.
    pub fn until_below(&mut self, limit: u64, now: Instant) -> Duration {
        let mut left = self.total(now);
        let slots = SLOTS as u64;
        let mut tick = (self.newest + 1).saturating_sub(slots);
        while left >= limit && tick <= self.newest {
            left -= self.counts.get(Self::place(tick)).copied().map_or(0, u64::from);
            tick += 1;
        }
        if left >= limit || tick == (self.newest + 1).saturating_sub(slots) {
            return Duration::ZERO;
        }
        // The slot before `tick` is forgotten when slot `tick - 1 + SLOTS` begins.
        let forgotten = u32::try_from(tick - 1 + slots).unwrap_or(u32::MAX);
        (self.origin + self.slot.saturating_mul(forgotten)).saturating_duration_since(now)
    }

    /// Moves on to the slot of `now`, forgetting what fell out. A `now` from the past counts as the
    /// newest slot: callers read the clock before they wait for the lock.
    fn advance(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.origin).as_nanos();
        let tick = u64::try_from(elapsed / self.slot.as_nanos().max(1)).unwrap_or(u64::MAX);
        for fresh in
            self.newest.saturating_add(1)..=tick.min(self.newest.saturating_add(SLOTS as u64))
        {
            if let Some(count) = self.counts.get_mut(Self::place(fresh)) {
                *count = 0;
            }
        }
        self.newest = self.newest.max(tick);
    }

    fn place(tick: u64) -> usize {
        usize::try_from(tick % SLOTS as u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::SlidingCount;
    use proptest::prelude::*;
    use std::time::Duration;
    use tokio::time::Instant;

    proptest! {
        #[test]
        fn total_is_between_exact_and_one_slot_more(steps in prop::collection::vec(0_u64..4000, 1..200)) {
            let start = Instant::now();
            let mut count = SlidingCount::<6>::new(Duration::from_secs(1), start);
            let mut now = start;
            let mut log = Vec::new();
            for step in steps {
                now += Duration::from_millis(step);
                count.add(now);
                log.push(now);
                let within = |span| log.iter().filter(|at| now - **at < Duration::from_secs(span)).count() as u64;
                let total = count.total(now);
                prop_assert!(within(5) <= total && total <= within(6), "{} {total} {}", within(5), within(6));
            }
        }

        #[test]
        fn until_below_is_exact(steps in prop::collection::vec(0_u64..2000, 1..60), limit in 1_u64..20) {
            let start = Instant::now();
            let mut count = SlidingCount::<6>::new(Duration::from_secs(1), start);
            let mut now = start;
            for step in steps {
                now += Duration::from_millis(step);
                count.add(now);
            }
            let wait = count.until_below(limit, now);
            prop_assert!(wait <= Duration::from_secs(6));
            prop_assert_eq!(wait.is_zero(), count.total(now) < limit);
            if !wait.is_zero() {
                prop_assert!(count.clone().total(now + wait.saturating_sub(Duration::from_nanos(1))) >= limit);
            }
            prop_assert!(count.total(now + wait) < limit);
        }
    }
}
