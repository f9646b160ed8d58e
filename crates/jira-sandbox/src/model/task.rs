//! A bulk operation that Jira works off in the background.

use std::collections::BTreeMap;

use super::person::Who;

/// The work itself is done when the task is submitted; only the report of it takes its time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: u64,
    pub(crate) by: Who,
    pub(crate) created: i64,
    /// How often somebody asked how far it is.
    pub(crate) polls: u32,
    pub(crate) processed: Vec<u64>,
    /// Texts by issue id.
    pub(crate) failed: BTreeMap<u64, Vec<String>>,
}
