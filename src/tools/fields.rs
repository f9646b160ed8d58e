//! Names and values of fields, resolved for tools that write: faults become advice.

use crate::jira::names::{FieldFault, NameError};

use super::error::{Code, ToolError};

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
