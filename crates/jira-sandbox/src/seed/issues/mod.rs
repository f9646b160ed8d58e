//! The issues of the main site, and what happened to them.

pub(crate) mod activity;
pub(crate) mod add_issues;
pub(crate) mod draft;
pub(crate) mod history;
pub(crate) mod project_fields;
pub(crate) mod words;
