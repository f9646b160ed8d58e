//! Seals what leaves the process: the first key of a ring seals, every key of it opens.

mod keys;
mod seal;

pub use keys::{KeyRing, KeyRingError};
pub use seal::{NONCE_BYTES, Opened, Purpose, SealError};

#[cfg(test)]
mod tests;
