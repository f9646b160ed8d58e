//! The id of a session: the half of its tokens that says which record to read.

use std::fmt;

use keyring::{KeyRing, Purpose};
use serde::{Deserialize, Serialize};
use session_store::RecordKey;

use super::super::person::Person;

const SHARED: Purpose = Purpose::new("shared session");

/// 128 random bits, or a keyed hash of a person. Who knows an id has no token: those are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in super::super) struct SessionId(pub(in super::super) [u8; 16]);

impl SessionId {
    pub(in super::super) fn random() -> Result<Self, getrandom::Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        Ok(Self(id))
    }

    /// Where the session of a person is that no program of theirs began: under the current key,
    /// then under those before it.
    pub(in super::super) fn shared(keys: &KeyRing, person: &Person) -> Vec<Self> {
        let person = person.id();
        let macs = keys.macs(SHARED, &person);
        macs.filter_map(|mac| mac.first_chunk().copied().map(Self)).collect()
    }

    pub(super) fn key(self) -> RecordKey {
        RecordKey::new("session", &self.0)
    }

    /// The record whose presence says that somebody renews a grant of this session.
    pub(super) fn renewal_key(self) -> RecordKey {
        RecordKey::new("renewal", &self.0)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(***)")
    }
}
