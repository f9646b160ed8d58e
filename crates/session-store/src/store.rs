//! Records as their owner sees them: sealed on the way to the backend, opened on the way back.

use std::{fmt, sync::Arc};

use keyring::{KeyRing, Purpose};
use zeroize::Zeroizing;

use super::{
    backend::{Backend, Expected, Version},
    error::StoreError,
    key::RecordKey,
};

const RECORD: Purpose = Purpose::new("record");

/// A backend and the keys. A clone shares both.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    keys: KeyRing,
}

/// What a record holds.
pub struct Record {
    /// Its text; wiped on drop.
    pub plain: Zeroizing<Vec<u8>>,
    /// Which writing this is.
    pub version: Version,
    /// Whether the first key sealed it; if not, it is written anew when it is used.
    pub is_current_key: bool,
}

impl Store {
    /// Keeps records in `backend`, sealed under `keys`.
    pub fn new(backend: Arc<dyn Backend>, keys: KeyRing) -> Self {
        Self { backend, keys }
    }

    /// The record under a key; none when there is none or its time is over.
    pub async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Record>, StoreError> {
        let Some(sealed) = self.backend.get(key, now_ms).await? else { return Ok(None) };
        let version = sealed.first_chunk().copied().ok_or(StoreError::Unreadable)?;
        let opened = self
            .keys
            .open(RECORD, key.as_str().as_bytes(), &sealed)
            .ok_or(StoreError::Unreadable)?;
        Ok(Some(Record { plain: opened.plain, version, is_current_key: opened.is_current }))
    }

    /// Writes a record; none when what is there is not what was expected.
    pub async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        plain: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<Option<Version>, StoreError> {
        let sealed = self
            .keys
            .seal(RECORD, key.as_str().as_bytes(), plain)
            .map_err(|_| StoreError::Unavailable)?;
        let version = sealed.first_chunk().copied().ok_or(StoreError::Unavailable)?;
        let is_written = self.backend.put(key, expected, &sealed, expires_at_ms, now_ms).await?;
        Ok(is_written.then_some(version))
    }

    /// Removes a record, or only this version of it; whether something was removed.
    pub async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.backend.remove(key, version, now_ms).await
    }

    /// Adds one to a count; see [`Backend::increment`].
    pub async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.backend.increment(key, expires_at_ms, now_ms).await
    }

    /// Forgets what has ended.
    pub async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.backend.sweep(now_ms).await
    }

    /// Whether other processes see the same records.
    pub fn is_shared(&self) -> bool {
        self.backend.is_shared()
    }

    /// Whether the backend answers now; for readiness.
    pub async fn is_reachable(&self) -> bool {
        self.backend.is_reachable().await
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
