//! The ids that several parts of the seed name.

/// Ids from here on belong to what is made later; the seed numbers its own things below.
pub(super) const FIRST_FREE_ID: u64 = 100_000;
