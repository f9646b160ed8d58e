//! Everything that is wrong with one write, answered at once: Jira's `ErrorCollection`.

use std::collections::BTreeMap;

use serde_json::json;

use super::{fault::Fault, reply::Reply};

/// Collects what is wrong with a write, so that Jira's habit of reporting all fields at once is
/// kept.
#[derive(Default)]
pub(crate) struct ErrorCollection {
    messages: Vec<String>,
    fields: BTreeMap<String, String>,
}

impl ErrorCollection {
    /// What belongs to no field.
    pub(crate) fn add_message(&mut self, text: impl Into<String>) {
        self.messages.push(text.into());
    }

    /// The first problem of a field stands.
    pub(crate) fn add_field_error(&mut self, field: &str, text: impl Into<String>) {
        self.fields.entry(field.to_owned()).or_insert_with(|| text.into());
    }

    /// # Errors
    /// A 400 with all collected errors, if there are any.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        if self.messages.is_empty() && self.fields.is_empty() {
            return Ok(());
        }
        Err(Fault(Reply::json(
            400,
            json!({ "errorMessages": self.messages, "errors": self.fields }),
        )))
    }
}
