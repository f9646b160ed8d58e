//! Parts of something scarce: no key holds more than its share, and those who are not trusted no
//! more than theirs together.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How much there is, and who may hold how much of it.
#[derive(Clone, Copy, Debug)]
pub struct SharesSettings {
    /// All units together.
    pub total: usize,
    /// Units of one key at most.
    pub per_key: usize,
    /// Units of all keys that are not trusted at most.
    pub untrusted: usize,
}

/// Units that are held. A clone shares them. Nothing is remembered of a key that holds none.
#[derive(Debug)]
pub struct Shares<K> {
    settings: SharesSettings,
    held: Arc<Mutex<Held<K>>>,
}

#[derive(Debug)]
struct Held<K> {
    all: usize,
    untrusted: usize,
    keys: HashMap<K, usize>,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self { settings: self.settings, held: Arc::clone(&self.held) }
    }
}

fn lock<K>(held: &Mutex<Held<K>>) -> MutexGuard<'_, Held<K>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Copy + Eq + Hash> Shares<K> {
    /// All units are free.
    pub fn new(settings: SharesSettings) -> Self {
        let held = Held { all: 0, untrusted: 0, keys: HashMap::new() };
        Self { settings, held: Arc::new(Mutex::new(held)) }
    }

    /// Takes so many units for `key`, none for a beginning perhaps; `None` when it may not hold
    /// them.
    pub fn take(&self, key: K, is_trusted: bool, units: usize) -> Option<Share<K>> {
        let mut share = Share { shares: self.clone(), key, is_trusted, units: 0 };
        share.grow(units).then_some(share)
    }
}

/// Units of one key; free again when this is dropped.
#[derive(Debug)]
#[must_use = "the units are given back when the share is dropped"]
pub struct Share<K: Copy + Eq + Hash> {
    shares: Shares<K>,
    key: K,
    is_trusted: bool,
    units: usize,
}

impl<K: Copy + Eq + Hash> Share<K> {
    /// Takes more units, or says that there are none to be had; then it holds what it held.
    pub fn grow(&mut self, more: usize) -> bool {
        if more == 0 {
            return true;
        }
        let settings = self.shares.settings;
        let mut held = lock(&self.shares.held);
        let own = held.keys.get(&self.key).copied().unwrap_or_default();
        let fits = |held: usize, max: usize| held.checked_add(more).is_some_and(|all| all <= max);
        let granted = fits(held.all, settings.total)
            && fits(own, settings.per_key)
            && (self.is_trusted || fits(held.untrusted, settings.untrusted));
        if granted {
            held.all += more;
            held.untrusted += if self.is_trusted { 0 } else { more };
            held.keys.insert(self.key, own + more);
            self.units += more;
        }
        granted
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.shares.held);
        held.all -= self.units;
        if !self.is_trusted {
            held.untrusted -= self.units;
        }
        if let Some(own) = held.keys.get_mut(&self.key) {
            *own -= self.units;
            if *own == 0 {
                held.keys.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Shares, SharesSettings, lock};
    use proptest::prelude::*;

    const SETTINGS: SharesSettings = SharesSettings { total: 20, per_key: 8, untrusted: 12 };

    #[derive(Clone, Debug)]
    enum Event {
        Take(u8, usize),
        Grow(usize, usize),
        Drop(usize),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0_u8..6, 0_usize..10).prop_map(|(key, units)| Event::Take(key, units)),
            (any::<usize>(), 0_usize..6).prop_map(|(which, units)| Event::Grow(which, units)),
            any::<usize>().prop_map(Event::Drop),
        ]
    }

    proptest! {
        /// Keys from 3 on are trusted.
        #[test]
        fn nobody_holds_more_than_a_share(events in prop::collection::vec(event(), 1..200)) {
            let shares = Shares::new(SETTINGS);
            let mut held: Vec<(u8, usize, _)> = Vec::new();
            for event in events {
                let sum = |is_counted: &dyn Fn(u8) -> bool| {
                    held.iter().filter(|(key, ..)| is_counted(*key)).map(|(_, units, _)| units).sum::<usize>()
                };
                let fits = |key: u8, units: usize| {
                    sum(&|_| true) + units <= 20
                        && sum(&|other| other == key) + units <= 8
                        && (key >= 3 || sum(&|other| other < 3) + units <= 12)
                };
                match event {
                    Event::Take(key, units) => {
                        let expected = units == 0 || fits(key, units);
                        let share = shares.take(key, key >= 3, units);
                        prop_assert_eq!(share.is_some(), expected);
                        held.extend(share.map(|share| (key, units, share)));
                    }
                    Event::Grow(which, units) if !held.is_empty() => {
                        let at = which % held.len();
                        let expected = units == 0 || fits(held[at].0, units);
                        prop_assert_eq!(held[at].2.grow(units), expected);
                        held[at].1 += if expected { units } else { 0 };
                    }
                    Event::Drop(which) if !held.is_empty() => {
                        drop(held.swap_remove(which % held.len()));
                    }
                    Event::Grow(..) | Event::Drop(_) => {}
                }
            }
            drop(held);
            prop_assert!(lock(&shares.held).keys.is_empty() && lock(&shares.held).all == 0);
        }
    }
}
