//! Projects, issue types and what their fields accept.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Text, User};

/// `GET /project/search`.
#[derive(Debug, Deserialize)]
pub struct ProjectPage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub values: Vec<Project<'a>>,
    /// How many there are in all.
    #[serde(default)]
    pub total: u32,
}

/// One project.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// Its key.
    #[serde(borrow)]
    pub key: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `software`, `service_desk` or `business`.
    #[serde(borrow, default)]
    pub project_type_key: Text<'a>,
    /// Who leads it, with `expand=lead`.
    #[serde(borrow, default)]
    pub lead: Option<User<'a>>,
}

/// `GET /issue/createmeta/{project}/issuetypes`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueTypePage {
    /// The types the user may create. Data Center spells the list `values`.
    #[serde(default, alias = "values")]
    pub issue_types: Vec<IssueType>,
}

/// An issue type.
#[derive(Debug, Clone, Deserialize)]
pub struct IssueType {
    /// Its id.
    pub id: String,
    /// Its name in the user's language.
    pub name: String,
    /// Whether its issues need a parent.
    #[serde(default)]
    pub subtask: bool,
}

/// `GET /issue/createmeta/{project}/issuetypes/{type}`.
#[derive(Debug, Deserialize)]
pub struct CreateFieldPage {
    /// The page. Data Center spells the list `values`.
    #[serde(default, alias = "values")]
    pub fields: Vec<FieldMeta>,
    /// How many there are in all.
    #[serde(default)]
    pub total: u32,
}

/// `GET /issue/{key}/editmeta`.
#[derive(Debug, Deserialize)]
pub struct EditMeta {
    /// By field id.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldMeta>,
}

/// What a field of a screen accepts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldMeta {
    /// The id that requests name; only createmeta has it.
    #[serde(default)]
    field_id: String,
    /// The same id, where editmeta and transitions have it.
    #[serde(default)]
    key: String,
    /// The display name.
    #[serde(default)]
    pub name: String,
    /// Whether Jira insists on it.
    #[serde(default)]
    pub required: bool,
    /// Whether Jira fills it in by itself.
    #[serde(default)]
    pub has_default_value: bool,
    /// What kind of value it takes.
    #[serde(default)]
    pub schema: FieldSchema,
    /// The values to choose from.
    #[serde(default)]
    pub allowed_values: Vec<Value>,
}

impl FieldMeta {
    /// The id that requests name.
    pub fn id(&self) -> &str {
        if self.field_id.is_empty() { &self.key } else { &self.field_id }
    }

    /// The same field under the id it is stored by, for answers that leave it out of the object.
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Self { field_id: id.to_owned(), ..self }
    }
}

/// The kind of value of a field.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct FieldSchema {
    /// `string`, `number`, `option`, `array`, `user`, …
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Of what an array is made.
    #[serde(default)]
    pub items: String,
    /// The id of a system field.
    #[serde(default)]
    pub system: String,
    /// The full name of a custom field's type; its tail decides how values are written.
    #[serde(default)]
    pub custom: String,
}

/// `GET /field`, one entry.
#[derive(Debug, Deserialize)]
pub struct FieldEntry<'a> {
    /// The id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The display name, not unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
}
