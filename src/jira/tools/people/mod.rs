//! Who the caller is and what they may do, and finding others.

pub(super) mod find_users;
mod mentioned;
pub(super) mod mentions;
pub(super) mod permissions;
pub(super) mod whoami;
