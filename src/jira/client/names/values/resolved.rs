//! A value that was looked up.

use serde_json::Value;

/// A value with the words in which people see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resolved {
    /// What Jira is told.
    pub(super) json: Value,
    /// The words in which people see it.
    pub(super) shown: Value,
    /// The key or id of an issue that the value names.
    pub(super) issue: Option<String>,
}

impl Resolved {
    pub(super) fn new(json: Value, shown: impl Into<Value>) -> Self {
        Self { json, shown: shown.into(), issue: None }
    }
}
