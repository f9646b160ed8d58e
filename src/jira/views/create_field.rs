//! A field of a create screen or a transition: what it takes and which values there are.

use serde::Serialize;
use serde_json::Value;

use crate::jira::client::{names::taught_forms, wire};

use super::field::short_text;

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// Allowed values listed for one field; a longer list says how many it left out.
const VALUES_MAX: usize = 40;

/// A field of a create screen or a transition.
#[derive(Debug, Clone, Serialize)]
pub struct CreateFieldView {
    id: String,
    name: String,
    /// What kind of value it takes, in words.
    #[serde(rename = "type")]
    kind: String,
    /// The forms that are read, where the type does not tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepts: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values_omitted: Option<usize>,
}

impl CreateFieldView {
    /// Reads a field of createmeta.
    pub fn of(field: &wire::FieldMeta) -> Self {
        Self::named(field.id(), field)
    }

    /// Reads a field that is stored under its id.
    pub fn named(id: &str, field: &wire::FieldMeta) -> Self {
        let values: Vec<Value> = field.allowed_values.once().iter().filter_map(allowed).collect();
        Self {
            id: id.to_owned(),
            name: short_text(&field.name, LABEL_CHARS),
            kind: kind(&field.schema),
            accepts: taught_forms(field),
            values_omitted: values.len().checked_sub(VALUES_MAX).filter(|left| *left > 0),
            values: values.into_iter().take(VALUES_MAX).collect(),
        }
    }

    /// Keeps only the values that contain `query`, in any letter case.
    pub fn search(&mut self, field: &wire::FieldMeta, query: &str) {
        let query = query.to_lowercase();
        let found: Vec<Value> = field
            .allowed_values
            .once()
            .iter()
            .filter_map(allowed)
            .filter(|value| value.to_string().to_lowercase().contains(&query))
            .collect();
        self.values_omitted = found.len().checked_sub(VALUES_MAX).filter(|left| *left > 0);
        self.values = found.into_iter().take(VALUES_MAX).collect();
    }
}

/// An allowed value as it may be written; the options below a cascading one stand behind it.
fn allowed(value: &Value) -> Option<Value> {
    let name = ["name", "value", "key", "id"].iter().find_map(|name| value.get(*name)?.as_str())?;
    let children: Vec<Value> = value
        .get("children")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(allowed)
        .collect();
    if children.is_empty() {
        return Some(Value::from(short_text(name, LABEL_CHARS)));
    }
    Some(serde_json::json!({ "value": short_text(name, LABEL_CHARS), "children": children }))
}

pub(super) fn kind(schema: &wire::FieldSchema) -> String {
    let tail = schema.custom.rsplit(':').next().unwrap_or_default();
    let kind = match (schema.kind.as_str(), tail, schema.system.as_str()) {
        (_, "textarea", _) | (_, _, "description" | "environment") => "rich text",
        ("option", ..) => "one of",
        ("option-with-child", ..) => "parent > child",
        ("array", "labels", _) | ("array", _, "labels") => "labels",
        ("array", "gh-sprint", _) => "sprint",
        ("array", ..) if schema.items == "option" => "several of",
        ("array", ..) => return format!("list of {}", schema.items),
        ("string", "url", _) => "URL",
        (other, ..) => other,
    };
    kind.to_owned()
}
