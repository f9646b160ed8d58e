//! Who the caller is and what they may do, and finding others.

pub(super) mod find_users;
pub(super) mod permissions;
pub(super) mod whoami;
