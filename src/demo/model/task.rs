//! A bulk operation that Jira works off in the background.

use std::collections::BTreeMap;

use super::Who;

/// The work itself is done when the task is submitted; only the report of it takes its time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Task {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) by: Who,
    pub(in crate::demo) created: i64,
    /// How often somebody asked how far it is.
    pub(in crate::demo) polls: u32,
    pub(in crate::demo) processed: Vec<u64>,
    /// Texts by issue id.
    pub(in crate::demo) failed: BTreeMap<u64, Vec<String>>,
}
