//! A customer's request, and its parts: clocks, approvals, people.

use json_borrow::{Lenient, List, OwnedRaw, or_default, required};
use serde::Deserialize;

use super::service_desk::{RequestType, ServiceDesk};

/// A customer's request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRequest {
    /// The key of its issue.
    #[serde(deserialize_with = "required")]
    pub issue_key: String,
    /// Its summary; older answers have it among the values only.
    #[serde(default, deserialize_with = "or_default")]
    pub summary: String,
    /// What was asked for.
    #[serde(default)]
    pub request_type: Lenient<RequestType>,
    /// Where.
    #[serde(default)]
    pub service_desk: Lenient<ServiceDesk>,
    /// When.
    #[serde(default)]
    pub created_date: Lenient<DeskDate>,
    /// By whom.
    #[serde(default)]
    pub reporter: Lenient<DeskUser>,
    /// How far it is.
    #[serde(default)]
    pub current_status: Lenient<DeskStatus>,
    /// What was filled in.
    #[serde(default)]
    pub request_field_values: List<FilledField>,
}

/// One filled field of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilledField {
    /// Its id.
    #[serde(default, deserialize_with = "or_default")]
    pub field_id: String,
    /// What the form calls it.
    #[serde(default, deserialize_with = "or_default")]
    pub label: String,
    /// The value, in whatever shape.
    #[serde(default)]
    pub value: OwnedRaw,
}

/// Where a request is in its workflow, in the words that customers see.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskStatus {
    /// The status.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Since when.
    #[serde(default)]
    pub status_date: Lenient<DeskDate>,
}

/// A moment.
#[derive(Debug, Deserialize)]
pub struct DeskDate {
    /// `2026-11-20T10:00:00.000+0100`
    #[serde(default, deserialize_with = "or_default")]
    pub jira: String,
    /// `2026-11-20T10:00:00+0100`
    #[serde(default, deserialize_with = "or_default")]
    pub iso8601: String,
}

/// A length of time.
#[derive(Debug, Deserialize)]
pub struct DeskDuration {
    /// In words, such as `4h 30m`; negative when it is over.
    #[serde(default, deserialize_with = "or_default")]
    pub friendly: String,
}

/// A person; addresses are not read at all.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskUser {
    /// The only stable identity of a person.
    #[serde(default, deserialize_with = "or_default")]
    pub account_id: String,
    /// The name people know; not unique.
    #[serde(default, deserialize_with = "or_default")]
    pub display_name: String,
    /// False for people who have left.
    #[serde(default, deserialize_with = "or_default")]
    pub active: Option<bool>,
}

/// Something that somebody must agree to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its id.
    #[serde(deserialize_with = "required")]
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// `pending`, `approved` or `declined`.
    #[serde(default, deserialize_with = "or_default")]
    pub final_decision: String,
    /// Whether it waits for the user.
    #[serde(default, deserialize_with = "or_default")]
    pub can_answer_approval: Option<bool>,
    /// Who is asked.
    #[serde(default)]
    pub approvers: List<Approver>,
    /// Since when.
    #[serde(default)]
    pub created_date: Lenient<DeskDate>,
    /// When it was decided.
    #[serde(default)]
    pub completed_date: Lenient<DeskDate>,
}

/// Somebody who is asked, and what they said.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approver {
    /// Who.
    #[serde(default)]
    pub approver: Lenient<DeskUser>,
    /// `pending`, `approved` or `declined`.
    #[serde(default, deserialize_with = "or_default")]
    pub approver_decision: String,
}

/// A service level agreement of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sla {
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The times that were measured to their end.
    #[serde(default)]
    pub completed_cycles: List<SlaCycle>,
    /// The time that is being measured.
    #[serde(default)]
    pub ongoing_cycle: Lenient<SlaCycle>,
}

/// One time that is measured.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlaCycle {
    /// Whether it took longer than promised.
    #[serde(default, deserialize_with = "or_default")]
    pub breached: Option<bool>,
    /// Whether the clock stands still.
    #[serde(default, deserialize_with = "or_default")]
    pub paused: Option<bool>,
    /// When the promise is broken.
    #[serde(default)]
    pub breach_time: Lenient<DeskDate>,
    /// When it ended.
    #[serde(default)]
    pub stop_time: Lenient<DeskDate>,
    /// What was promised.
    #[serde(default)]
    pub goal_duration: Lenient<DeskDuration>,
    /// How long it took so far.
    #[serde(default)]
    pub elapsed_time: Lenient<DeskDuration>,
    /// What is left.
    #[serde(default)]
    pub remaining_time: Lenient<DeskDuration>,
}
