//! Whom one tool call has found, so that a name which it meets again is not looked up again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::wire::User;

/// People by the name that was looked for and by where it was looked for.
#[derive(Debug, Default)]
pub(super) struct FoundPeople(Mutex<HashMap<(String, String), User<'static>>>);

impl FoundPeople {
    /// Whoever was found under this name among these people.
    pub(super) fn get(&self, name: String, scope: String) -> Option<User<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(name, scope)).cloned()
    }

    /// Remembers whom a name led to among these people.
    pub(super) fn insert(&self, name: String, scope: String, user: &User<'static>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert((name, scope), user.clone());
    }
}
