//! What every place for records can do.

use async_trait::async_trait;
use keyring::NONCE_BYTES;

use super::{error::StoreError, key::RecordKey};

/// One writing of a record: the nonce that its sealed bytes begin with.
pub type Version = [u8; NONCE_BYTES];

/// What must be there for a writing to take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing, or what has ended.
    Absent,
    /// This version.
    Version(Version),
}

/// Keeps sealed bytes until a time. Times are milliseconds since 1970 on the clock of the caller.
///
/// Reading and writing are atomic: of two writers that expect the same, one wins. A key holds a
/// record or a count; what asks for the other gets [`StoreError::Unreadable`]. A call that is
/// dropped, or ends as [`StoreError::Unavailable`], may have been executed all the same.
#[async_trait]
pub trait Backend: Send + Sync {
    /// The bytes under a key, unless there are none or their time is over.
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes if what is there is what was expected; `false` if it is not. When it returns `true`
    /// the record survives the end of the process, where the backend keeps anything longer than
    /// that.
    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError>;

    /// Removes what is there, or only this version of it; whether something was removed. Without a
    /// version it also removes what cannot be read. What was removed stays so, as with `put`.
    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError>;

    /// Adds one to a count that begins at 0 and is forgotten at `expires_at_ms`, which its first
    /// increment sets. Returns the count.
    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError>;

    /// Forgets what has ended, where the backend does not do so by itself.
    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError>;

    /// Whether other processes see the same records.
    fn is_shared(&self) -> bool;

    /// Whether the backend answers now; for readiness.
    async fn is_reachable(&self) -> bool {
        true
    }
}
