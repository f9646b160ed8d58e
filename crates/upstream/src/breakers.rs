//! The breakers of all keys, shared by all calls, with permits that find their way back when a call
//! is dropped.
//!
//! Each call asks two of them: one of its caller and key alone, and one of all callers of the key.
//! Callers whose credentials the upstream has not accepted yet are counted apart: whoever makes up
//! credentials could otherwise be as many callers as it takes.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use limit::Keyed;
use tokio::time::Instant;

use super::{
    breaker::{Breaker, Change, Permit},
    request::{BreakerKey, CallerId},
    rules::{Outcome, Rules},
    settings::Settings,
};

/// Callers whose own failures are remembered; about 1.5 KiB each when they call often.
const CALLERS_MAX: usize = 2048;

type AllKey = (BreakerKey, bool);
type OwnKey = (BreakerKey, CallerId);

#[derive(Clone, Debug)]
pub(super) struct Breakers {
    rules: Rules,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    own_rules: Rules,
    /// By key, and whether the upstream has accepted the caller.
    of_all: Mutex<Keyed<AllKey, Breaker>>,
    /// Of those who have failed.
    of_one: Mutex<Keyed<OwnKey, Breaker>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many breakers are not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) of_all: u64,
    pub(super) of_one: u64,
}

impl Breakers {
    pub(super) fn new(settings: &Settings) -> Self {
        let shared = Shared {
            own_rules: Rules::of_one(settings),
            of_all: Mutex::new(Keyed::new(settings.breaker_keys_max)),
            of_one: Mutex::new(Keyed::new(CALLERS_MAX)),
        };
        Self { rules: Rules::of_all(settings), shared: Arc::new(shared) }
    }

    pub(super) fn open(&self, now: Instant) -> Open {
        let count = |breakers: &mut dyn Iterator<Item = &Breaker>| {
            breakers.filter(|breaker| breaker.is_open(now)).count() as u64
        };
        Open {
            of_all: count(&mut lock(&self.shared.of_all).states()),
            of_one: count(&mut lock(&self.shared.of_one).states()),
        }
    }

    /// Lets a call of this caller through, or says how long to stay away.
    pub(super) fn admit(
        &self,
        key: &BreakerKey,
        caller: CallerId,
        is_accepted: bool,
        now: Instant,
    ) -> Result<CallPermit, Duration> {
        let mut permit = CallPermit {
            shared: Arc::clone(&self.shared),
            all_key: (key.clone(), is_accepted),
            caller,
            own: None,
            all: None,
        };
        let own = match lock(&self.shared.of_one).get_mut(&permit.own_key()) {
            Some(breaker) => breaker.admit(caller, now)?,
            None => Permit::of_new_breaker(now),
        };
        permit.own = Some(own);
        // None: every remembered breaker has a probe out, and a new key must not suffer from that.
        let mut of_all = lock(&self.shared.of_all);
        let admitted = of_all
            .entry(&permit.all_key, now, || Breaker::new(self.rules))
            .map(|breaker| breaker.admit(caller, now))
            .transpose();
        drop(of_all);
        permit.all = admitted?;
        Ok(permit)
    }
}

/// A change of a breaker, and whether it is that of one caller only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) change: Change,
    pub(super) is_own: bool,
}

/// Admission to one call. Dropped without a record it counts as neither success nor failure.
#[derive(Debug)]
pub(super) struct CallPermit {
    shared: Arc<Shared>,
    all_key: AllKey,
    caller: CallerId,
    own: Option<Permit>,
    all: Option<Permit>,
}

impl CallPermit {
    fn own_key(&self) -> OwnKey {
        (self.all_key.0.clone(), self.caller)
    }

    /// Whether a breaker opened meanwhile.
    pub(super) fn is_withdrawn(&self, now: Instant) -> bool {
        let of_one = |breaker: &mut Breaker| breaker.refuses(now);
        lock(&self.shared.of_one).get_mut(&self.own_key()).is_some_and(of_one)
            || lock(&self.shared.of_all).get_mut(&self.all_key).is_some_and(of_one)
    }

    /// Notes how the call ended.
    pub(super) fn record(mut self, outcome: Outcome, now: Instant) -> [Option<Changed>; 2] {
        let own = self.own.take().and_then(|permit| self.record_own(&permit, outcome, now));
        let all = self.all.take().and_then(|permit| {
            lock(&self.shared.of_all).get_mut(&self.all_key)?.record(
                &permit,
                self.caller,
                outcome,
                now,
            )
        });
        [
            own.map(|change| Changed { change, is_own: true }),
            all.map(|change| Changed { change, is_own: false }),
        ]
    }

    /// A caller is remembered from the first failure on.
    fn record_own(&self, permit: &Permit, outcome: Outcome, now: Instant) -> Option<Change> {
        let (key, rules) = (self.own_key(), self.shared.own_rules);
        let mut of_one = lock(&self.shared.of_one);
        let breaker = match outcome {
            Outcome::Success => of_one.get_mut(&key),
            Outcome::Failure | Outcome::Disconnect => {
                of_one.entry(&key, now, || Breaker::new(rules))
            }
        };
        breaker?.record(permit, self.caller, outcome, now)
    }
}

impl Drop for CallPermit {
    fn drop(&mut self) {
        if let Some(permit) = self.own.take()
            && let Some(breaker) = lock(&self.shared.of_one).get_mut(&self.own_key())
        {
            breaker.abandon(&permit, self.caller);
        }
        if let Some(permit) = self.all.take()
            && let Some(breaker) = lock(&self.shared.of_all).get_mut(&self.all_key)
        {
            breaker.abandon(&permit, self.caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breakers, CallPermit, Open, Outcome};
    use crate::{CallerId, Settings};
    use std::time::Duration;
    use tokio::time::Instant;

    fn admit(
        breakers: &Breakers,
        key: &str,
        caller: u8,
        now: Instant,
    ) -> Result<CallPermit, Duration> {
        breakers.admit(&key.into(), CallerId::from([caller; 16]), true, now)
    }

    fn fail(breakers: &Breakers, key: &str, callers: &[u8], now: Instant) {
        for caller in callers {
            let _ = admit(breakers, key, *caller, now).unwrap().record(Outcome::Failure, now);
        }
    }

    #[test]
    fn keys_do_not_share_their_failures() {
        let (breakers, now) = (Breakers::new(&Settings::new("test")), Instant::now());
        fail(&breakers, "down", &[1, 2, 1, 2, 1], now);
        assert_eq!(admit(&breakers, "down", 3, now).unwrap_err(), Duration::from_mins(1));
        assert!(admit(&breakers, "up", 1, now).is_ok());
        assert_eq!(breakers.open(now), Open { of_all: 1, of_one: 0 });
        assert_eq!(breakers.open(now + Duration::from_mins(2)), Open { of_all: 0, of_one: 0 });
    }

    #[test]
    fn one_callers_failures_are_that_callers_own() {
        let (breakers, now) = (Breakers::new(&Settings::new("test")), Instant::now());
        fail(&breakers, "site", &[1; 5], now);
        assert!(
            admit(&breakers, "site", 1, now).is_err() && admit(&breakers, "site", 2, now).is_ok()
        );
        assert_eq!(breakers.open(now), Open { of_all: 0, of_one: 1 });
    }

    #[test]
    fn made_up_callers_shut_out_no_accepted_one() {
        let (breakers, now) = (Breakers::new(&Settings::new("test")), Instant::now());
        for caller in 0..200 {
            if let Ok(permit) =
                breakers.admit(&"site".into(), CallerId::from([caller; 16]), false, now)
            {
                let _ = permit.record(Outcome::Failure, now);
            }
        }
        assert!(breakers.admit(&"site".into(), CallerId::from([201; 16]), false, now).is_err());
        assert!(admit(&breakers, "site", 201, now).is_ok());
    }

    #[test]
    fn a_dropped_probe_gives_its_place_back() {
        let (breakers, now) = (Breakers::new(&Settings::new("test")), Instant::now());
        let later = now + Duration::from_mins(1);
        fail(&breakers, "site", &[1, 2, 1, 2, 1], now);
        let probes: Vec<_> =
            (1..4).map(|caller| admit(&breakers, "site", caller, later).unwrap()).collect();
        assert!(admit(&breakers, "site", 4, later).is_err());
        drop(probes);
        assert!(admit(&breakers, "site", 4, later).is_ok());
    }

    #[test]
    fn a_hundred_thousand_failing_callers_are_not_all_remembered() {
        let (breakers, now) = (Breakers::new(&Settings::new("test")), Instant::now());
        for number in 0..100_000_u128 {
            let caller = CallerId::from(number.to_be_bytes());
            if let Ok(permit) = breakers.admit(&"site".into(), caller, number % 2 == 0, now) {
                let _ = permit.record(Outcome::Failure, now);
            }
        }
        assert!(super::lock(&breakers.shared.of_one).states().count() <= super::CALLERS_MAX);
        assert!(super::lock(&breakers.shared.of_all).states().count() <= 2);
    }
}
