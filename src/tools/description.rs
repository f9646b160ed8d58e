//! A new description for an issue that has one: what is there is never lost by accident.
//!
//! Appending and replacing a section patch the stored document, so every other node stays as it is. Replacing text that
//! Markdown could not keep has to be asked for.

use serde_json::{Value, value::RawValue};

use crate::{
    adf::{self, PatchError},
    jira::{JiraError, names::Among, request, wire::Issue},
};

use super::{Context, ToolError, text};

/// What is asked of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) replace: Option<&'a str>,
    pub(super) append: Option<&'a str>,
    /// The heading of the one section that `replace` is for.
    pub(super) section: Option<&'a str>,
    /// Whether what Markdown cannot keep may be lost.
    pub(super) lose_rich_text: bool,
}

impl Wish<'_> {
    /// The stored document, read only when it is about to be changed.
    pub(super) async fn stored(
        &self,
        context: &Context,
        key: &str,
    ) -> Result<Option<Box<RawValue>>, ToolError> {
        if self.replace.is_none() && self.append.is_none() {
            return Ok(None);
        }
        let answer = context.ask(request::issue(key, &["description"], &[])).await?;
        let issue: Issue<'_> = answer.read()?;
        let stored = issue.fields.raw("description").map(|raw| RawValue::from_string(raw.get().to_owned()));
        // What is written back is judged to its last sign first.
        stored.transpose().map_err(|_| JiraError::Unreadable.into())
    }

    /// The document to write, if the text is to change.
    pub(super) async fn document(
        &self,
        context: &Context,
        stored: Option<&RawValue>,
        among: Among<'_>,
    ) -> Result<Option<Value>, ToolError> {
        let stored = stored.unwrap_or(RawValue::NULL);
        match (self.replace, self.append, self.section) {
            (None, None, None) => Ok(None),
            (None, _, Some(_)) => Err(ToolError::invalid_argument(
                "`section` names the heading whose text `description` replaces; give both.",
            )),
            (Some(_), Some(_), _) => Err(ToolError::invalid_argument(
                "Either `description` replaces the text or `append_description` adds to it, not both.",
            )),
            (Some(markdown), None, None) => {
                self.check_loss(stored)?;
                text::body(context, markdown, among).await.map(Some)
            }
            (Some(markdown), None, Some(heading)) => {
                let section = text::document(context, markdown, among).await?;
                patched(adf::replace_section(stored, heading, &section))
            }
            (None, Some(markdown), None) => {
                let addition = text::document(context, markdown, among).await?;
                patched(adf::append(stored, &addition))
            }
        }
    }

    /// What the field will hold, in the caller's words.
    pub(super) fn shown(&self) -> Option<String> {
        let appended = self.append.map(|text| format!("[…]\n\n{text}"));
        let section = self
            .section
            .zip(self.replace)
            .map(|(heading, text)| format!("[…]\n\n# {heading}\n\n{text}\n\n[…]"));
        appended.or(section).or_else(|| self.replace.map(str::to_owned))
    }

    fn check_loss(&self, stored: &RawValue) -> Result<(), ToolError> {
        let stored: adf::Node = serde_json::from_str(stored.get()).unwrap_or_default();
        let lost = adf::unsayable(&stored);
        if lost.is_empty() || self.lose_rich_text {
            return Ok(());
        }
        let message = format!("The description holds what Markdown cannot keep: {}.", lost.join(", "));
        Err(ToolError::invalid_argument(message).hint(
            "Use append_description, replace one section, or set replace_rich_text to true if the user accepts the loss.",
        ))
    }
}

fn patched(result: Result<Box<RawValue>, PatchError>) -> Result<Option<Value>, ToolError> {
    let document = result.map_err(|fault| match fault {
        PatchError::Heading { heading, found: 0 } => {
            ToolError::invalid_argument(format!("The description has no heading '{heading}'."))
                .hint("Read the description and name one of its headings, or use append_description.")
        }
        PatchError::Heading { heading, found } => {
            ToolError::invalid_argument(format!("The description has {found} headings '{heading}'."))
                .hint("Nothing was changed. Only a section whose heading stands once can be replaced.")
        }
        PatchError::NotADocument(_) | PatchError::Write(_) => {
            ToolError::internal("the stored description could not be patched")
        }
    })?;
    serde_json::from_str(document.get())
        .map(Some)
        .map_err(|_| ToolError::internal("the patched description is no JSON"))
}
