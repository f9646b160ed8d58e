//! Markdown from agents, on its way into Jira: mentions resolved, the document built.

use std::collections::HashMap;

use adf::{self, Document, Excess};
use tool_kit::ToolError;

use crate::jira::{
    names::{self, NameError, PersonScope},
    tools::{context::Context, writing::rich_text},
};

/// People mentioned in one text, at most; each costs a look-up.
const MENTIONS_MAX: usize = 10;

/// Characters that Jira takes for one text. Source:
/// <https://support.atlassian.com/jira-cloud-administration/docs/configure-advanced-application-settings/>,
/// the text field character limit, which is 32,767 on every site.
const TEXT_CHARS_MAX: usize = 32_767;

/// Turns a text into an ADF document: Markdown, or such a document as JSON text. `@[Name]` becomes
/// a mention of the one person of that name; nobody or several is an error, and nothing is written.
///
/// People are looked for among everyone, and where nobody is seen there among `among`: not every
/// account may browse users.
pub(in crate::jira::tools) async fn document(
    context: &Context,
    text: &str,
    among: PersonScope<'_>,
) -> Result<adf::Node, ToolError> {
    // Nothing is built for somebody whom Jira does not know.
    context.jira.prove_token().await?;
    rich_text::check_complete(text)?;
    let given = adf::document(text).map_err(|fault| {
        ToolError::invalid_argument(format!("The text begins like an ADF document, but {fault}."))
            .hint("Nothing was written. Write it in Markdown, or send the whole document.")
    })?;
    let document = match given {
        Some(document) => document,
        None => from_markdown(context, text, among).await?,
    };
    if adf::is_blank(&document) {
        return Err(ToolError::invalid_argument(
            "The text is empty: nothing of it would be shown.",
        )
        .hint("Nothing was written. Give some text; a field is cleared with null in `fields`."));
    }
    check_size(&document)?;
    adf::check_parts(&document).map_err(too_much)?;
    Ok(document)
}

/// Like [`document`], as it is sent.
pub(in crate::jira::tools) async fn body(
    context: &Context,
    text: &str,
    among: PersonScope<'_>,
) -> Result<Document, ToolError> {
    let document = document(context, text, among).await?;
    written(context, &document)
}

/// A document as it is sent.
pub(in crate::jira::tools) fn written(
    context: &Context,
    document: &adf::Node,
) -> Result<Document, ToolError> {
    let document = Document::of(document)
        .map_err(|_| ToolError::internal("a document could not be written as JSON"))?;
    context.texts.take_bytes(document.json().len())?;
    Ok(document)
}

fn too_much(excess: Excess) -> ToolError {
    ToolError::invalid_argument(excess.to_string())
        .hint(format!("Nothing was written. {}", excess.advice()))
}

/// Refuses what Jira would refuse without saying why. Jira counts more than the characters of text,
/// so what is a little shorter may still be too long for it.
pub(in crate::jira::tools) fn check_size(document: &adf::Node) -> Result<(), ToolError> {
    let chars = adf::text_chars(document);
    if chars <= TEXT_CHARS_MAX {
        return Ok(());
    }
    Err(ToolError::invalid_argument(format!(
        "The text would have {chars} characters, and Jira takes 32,767 for one text."
    ))
    .hint("Nothing was written. Split the text, or attach it as a file with jira_add_attachment."))
}

async fn from_markdown(
    context: &Context,
    markdown: &str,
    among: PersonScope<'_>,
) -> Result<adf::Node, ToolError> {
    adf::check_markdown(markdown).map_err(too_much)?;
    context.texts.take_chars(markdown.chars().count())?;
    let mentioned = adf::mentioned(markdown);
    if mentioned.len() > MENTIONS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "A text may mention at most {MENTIONS_MAX} people."
        )));
    }
    let mut people = HashMap::new();
    for name in mentioned {
        let person = person(context, &name, among).await?;
        people.insert(name, person);
    }
    Ok(adf::from_markdown(markdown, &|name| people.get(name).cloned()))
}

async fn person(
    context: &Context,
    name: &str,
    among: PersonScope<'_>,
) -> Result<adf::Person, ToolError> {
    let found = names::person_seen_from(&context.jira, name, among)
        .await
        .map_err(|fault| advise(fault, name))?;
    let account_id = found.account_id.into_owned();
    let name = found.display_name.into_owned();
    // Somebody given by id alone has no name here; Jira shows the right one whatever is sent.
    let name = if name == account_id { String::new() } else { name };
    Ok(adf::Person { account_id, name })
}

/// The form of a mention that works whatever the name.
fn advise(fault: NameError, name: &str) -> ToolError {
    let (known, is_ambiguous) = match &fault {
        NameError::Unknown { known, .. } => (known.clone(), false),
        NameError::Ambiguous { candidates, .. } | NameError::Inexact { candidates, .. } => {
            (candidates.clone(), true)
        }
        NameError::Jira(_) | NameError::Elsewhere { .. } => return fault.into(),
    };
    let error = ToolError::from(fault);
    let first = known
        .first()
        .and_then(|said| said.rsplit_once('('))
        .map(|(_, id)| id.trim_end_matches(')'));
    let id = first.unwrap_or("ID");
    if is_ambiguous {
        return error.hint(format!(
            "Nothing was written. Mention the one that is meant as @[Full Name], or as @[accountid:{id}]."
        ));
    }
    let near = if known.is_empty() {
        String::new()
    } else {
        format!("Did you mean: {}? ", known.join("; "))
    };
    error.hint(format!(
        "{near}Nothing was written. Mention people as @[Full Name] or @[accountid:{id}]; \\@[{name}] stays text."
    ))
}
