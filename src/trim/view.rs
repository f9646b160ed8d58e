//! The shapes of everything that is not an issue: comments, transitions, people, projects, fields.

use json_borrow::UNREADABLE;
use serde::Serialize;
use serde_json::Value;

use crate::jira::{names::taught_forms, wire};

use super::{
    activity::is_customer,
    field::{id, rich_text, short_text, somebody},
};

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// Allowed values listed for one field; a longer list says how many it left out.
const VALUES_MAX: usize = 40;

/// A comment.
#[derive(Debug, Serialize)]
pub struct CommentView {
    id: String,
    /// The comment that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_to: Option<String>,
    /// A service desk comment that customers do not see.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    internal: bool,
    /// Written by a customer of a service desk: text from outside the company.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_customer: bool,
    body: String,
}

impl CommentView {
    /// Reads a comment, its text clipped to `text_chars` characters.
    pub fn of(comment: &wire::Comment<'_>, text_chars: usize) -> Self {
        Self {
            id: id(&comment.id),
            reply_to: comment.parent_id.as_deref().filter(|id| !id.is_empty()).map(id),
            author: somebody(&comment.author),
            created: short_text(&comment.created, LABEL_CHARS),
            updated: (comment.updated != comment.created && !comment.updated.is_empty())
                .then(|| short_text(&comment.updated, LABEL_CHARS)),
            visible_to: audience(&comment.visibility),
            internal: comment.jsd_public == Some(false),
            from_customer: is_customer(comment.author.as_ref()),
            body: rich_text(comment.body, text_chars),
        }
    }

    /// Clips the text further, when one comment alone exceeds the budget of a reply.
    pub fn clip(&mut self, text_chars: usize) {
        self.body = super::text::clip(&self.body, text_chars).into_owned();
    }
}

/// Who may see a comment, as jira_add_comment takes it.
fn audience(visibility: &wire::Lenient<wire::Visibility<'_>>) -> Option<String> {
    if visibility.is_unreadable() {
        return Some(UNREADABLE.to_owned());
    }
    let visibility = visibility.as_ref()?;
    // A group whose name is hidden still has its identifier.
    let name = Some(visibility.value.as_str()).filter(|name| !name.is_empty());
    let name =
        short_text(name.or(visibility.identifier.as_deref()).unwrap_or(UNREADABLE), LABEL_CHARS);
    Some(if visibility.kind.as_str() == "group" { format!("group:{name}") } else { name })
}

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

/// A field of a create screen or a transition.
#[derive(Debug, Clone, Serialize)]
pub struct CreateFieldView {
    id: String,
    name: String,
    /// What kind of value it takes, in words.
    #[serde(rename = "type")]
    kind: String,
    /// The forms that are read, where the type does not tell them.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepts: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values_omitted: Option<usize>,
}

impl CreateFieldView {
    /// Reads a field of createmeta.
    pub fn of(field: &wire::FieldMeta) -> Self {
        Self::named(field.id(), field)
    }

    /// Reads a field that is stored under its id.
    pub fn named(id: &str, field: &wire::FieldMeta) -> Self {
        let values: Vec<Value> = field.allowed_values.once().iter().filter_map(allowed).collect();
        Self {
            id: id.to_owned(),
            name: short_text(&field.name, LABEL_CHARS),
            kind: kind(&field.schema),
            accepts: taught_forms(field),
            values_omitted: values.len().checked_sub(VALUES_MAX).filter(|left| *left > 0),
            values: values.into_iter().take(VALUES_MAX).collect(),
        }
    }

    /// Keeps only the values that contain `query`, in any letter case.
    pub fn search(&mut self, field: &wire::FieldMeta, query: &str) {
        let query = query.to_lowercase();
        let found: Vec<Value> = field
            .allowed_values
            .once()
            .iter()
            .filter_map(allowed)
            .filter(|value| value.to_string().to_lowercase().contains(&query))
            .collect();
        self.values_omitted = found.len().checked_sub(VALUES_MAX).filter(|left| *left > 0);
        self.values = found.into_iter().take(VALUES_MAX).collect();
    }
}

/// An allowed value as it may be written; the options below a cascading one stand behind it.
fn allowed(value: &Value) -> Option<Value> {
    let name = ["name", "value", "key", "id"].iter().find_map(|name| value.get(*name)?.as_str())?;
    let children: Vec<Value> = value
        .get("children")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(allowed)
        .collect();
    if children.is_empty() {
        return Some(Value::from(short_text(name, LABEL_CHARS)));
    }
    Some(serde_json::json!({ "value": short_text(name, LABEL_CHARS), "children": children }))
}

pub(super) fn kind(schema: &wire::FieldSchema) -> String {
    let tail = schema.custom.rsplit(':').next().unwrap_or_default();
    let kind = match (schema.kind.as_str(), tail, schema.system.as_str()) {
        (_, "textarea", _) | (_, _, "description" | "environment") => "rich text",
        ("option", ..) => "one of",
        ("option-with-child", ..) => "parent > child",
        ("array", "labels", _) | ("array", _, "labels") => "labels",
        ("array", "gh-sprint", _) => "sprint",
        ("array", ..) if schema.items == "option" => "several of",
        ("array", ..) => return format!("list of {}", schema.items),
        ("string", "url", _) => "URL",
        (other, ..) => other,
    };
    kind.to_owned()
}

/// A person.
#[derive(Debug, Serialize)]
pub struct UserView {
    account_id: String,
    name: String,
    active: bool,
}

impl From<&wire::User<'_>> for UserView {
    fn from(user: &wire::User<'_>) -> Self {
        Self {
            account_id: id(&user.account_id),
            name: short_text(&user.display_name, LABEL_CHARS),
            active: user.active,
        }
    }
}

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
