//! Projects and their versions.

pub(super) mod details;
pub(super) mod list;
pub(super) mod version;
