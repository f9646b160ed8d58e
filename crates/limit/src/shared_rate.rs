//! Calls a minute of one key at all processes together.

use std::{fmt, future::Future, pin::Pin};

use super::refusal::Refusal;

/// The count of one call that goes on.
pub type Counting<'a> = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>>;

/// Counts calls where all processes see it.
pub trait SharedRate<K>: fmt::Debug + Send + Sync {
    /// Counts one call of `key`, which this process admits, or refuses it because all processes
    /// together have admitted as many as they may.
    ///
    /// Where the count does not answer, the call is admitted soon: the limits of each process still
    /// hold.
    fn admit<'a>(&'a self, key: &'a K) -> Counting<'a>;
}
