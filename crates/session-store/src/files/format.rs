//! What a file holds: its form, its end, its bytes, and a hash that tells a whole file.

use crate::{error::StoreError, held::Held};

/// A file that does not begin so is not ours, or of a form that this program does not know.
const MAGIC: &[u8; 4] = b"jmb1";
const RECORD: u8 = b'r';
const COUNT: u8 = b'c';

/// Beyond any record: what is larger is not ours, and is not read into memory.
pub(super) const FILE_BYTES_MAX: u64 = 16 << 20;

/// What a file said.
pub(super) struct Entry {
    pub(super) held: Held,
    pub(super) expires_at_ms: u64,
}

/// The bytes of a file of this name: magic, kind, end (8 bytes, big-endian), what is held, and the
/// BLAKE3 hash of the name and all before.
pub(super) fn encode(name: &str, entry: &Entry) -> Vec<u8> {
    let (kind, count);
    let held = match &entry.held {
        Held::Record(sealed) => {
            kind = RECORD;
            sealed.as_slice()
        }
        Held::Count(number) => {
            kind = COUNT;
            count = number.to_be_bytes();
            count.as_slice()
        }
    };
    let mut file = Vec::with_capacity(MAGIC.len() + 9 + held.len() + blake3::OUT_LEN);
    file.extend_from_slice(MAGIC);
    file.push(kind);
    file.extend_from_slice(&entry.expires_at_ms.to_be_bytes());
    file.extend_from_slice(held);
    let hash = hash(name, &file);
    file.extend_from_slice(hash.as_bytes());
    file
}

/// Reads a file of this name; anything but what [`encode`] made of it is unreadable.
pub(super) fn decode(name: &str, file: &[u8]) -> Result<Entry, StoreError> {
    read(name, file).ok_or(StoreError::Unreadable)
}

fn read(name: &str, file: &[u8]) -> Option<Entry> {
    let (text, hash_read) = file.split_last_chunk::<{ blake3::OUT_LEN }>()?;
    if hash(name, text) != *hash_read {
        return None;
    }
    let text = text.strip_prefix(MAGIC)?;
    let (kind, text) = text.split_first()?;
    let (end, text) = text.split_first_chunk()?;
    let held = match *kind {
        RECORD => Held::Record(text.to_vec()),
        COUNT => Held::Count(u64::from_be_bytes(text.try_into().ok()?)),
        _ => return None,
    };
    Some(Entry { held, expires_at_ms: u64::from_be_bytes(*end) })
}

fn hash(name: &str, text: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(text);
    hasher.finalize()
}
