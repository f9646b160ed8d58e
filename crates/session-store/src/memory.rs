//! Records in the memory of one process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{
    backend::{Backend, Expected, Version},
    error::StoreError,
    key::RecordKey,
};

/// Ends with the process. Beyond `bytes_max` new records are refused, and nothing is lost.
#[derive(Debug)]
pub struct Memory {
    bytes_max: usize,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    bytes: usize,
    by_key: HashMap<RecordKey, Entry>,
}

#[derive(Debug)]
struct Entry {
    sealed: Vec<u8>,
    count: u64,
    expires_at_ms: u64,
}

/// What an entry takes beside its bytes: key, vector, place in the table.
const ENTRY_BYTES: usize = 200;

impl Memory {
    /// Keeps records of so many bytes together, what they are kept in included.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, records: Mutex::default() }
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
        self.bytes = self.bytes.saturating_sub(entry.sealed.len() + ENTRY_BYTES);
        Some(entry)
    }

    fn insert(&mut self, key: RecordKey, entry: Entry) {
        self.take(&key);
        self.bytes += entry.sealed.len() + ENTRY_BYTES;
        self.by_key.insert(key, entry);
    }

    fn sweep(&mut self, now_ms: u64) {
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

fn version(entry: &Entry) -> Option<Version> {
    entry.sealed.first_chunk().copied()
}

#[async_trait]
impl Backend for Memory {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records(|records| records.live(key, now_ms).map(|entry| entry.sealed.clone())))
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
            let found = records.live(key, now_ms).and_then(version);
            let is_expected = match expected {
                Expected::Absent => records.live(key, now_ms).is_none(),
                Expected::Version(expected) => found == Some(expected),
            };
            if !is_expected {
                return Ok(false);
            }
            let bytes = sealed.len() + ENTRY_BYTES;
            if records.bytes + bytes > self.bytes_max {
                records.sweep(now_ms);
            }
            // What replaces a record may always be written: to refuse it would lose a session.
            if records.bytes + bytes > self.bytes_max && matches!(expected, Expected::Absent) {
                return Err(StoreError::Unavailable);
            }
            records.insert(key.clone(), Entry { sealed: sealed.to_vec(), count: 0, expires_at_ms });
            Ok(true)
        })
    }

    async fn remove(
        &self,
        key: &RecordKey,
        expected: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.records(|records| {
            let found = records.live(key, now_ms).map(version);
            let is_expected = match (found, expected) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(found), Some(_)) => found == expected,
            };
            Ok(is_expected && records.take(key).is_some())
        })
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.records(|records| {
            if records.live(key, now_ms).is_none() {
                records.insert(key.clone(), Entry { sealed: Vec::new(), count: 0, expires_at_ms });
            }
            let entry = records.by_key.get_mut(key).ok_or(StoreError::Unavailable)?;
            entry.count += 1;
            Ok(entry.count)
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
