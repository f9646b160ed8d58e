//! The agile API: boards, sprints, backlogs, which want granular scopes.

pub(crate) mod backlog;
pub(crate) mod boards;
pub(crate) mod scheduling;
pub(crate) mod sprints;
