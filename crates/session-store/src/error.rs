//! Why a store gives no answer.

/// What went wrong. It holds nothing of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The backend is down, full, or too slow: whether there is a record is not known.
    #[error("the session store is not available")]
    Unavailable,
    /// There is a record, and no key of the ring opens it: it was sealed by a key that is gone, or
    /// it was changed.
    #[error("a record of the session store cannot be opened")]
    Unreadable,
}
