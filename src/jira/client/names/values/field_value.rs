//! A field as it will be written.

use adf::Document;
use serde_json::{Value, json};

use crate::jira::client::wire::FieldMeta;

use super::kind::Kind;

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
