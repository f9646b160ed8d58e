//! What this program calls itself: to those it asks, and to people.

/// The `User-Agent` of every request that it makes.
pub const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// For people: the version, the commit that it was built from and the commit's day; `build.rs` says
/// how they are found.
pub const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commit ",
    env!("BRIDGE_BUILD_COMMIT"),
    ", ",
    env!("BRIDGE_BUILD_DATE"),
    ")"
);
