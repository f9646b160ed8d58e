//! Logged work.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::{people::Person, rich_text::RichText};

/// `GET /issue/{key}/worklog`.
#[derive(Debug, Deserialize)]
pub struct WorklogPage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub worklogs: List<Worklog<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// One piece of logged work.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Worklog<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// Who worked.
    #[serde(borrow, default)]
    pub author: Lenient<Person<'a>>,
    /// From when.
    #[serde(borrow, default)]
    pub started: Text<'a>,
    /// How long, such as `2h 30m`.
    #[serde(borrow, default)]
    pub time_spent: Text<'a>,
    /// How long, in seconds.
    #[serde(default, deserialize_with = "or_default")]
    pub time_spent_seconds: u64,
    /// What was done.
    #[serde(borrow, default)]
    pub comment: RichText<'a>,
}
