//! How many repeats the whole process may send: a tenth of its calls.
//!
//! Without it every caller's patience multiplies the load on an upstream that is already down. The rule is a
//! maximum, not a sum: in any ten seconds at most a tenth of the calls, or the floor if that is more, so that a lone
//! caller can repeat and a busy process gains nothing on top.

use std::time::Duration;

use tokio::time::Instant;

use crate::limit::SlidingCount;

const SLOT: Duration = Duration::from_secs(1);
const SLOTS: usize = 11;
const CALLS_PER_RETRY: u64 = 10;

#[derive(Debug)]
pub(super) struct RetryBudget {
    floor: u64,
    calls: SlidingCount<SLOTS>,
    retries: SlidingCount<SLOTS>,
}

impl RetryBudget {
    pub(super) fn new(floor: u32, now: Instant) -> Self {
        let count = SlidingCount::new(SLOT, now);
        Self { floor: floor.into(), calls: count.clone(), retries: count }
    }

    /// Notes a call, which earns a tenth of a repeat.
    pub(super) fn deposit(&mut self, now: Instant) {
        self.calls.add(now);
    }

    /// Spends one repeat, or says that none is left.
    pub(super) fn withdraw(&mut self, now: Instant) -> bool {
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
    use super::RetryBudget;
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
