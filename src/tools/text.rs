//! Markdown from agents, on its way into Jira: mentions resolved, the document built.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    adf,
    jira::names::{self, Among},
};

use super::{Context, ToolError};

/// People mentioned in one text, at most; each costs a look-up.
const MENTIONS_MAX: usize = 10;

/// Turns Markdown into an ADF document. `@[Name]` becomes a mention of the one person of that name; nobody or
/// several is an error, and nothing is written.
pub(super) async fn document(
    context: &Context,
    markdown: &str,
    among: Among<'_>,
) -> Result<adf::Node, ToolError> {
    let mentioned = adf::mentioned(markdown);
    if mentioned.len() > MENTIONS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "A text may mention at most {MENTIONS_MAX} people."
        )));
    }
    let mut people = HashMap::new();
    for name in mentioned {
        let found = names::person(&context.jira, &name, among).await?;
        let person =
            adf::Person { account_id: found.account_id.into_owned(), name: found.display_name.into_owned() };
        people.insert(name, person);
    }
    Ok(adf::from_markdown(markdown, &|name| people.get(name).cloned()))
}

/// Like [`document`], as a JSON value for a request's body.
pub(super) async fn body(context: &Context, markdown: &str, among: Among<'_>) -> Result<Value, ToolError> {
    let document = document(context, markdown, among).await?;
    serde_json::to_value(document).map_err(|_| ToolError::internal("a document could not be written as JSON"))
}
