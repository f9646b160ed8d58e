//! What a key holds, and whether that is what a writer expects.

use super::{
    backend::{Expected, Version},
    error::StoreError,
};

/// What is kept under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Sealed bytes.
    Record(Vec<u8>),
    /// How often it was incremented.
    Count(u64),
}

impl Held {
    /// The sealed bytes; a count is no record.
    pub(crate) fn record(&self) -> Result<&[u8], StoreError> {
        match self {
            Self::Record(sealed) => Ok(sealed),
            Self::Count(_) => Err(StoreError::Unreadable),
        }
    }

    /// The count; a record is no count.
    pub(crate) fn count(&self) -> Result<u64, StoreError> {
        match self {
            Self::Count(count) => Ok(*count),
            Self::Record(_) => Err(StoreError::Unreadable),
        }
    }

    /// Whether this writing of a record is held.
    pub(crate) fn is(&self, version: &Version) -> bool {
        matches!(self, Self::Record(sealed) if sealed.starts_with(version))
    }
}

/// Whether what was found, if anything, is what a writer expects.
pub(crate) fn is_expected(found: Option<&Held>, expected: &Expected) -> bool {
    match (found, expected) {
        (None, Expected::Absent) => true,
        (Some(found), Expected::Version(version)) => found.is(version),
        _ => false,
    }
}

/// Whether what was found may be removed: anything, or only this version.
pub(crate) fn is_removable(found: &Held, version: Option<&Version>) -> bool {
    version.is_none_or(|version| found.is(version))
}
