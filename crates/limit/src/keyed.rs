//! A map that never grows beyond a fixed number of keys, however many are asked for.
//!
//! When it is full, a new key takes the place of one whose state says nothing any more; if a short
//! search finds none, of one that is only remembered; never of one that is in use. The search goes
//! on where the last one ended (the "clock" of page replacement), so that no key is always looked
//! at first and a lookup costs the same at any size.

use std::{collections::HashMap, hash::Hash};

use tokio::time::Instant;

/// How many places are looked at for one whose state says nothing, before one that is merely unused
/// is taken.
const LOOK: usize = 32;

/// State that is kept per key.
pub trait Slot {
    /// Somebody holds a permit on it: it must not be forgotten.
    fn busy(&self) -> bool;
    /// It is equal to a fresh one: forgetting it changes nothing.
    fn at_rest(&mut self, now: Instant) -> bool;
}

/// At most `keys_max` keys with their state. Keys should be short or shared: each is stored twice.
#[derive(Debug)]
pub struct Keyed<K, V> {
    places: HashMap<K, usize>,
    slots: Vec<(K, V)>,
    hand: usize,
    keys_max: usize,
}

impl<K: Clone + Eq + Hash, V: Slot> Keyed<K, V> {
    /// An empty map; of no keys it holds one all the same.
    pub fn new(keys_max: usize) -> Self {
        Self { places: HashMap::new(), slots: Vec::new(), hand: 0, keys_max: keys_max.max(1) }
    }

    /// The state of a key that is remembered.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = *self.places.get(key)?;
        self.slots.get_mut(at).map(|(_, state)| state)
    }

    /// The states of all keys that are remembered.
    pub fn states(&self) -> impl Iterator<Item = &V> {
        self.slots.iter().map(|(_, state)| state)
    }

    /// The state of `key`, made by `fresh` if it is new. `None` when it is new and every place is
    /// in use.
    pub fn entry(&mut self, key: &K, now: Instant, fresh: impl FnOnce() -> V) -> Option<&mut V> {
        let at = match self.places.get(key) {
            Some(at) => *at,
            None if self.slots.len() < self.keys_max => {
                self.slots.push((key.clone(), fresh()));
                self.places.insert(key.clone(), self.slots.len() - 1);
                self.slots.len() - 1
            }
            None => {
                let at = self.victim(now)?;
                let slot = self.slots.get_mut(at)?;
                let (old, _) = std::mem::replace(slot, (key.clone(), fresh()));
                self.places.remove(&old);
                self.places.insert(key.clone(), at);
                at
            }
        };
        self.slots.get_mut(at).map(|(_, state)| state)
    }

    fn victim(&mut self, now: Instant) -> Option<usize> {
        let places = self.slots.len();
        let mut unused = None;
        let mut found = None;
        for step in 0..places {
            let at = (self.hand + step) % places;
            let (_, state) = self.slots.get_mut(at)?;
            if !state.busy() {
                if state.at_rest(now) {
                    found = Some(at);
                    break;
                }
                unused.get_or_insert(at);
            }
            if step >= LOOK && unused.is_some() {
                break;
            }
        }
        let at = found.or(unused)?;
        self.hand = (at + 1) % places;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyed, Slot};
    use tokio::time::Instant;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum State {
        Fresh,
        Known,
        Busy,
    }

    impl Slot for State {
        fn busy(&self) -> bool {
            *self == Self::Busy
        }
        fn at_rest(&mut self, _: Instant) -> bool {
            *self == Self::Fresh
        }
    }

    fn filled(states: &[State]) -> Keyed<usize, State> {
        let mut map = Keyed::new(states.len());
        for (key, state) in states.iter().enumerate() {
            *map.entry(&key, Instant::now(), || *state).unwrap() = *state;
        }
        map
    }

    fn check(states: &[State], forgotten: Option<usize>) {
        let mut map = filled(states);
        let placed = map.entry(&99, Instant::now(), || State::Fresh).is_some();
        assert_eq!(placed, forgotten.is_some());
        for key in 0..states.len() {
            assert_eq!(map.get_mut(&key).is_none(), Some(key) == forgotten, "{states:?} {key}");
        }
        assert_eq!(map.places.len(), map.slots.len());
    }

    #[test]
    fn forgets_what_matters_least() {
        use State::{Busy, Fresh, Known};
        check(&[Known, Busy, Fresh, Known], Some(2));
        check(&[Busy, Known, Busy, Known], Some(1));
        check(&[Busy, Busy], None);
    }

    #[test]
    fn a_million_keys_take_the_place_of_a_hundred() {
        let mut map = filled(&[State::Known; 100]);
        for key in 0..1_000_000 {
            assert!(map.entry(&key, Instant::now(), || State::Known).is_some());
        }
        assert_eq!((map.places.len(), map.slots.len()), (100, 100));
        assert!(map.slots.capacity() <= 128);
    }
}
