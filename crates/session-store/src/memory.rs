//! Records in the memory of one process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{
    backend::{Backend, Expected, Version},
    error::StoreError,
    held::{Held, is_expected, is_removable},
    key::RecordKey,
};

/// Ends with the process. Beyond `bytes_max` new records and counts are refused, and nothing is
/// lost.
#[derive(Debug)]
pub struct Memory {
    bytes_max: usize,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    bytes: usize,
    swept_at_ms: u64,
    by_key: HashMap<RecordKey, Entry>,
}

#[derive(Debug)]
struct Entry {
    held: Held,
    expires_at_ms: u64,
}

/// While there is no room, all entries are looked through no more often than this.
const SWEEP_INTERVAL_MS: u64 = 1000;

/// What an entry takes beside its bytes: key, vector, place in the table.
const ENTRY_BYTES: usize = 200;

impl Entry {
    fn bytes(&self) -> usize {
        ENTRY_BYTES + self.held.record().map_or(0, <[u8]>::len)
    }
}

impl Memory {
    /// Keeps records of so many bytes together, what they are kept in included.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, records: Mutex::default() }
    }

    /// What is kept takes so many bytes.
    pub fn bytes(&self) -> usize {
        self.records(|records| records.bytes)
    }

    /// The same, counted anew.
    #[cfg(test)]
    pub(crate) fn counted_bytes(&self) -> usize {
        self.records(|records| records.by_key.values().map(Entry::bytes).sum())
    }

    fn records<T>(&self, act: impl FnOnce(&mut Records) -> T) -> T {
        act(&mut self.records.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Records {
    fn live(&self, key: &RecordKey, now_ms: u64) -> Option<&Entry> {
        self.by_key.get(key).filter(|entry| entry.expires_at_ms > now_ms)
    }

    fn take(&mut self, key: &RecordKey) -> Option<Entry> {
        let entry = self.by_key.remove(key)?;
        self.bytes = self.bytes.saturating_sub(entry.bytes());
        Some(entry)
    }

    fn insert(&mut self, key: RecordKey, entry: Entry) {
        self.take(&key);
        self.bytes += entry.bytes();
        self.by_key.insert(key, entry);
    }

    /// Forgets what has ended if there is no room; whether there is room then.
    fn has_room(&mut self, bytes: usize, bytes_max: usize, now_ms: u64) -> bool {
        let is_due = self.swept_at_ms.abs_diff(now_ms) >= SWEEP_INTERVAL_MS;
        if self.bytes + bytes > bytes_max && is_due {
            self.sweep(now_ms);
        }
        self.bytes + bytes <= bytes_max
    }

    fn sweep(&mut self, now_ms: u64) {
        self.swept_at_ms = now_ms;
        let ended: Vec<RecordKey> = self
            .by_key
            .iter()
            .filter(|(_, entry)| entry.expires_at_ms <= now_ms)
            .map(|(key, _)| key.clone())
            .collect();
        for key in ended {
            self.take(&key);
        }
    }
}

#[async_trait]
impl Backend for Memory {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.records(|records| {
            let Some(entry) = records.live(key, now_ms) else { return Ok(None) };
            entry.held.record().map(|sealed| Some(sealed.to_vec()))
        })
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.records(|records| {
            let found = records.live(key, now_ms).map(|entry| &entry.held);
            if !is_expected(found, &expected) {
                return Ok(false);
            }
            let entry = Entry { held: Held::Record(sealed.to_vec()), expires_at_ms };
            // What replaces a record may always be written: to refuse it would lose a session.
            if !records.has_room(entry.bytes(), self.bytes_max, now_ms)
                && matches!(expected, Expected::Absent)
            {
                return Err(StoreError::Unavailable);
            }
            records.insert(key.clone(), entry);
            Ok(true)
        })
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.records(|records| {
            let Some(found) = records.live(key, now_ms) else { return Ok(false) };
            Ok(is_removable(&found.held, version.as_ref()) && records.take(key).is_some())
        })
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.records(|records| {
            let found = records.live(key, now_ms);
            let (before, expires_at_ms) = match found {
                Some(entry) => (entry.held.count()?, entry.expires_at_ms),
                None => (0, expires_at_ms),
            };
            let is_new = found.is_none();
            let entry = Entry { held: Held::Count(before + 1), expires_at_ms };
            if is_new && !records.has_room(entry.bytes(), self.bytes_max, now_ms) {
                return Err(StoreError::Unavailable);
            }
            records.insert(key.clone(), entry);
            Ok(before + 1)
        })
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.records(|records| records.sweep(now_ms));
        Ok(())
    }

    fn is_shared(&self) -> bool {
        false
    }
}
