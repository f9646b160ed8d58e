//! Field values: from what a person would say to what Jira's API takes, the same for every tool
//! that writes fields.
//!
//! A value is written as it was meant, or it is refused with the forms that are read; what cannot
//! be read is never taken for nothing. Everything is resolved here but rich text, which the tools
//! make into documents.

mod choice;
mod duration;
mod input;
mod kind;
mod plain;
mod writer;

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::jira::{Session, wire::FieldMeta};

use super::{Among, NameError, field_metas, find_meta};

use adf::Document;
pub(in crate::jira::names) use input::scalar;
use kind::Kind;
pub use kind::taught_forms;
use writer::Writer;

/// Fields that one call may write; no screen has as many.
const FIELDS_MAX: usize = 250;

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
        /// What was wrong.
        problem: String,
        /// The forms that the field takes.
        accepts: &'static str,
        /// The values to choose from.
        allowed: Vec<String>,
    },
    /// A field is named twice, by two of its names or as an argument and in `fields`.
    #[error("'{field}' is given twice.")]
    Twice {
        /// The field's display name.
        field: String,
    },
}

/// One field as it will be written.
#[derive(Debug, Clone)]
pub struct FieldWrite {
    /// The field, as its screen or its type describes it.
    pub meta: FieldMeta,
    /// What Jira is told.
    pub value: FieldValue,
    /// The value as it was resolved, in the words that people see; `none` where the field is
    /// cleared.
    pub shown: Value,
    /// The key or id of an issue that the value names.
    pub issue: Option<String>,
}

/// What Jira is told of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// The field will hold this and nothing else.
    Set(Value),
    /// Elements to add and take away, as `{"add": …}` and `{"remove": …}`.
    Change(Vec<Value>),
    /// Rich text that is still to become a document: Markdown, or a document as JSON text; none for
    /// no text.
    RichText(Option<String>),
    /// Rich text as it is sent.
    Document(Document),
}

/// How the types of fields begin that Connect apps have made, although the name before it is
/// Atlassian's.
const CONNECT_APPS: &str = "com.atlassian.plugins.atlassian-connect-plugin:";

/// Turns values by field name into values by field id in Jira's shapes. Nothing is sent but
/// look-ups.
///
/// # Errors
/// The first field whose value does not mean one thing.
pub async fn write_values(
    session: &Session,
    metas: &[FieldMeta],
    given: &Map<String, Value>,
    among: Among<'_>,
) -> Result<Vec<FieldWrite>, FieldFault> {
    if given.len() > FIELDS_MAX {
        return Err(FieldFault::Value {
            field: "fields".to_owned(),
            problem: format!("{} are too many for one call", given.len()),
            accepts: "at most 250 fields in one call",
            allowed: Vec::new(),
        });
    }
    let given = duration::collected(metas, given)?;
    let mut written: Vec<FieldWrite> = Vec::with_capacity(given.len());
    let names: Vec<&str> = given.keys().map(String::as_str).collect();
    let known = field_metas(session, metas, &names).await?;
    for (value, meta) in given.values().zip(known) {
        let meta = as_parent(metas, meta);
        if written.iter().any(|other| other.meta.id() == meta.id()) {
            return Err(FieldFault::Twice { field: meta.label().to_owned() });
        }
        let writer = Writer { session, among, meta: &meta, kind: Kind::of(&meta.schema) };
        let one = writer.write(value).await?;
        written.push(FieldWrite {
            value: one.value,
            shown: one.shown,
            issue: one.issue,
            meta: meta.into_owned(),
        });
    }
    Ok(written)
}

/// Jira keeps an epic as the parent; where a screen has both fields, the one that always works is
/// written.
fn as_parent<'m>(metas: &'m [FieldMeta], meta: Cow<'m, FieldMeta>) -> Cow<'m, FieldMeta> {
    if Kind::of(&meta.schema) == Kind::EpicLink
        && let Some(parent) = metas.iter().find(|meta| meta.id() == "parent")
    {
        return Cow::Borrowed(parent);
    }
    meta
}

impl FieldWrite {
    /// Names an issue in the one form of its field: by key, or by id.
    pub fn name_issue(&mut self, issue: &str, is_key: bool) {
        self.shown = Value::from(issue);
        if let FieldValue::Set(value) = &mut self.value {
            *value = match value {
                Value::Object(_) => json!({ if is_key { "key" } else { "id" }: issue }),
                _ => Value::from(issue),
            };
        }
    }

    /// The texts of a field that an app has made, in which a text may be a reference.
    pub fn texts_of_app(&self) -> Vec<&str> {
        let custom = self.meta.schema.custom.as_str();
        let is_own = custom.starts_with("com.atlassian.") && !custom.starts_with(CONNECT_APPS)
            || custom.starts_with("com.pyxis.greenhopper.jira:");
        let is_of_app = !custom.is_empty() && !is_own;
        let mut texts = Vec::new();
        if is_of_app {
            match &self.value {
                FieldValue::Set(value) => collect_texts(value, &mut texts),
                FieldValue::Change(operations) => {
                    for operation in operations {
                        collect_texts(operation, &mut texts);
                    }
                }
                FieldValue::RichText(_) | FieldValue::Document(_) => {}
            }
        }
        texts
    }

    /// Whether nobody but Jira knows what the value names.
    pub fn is_of_unknown_kind(&self) -> bool {
        Kind::of(&self.meta.schema) == Kind::AsIs
    }

    /// Whether it is rich text.
    pub fn is_rich_text(&self) -> bool {
        matches!(self.value, FieldValue::RichText(_))
    }
}

fn collect_texts<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(members) => members.values().for_each(|member| collect_texts(member, texts)),
        _ => {}
    }
}

/// A value with the words in which people see it.
#[derive(Debug, Clone, PartialEq)]
struct Resolved {
    json: Value,
    shown: Value,
    issue: Option<String>,
}

impl Resolved {
    fn new(json: Value, shown: impl Into<Value>) -> Self {
        Self { json, shown: shown.into(), issue: None }
    }
}

fn fault(meta: &FieldMeta, problem: impl Into<String>) -> FieldFault {
    FieldFault::Value {
        field: meta.label().to_owned(),
        problem: problem.into(),
        accepts: Kind::of(&meta.schema).accepts(),
        allowed: Vec::new(),
    }
}

/// A value as a fault quotes it.
fn quoted(value: &Value) -> String {
    const CHARS_MAX: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests;
