//! How many repeats may be sent: a tenth of the calls, and a few of each caller's own.
//!
//! Without it every caller's patience multiplies the load on an upstream that is already down. The
//! rule is a maximum, not a sum: in any ten seconds at most a tenth of the calls, or the floor if
//! that is more, so that a lone caller can repeat and a busy process gains nothing on top.
//!
//! Beside what is shared, each caller may mend a call per upstream, so that others' failures do not
//! cost one who has none that one repeat. In an outage the breaker bounds what this adds. Callers
//! whose credentials no upstream has accepted have no such share, and a budget among themselves:
//! one person may be any number of them.

use std::time::Duration;

use limit::{Keyed, SlidingCount, Slot};
use tokio::time::Instant;

use super::request::{BreakerKey, CallerId};

const SLOT: Duration = Duration::from_secs(1);
const SLOTS: usize = 11;
const CALLS_PER_RETRY: u64 = 10;
/// Repeats of one caller and key, in ten seconds, that are not taken from anybody else: those of
/// one call.
const OWN: usize = 3;
const OWN_WINDOW: Duration = Duration::from_secs(10);
/// Callers and keys whose own repeats are remembered, about 150 bytes each.
const CALLERS_MAX: usize = 4096;

/// The budgets of all callers.
#[derive(Debug)]
pub(super) struct Budgets {
    own_max: usize,
    own: Keyed<(BreakerKey, CallerId), Own>,
    accepted: RetryBudget,
    strangers: RetryBudget,
}

impl Budgets {
    pub(super) fn new(floor: u32, now: Instant) -> Self {
        Self {
            own_max: OWN.min(floor as usize),
            own: Keyed::new(CALLERS_MAX),
            accepted: RetryBudget::new(floor, now),
            strangers: RetryBudget::new(floor, now),
        }
    }

    /// Notes a call, which earns a tenth of a repeat.
    pub(super) fn deposit(&mut self, is_accepted: bool, now: Instant) {
        if is_accepted { self.accepted.deposit(now) } else { self.strangers.deposit(now) }
    }

    /// Spends one repeat, or says that none is left.
    pub(super) fn withdraw(
        &mut self,
        key: &BreakerKey,
        caller: CallerId,
        is_accepted: bool,
        now: Instant,
    ) -> bool {
        if !is_accepted {
            return self.strangers.withdraw(now);
        }
        let own_max = self.own_max;
        let own = self.own.entry(&(key.clone(), caller), now, Own::default);
        own.is_some_and(|own| own.withdraw(own_max, now)) || self.accepted.withdraw(now)
    }
}

/// When one caller's own repeats were spent.
#[derive(Debug, Default)]
struct Own(Vec<Instant>);

impl Own {
    fn withdraw(&mut self, max: usize, now: Instant) -> bool {
        self.at_rest(now);
        let granted = self.0.len() < max;
        if granted {
            self.0.push(now);
        }
        granted
    }
}

impl Slot for Own {
    fn busy(&self) -> bool {
        false
    }

    fn at_rest(&mut self, now: Instant) -> bool {
        self.0.retain(|at| now.saturating_duration_since(*at) < OWN_WINDOW);
        self.0.is_empty()
    }
}

#[derive(Debug)]
struct RetryBudget {
    floor: u64,
    calls: SlidingCount<SLOTS>,
    retries: SlidingCount<SLOTS>,
}

impl RetryBudget {
    fn new(floor: u32, now: Instant) -> Self {
        let count = SlidingCount::new(SLOT, now);
        Self { floor: floor.into(), calls: count.clone(), retries: count }
    }

    fn deposit(&mut self, now: Instant) {
        self.calls.add(now);
    }

    fn withdraw(&mut self, now: Instant) -> bool {
        let allowed = self.floor.max(self.calls.total(now) / CALLS_PER_RETRY);
        let granted = self.retries.total(now) < allowed;
        if granted {
            self.retries.add(now);
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::{Budgets, OWN, RetryBudget};
    use crate::CallerId;
    use proptest::prelude::*;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn a_lone_call_may_repeat_up_to_the_floor() {
        let now = Instant::now();
        let mut budget = RetryBudget::new(3, now);
        budget.deposit(now);
        let granted = (0..10).filter(|_| budget.withdraw(now)).count();
        assert_eq!(granted, 3);
        assert!(budget.withdraw(now + Duration::from_secs(11)));
    }

    #[test]
    fn what_others_spend_leaves_each_caller_the_repeats_of_a_call() {
        let now = Instant::now();
        let mut budgets = Budgets::new(10, now);
        let mut withdraw = |caller: u8, is_accepted, now| {
            let caller = CallerId::from([caller; 16]);
            (0..100).filter(|_| budgets.withdraw(&"site".into(), caller, is_accepted, now)).count()
        };
        assert_eq!(withdraw(1, true, now), OWN + 10);
        assert_eq!(withdraw(2, true, now), OWN);
        assert_eq!(withdraw(2, true, now), 0);
        // As many callers as they like to be, strangers have the shared repeats and no others.
        assert_eq!((3..200).map(|caller| withdraw(caller, false, now)).sum::<usize>(), 10);
        assert_eq!(withdraw(2, true, now + Duration::from_secs(10)), OWN);
    }

    #[test]
    fn without_a_floor_nobody_has_repeats_of_their_own() {
        let now = Instant::now();
        let mut budgets = Budgets::new(0, now);
        assert!(!budgets.withdraw(&"site".into(), CallerId::from([1; 16]), true, now));
    }

    proptest! {
        #[test]
        fn repeats_stay_below_a_tenth_of_the_calls(
            bursts in prop::collection::vec((1_u64..3000, 0_u32..60, 0_u32..60), 20..150),
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut budget = RetryBudget::new(0, start);
            let (mut calls, mut retries) = (0_u32, 0_u32);
            for (pause_ms, burst, wanted) in bursts {
                now += Duration::from_millis(pause_ms);
                for _ in 0..burst {
                    budget.deposit(now);
                }
                calls += burst;
                retries += (0..wanted).map(|_| u32::from(budget.withdraw(now))).sum::<u32>();
                prop_assert!(retries * 10 <= calls, "{retries} repeats for {calls} calls");
            }
        }
    }
}
