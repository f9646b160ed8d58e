//! A value that cannot be written, and how that is said.

use serde_json::Value;
use thiserror::Error;

use crate::jira::client::{names::error::NameError, wire::FieldMeta};

use super::kind::Kind;

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

/// A value that does not fit this field.
pub(super) fn fault(meta: &FieldMeta, problem: impl Into<String>) -> FieldFault {
    FieldFault::Value {
        field: meta.label().to_owned(),
        problem: problem.into(),
        accepts: Kind::of(&meta.schema).accepts(),
        allowed: Vec::new(),
    }
}

/// A value as a fault quotes it.
pub(super) fn quoted(value: &Value) -> String {
    const CHARS_MAX: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
