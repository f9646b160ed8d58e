//! One question with a query: a refusal of it becomes advice.

use tool_kit::ToolError;

use crate::jira::{
    JiraError, Request, Response,
    tools::{args::Jql, context::Context, search::advice},
};

const HINT: &str = "Correct the JQL and repeat. Values with spaces need quotes; a project, user or status that the \
    signed-in user cannot see counts as unknown. A next_page_token belongs to its own jql; without one the first page is \
    read.";

/// Asks, and turns a refusal of the query into advice.
pub(in crate::jira::tools) async fn ask(
    context: &Context,
    given: &Jql,
    request: Request,
) -> Result<Response, ToolError> {
    match context.jira.call(request).await {
        Err(JiraError::Invalid { status, texts, fields, elements }) => {
            context.jira.rule_out_retry();
            let error =
                JiraError::Invalid { status, texts: texts.clone(), fields, elements }.into();
            Err(advice::wrong_jql(context, given, texts, error, HINT).await)
        }
        other => Ok(other?),
    }
}
