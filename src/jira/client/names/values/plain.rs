//! Values that need no look-up: text, numbers, labels, keys and ids.

use serde_json::{Value, json};

use crate::jira::client::names::{
    compare::{Picked, pick},
    scalar::scalar,
};

use super::{
    fault::{FieldFault, fault, quoted},
    input::{Reference, reference},
    kind::Kind,
    resolved::Resolved,
    writer::Writer,
};

/// Jira's limit for a summary, in characters.
const LINE_CHARS_MAX: usize = 255;

fn names_of_project(project: &Value) -> [Option<&str>; 2] {
    [project.get("key").and_then(Value::as_str), project.get("name").and_then(Value::as_str)]
}

impl Writer<'_> {
    pub(super) fn text(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let text = match value {
            Value::String(text) if !text.trim().is_empty() => text.clone(),
            other => scalar(other).ok_or_else(|| self.unread(other))?,
        };
        Ok(Resolved::new(Value::from(text.as_str()), text))
    }

    pub(super) fn line(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let text = scalar(value).ok_or_else(|| self.unread(value))?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.chars().count() {
            chars if chars > LINE_CHARS_MAX => {
                Err(fault(self.meta, format!("{chars} characters are more than {LINE_CHARS_MAX}")))
            }
            _ => Ok(Resolved::new(Value::from(line.as_str()), line)),
        }
    }

    pub(super) fn label(&self, value: &Value) -> Result<Resolved, FieldFault> {
        // A label has no id, but reading may have shown it as an object.
        let given = reference(value).ok_or_else(|| self.unread(value))?;
        let label = given.words.as_deref().or(given.name).ok_or_else(|| self.unread(value))?;
        if label.contains(char::is_whitespace) {
            return Err(fault(self.meta, format!("a label holds no spaces, but '{label}' does")));
        }
        Ok(Resolved::new(Value::from(label), label))
    }

    pub(super) fn number(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let number = match value {
            Value::Number(_) => Some(value.clone()),
            Value::String(text) => {
                serde_json::from_str::<serde_json::Number>(text.trim()).ok().map(Value::Number)
            }
            _ => None,
        };
        let number = number.ok_or_else(|| fault(self.meta, "must be a number"))?;
        Ok(Resolved::new(number.clone(), number))
    }

    pub(super) fn issue(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let given = reference(value).ok_or_else(|| self.unread(value))?;
        let issue = given.key.or(given.words.as_deref());
        let issue = issue.or(given.id.as_deref()).ok_or_else(|| self.unread(value))?.to_owned();
        let is_id = issue.bytes().all(|byte| byte.is_ascii_digit());
        let json = match self.kind {
            Kind::EpicLink | Kind::ParentLink => Value::from(issue.as_str()),
            _ => json!({ if is_id { "id" } else { "key" }: issue }),
        };
        Ok(Resolved { json, shown: Value::from(issue.as_str()), issue: Some(issue) })
    }

    pub(super) fn project(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let given = reference(value).ok_or_else(|| self.unread(value))?;
        let words = given.words.as_deref().or(given.name);
        let named =
            words.map(|words| pick(&self.meta.allowed_values, words, false, names_of_project));
        if let Some(Picked::One(found)) = named
            && let Some(key) = found.get("key").and_then(Value::as_str)
        {
            return Ok(Resolved::new(json!({ "key": key }), key));
        }
        let is_id = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_key =
            |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let key = given.key.or(given.words.as_deref().filter(|words| !is_id(words))).filter(is_key);
        match (key, given.id.as_deref().or(given.words.as_deref()).filter(is_id)) {
            (Some(key), _) => Ok(Resolved::new(json!({ "key": key }), key)),
            (None, Some(id)) => Ok(Resolved::new(json!({ "id": id }), id)),
            (None, None) => Err(self.unread(value)),
        }
    }

    /// Fields that are read as an object and written as the id in it.
    pub(super) fn bare_id(&self, value: &Value) -> Result<Resolved, FieldFault> {
        let Reference { id, key, words, .. } =
            reference(value).ok_or_else(|| self.unread(value))?;
        let id =
            id.or_else(|| key.map(str::to_owned)).or(words).ok_or_else(|| self.unread(value))?;
        let is_id = self.kind == Kind::RequestType
            || (id.len() >= 8 && id.bytes().any(|byte| byte.is_ascii_digit()));
        if id.contains(char::is_whitespace) || !is_id {
            return Err(fault(
                self.meta,
                format!("'{}' is a name, and Jira takes the id", quoted(&Value::from(id))),
            ));
        }
        Ok(Resolved::new(Value::from(id.as_str()), id))
    }
}
