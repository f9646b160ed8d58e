//! One issue: reading, changing, moving and deleting it.

pub(super) mod changelog;
pub(super) mod delete;
pub(super) mod description;
pub(super) mod edit;
pub(super) mod move_issue;
pub(super) mod read;
pub(super) mod read_many;
pub(super) mod sections;
pub(super) mod transitions;
pub(super) mod update;
pub(super) mod watch;
