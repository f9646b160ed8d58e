//! What a replica remembers of conversations: little, bounded, and never the only proof of anything
//! that the service can be asked about.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::time::Instant;

/// Conversations that are remembered; of more, the ones that were used longest ago are forgotten.
const CONVERSATIONS_MAX: usize = 2_000;
/// How many are forgotten at once: the memory is full only under a great load.
const FORGOTTEN_AT_ONCE: usize = 200;
/// What a conversation takes: a token and an address of 2 KiB each, and the ids of its last posts.
const CONVERSATION_BYTES: usize = 12 << 10;

/// What all of them take.
pub const REMEMBERED_BYTES_MAX: usize = CONVERSATIONS_MAX * CONVERSATION_BYTES;

/// What is known of each conversation. Whoever holds one's lock has its turn.
#[derive(Debug)]
pub(super) struct Memory<T>(Mutex<HashMap<String, Slot<T>>>);

#[derive(Debug)]
struct Slot<T> {
    known: Arc<tokio::sync::Mutex<T>>,
    used_at: Instant,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T: Default> Memory<T> {
    /// What is known of a conversation; the default if nothing is.
    pub(super) fn of(&self, id: &str, now: Instant) -> Arc<tokio::sync::Mutex<T>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= CONVERSATIONS_MAX && !slots.contains_key(id) {
            forget(&mut slots);
        }
        let slot = slots
            .entry(id.to_owned())
            .or_insert_with(|| Slot { known: Arc::default(), used_at: now });
        slot.used_at = now;
        Arc::clone(&slot.known)
    }

    /// Puts down what is known of a new conversation.
    pub(super) fn put(&self, id: &str, known: T, now: Instant) -> Arc<tokio::sync::Mutex<T>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= CONVERSATIONS_MAX {
            forget(&mut slots);
        }
        let known = Arc::new(tokio::sync::Mutex::new(known));
        slots.insert(id.to_owned(), Slot { known: Arc::clone(&known), used_at: now });
        known
    }
}

/// Forgets those that were used longest ago, but none that is in use.
fn forget<T>(slots: &mut HashMap<String, Slot<T>>) {
    let mut times: Vec<_> = slots.values().map(|slot| slot.used_at).collect();
    times.sort_unstable();
    let Some(before) = times.get(FORGOTTEN_AT_ONCE.min(times.len().saturating_sub(1))).copied()
    else {
        return;
    };
    slots.retain(|_, slot| slot.used_at > before || Arc::strong_count(&slot.known) > 1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn the_oldest_are_forgotten_but_none_in_use() {
        let memory = Memory::<u8>::default();
        let start = Instant::now();
        let held = memory.put("0", 7, start);
        for n in 1..=CONVERSATIONS_MAX {
            memory.of(&n.to_string(), start + Duration::from_millis(n as u64));
        }
        let count = memory.0.lock().unwrap().len();
        assert!(count <= CONVERSATIONS_MAX && count > CONVERSATIONS_MAX / 2, "{count}");
        assert_eq!(*memory.of("0", start).lock().await, 7);
        drop(held);
    }
}
