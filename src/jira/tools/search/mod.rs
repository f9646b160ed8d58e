//! Finding issues by JQL, counting them, and help with the query.

pub(super) mod advice;
pub(super) mod filters;
pub(super) mod find_fields;
pub(super) mod grouped;
pub(super) mod jql_fault;
pub(super) mod jql_help;
pub(super) mod jql_names;
pub(super) mod jql_search;
pub(super) mod near_projects;
pub(super) mod query;
