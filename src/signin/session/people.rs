//! Which sessions a person has: the list behind the status page, the cap, and the sign-out.

use keyring::{KeyRing, Purpose};
use serde::{Deserialize, Serialize};
use session_store::{Expected, RecordKey, Store, StoreError};
use zeroize::Zeroizing;

use super::{
    super::{clock::Clock, person::Person},
    id::SessionId,
};

const PERSON: Purpose = Purpose::new("person");

/// Two writers of one person's list meet seldom, and more than a few times in a row never.
const TRIES: usize = 32;

/// The lists, one record a person, under a keyed hash of their account's id.
#[derive(Clone, Debug)]
pub(in super::super) struct People {
    store: Store,
    keys: KeyRing,
    clock: Clock,
    /// How long a list is kept after its last change: as long as the oldest session may live.
    kept_ms: u64,
}

/// What is known of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Known {
    /// Their sessions, the oldest first.
    sessions: Vec<[u8; 16]>,
    /// Signs of a sign-in in a browser that are older are worth nothing.
    pub(in super::super) signed_out_at_ms: u64,
}

impl Known {
    pub(in super::super) fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.sessions.iter().map(|id| SessionId(*id))
    }
}

impl People {
    pub(in super::super) fn new(store: Store, keys: KeyRing, clock: Clock, kept_ms: u64) -> Self {
        Self { store, keys, clock, kept_ms }
    }

    /// The record names of a person: under the current key, then under those before it.
    fn names(&self, person: &Person) -> Vec<RecordKey> {
        let id = person.id();
        let macs = self.keys.macs(PERSON, &id);
        macs.map(|mac| RecordKey::new("person", mac.first_chunk::<16>().unwrap_or(&[0; 16])))
            .collect()
    }

    /// What is known of a person under any key; what older keys name is older.
    pub(in super::super) async fn known(&self, person: &Person) -> Result<Known, StoreError> {
        let mut all = Known::default();
        for name in self.names(person).iter().rev() {
            if let Some(found) = self.store.get(name, self.clock.now_ms()).await? {
                let known = read(&found.plain)?;
                // Listed anew under the current key, a session is on the older list as well.
                let new = known.sessions.into_iter().filter(|id| !all.sessions.contains(id));
                let new: Vec<_> = new.collect();
                all.sessions.extend(new);
                all.signed_out_at_ms = all.signed_out_at_ms.max(known.signed_out_at_ms);
            }
        }
        Ok(all)
    }

    /// Adds a session.
    pub(in super::super) async fn add(
        &self,
        person: &Person,
        id: SessionId,
    ) -> Result<(), StoreError> {
        let names = self.names(person);
        let name = names.first().ok_or(StoreError::Unavailable)?;
        let mut add = |known: &mut Known| {
            known.sessions.retain(|session| *session != id.0);
            known.sessions.push(id.0);
        };
        match self.change_record(name, &mut add).await {
            Err(StoreError::Unreadable) => {
                // Nobody could sign in again for as long as it is there.
                tracing::error!("a person's list of sessions cannot be read; it begins anew");
                self.store.remove(name, None, self.clock.now_ms()).await?;
                self.change_record(name, &mut add).await
            }
            outcome => outcome,
        }
    }

    /// Takes sessions off.
    pub(super) async fn remove(
        &self,
        person: &Person,
        ids: &[SessionId],
    ) -> Result<(), StoreError> {
        self.change_all(person, |known| {
            known.sessions.retain(|session| !ids.contains(&SessionId(*session)));
        })
        .await
    }

    /// Takes all sessions off, for the caller to end, and makes the person's browsers forget.
    pub(in super::super) async fn sign_out(&self, person: &Person) -> Result<Known, StoreError> {
        let mut taken = Known::default();
        let now_ms = self.clock.now_ms();
        // Both in one step: a session that comes later finds that the person has signed out.
        self.change_all(person, |left| {
            taken.sessions.append(&mut left.sessions);
            left.signed_out_at_ms = now_ms;
        })
        .await?;
        Ok(taken)
    }

    async fn change_all(
        &self,
        person: &Person,
        mut change: impl FnMut(&mut Known),
    ) -> Result<(), StoreError> {
        for name in self.names(person) {
            self.change_record(&name, &mut change).await?;
        }
        Ok(())
    }

    async fn change_record(
        &self,
        name: &RecordKey,
        change: &mut impl FnMut(&mut Known),
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let now_ms = self.clock.now_ms();
            let found = self.store.get(name, now_ms).await?;
            let before = match &found {
                Some(record) => read(&record.plain)?,
                None => Known::default(),
            };
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(());
            }
            let expected =
                found.map_or(Expected::Absent, |record| Expected::Version(record.version));
            let plain =
                Zeroizing::new(serde_json::to_vec(&after).map_err(|_| StoreError::Unavailable)?);
            let expires_at_ms = now_ms.saturating_add(self.kept_ms);
            if self.store.put(name, expected, &plain, expires_at_ms, now_ms).await?.is_some() {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable)
    }
}

fn read(plain: &[u8]) -> Result<Known, StoreError> {
    serde_json::from_slice(plain).map_err(|_| StoreError::Unreadable)
}
