//! What this program calls itself, to those it asks.

/// The `User-Agent` of every request that it makes.
pub const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
