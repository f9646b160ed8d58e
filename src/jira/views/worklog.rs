//! Logged work.

use serde::Serialize;
use tool_kit::clip;

use crate::jira::client::wire;

use super::{
    field::{id, rich_text, short_text},
    person::{is_customer, somebody},
};

/// Texts beside the point of a reply are clipped to this many characters.
const LABEL_CHARS: usize = 200;

/// A piece of logged work.
#[derive(Debug, Serialize)]
pub struct WorklogView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    started: String,
    time: String,
    /// Written by a customer of a service desk: text from outside the company.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    from_customer: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
}

impl WorklogView {
    /// Reads a worklog, its comment clipped to `text_chars` characters.
    pub fn of(worklog: &wire::Worklog<'_>, text_chars: usize) -> Self {
        Self {
            id: id(&worklog.id),
            author: somebody(&worklog.author),
            started: short_text(&worklog.started, LABEL_CHARS),
            time: short_text(&worklog.time_spent, LABEL_CHARS),
            from_customer: is_customer(worklog.author.as_ref()),
            comment: rich_text(worklog.comment, text_chars),
        }
    }

    /// Clips the comment further, when one worklog alone exceeds the budget of a reply.
    pub fn clip(&mut self, text_chars: usize) {
        self.comment = clip(&self.comment, text_chars).into_owned();
    }
}
