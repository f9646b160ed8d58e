//! The ways out of an issue's status.

use serde::Serialize;

use crate::jira::client::wire;

use super::{
    create_field::CreateFieldView,
    field::{id, short_text},
};

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// A way out of the current status.
#[derive(Debug, Serialize)]
pub struct TransitionView {
    id: String,
    name: String,
    to: String,
    /// Fields that must be given with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<CreateFieldView>,
}

impl From<&wire::Transition<'_>> for TransitionView {
    fn from(transition: &wire::Transition<'_>) -> Self {
        Self {
            id: id(&transition.id),
            name: short_text(&transition.name, LABEL_CHARS),
            to: short_text(transition.to.name.as_deref().unwrap_or_default(), LABEL_CHARS),
            required: transition
                .fields
                .iter()
                .filter(|(_, field)| field.required && !field.has_default_value)
                .map(|(id, field)| CreateFieldView::named(id, field))
                .collect(),
        }
    }
}
