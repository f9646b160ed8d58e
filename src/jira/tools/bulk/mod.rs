//! Many issues at once, as tasks that Jira works off.

pub(super) mod bulk_edit;
pub(super) mod bulk_job;
pub(super) mod bulk_targets;
pub(super) mod bulk_transition;
pub(super) mod task;
