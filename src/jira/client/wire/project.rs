//! One project, its statuses, components and versions, and the fields of the site.

use json_borrow::{Lenient, List, Raw, Text, or_default, required};
use serde::Deserialize;

use super::{
    jql::texts,
    meta::{FieldSchema, IssueType},
    people::Person,
};

/// `GET /project/{key}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectDetail<'a> {
    /// Its present key, which may differ from the one that was asked for.
    #[serde(borrow, deserialize_with = "required")]
    pub key: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `software`, `service_desk` or `business`.
    #[serde(borrow, default)]
    pub project_type_key: Text<'a>,
    /// Whether it is team-managed, with fields and types of its own.
    #[serde(default, deserialize_with = "or_default")]
    pub simplified: bool,
    /// Whether nobody can change anything in it any more.
    #[serde(default, deserialize_with = "or_default")]
    pub archived: bool,
    /// Plain text.
    #[serde(borrow, default)]
    pub description: Option<Text<'a>>,
    /// Who leads it.
    #[serde(borrow, default)]
    pub lead: Lenient<Person<'a>>,
    /// What may be in it.
    #[serde(default)]
    pub issue_types: List<IssueType>,
}

/// `GET /project/{key}/statuses`, one entry.
#[derive(Debug, Deserialize)]
pub struct TypeStatuses<'a> {
    /// The issue type.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// Its statuses, in the workflow's order.
    #[serde(borrow, default)]
    pub statuses: List<Status<'a>>,
}

/// A status.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status<'a> {
    /// Its id, which histories name.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// What it means: to do, in progress, done.
    #[serde(borrow, default)]
    pub status_category: Lenient<StatusCategory<'a>>,
}

/// The group of a status.
#[derive(Debug, Deserialize)]
pub struct StatusCategory<'a> {
    /// `new`, `indeterminate` or `done`, in every language.
    #[serde(borrow, default)]
    pub key: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
}

/// One page of a project's parts.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct PartPage<T> {
    /// The page.
    #[serde(default = "List::new")]
    pub values: List<T>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// `GET /project/{key}/component`, one entry.
#[derive(Debug, Deserialize)]
pub struct Component<'a> {
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// What it is.
    #[serde(borrow, default)]
    pub description: Option<Text<'a>>,
    /// Who leads it.
    #[serde(borrow, default)]
    pub lead: Lenient<Person<'a>>,
}

/// `GET /field`, one entry with all that tells fields apart. A large site answers thousands, so
/// what only a few of them are asked for stays undecoded.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldDetail<'a> {
    /// The id.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// The display name; not unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// What kind of value it holds; a few pseudo fields have none.
    #[serde(borrow, default)]
    schema: Option<Raw<'a>>,
    /// Under which names JQL knows it.
    #[serde(borrow, default)]
    clause_names: Option<Raw<'a>>,
    /// The team-managed project that owns it.
    #[serde(borrow, default)]
    scope: Option<Raw<'a>>,
}

#[derive(Deserialize)]
struct Scope {
    project: Option<ScopeProject>,
}

#[derive(Deserialize)]
struct ScopeProject {
    id: String,
}

impl<'a> FieldDetail<'a> {
    /// What kind of value it holds.
    pub fn schema(&self) -> Option<FieldSchema> {
        self.schema?.read().ok()
    }

    /// Under which names JQL knows it; none when it cannot be searched.
    pub fn clause_names(&self) -> Vec<Text<'a>> {
        texts(self.clause_names)
    }

    /// The id of the team-managed project that owns it.
    pub fn project_id(&self) -> Option<String> {
        self.scope?.read::<Scope>().ok()?.project.map(|project| project.id)
    }
}
