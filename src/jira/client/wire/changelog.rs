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
    /// Before, for people.
    #[serde(borrow, default)]
    pub from_string: Option<Text<'a>>,
    /// After, for people.
    #[serde(borrow, default)]
    pub to_string: Option<Text<'a>>,
}
