//! Whether the keys of this process are those that the store's records were sealed with.

use super::{backend::Expected, error::StoreError, key::RecordKey, store::Store};

/// Longer than any record lives. It is set anew with each writing, and every key of a shared
/// backend has an end.
const LIFE_MS: u64 = 10 * 365 * 24 * 60 * 60 * 1000;

const TEXT: &[u8] = b"the keys are right";

/// Several replicas may start at once; each loses at most one race to each other writing.
const ATTEMPTS: usize = 8;

/// Why a process must not serve with its keys, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyCheckError {
    /// The store was begun with other keys.
    #[error(
        "the session store was sealed with a key that is not in SESSION_ENCRYPTION_KEY; give every \
         replica the same keys, and keep the old key behind the new one until all sessions that \
         it sealed have ended. If the old key is lost, begin with an empty store: all must sign \
         in again"
    )]
    WrongKeys,
    /// The store does not answer; ask again.
    #[error("the session store is not available, so its keys cannot be checked yet")]
    Unavailable,
}

impl Store {
    /// Opens the record that the first process wrote with its keys, or writes it. A process that
    /// cannot open it must not start: its sessions would be unreadable for the others, and theirs
    /// for it. If an older key of the ring opens it, the first key seals it anew.
    pub async fn check_keys(&self, now_ms: u64) -> Result<(), KeyCheckError> {
        let checked = self.checked(now_ms).await;
        match checked {
            Ok(()) => self.note_keys(true),
            Err(KeyCheckError::WrongKeys) => self.note_keys(false),
            // Nothing new is known.
            Err(KeyCheckError::Unavailable) => {}
        }
        checked
    }

    async fn checked(&self, now_ms: u64) -> Result<(), KeyCheckError> {
        let key = RecordKey::new("keycheck", b"");
        let ends_at_ms = now_ms.saturating_add(LIFE_MS);
        for _ in 0..ATTEMPTS {
            let found = self.read(&key, now_ms).await.map_err(|error| match error {
                StoreError::Unreadable => KeyCheckError::WrongKeys,
                StoreError::Unavailable => KeyCheckError::Unavailable,
            })?;
            let expected = match &found {
                Some(record) if record.is_current_key => return Ok(()),
                Some(record) => Expected::Version(record.version),
                None => Expected::Absent,
            };
            // Who loses the race reads what the winner wrote: it may be of other keys.
            let written = self.write(&key, expected, TEXT, ends_at_ms, now_ms).await;
            match written {
                Ok(Some(_)) => return Ok(()),
                Ok(None) => {}
                Err(StoreError::Unreadable) => return Err(KeyCheckError::WrongKeys),
                Err(StoreError::Unavailable) => return Err(KeyCheckError::Unavailable),
            }
        }
        Err(KeyCheckError::Unavailable)
    }
}
