//! The history of an issue.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::people::Person;

/// `GET /issue/{key}/changelog`.
#[derive(Debug, Deserialize)]
pub struct ChangelogPage<'a> {
    /// The page, oldest first.
    #[serde(borrow, default)]
    pub values: List<ChangelogEntry<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// `POST /changelog/bulkfetch`: one page of the edits of several issues.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangelogsPage<'a> {
    /// By issue; one whose edits are on several pages is on each of them.
    #[serde(borrow, default)]
    pub issue_change_logs: List<IssueChanges<'a>>,
    /// Absent or null on the last page.
    #[serde(borrow, default)]
    pub next_page_token: Option<Text<'a>>,
}

/// Edits of one issue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueChanges<'a> {
    /// The issue's number.
    #[serde(borrow, default)]
    pub issue_id: Text<'a>,
    /// Its edits; here their times are milliseconds since 1970.
    #[serde(borrow, default)]
    pub change_histories: List<ChangelogEntry<'a>>,
}

/// One edit.
#[derive(Debug, Deserialize)]
pub struct ChangelogEntry<'a> {
    /// Who.
    #[serde(borrow, default)]
    pub author: Lenient<Person<'a>>,
    /// When.
    #[serde(borrow, default)]
    pub created: Text<'a>,
    /// What.
    #[serde(borrow, default)]
    pub items: List<ChangeDetails<'a>>,
}

/// One field of an edit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDetails<'a> {
    /// The field's name.
    #[serde(borrow, default)]
    pub field: Text<'a>,
    /// The field's id, where Jira knows it.
    #[serde(borrow, default)]
    pub field_id: Option<Text<'a>>,
    /// Before: an id, or several with commas between.
    #[serde(borrow, default)]
    pub from: Option<Text<'a>>,
    /// After.
    #[serde(borrow, default)]
    pub to: Option<Text<'a>>,
    /// Before, for people.
    #[serde(borrow, default)]
    pub from_string: Option<Text<'a>>,
    /// After, for people.
    #[serde(borrow, default)]
    pub to_string: Option<Text<'a>>,
}
