//! A project in a list of projects.

use serde::Serialize;

use crate::jira::client::wire;

use super::{
    field::{id, short_text},
    person::somebody,
};

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// A project.
#[derive(Debug, Serialize)]
pub struct ProjectView {
    key: String,
    name: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<String>,
}

impl From<&wire::Project<'_>> for ProjectView {
    fn from(project: &wire::Project<'_>) -> Self {
        Self {
            key: id(&project.key),
            name: short_text(&project.name, LABEL_CHARS),
            kind: short_text(&project.project_type_key, LABEL_CHARS),
            lead: somebody(&project.lead),
        }
    }
}
