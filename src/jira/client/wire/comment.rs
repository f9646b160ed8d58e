//! Comments, who may see them, and who watches an issue.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::{
    people::{Person, User},
    rich_text::RichText,
};

/// `GET /issue/{key}/comment`.
#[derive(Debug, Deserialize)]
pub struct CommentPage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub comments: List<Comment<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// One comment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// The comment it answers, in a thread.
    #[serde(borrow, default)]
    pub parent_id: Option<Text<'a>>,
    /// Who wrote it.
    #[serde(borrow, default)]
    pub author: Lenient<Person<'a>>,
    /// Rich text.
    #[serde(borrow, default)]
    pub body: RichText<'a>,
    /// When.
    #[serde(borrow, default)]
    pub created: Text<'a>,
    /// When it was last changed.
    #[serde(borrow, default)]
    pub updated: Text<'a>,
    /// Who may see it, when not everybody.
    #[serde(borrow, default)]
    pub visibility: Lenient<Visibility<'a>>,
    /// False for internal comments of a service desk.
    #[serde(default)]
    pub jsd_public: Lenient<bool>,
}

/// `GET /issue/{key}/watchers`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watchers<'a> {
    /// Those whom this user may see.
    #[serde(borrow, default)]
    pub watchers: List<User<'a>>,
    /// How many there are.
    #[serde(default, deserialize_with = "or_default")]
    pub watch_count: u32,
}

/// Who may see a comment.
#[derive(Debug, Deserialize)]
pub struct Visibility<'a> {
    /// `role` or `group`.
    #[serde(borrow, default, rename = "type")]
    pub kind: Text<'a>,
    /// The group's id, which outlives its name.
    #[serde(borrow, default)]
    pub identifier: Option<Text<'a>>,
    /// The role's or group's name.
    #[serde(borrow, default)]
    pub value: Text<'a>,
}
