//! The names of records.

use std::fmt;

/// A record's name: a kind and an id, both of letters, digits, `-` and `_`. It is bound to what is
/// sealed, so that one record cannot stand in for another.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RecordKey(String);

impl RecordKey {
    /// A record of this kind; the id is written in hex, so that any bytes will do.
    pub fn new(kind: &'static str, id: &[u8]) -> Self {
        let mut name = String::with_capacity(kind.len() + 1 + id.len() * 2);
        name.push_str(kind);
        name.push(':');
        for byte in id {
            name.extend(
                [byte >> 4, byte & 15]
                    .map(|half| char::from_digit(u32::from(half), 16).unwrap_or('0')),
            );
        }
        Self(name)
    }

    /// `kind:id`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind alone.
    pub(crate) fn kind(&self) -> &str {
        self.0.split_once(':').map_or("", |(kind, _)| kind)
    }

    /// A name for outside the process, 64 hex digits: whoever reads the names of records learns no
    /// id from them.
    pub(crate) fn hashed(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("jira-mcp-bridge name of a record 2026");
        hasher.update(self.0.as_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

impl fmt::Debug for RecordKey {
    /// The kind alone: an id is the half of a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKey({})", self.kind())
    }
}
