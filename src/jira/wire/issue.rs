//! Issues, their comments, transitions, links, history and worklogs.

use json_borrow::{Raw, has_at_most, or_default, readable, required};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

use super::{FieldMeta, Fields, Lenient, List, Person, RichText, Text};

/// `POST /search/jql`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage<'a> {
    /// One page of issues; it may be short or even empty before the end.
    #[serde(borrow, default)]
    pub issues: List<Issue<'a>>,
    /// Absent on the last page.
    #[serde(borrow, default)]
    pub next_page_token: Option<Text<'a>>,
    /// Display names by field id, with `expand=names`.
    #[serde(borrow, default)]
    pub names: Option<Raw<'a>>,
}

/// `POST /search/approximate-count`.
#[derive(Debug, Deserialize)]
pub struct CountAnswer {
    /// About how many issues match.
    pub count: u64,
}

/// One issue, with the fields that were asked for.
#[derive(Debug, Deserialize)]
pub struct Issue<'a> {
    /// The issue's number, which stays when the key changes.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// The issue's key.
    #[serde(borrow, default)]
    pub key: Text<'a>,
    /// Its fields.
    #[serde(borrow, default)]
    pub fields: Fields<'a>,
    /// Display names by field id, with `expand=names`.
    #[serde(borrow, default)]
    pub names: Option<Raw<'a>>,
    /// The entity properties that were asked for, by key.
    #[serde(default, deserialize_with = "few")]
    pub properties: BTreeMap<String, Value>,
}

/// Values of JSON that properties may have: ours has three, and others are not asked for.
const PROPERTY_VALUES_MAX: usize = 1_000;

fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    let raw = Raw::deserialize(deserializer)?;
    let is_small = has_at_most(raw.get(), PROPERTY_VALUES_MAX);
    Ok(is_small.then(|| raw.read().ok()).flatten().unwrap_or_default())
}

/// `POST /issue`.
#[derive(Debug, Deserialize)]
pub struct Created {
    /// The new issue's key.
    #[serde(deserialize_with = "required")]
    pub key: String,
}

/// One entry of `fields.issuelinks`: exactly one side is present, the other is the issue itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueLink<'a> {
    /// The link's own id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// The link's kind.
    #[serde(borrow, rename = "type")]
    pub kind: LinkType<'a>,
    /// The issue this one points to.
    #[serde(borrow, default)]
    pub outward_issue: Lenient<LinkedIssue<'a>>,
    /// The issue that points to this one.
    #[serde(borrow, default)]
    pub inward_issue: Lenient<LinkedIssue<'a>>,
}

impl IssueLink<'_> {
    /// Whether it has an end that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.outward_issue.is_unreadable() || self.inward_issue.is_unreadable()
    }
}

/// A kind of link with its two phrases.
#[derive(Debug, Deserialize)]
pub struct LinkType<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// "Blocks"
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// "is blocked by"
    #[serde(borrow, default)]
    pub inward: Text<'a>,
    /// "blocks"
    #[serde(borrow, default)]
    pub outward: Text<'a>,
}

/// The other end of a link, or a parent or subtask.
#[derive(Debug, Deserialize)]
pub struct LinkedIssue<'a> {
    /// Its key.
    #[serde(borrow, default)]
    pub key: Text<'a>,
    /// Summary, status and type.
    #[serde(borrow, default)]
    pub fields: Fields<'a>,
}

/// `GET /issue/{key}/remotelink`, one entry.
#[derive(Debug, Deserialize)]
pub struct RemoteLink<'a> {
    /// The link's own id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: u64,
    /// What it points to.
    #[serde(borrow)]
    pub object: RemoteObject<'a>,
}

/// The page a remote link points to.
#[derive(Debug, Deserialize)]
pub struct RemoteObject<'a> {
    /// Its address.
    #[serde(borrow, default)]
    pub url: Text<'a>,
    /// Its title.
    #[serde(borrow, default)]
    pub title: Text<'a>,
}

/// `GET /issue/{key}/transitions`.
#[derive(Debug, Deserialize)]
pub struct TransitionPage<'a> {
    /// What this user may do from here.
    #[serde(borrow, default)]
    pub transitions: List<Transition<'a>>,
}

/// One way out of the current status.
#[derive(Debug, Deserialize)]
pub struct Transition<'a> {
    /// What a transition request names.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// Its name, which need not be unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// The status it leads to.
    #[serde(borrow)]
    pub to: super::Thing<'a>,
    /// The fields of its screen by id; none where it has no screen.
    #[serde(default, deserialize_with = "readable")]
    pub fields: BTreeMap<String, FieldMeta>,
}

/// `GET /issue/{key}/changelog`.
#[derive(Debug, Deserialize)]
pub struct Changelog<'a> {
    /// The page, oldest first.
    #[serde(borrow, default)]
    pub values: List<History<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// One edit.
#[derive(Debug, Deserialize)]
pub struct History<'a> {
    /// Who.
    #[serde(borrow, default)]
    pub author: Lenient<Person<'a>>,
    /// When.
    #[serde(borrow, default)]
    pub created: Text<'a>,
    /// What.
    #[serde(borrow, default)]
    pub items: List<Change<'a>>,
}

/// One field of an edit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change<'a> {
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
