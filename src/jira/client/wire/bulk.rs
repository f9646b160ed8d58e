//! Many issues at once, and the tasks that work on them.

use std::collections::BTreeMap;

use json_borrow::{List, Text, or_default, required};
use serde::Deserialize;
use serde_json::Value;

use super::issue::{CreatedIssue, Issue};

/// `POST /issue/bulkfetch`.
#[derive(Debug, Deserialize)]
pub struct FetchedIssues<'a> {
    /// Those that exist and may be seen, by ascending id.
    #[serde(borrow, default)]
    pub issues: List<Issue<'a>>,
}

/// `POST /issue/bulk`.
#[derive(Debug, Deserialize)]
pub struct CreatedIssues {
    /// The new issues in the order in which they were given, without those that failed.
    #[serde(default)]
    pub issues: List<CreatedIssue>,
    /// Those that failed.
    #[serde(default)]
    pub errors: List<FailedElement>,
}

/// One element of a bulk request that failed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedElement {
    /// Its place in the request, from 0.
    #[serde(default, deserialize_with = "or_default")]
    pub failed_element_number: usize,
    /// Jira's `ErrorCollection`.
    #[serde(default)]
    element_errors: Value,
}

impl FailedElement {
    /// What was wrong, in one sentence.
    pub fn reason(&self) -> String {
        crate::jira::client::error_body::collected(&self.element_errors)
    }
}

/// `GET /bulk/issues/transition`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedTransitions<'a> {
    /// One entry for each workflow.
    #[serde(borrow, default)]
    pub available_transitions: List<WorkflowTransitions<'a>>,
}

/// What the issues of one workflow share.
#[derive(Debug, Deserialize)]
pub struct WorkflowTransitions<'a> {
    /// The keys of the issues.
    #[serde(borrow, default)]
    pub issues: Vec<Text<'a>>,
    /// The transitions that all of them have.
    #[serde(borrow, default)]
    pub transitions: List<SharedTransition<'a>>,
}

/// A transition without a screen.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SharedTransition<'a> {
    /// What a request names, a number.
    pub transition_id: u64,
    /// Its name.
    #[serde(borrow, default)]
    pub transition_name: Text<'a>,
    /// The status it leads to.
    #[serde(borrow, default)]
    pub to: TargetStatus<'a>,
}

/// Where a transition leads.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetStatus<'a> {
    /// The status' name.
    #[serde(borrow, default)]
    pub status_name: Text<'a>,
}

/// The answer to every bulk request that is worked off later.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submitted<'a> {
    /// The task.
    #[serde(borrow, deserialize_with = "required")]
    pub task_id: Text<'a>,
}

/// `GET /bulk/queue/{id}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task<'a> {
    /// `ENQUEUED`, `RUNNING`, `COMPLETE`, `FAILED`, `CANCEL_REQUESTED`, `CANCELLED` or `DEAD`.
    #[serde(borrow, default)]
    pub status: Text<'a>,
    /// 0 to 100.
    #[serde(default, deserialize_with = "or_default")]
    pub progress_percent: Option<u32>,
    /// How many issues it is about.
    #[serde(default, deserialize_with = "or_default")]
    pub total_issue_count: Option<u32>,
    /// The ids of the issues that were changed.
    #[serde(default)]
    pub processed_accessible_issues: Vec<Value>,
    /// What went wrong with the others, by id.
    #[serde(default)]
    pub failed_accessible_issues: BTreeMap<String, Value>,
    /// Issues that do not exist or may not be seen.
    #[serde(default, deserialize_with = "or_default")]
    pub invalid_or_inaccessible_issue_count: Option<u32>,
}

impl Task<'_> {
    /// Whether nothing more will happen.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_ref(), "COMPLETE" | "FAILED" | "CANCELLED" | "DEAD")
    }
}
