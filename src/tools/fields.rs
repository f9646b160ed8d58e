//! Names and values of fields, resolved for tools that write: faults become advice.

use serde_json::{Map, Value};

use crate::jira::names::{FieldFault, FieldName, NameError};

use super::{
    args::shown,
    error::{Code, ToolError},
};

/// Refuses what is named in `fields` although an argument of its own says it: one of the two would be lost silently.
pub(super) fn once<'a>(
    fields: &Map<String, Value>,
    own: impl IntoIterator<Item = &'a str>,
) -> Result<(), ToolError> {
    let own: Vec<&str> = own.into_iter().collect();
    let twice = fields
        .keys()
        .find(|name| FieldName::known(name).is_some_and(|field| own.contains(&field.id.as_str())));
    match twice {
        Some(name) => Err(ToolError::invalid_argument(format!(
            "'{}' is given in `fields` and as an argument.",
            shown(name)
        ))
        .hint("Give it once, as the argument.")),
        None => Ok(()),
    }
}

impl From<NameError> for ToolError {
    fn from(error: NameError) -> Self {
        let message = error.to_string();
        match error {
            NameError::Jira(error) => error.into(),
            NameError::Unknown { known, what, .. } if known.is_empty() => Self::invalid_argument(message)
                .hint(format!("No {what} is like it either. Check the spelling, or look it up first.")),
            NameError::Unknown { known, .. } => Self::invalid_argument(message)
                .hint(format!("Did you mean: {}?", known.join("; ")))
                .with("candidates", known),
            NameError::Ambiguous { candidates, .. } => Self::new(Code::AmbiguousName, message)
                .hint("Nothing was changed. Repeat the call with the id of the one that is meant.")
                .with("candidates", candidates),
        }
    }
}

impl From<FieldFault> for ToolError {
    fn from(fault: FieldFault) -> Self {
        let message = fault.to_string();
        match fault {
            FieldFault::Name(error) => error.into(),
            FieldFault::Value { allowed, .. } if allowed.is_empty() => Self::invalid_argument(message),
            FieldFault::Value { allowed, .. } => Self::invalid_argument(message)
                .hint(format!("Allowed: {}.", allowed.join(", ")))
                .with("allowed", allowed),
        }
    }
}
