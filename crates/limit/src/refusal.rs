//! Why a call is not admitted.

use std::time::Duration;

/// Why a call was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The key has as many calls in flight as it may.
    #[error("too many calls at the same time")]
    Concurrency,
    /// The key has made its calls of this minute.
    #[error("too many calls a minute")]
    Rate {
        /// When the next call is admitted if no other comes before.
        retry_after: Duration,
    },
    /// Every remembered key has calls in flight.
    #[error("too many callers at the same time")]
    Full,
}
