//! Records as their owner sees them: sealed on the way to the backend, opened on the way back.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

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
    /// Whether the keys were found right, where nothing happens before.
    are_keys_right: Option<Arc<AtomicBool>>,
    watch: Option<Watch>,
}

/// Told of each failure.
type Watch = Arc<dyn Fn(StoreError) + Send + Sync>;

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
        Self { backend, keys, are_keys_right: None, watch: None }
    }

    /// Reads and writes nothing before [`Self::check_keys`] has found the keys right, which it asks
    /// for by itself: a store that was down when the process started must not be filled under other
    /// keys, nor its records taken for lost. Until then all ends as [`StoreError::Unavailable`].
    #[must_use]
    pub fn guarded(self) -> Self {
        Self { are_keys_right: Some(Arc::default()), ..self }
    }

    /// Tells `watch` of each request that fails; for counting.
    #[must_use]
    pub fn watched(self, watch: impl Fn(StoreError) + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)), ..self }
    }

    /// The record under a key; none when there is none or its time is over.
    pub async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Record>, StoreError> {
        self.told(async {
            self.keys_are_right(now_ms).await?;
            self.read(key, now_ms).await
        })
        .await
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
        self.told(async {
            self.keys_are_right(now_ms).await?;
            self.write(key, expected, plain, expires_at_ms, now_ms).await
        })
        .await
    }

    /// Removes a record, or only this version of it; whether something was removed.
    pub async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.told(async {
            self.keys_are_right(now_ms).await?;
            self.backend.remove(key, version, now_ms).await
        })
        .await
    }

    /// Adds one to a count; see [`Backend::increment`].
    pub async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.told(async {
            self.keys_are_right(now_ms).await?;
            self.backend.increment(key, expires_at_ms, now_ms).await
        })
        .await
    }

    /// Forgets what has ended.
    pub async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.told(self.backend.sweep(now_ms)).await
    }

    /// Whether other processes see the same records.
    pub fn is_shared(&self) -> bool {
        self.backend.is_shared()
    }

    /// Whether the backend answers now; for readiness.
    pub async fn is_reachable(&self) -> bool {
        self.backend.is_reachable().await
    }

    /// [`Self::get`] whatever is known of the keys.
    pub(crate) async fn read(
        &self,
        key: &RecordKey,
        now_ms: u64,
    ) -> Result<Option<Record>, StoreError> {
        let Some(sealed) = self.backend.get(key, now_ms).await? else { return Ok(None) };
        let version = sealed.first_chunk().copied().ok_or(StoreError::Unreadable)?;
        let opened = self
            .keys
            .open(RECORD, key.as_str().as_bytes(), &sealed)
            .ok_or(StoreError::Unreadable)?;
        Ok(Some(Record { plain: opened.plain, version, is_current_key: opened.is_current }))
    }

    /// [`Self::put`] whatever is known of the keys.
    pub(crate) async fn write(
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

    /// Whether the keys were found right, or wrong, just now.
    pub(crate) fn note_keys(&self, are_right: bool) {
        if let Some(known) = &self.are_keys_right {
            known.store(are_right, Ordering::Release);
        }
    }

    /// Whether a guarded store may be used now. Others always may.
    pub async fn ready(&self, now_ms: u64) -> Result<(), StoreError> {
        self.told(self.keys_are_right(now_ms)).await
    }

    async fn keys_are_right(&self, now_ms: u64) -> Result<(), StoreError> {
        match &self.are_keys_right {
            Some(known) if !known.load(Ordering::Acquire) => {
                self.check_keys(now_ms).await.map_err(|_| StoreError::Unavailable)
            }
            _ => Ok(()),
        }
    }

    async fn told<T>(
        &self,
        request: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let answer = request.await;
        if let (Err(error), Some(watch)) = (&answer, &self.watch) {
            watch(*error);
        }
        answer
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
