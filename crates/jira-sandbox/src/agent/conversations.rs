//! All conversations of the agent.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::clock::DAY_MS;

use super::{
    conversation::{AgentProtocol, Conversation},
    ids,
};

/// A conversation that nobody uses is forgotten; how long that takes is written nowhere, and was
/// seen to be 15 to 20 days.
const KEPT_MS: i64 = 15 * DAY_MS;

/// By their ids, behind one lock; no method waits while it holds it.
#[derive(Default)]
pub(super) struct Conversations(Mutex<HashMap<String, Conversation>>);

impl Conversations {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Conversation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new one, for which nothing is sent to the agent yet; its id.
    pub(super) fn add(&self, protocol: AgentProtocol, user: Option<String>, now: i64) -> String {
        let id = match protocol {
            AgentProtocol::DirectLine => ids::conversation(),
            AgentProtocol::DirectToEngine => ids::guid(),
        };
        let conversation = Conversation::new(id.clone(), protocol, user, now);
        self.all().insert(id.clone(), conversation);
        id
    }

    /// Reads or changes one; `None` if there is none of this id any more.
    pub(super) fn with<T>(
        &self,
        id: &str,
        now: i64,
        work: impl FnOnce(&mut Conversation) -> T,
    ) -> Option<T> {
        let mut all = self.all();
        if all.get(id).is_some_and(|known| now.saturating_sub(known.used_ms()) >= KEPT_MS) {
            all.remove(id);
        }
        all.get_mut(id).map(work)
    }

    /// Forgets one; false if there is none.
    pub(super) fn forget(&self, id: &str) -> bool {
        self.all().remove(id).is_some()
    }

    /// What is made of each one, in no order.
    pub(super) fn map<T>(&self, mut each: impl FnMut(&str, &Conversation) -> T) -> Vec<T> {
        self.all().iter().map(|(id, conversation)| each(id, conversation)).collect()
    }
}
