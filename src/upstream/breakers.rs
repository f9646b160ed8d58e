//! The breakers of all keys, shared by all calls, with permits that find their way back when a call is dropped.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::limit::Keyed;

use super::{
    breaker::{Breaker, Change, Pass, Rules, Sign},
    request::BreakerKey,
    settings::Settings,
};

#[derive(Clone, Debug)]
pub(super) struct Breakers {
    rules: Rules,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared(Mutex<Keyed<BreakerKey, Breaker>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Keyed<BreakerKey, Breaker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breakers {
    pub(super) fn new(settings: &Settings) -> Self {
        let keyed = Keyed::new(settings.breaker_keys_max);
        Self { rules: Rules::new(settings), shared: Arc::new(Shared(Mutex::new(keyed))) }
    }

    /// How many keys have a breaker that is not closed.
    pub(super) fn open(&self, now: Instant) -> u64 {
        self.shared.lock().states().filter(|breaker| breaker.is_open(now)).count() as u64
    }

    /// Lets a call of this key through, or says how long to stay away.
    pub(super) fn admit(&self, key: &BreakerKey, now: Instant) -> Result<Permit, Duration> {
        let pass = match self.shared.lock().entry(key, now, || Breaker::new(self.rules)) {
            Some(breaker) => Some(breaker.admit(now)?),
            // Every remembered breaker has a probe out; a new key must not suffer from that.
            None => None,
        };
        Ok(Permit { shared: Arc::clone(&self.shared), key: key.clone(), pass })
    }
}

/// Admission to one call. Dropped without a record it counts as neither success nor failure.
#[derive(Debug)]
pub(super) struct Permit {
    shared: Arc<Shared>,
    key: BreakerKey,
    pass: Option<Pass>,
}

impl Permit {
    pub(super) fn record(mut self, sign: Sign, now: Instant) -> Option<Change> {
        let pass = self.pass.take()?;
        self.shared.lock().get_mut(&self.key)?.record(&pass, sign, now)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(pass) = self.pass.take()
            && let Some(breaker) = self.shared.lock().get_mut(&self.key)
        {
            breaker.abandon(&pass);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breakers, Sign};
    use crate::upstream::Settings;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn keys_do_not_share_their_failures() {
        let breakers = Breakers::new(&Settings::default());
        let now = Instant::now();
        for _ in 0..5 {
            breakers.admit(&"down".into(), now).unwrap().record(Sign::Down, now);
        }
        assert_eq!(breakers.admit(&"down".into(), now).unwrap_err(), Duration::from_mins(1));
        assert!(breakers.admit(&"up".into(), now).is_ok());
        assert_eq!((breakers.open(now), breakers.open(now + Duration::from_mins(2))), (1, 0));
    }

    #[test]
    fn a_dropped_probe_gives_its_place_back() {
        let breakers = Breakers::new(&Settings { breaker_failures: 1, ..Settings::default() });
        let now = Instant::now();
        let later = now + Duration::from_mins(1);
        breakers.admit(&"site".into(), now).unwrap().record(Sign::Down, now);
        let probes: Vec<_> = (0..3).map(|_| breakers.admit(&"site".into(), later).unwrap()).collect();
        assert!(breakers.admit(&"site".into(), later).is_err());
        drop(probes);
        assert!(breakers.admit(&"site".into(), later).is_ok());
    }
}
