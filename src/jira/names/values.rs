//! Field values: from what a person would say to what Jira's API takes.
//!
//! Source: the `schema` objects of createmeta and editmeta; the tail of `schema.custom` decides for custom fields.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::{
    adf,
    jira::{
        Session,
        wire::{FieldMeta, FieldSchema},
    },
};

use super::{Among, NameError, find_meta, person, sprint_given, sprint_named};

/// How many allowed values an error lists.
const LISTED_MAX: usize = 25;

/// A value that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldFault {
    /// The field or a person in it could not be resolved.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The value does not fit the field.
    #[error("{field}: {problem}")]
    Value {
        /// The field's display name.
        field: String,
        /// What was wrong and what is accepted.
        problem: String,
        /// The values to choose from.
        allowed: Vec<String>,
    },
}

/// Turns values by field name into values by field id in Jira's shapes. Nothing is sent but look-ups of people.
pub async fn write_values(
    session: &Session,
    metas: &[FieldMeta],
    given: &Map<String, Value>,
    among: Among<'_>,
) -> Result<Map<String, Value>, FieldFault> {
    let mut written = Map::new();
    for (name, value) in given {
        let meta = find_meta(metas, name)?;
        let value = match Kind::of(&meta.schema) {
            Kind::User => user(session, value, among).await?,
            Kind::Users => {
                let mut users = Vec::new();
                for name in texts(value) {
                    users.push(user(session, &Value::from(name), among).await?);
                }
                Value::Array(users)
            }
            Kind::Sprint => sprint(session, meta, value, among).await?,
            kind => kind.write(meta, value)?,
        };
        written.insert(meta.id().to_owned(), value);
    }
    Ok(written)
}

async fn user(session: &Session, value: &Value, among: Among<'_>) -> Result<Value, NameError> {
    match texts(value).first() {
        Some(name) => Ok(json!({ "accountId": person(session, name, among).await?.account_id })),
        None => Ok(Value::Null),
    }
}

/// How a field's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    RichText,
    Number,
    Text,
    Date,
    Option,
    Options,
    Cascading,
    Named,
    NamedList,
    User,
    Users,
    Labels,
    Sprint,
    Parent,
    /// A shape we do not know: the value goes to Jira as it is, and Jira judges.
    AsIs,
}

impl Kind {
    fn of(schema: &FieldSchema) -> Self {
        let tail = schema.custom.rsplit(':').next().unwrap_or_default();
        match (schema.kind.as_str(), tail, schema.system.as_str()) {
            (_, "textarea", _) | (_, _, "description" | "environment") => Self::RichText,
            (_, "gh-sprint", _) => Self::Sprint,
            (_, _, "parent") | (_, "gh-epic-link", _) => Self::Parent,
            (_, "labels", _) | (_, _, "labels") => Self::Labels,
            ("number", ..) => Self::Number,
            ("date" | "datetime", ..) => Self::Date,
            ("option", ..) => Self::Option,
            ("option-with-child", ..) => Self::Cascading,
            ("user", ..) => Self::User,
            ("string", ..) => Self::Text,
            (
                "priority" | "resolution" | "version" | "component" | "issuetype" | "securitylevel" | "group",
                ..,
            ) => Self::Named,
            ("array", ..) => match schema.items.as_str() {
                "option" => Self::Options,
                "user" => Self::Users,
                "version" | "component" | "group" => Self::NamedList,
                "string" => Self::Labels,
                _ => Self::AsIs,
            },
            _ => Self::AsIs,
        }
    }

    fn write(self, meta: &FieldMeta, value: &Value) -> Result<Value, FieldFault> {
        let is_list = matches!(self, Self::Options | Self::NamedList | Self::Users | Self::Labels);
        if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Ok(if is_list { json!([]) } else { Value::Null });
        }
        match self {
            Self::RichText => Ok(rich_text(value)),
            Self::Number => number(meta, value),
            Self::Text => scalar(value).map(Value::from).ok_or_else(|| fault(meta, "must be text")),
            Self::Date => {
                scalar(value).map(Value::from).ok_or_else(|| fault(meta, "must be a date like 2026-12-24"))
            }
            Self::Option | Self::Named => choice(meta, value),
            Self::Options | Self::NamedList => list(value).iter().map(|value| choice(meta, value)).collect(),
            Self::Cascading => cascading(meta, value),
            Self::Labels => labels(meta, value),
            Self::Parent => scalar(value)
                .map(|key| json!({ "key": key }))
                .ok_or_else(|| fault(meta, "must be an issue key")),
            Self::User | Self::Users | Self::Sprint | Self::AsIs => Ok(value.clone()),
        }
    }
}

fn rich_text(value: &Value) -> Value {
    let Some(markdown) = value.as_str() else { return value.clone() };
    serde_json::to_value(adf::from_markdown(markdown, &|_| None)).unwrap_or_default()
}

fn number(meta: &FieldMeta, value: &Value) -> Result<Value, FieldFault> {
    let parsed = match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            serde_json::from_str::<serde_json::Number>(text.trim()).ok().map(Value::Number)
        }
        _ => None,
    };
    parsed.ok_or_else(|| fault(meta, "must be a number"))
}

fn labels(meta: &FieldMeta, value: &Value) -> Result<Value, FieldFault> {
    let labels = texts(value);
    match labels.iter().find(|label| label.contains(char::is_whitespace)) {
        Some(label) => Err(fault(meta, &format!("a label holds no spaces, but '{label}' does"))),
        None => Ok(Value::from(labels)),
    }
}

/// A sprint field is written as a bare number though it is read as a list of objects.
async fn sprint(
    session: &Session,
    meta: &FieldMeta,
    value: &Value,
    among: Among<'_>,
) -> Result<Value, FieldFault> {
    let Some(given) = sprint_given(value) else {
        let is_nothing = value.is_null() || scalar(value).is_some();
        return if is_nothing {
            Ok(Value::Null)
        } else {
            Err(fault(meta, "must be one sprint, by name or id"))
        };
    };
    if let Ok(id) = given.parse::<u64>() {
        return Ok(Value::from(id));
    }
    let project = among.project();
    let found = sprint_named(session, &given, project.as_slice(), &|_| true, Some(meta.id())).await?;
    Ok(Value::from(found.id))
}

/// One allowed value by id or by any of its names.
fn choice(meta: &FieldMeta, value: &Value) -> Result<Value, FieldFault> {
    if value.is_object() {
        return Ok(value.clone());
    }
    let Some(given) = scalar(value) else { return Err(fault(meta, "must be one value")) };
    if meta.allowed_values.is_empty() {
        let name =
            if matches!(Kind::of(&meta.schema), Kind::Option | Kind::Options) { "value" } else { "name" };
        return Ok(json!({ name: given }));
    }
    match find(&meta.allowed_values, &given) {
        Some(found) => Ok(reference(found)),
        None => Err(not_allowed(meta, &given, &meta.allowed_values)),
    }
}

fn cascading(meta: &FieldMeta, value: &Value) -> Result<Value, FieldFault> {
    if value.is_object() {
        return Ok(value.clone());
    }
    let Some(given) = scalar(value) else { return Err(fault(meta, "must be text like 'Parent > Child'")) };
    let (first, second) = match given.split_once('>') {
        Some((first, second)) => (first.trim(), Some(second.trim())),
        None => (given.trim(), None),
    };
    let Some(parent) = find(&meta.allowed_values, first) else {
        return Err(not_allowed(meta, first, &meta.allowed_values));
    };
    let mut written = reference(parent);
    if let Some(second) = second {
        let children =
            parent.get("children").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let Some(child) = find(children, second) else { return Err(not_allowed(meta, second, children)) };
        if let Value::Object(map) = &mut written {
            map.insert("child".to_owned(), reference(child));
        }
    }
    Ok(written)
}

fn find<'v>(allowed: &'v [Value], given: &str) -> Option<&'v Value> {
    let given = given.trim();
    let id = allowed.iter().find(|value| value.get("id").and_then(Value::as_str) == Some(given));
    id.or_else(|| {
        allowed
            .iter()
            .find(|value| shown(value).is_some_and(|name| name.to_lowercase() == given.to_lowercase()))
    })
}

fn reference(allowed: &Value) -> Value {
    match allowed.get("id") {
        Some(id) => json!({ "id": id }),
        None => json!({ "name": shown(allowed) }),
    }
}

fn shown(allowed: &Value) -> Option<&str> {
    ["name", "value"].iter().find_map(|name| allowed.get(*name)?.as_str())
}

fn not_allowed(meta: &FieldMeta, given: &str, allowed: &[Value]) -> FieldFault {
    FieldFault::Value {
        field: meta.name.clone(),
        problem: format!("'{given}' is not one of the allowed values"),
        allowed: allowed.iter().filter_map(shown).take(LISTED_MAX).map(str::to_owned).collect(),
    }
}

fn fault(meta: &FieldMeta, problem: &str) -> FieldFault {
    FieldFault::Value { field: meta.name.clone(), problem: problem.to_owned(), allowed: Vec::new() }
}

pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The items of a list, or of a comma-separated text.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::String(text) => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
        }
        other => vec![other.clone()],
    }
}

fn texts(value: &Value) -> Vec<String> {
    list(value).iter().filter_map(scalar).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests;
