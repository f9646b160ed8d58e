//! What is about to be written to fields: as Jira is told it, and as people see it.

use adf::Document;
use serde_json::{Map, Value, value::RawValue};
use tool_kit::{Row, ToolError, clean};

use crate::jira::{
    JiraError,
    names::{self, FieldValue},
    request::{Body, IssueBody, Update},
    tools::{
        context::Context,
        writing::rich_text::{ReplaceRichText, Target as Replaced, check_replace},
    },
    wire::FieldMeta,
};

/// One field, ready to be sent.
#[derive(Debug, Clone)]
pub(in crate::jira::tools) struct Change {
    pub(in crate::jira::tools) meta: FieldMeta,
    /// The name in replies.
    pub(in crate::jira::tools) label: String,
    /// Never [`FieldValue::RichText`]: documents are made.
    pub(in crate::jira::tools) value: FieldValue,
    /// The value as it was resolved.
    pub(in crate::jira::tools) shown: Value,
    /// Of rich text, what was given and what it became.
    pub(in crate::jira::tools) text: Option<NewText>,
}

/// A new rich text.
#[derive(Debug, Clone)]
pub(in crate::jira::tools) struct NewText {
    /// As it was given.
    pub(in crate::jira::tools) given: String,
    /// As Markdown says the document that is sent.
    pub(in crate::jira::tools) markdown: String,
}

/// What is to be written, resolved.
#[derive(Debug, Clone, Default)]
pub(in crate::jira::tools) struct Changes(pub(in crate::jira::tools) Vec<Change>);

impl NewText {
    pub(in crate::jira::tools) fn of(given: &str, markdown: String) -> Self {
        Self { given: given.to_owned(), markdown }
    }
}

impl Change {
    /// Whether the field holds rich text.
    pub(in crate::jira::tools) fn is_rich_text(&self) -> bool {
        self.text.is_some()
    }

    /// Whether another issue's text may be replaced by this one.
    pub(in crate::jira::tools) fn check_stored(
        &self,
        stored: Option<&str>,
    ) -> Result<(), ToolError> {
        let Some(text) = &self.text else { return Ok(()) };
        let stored = stored.map(raw).transpose()?;
        check_replace(
            stored.as_deref(),
            &text.given,
            ReplaceRichText::Refuse,
            Replaced::Field(&self.label),
        )
    }
}

impl Changes {
    pub(in crate::jira::tools) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field gets a value.
    pub(in crate::jira::tools) fn gives(&self, id: &str) -> bool {
        self.0
            .iter()
            .any(|change| change.meta.id() == id && change.value != FieldValue::Set(Value::Null))
    }

    pub(in crate::jira::tools) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|change| change.meta.id())
    }

    /// Values that replace what is there, by field id.
    pub(in crate::jira::tools) fn fields(&self) -> Map<String, Value> {
        let set = self.0.iter().filter_map(|change| match &change.value {
            FieldValue::Set(value) => Some((change.meta.id().to_owned(), value.clone())),
            FieldValue::Change(_) | FieldValue::RichText(_) | FieldValue::Document(_) => None,
        });
        set.collect()
    }

    /// Rich text that replaces what is there, by field id.
    pub(in crate::jira::tools) fn texts(&self) -> Vec<(String, Document)> {
        let texts = self.0.iter().filter_map(|change| match &change.value {
            FieldValue::Document(text) => Some((change.meta.id().to_owned(), text.clone())),
            _ => None,
        });
        texts.collect()
    }

    /// Elements to add and take away, by field id.
    pub(in crate::jira::tools) fn operations(&self) -> Map<String, Value> {
        let changed = self.0.iter().filter_map(|change| match &change.value {
            FieldValue::Change(operations) => {
                Some((change.meta.id().to_owned(), Value::Array(operations.clone())))
            }
            FieldValue::Set(_) | FieldValue::RichText(_) | FieldValue::Document(_) => None,
        });
        changed.collect()
    }

    /// What Jira is told: `fields` and `update`, each where it says something.
    pub(in crate::jira::tools) fn body(&self) -> IssueBody {
        IssueBody {
            fields: Body { values: self.fields(), texts: self.texts() },
            update: Update { operations: self.operations(), comment: None },
            beside: Map::new(),
        }
    }

    /// Each field with the value as it was resolved; of rich text, how long it is.
    pub(in crate::jira::tools) fn acknowledged(&self) -> Row {
        let mut row = Row::new();
        for change in &self.0 {
            let value = match &change.text {
                Some(text) if !text.markdown.is_empty() => {
                    Value::from(format!("{} characters", text.markdown.chars().count()))
                }
                _ => cleaned(&change.shown),
            };
            row.push(change.label.clone(), value);
        }
        row
    }

    /// Each field with the value as it will stand there.
    pub(in crate::jira::tools) fn previewed(&self) -> Row {
        let mut row = Row::new();
        for change in &self.0 {
            let value = match &change.text {
                Some(text) if !text.markdown.is_empty() => Value::from(text.markdown.as_str()),
                _ => cleaned(&change.shown),
            };
            row.push(change.label.clone(), value);
        }
        row
    }

    /// Of values that were resolved, those that differ from the words they were given in.
    pub(in crate::jira::tools) fn differing_from(&self, given: &Map<String, Value>) -> Row {
        let mut row = Row::new();
        for change in self.0.iter().filter(|change| !change.is_rich_text()) {
            let is_said = given.values().any(|value| says(value, &change.shown));
            if !is_said {
                row.push(change.label.clone(), cleaned(&change.shown));
            }
        }
        row
    }

    /// A new issue has empty lists: what is added to one is all that it holds.
    pub(in crate::jira::tools) fn start_lists(&mut self) -> Result<(), ToolError> {
        for change in &mut self.0 {
            let FieldValue::Change(operations) = &change.value else { continue };
            let added: Option<Vec<Value>> =
                operations.iter().map(|one| one.get("add").cloned()).collect();
            let Some(added) = added else {
                return Err(ToolError::invalid_argument(format!(
                    "{}: a new issue holds nothing that could be removed",
                    change.label
                ))
                .hint("Nothing was created. Give the values that it is to have."));
            };
            change.value = FieldValue::Set(Value::Array(added));
            if let Some(shown) = change.shown.get("added").cloned() {
                change.shown = shown;
            }
        }
        Ok(())
    }

    /// Puts names in the place of account ids that were given as they are: who agrees to a preview
    /// sees people.
    pub(in crate::jira::tools) async fn name_people(&mut self, context: &Context) {
        for change in &mut self.0 {
            name_people_in(context, change).await;
        }
    }
}

/// Names came from Jira, which holds them as anybody wrote them.
fn cleaned(shown: &Value) -> Value {
    match shown {
        Value::String(text) => Value::from(clean(text).as_ref()),
        Value::Array(items) => items.iter().map(cleaned).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), cleaned(value))).collect()
        }
        other => other.clone(),
    }
}

async fn name_people_in(context: &Context, change: &mut Change) {
    let ids: Vec<String> = match &change.value {
        FieldValue::Set(Value::Array(people)) => people.iter().filter_map(account_id).collect(),
        FieldValue::Set(person) => account_id(person).into_iter().collect(),
        FieldValue::Change(operations) => {
            let values = operations.iter().filter_map(Value::as_object).flat_map(Map::values);
            values.filter_map(account_id).collect()
        }
        FieldValue::RichText(_) | FieldValue::Document(_) => Vec::new(),
    };
    for id in ids {
        if holds_text(&change.shown, &id) {
            let name = names::name_of(&context.jira, &id).await;
            replace_text(&mut change.shown, &id, &name);
        }
    }
}

/// Whether a value was given in just these words.
fn says(given: &Value, shown: &Value) -> bool {
    match (given, shown) {
        (Value::String(given), Value::String(shown)) => names::same_name(given, shown),
        (Value::Array(given), Value::Array(shown)) => {
            given.len() == shown.len()
                && given.iter().zip(shown).all(|(given, shown)| says(given, shown))
        }
        (Value::String(_), Value::Array(_)) => shown
            .as_array()
            .is_some_and(|shown| matches!(shown.as_slice(), [only] if says(given, only))),
        (Value::Object(given), shown) => given.values().any(|given| says(given, shown)),
        (given, shown) => given == shown || given.as_str() == Some(&shown.to_string()),
    }
}

fn account_id(value: &Value) -> Option<String> {
    value.get("accountId").and_then(Value::as_str).map(str::to_owned)
}

fn holds_text(shown: &Value, text: &str) -> bool {
    match shown {
        Value::String(shown) => shown == text,
        Value::Array(items) => items.iter().any(|item| holds_text(item, text)),
        Value::Object(map) => map.values().any(|item| holds_text(item, text)),
        _ => false,
    }
}

fn replace_text(shown: &mut Value, text: &str, by: &str) {
    match shown {
        Value::String(shown) if shown == text => by.clone_into(shown),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_text(item, text, by)),
        Value::Object(map) => map.values_mut().for_each(|item| replace_text(item, text, by)),
        _ => {}
    }
}

/// A text that Jira holds is at most this long; what is longer is not carried through an edit.
pub(in crate::jira::tools) const STORED_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What Jira holds, to be edited.
pub(in crate::jira::tools) fn raw(json: &str) -> Result<Box<RawValue>, ToolError> {
    if json.len() > STORED_BYTES_MAX {
        return Err(ToolError::internal("the stored text is too large to be edited"));
    }
    // What is written back is judged to its last sign first.
    RawValue::from_string(json.to_owned()).map_err(|_| JiraError::Unreadable.into())
}
