//! One bulk operation, whatever it changes.

use serde_json::Value;
use tool_kit::Row;

use crate::jira::{AllowedIssue, request::BulkChange};

/// One bulk operation, ready to be agreed to.
pub(in crate::jira::tools) struct Job {
    /// The issues that it changes.
    pub(in crate::jira::tools) keys: Vec<AllowedIssue>,
    /// What Jira is told.
    pub(in crate::jira::tools) bulk: BulkChange,
    /// The same in the caller's words.
    pub(in crate::jira::tools) change: Value,
    /// Issues that it leaves out, and why.
    pub(in crate::jira::tools) skipped: Vec<Row>,
}
