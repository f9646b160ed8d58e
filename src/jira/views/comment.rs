//! Comments, and who may see them.

use json_borrow::UNREADABLE;
use serde::Serialize;
use tool_kit::clip;

use crate::jira::client::wire;

use super::{
    field::{id, rich_text, short_text},
    person::{is_customer, somebody},
};

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

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
            internal: *comment.jsd_public == Some(false),
            from_customer: is_customer(comment.author.as_ref()),
            body: rich_text(comment.body, text_chars),
        }
    }

    /// Clips the text further, when one comment alone exceeds the budget of a reply.
    pub fn clip(&mut self, text_chars: usize) {
        self.body = clip(&self.body, text_chars).into_owned();
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
