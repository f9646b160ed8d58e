//! New issues: what a create screen asks for, one issue, many, and those that were made already.

pub(super) mod create_fields;
pub(super) mod create_issue;
pub(super) mod create_issues;
pub(super) mod create_meta_cache;
pub(super) mod created;
pub(super) mod once;
pub(super) mod prepared;
pub(super) mod recent_creates;
