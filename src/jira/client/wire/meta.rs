//! Projects, issue types and what their fields accept.

use std::collections::BTreeMap;

use json_borrow::{Lenient, List, Text, or_default, readable, required};
use serde::Deserialize;

use super::{allowed_values::AllowedValues, people::Person};

/// `GET /project/search`.
#[derive(Debug, Deserialize)]
pub struct ProjectPage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub values: List<Project<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
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
    #[serde(borrow, deserialize_with = "required")]
    pub key: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `software`, `service_desk` or `business`.
    #[serde(borrow, default)]
    pub project_type_key: Text<'a>,
    /// Who leads it, with `expand=lead`.
    #[serde(borrow, default)]
    pub lead: Lenient<Person<'a>>,
}

/// `GET /issue/createmeta/{project}/issuetypes`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueTypePage {
    /// The types the user may create. Data Center spells the list `values`.
    #[serde(default, alias = "values")]
    pub issue_types: List<IssueType>,
}

/// An issue type.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueType {
    /// Its id.
    pub id: String,
    /// Its name in the user's language.
    pub name: String,
    /// Its name in the site's own language, which agents and people abroad use.
    #[serde(default, deserialize_with = "or_default")]
    pub untranslated_name: String,
    /// Whether its issues need a parent.
    #[serde(default)]
    pub subtask: bool,
}

/// `GET /issue/createmeta/{project}/issuetypes/{type}`.
#[derive(Debug, Deserialize)]
pub struct CreateFieldPage {
    /// The page. Data Center spells the list `values`.
    #[serde(default, alias = "values")]
    pub fields: List<FieldMeta>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// `GET /issue/{key}/editmeta`.
#[derive(Debug, Deserialize)]
pub struct EditMeta {
    /// By field id; one that cannot be read is left out.
    #[serde(default, deserialize_with = "readable")]
    pub fields: BTreeMap<String, FieldMeta>,
}

/// What a field of a screen accepts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldMeta {
    /// The id that requests name; only createmeta has it.
    #[serde(default, deserialize_with = "or_default")]
    field_id: String,
    /// The same id, where editmeta and transitions have it.
    #[serde(default, deserialize_with = "or_default")]
    key: String,
    /// The display name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The name in the site's own language.
    #[serde(default, deserialize_with = "or_default")]
    pub untranslated_name: String,
    /// Whether Jira insists on it.
    #[serde(default, deserialize_with = "or_default")]
    pub required: bool,
    /// Whether Jira fills it in by itself.
    #[serde(default, deserialize_with = "or_default")]
    pub has_default_value: bool,
    /// What kind of value it takes.
    #[serde(default, deserialize_with = "or_default")]
    pub schema: FieldSchema,
    /// The values to choose from.
    #[serde(default)]
    pub allowed_values: AllowedValues,
}

impl FieldMeta {
    /// The id that requests name.
    pub fn id(&self) -> &str {
        if self.field_id.is_empty() { &self.key } else { &self.field_id }
    }

    /// A field that is on no screen, as far as Jira told, but known by its type.
    pub fn off_screen(id: &str, name: &str, schema: FieldSchema) -> Self {
        Self { field_id: id.to_owned(), name: name.to_owned(), schema, ..Self::default() }
    }

    /// A field of a form that is described otherwise than screens are.
    pub fn on_form(
        id: String,
        name: String,
        is_required: bool,
        schema: FieldSchema,
        allowed_values: AllowedValues,
    ) -> Self {
        Self {
            field_id: id,
            name,
            required: is_required,
            schema,
            allowed_values,
            ..Self::default()
        }
    }

    /// Its display name, else its id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { self.id() } else { &self.name }
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
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// Of what an array is made.
    #[serde(default, deserialize_with = "or_default")]
    pub items: String,
    /// The id of a system field.
    #[serde(default, deserialize_with = "or_default")]
    pub system: String,
    /// The full name of a custom field's type; its tail decides how values are written.
    #[serde(default, deserialize_with = "or_default")]
    pub custom: String,
}

/// `GET /field`, one entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldEntry<'a> {
    /// The id.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// The display name, not unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// The name in the site's own language.
    #[serde(borrow, default)]
    pub untranslated_name: Option<Text<'a>>,
    /// What kind of value it takes; `key` and a few others have none.
    #[serde(default)]
    pub schema: Option<FieldSchema>,
}
