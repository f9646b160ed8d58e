//! A new description for an issue that has one: what is there is never lost by accident.
//!
//! Appending and replacing a section patch the stored document, so every other node stays as it is.
//! Replacing text that Markdown could not keep has to be asked for.

use adf::{self, Document, PatchError};
use serde_json::value::RawValue;
use tool_kit::ToolError;

use crate::jira::{
    AllowedIssue,
    names::PersonScope,
    request,
    tools::{
        context::Context,
        writing::{
            changes::raw,
            rich_text::{self, ReplaceRichText, Target, check_replace, check_replace_node},
            text,
        },
    },
    wire::Issue,
};

/// How the description is to change.
#[derive(Debug, Clone, Copy)]
pub(in crate::jira::tools) struct DescriptionEdit<'a> {
    pub(in crate::jira::tools) replace: Option<&'a str>,
    pub(in crate::jira::tools) append: Option<&'a str>,
    /// The heading of the one section that `replace` is for.
    pub(in crate::jira::tools) section: Option<&'a str>,
    /// Whether what Markdown cannot keep may be lost.
    pub(in crate::jira::tools) keep: ReplaceRichText,
}

impl DescriptionEdit<'_> {
    /// The stored document, read only when it is about to be changed.
    pub(in crate::jira::tools) async fn stored(
        &self,
        context: &Context,
        key: &AllowedIssue,
    ) -> Result<Option<Box<RawValue>>, ToolError> {
        if self.replace.is_none() && self.append.is_none() {
            return Ok(None);
        }
        let answer = context.ask(request::issue(key, &["description"], &[])).await?;
        let issue: Issue<'_> = answer.read()?;
        issue.fields.raw("description").map(|stored| raw(stored.get())).transpose()
    }

    /// The document to write, if the text is to change.
    pub(in crate::jira::tools) async fn document(
        &self,
        context: &Context,
        stored: Option<&RawValue>,
        among: PersonScope<'_>,
    ) -> Result<Option<Document>, ToolError> {
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
                check_replace(Some(stored), markdown, self.keep, Target::Description)?;
                text::body(context, markdown, among).await.map(Some)
            }
            (Some(markdown), None, Some(heading)) => {
                let old = adf::section(stored, heading).map_err(refusal)?;
                check_replace_node(&old.body, markdown, self.keep, Target::Section(heading))?;
                let new = text::document(context, markdown, among).await?;
                patched(context, adf::replace_section(stored, heading, &new))
            }
            (None, Some(markdown), None) => {
                let addition = text::document(context, markdown, among).await?;
                patched(context, adf::append(stored, &addition))
            }
        }
    }

    /// What the field will hold, in the caller's words; a section below its heading as it is
    /// stored.
    pub(in crate::jira::tools) fn shown(&self, stored: Option<&RawValue>) -> Option<String> {
        if let Some(text) = self.append {
            return Some(format!("[…]\n\n{}", rich_text::shown(text)));
        }
        let text = rich_text::shown(self.replace?);
        let Some(heading) = self.section else { return Some(text.into_owned()) };
        let stored = adf::section(stored.unwrap_or(RawValue::NULL), heading).ok();
        let heading = stored.map_or_else(|| format!("# {heading}"), |section| section.heading);
        let text = text.trim();
        // The section's own heading may have been sent along.
        let text = if adf::begins_with_heading(text, &heading) {
            text.split_once('\n').map_or("", |(_, rest)| rest.trim_start())
        } else {
            text
        };
        Some(format!("[…]\n\n{heading}\n\n{text}\n\n[…]"))
    }
}

fn patched(
    context: &Context,
    result: Result<Box<RawValue>, PatchError>,
) -> Result<Option<Document>, ToolError> {
    let patched = result.map_err(refusal)?;
    // Half a pair of what is stored is sent as the sign that stands for it: Jira's parser need not
    // take it.
    let patched = match json_borrow::mend_surrogates(patched.get()) {
        Some(mended) => RawValue::from_string(mended)
            .map_err(|_| ToolError::internal("the patched description is no JSON"))?,
        None => patched,
    };
    let document = Document::from(patched);
    let node: adf::Node = json_borrow::from_str(document.json()).unwrap_or_default();
    text::check_size(&node)?;
    context.texts.take_bytes(document.json().len())?;
    Ok(Some(document))
}

fn refusal(fault: PatchError) -> ToolError {
    match fault {
        PatchError::Heading { heading, found: 0 } => {
            ToolError::invalid_argument(format!("The description has no heading '{heading}'."))
                .hint(
                    "Read the description and name one of its headings, or use append_description.",
                )
        }
        PatchError::Heading { heading, found } => ToolError::invalid_argument(format!(
            "The description has {found} headings '{heading}'."
        ))
        .hint("Nothing was changed. Only a section whose heading stands once can be replaced."),
        PatchError::Nothing => {
            ToolError::invalid_argument("The new section holds nothing but its heading.")
                .hint("Nothing was changed. Give the text that is to stand below the heading.")
        }
        PatchError::NotADocument(_) | PatchError::Write(_) => {
            ToolError::internal("the stored description could not be patched")
        }
    }
}
