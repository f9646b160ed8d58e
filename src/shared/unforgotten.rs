//! Users who are to be forgotten in the store and are not yet, as far as is known. Nothing that the
//! store holds of them is believed.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use auth::PrincipalKey;

/// How many are told apart; beyond it nobody's answers are believed for a while.
const USERS_MAX: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Unforgotten(Mutex<Users>);

#[derive(Debug, Default)]
struct Users {
    each: HashMap<PrincipalKey, Pending>,
    /// Until then nobody's answers are believed.
    all_until_ms: u64,
    /// How many forgettings there were.
    begun: u64,
}

/// A forgetting of a user that has not come to its end. A later one takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    number: u64,
    /// When what is kept today has ended by itself.
    pub(super) until_ms: u64,
}

impl Unforgotten {
    /// From now on nothing of the user is believed.
    pub(super) fn begin(&self, owner: PrincipalKey, until_ms: u64, now_ms: u64) -> Pending {
        let mut users = self.users();
        users.begun += 1;
        let pending = Pending { number: users.begun, until_ms };
        if users.each.len() >= USERS_MAX && !users.each.contains_key(&owner) {
            users.each.retain(|_, pending| now_ms < pending.until_ms);
        }
        if users.each.len() >= USERS_MAX && !users.each.contains_key(&owner) {
            users.all_until_ms = users.all_until_ms.max(until_ms);
        } else {
            users.each.insert(owner, pending);
        }
        pending
    }

    /// The user was forgotten in the store, by this forgetting.
    pub(super) fn done(&self, owner: PrincipalKey, pending: Pending) {
        // Looked at and removed in one go: a later one may begin between.
        let mut users = self.users();
        if users.each.get(&owner) == Some(&pending) {
            users.each.remove(&owner);
        }
    }

    /// Whether this forgetting is still to be done, and by nobody else.
    pub(super) fn is_pending(&self, owner: PrincipalKey, pending: Pending) -> bool {
        self.users().each.get(&owner) == Some(&pending)
    }

    /// Whether what the store holds of the user may be believed.
    pub(super) fn is_believed(&self, owner: PrincipalKey, now_ms: u64) -> bool {
        let users = self.users();
        let of_owner = users.each.get(&owner).is_some_and(|pending| now_ms < pending.until_ms);
        !of_owner && now_ms >= users.all_until_ms
    }

    fn users(&self) -> std::sync::MutexGuard<'_, Users> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use auth::KeyedHasher;

    use super::*;

    #[test]
    fn a_forgetting_ends_itself_and_no_later_one() {
        let (unforgotten, hasher) = (Unforgotten::default(), KeyedHasher::of_key([1; 32]));
        let user = |number: usize| hasher.principal_key(b"test:", &number.to_le_bytes());
        let first = unforgotten.begin(user(0), 10, 0);
        let second = unforgotten.begin(user(0), 10, 0);
        unforgotten.done(user(0), first);
        assert!(!unforgotten.is_believed(user(0), 9));
        assert!(unforgotten.is_believed(user(0), 10), "its time is over");
        assert!(unforgotten.is_believed(user(1), 0));
        unforgotten.done(user(0), second);
        assert!(unforgotten.is_believed(user(0), 0));
        // More than can be told apart are all.
        for number in 0..=USERS_MAX {
            unforgotten.begin(user(number), 20, 11);
        }
        assert!(!unforgotten.is_believed(user(USERS_MAX + 1), 19));
        assert!(unforgotten.is_believed(user(USERS_MAX + 1), 20));
        unforgotten.begin(user(0), 40, 30);
        assert!(unforgotten.is_believed(user(USERS_MAX + 1), 30), "what ended made room");
    }
}
