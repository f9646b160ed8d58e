//! How much one key may ask for: calls at the same time, and calls a minute.
//!
//! The state of a key is a pure machine that is told the time; the shared map around it has a fixed
//! number of places (see `keyed`). With more active keys than places, the one unused longest around
//! the clock hand is forgotten and starts its minute anew, but a key with calls in flight never is:
//! give it more places than the process takes calls at once, and the concurrency limit is exact
//! while the rate limit may become generous under a flood of keys.

use std::{
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    keyed::{Keyed, Slot},
    refusal::Refusal,
    shared_rate::SharedRate,
    window::SlidingCount,
};

const SLOT: Duration = Duration::from_secs(5);
/// A whole minute and the slot that has begun.
const SLOTS: usize = 13;

/// The limits of each key.
#[derive(Clone, Copy, Debug)]
pub struct LimiterSettings {
    /// Calls of one key at the same time.
    pub concurrent_max: u32,
    /// Calls of one key in any 60 seconds.
    pub calls_per_minute: u32,
    /// Keys that are remembered, about 150 bytes each.
    pub keys_max: usize,
}

impl Default for LimiterSettings {
    fn default() -> Self {
        Self { concurrent_max: 8, calls_per_minute: 100, keys_max: 16 * 1024 }
    }
}

/// What one key has used.
#[derive(Debug)]
struct Usage {
    in_flight: u32,
    minute: SlidingCount<SLOTS>,
}

impl Usage {
    fn new(now: Instant) -> Self {
        Self { in_flight: 0, minute: SlidingCount::new(SLOT, now) }
    }

    fn admit(&mut self, settings: &LimiterSettings, now: Instant) -> Result<(), Refusal> {
        if self.in_flight >= settings.concurrent_max {
            return Err(Refusal::Concurrency);
        }
        let limit = u64::from(settings.calls_per_minute);
        if self.minute.total(now) >= limit {
            return Err(Refusal::Rate { retry_after: self.minute.until_below(limit, now) });
        }
        self.in_flight += 1;
        self.minute.add(now);
        Ok(())
    }

    fn uncount(&mut self, now: Instant) {
        self.minute.take_back(now);
    }

    fn release(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }
}

impl Slot for Usage {
    fn busy(&self) -> bool {
        self.in_flight > 0
    }

    fn at_rest(&mut self, now: Instant) -> bool {
        self.in_flight == 0 && self.minute.total(now) == 0
    }
}

/// The usage of all keys. A clone shares it. `K` should be a keyed hash, never a secret.
#[derive(Debug)]
pub struct Limiter<K> {
    settings: LimiterSettings,
    shared: Shared<K>,
    everywhere: Option<Arc<dyn SharedRate<K>>>,
}

type Shared<K> = Arc<Mutex<Keyed<K, Usage>>>;

fn lock<K>(shared: &Shared<K>) -> MutexGuard<'_, Keyed<K, Usage>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K> Clone for Limiter<K> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings,
            shared: Arc::clone(&self.shared),
            everywhere: self.everywhere.clone(),
        }
    }
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    /// A limiter that has seen nobody.
    pub fn new(settings: LimiterSettings) -> Self {
        let shared = Arc::new(Mutex::new(Keyed::new(settings.keys_max)));
        Self { settings, shared, everywhere: None }
    }

    /// The same, whose calls a minute are also counted where other processes count theirs. Calls at
    /// the same time stay this process's own.
    #[must_use]
    pub fn counted_by(mut self, everywhere: Arc<dyn SharedRate<K>>) -> Self {
        self.everywhere = Some(everywhere);
        self
    }

    /// Admits one call of `key` by the limits of this process, and then by those of all processes.
    /// A call that the others refuse uses nothing up here.
    pub async fn admit_everywhere(
        &self,
        key: &K,
        now: Instant,
    ) -> Result<LimiterPermit<K>, Refusal> {
        let permit = self.admit(key, now)?;
        if let Some(everywhere) = &self.everywhere
            && let Err(refusal) = everywhere.admit(key).await
        {
            if let Some(usage) = lock(&self.shared).get_mut(key) {
                usage.uncount(now);
            }
            return Err(refusal);
        }
        Ok(permit)
    }

    /// Admits one call of `key`, or says why not. A refused call uses nothing up.
    pub fn admit(&self, key: &K, now: Instant) -> Result<LimiterPermit<K>, Refusal> {
        let mut keyed = lock(&self.shared);
        let usage = keyed.entry(key, now, || Usage::new(now)).ok_or(Refusal::Full)?;
        usage.admit(&self.settings, now)?;
        Ok(LimiterPermit { shared: Arc::clone(&self.shared), key: key.clone() })
    }
}

/// One admitted call; it is in flight until this is dropped.
#[derive(Debug)]
#[must_use = "the call counts as over when the permit is dropped"]
pub struct LimiterPermit<K: Clone + Eq + Hash> {
    shared: Shared<K>,
    key: K,
}

impl<K: Clone + Eq + Hash> Drop for LimiterPermit<K> {
    fn drop(&mut self) {
        if let Some(usage) = lock(&self.shared).get_mut(&self.key) {
            usage.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limiter, LimiterSettings};
    use crate::{Counting, Refusal, SharedRate};
    use proptest::prelude::*;
    use std::{collections::HashMap, sync::Arc, time::Duration};
    use tokio::time::Instant;

    fn limiter(concurrent_max: u32, calls_per_minute: u32, keys_max: usize) -> Limiter<u64> {
        Limiter::new(LimiterSettings { concurrent_max, calls_per_minute, keys_max })
    }

    #[test]
    fn one_call_too_many_is_told_when_to_come_back() {
        let now = Instant::now();
        let limiter = limiter(8, 100, 10);
        for _ in 0..100 {
            drop(limiter.admit(&1, now).unwrap());
        }
        let Err(Refusal::Rate { retry_after }) = limiter.admit(&1, now) else { panic!("admitted") };
        assert!(limiter.admit(&2, now).is_ok());
        assert!(
            limiter.admit(&1, now + retry_after.saturating_sub(Duration::from_nanos(1))).is_err()
        );
        assert!(limiter.admit(&1, now + retry_after).is_ok());
    }

    #[test]
    fn keys_in_flight_are_never_forgotten() {
        let now = Instant::now();
        let limiter = limiter(1, 100, 2);
        let held = [limiter.admit(&1, now).unwrap(), limiter.admit(&2, now).unwrap()];
        assert_eq!(limiter.admit(&3, now).unwrap_err(), Refusal::Full);
        assert_eq!(limiter.admit(&1, now).unwrap_err(), Refusal::Concurrency);
        drop(held);
        assert!(limiter.admit(&3, now).is_ok());
    }

    /// Admits nobody.
    #[derive(Debug)]
    struct Full;

    impl SharedRate<u64> for Full {
        fn admit<'a>(&'a self, _: &'a u64) -> Counting<'a> {
            Box::pin(std::future::ready(Err(Refusal::Full)))
        }
    }

    #[tokio::test]
    async fn what_others_refuse_uses_nothing_up_here() {
        let now = Instant::now();
        let own = limiter(1, 3, 10);
        let everywhere = own.clone().counted_by(Arc::new(Full));
        for _ in 0..10 {
            assert_eq!(everywhere.admit_everywhere(&1, now).await.unwrap_err(), Refusal::Full);
        }
        for _ in 0..3 {
            drop(own.admit_everywhere(&1, now).await.unwrap());
        }
        assert!(own.admit(&1, now).is_err());
    }

    #[test]
    fn zero_admits_nobody_and_stays_calm() {
        let now = Instant::now();
        assert_eq!(limiter(0, 1, 1).admit(&1, now).unwrap_err(), Refusal::Concurrency);
        assert!(matches!(limiter(1, 0, 1).admit(&1, now).unwrap_err(), Refusal::Rate { .. }));
    }

    proptest! {
        #[test]
        fn limits_hold_for_any_sequence(
            events in prop::collection::vec((0_u64..3, any::<bool>(), 0_u64..2500), 1..300),
        ) {
            let limiter = limiter(2, 10, 8);
            let mut now = Instant::now();
            let mut held: HashMap<u64, Vec<_>> = HashMap::new();
            let mut log: HashMap<u64, Vec<Instant>> = HashMap::new();
            for (key, release, pause_ms) in events {
                now += Duration::from_millis(pause_ms);
                let permits = held.entry(key).or_default();
                if release {
                    permits.pop();
                }
                let calls = log.entry(key).or_default();
                let within = |span| calls.iter().filter(|at| now - **at < Duration::from_secs(span)).count();
                match limiter.admit(&key, now) {
                    Ok(permit) => {
                        prop_assert!(permits.len() < 2 && within(60) < 10);
                        permits.push(permit);
                        calls.push(now);
                    }
                    Err(Refusal::Concurrency) => prop_assert_eq!(permits.len(), 2),
                    Err(Refusal::Rate { retry_after }) => {
                        prop_assert!(within(65) >= 10 && retry_after <= Duration::from_secs(65));
                    }
                    Err(Refusal::Full) => prop_assert!(false, "8 places are enough for 3 keys"),
                }
            }
        }
    }
}
