//! Where an issue is now: Jira answers an issue that was moved under its old key too, past a check of the key alone.

use serde_json::{Map, Value};

use crate::jira::{request, wire::Issue};

use super::{Code, Context, ToolError, args::IssueKey};

/// Checks the key that was asked for, and where projects are restricted also the one that the issue has by now.
pub(super) async fn check_issue(context: &Context, key: &IssueKey) -> Result<(), ToolError> {
    context.projects.check_issue(key)?;
    if context.projects.is_open() {
        return Ok(());
    }
    let answer = context.ask(request::issue(key.as_str(), &["created"], &[])).await?;
    check_found(context, key.as_str(), &answer.read::<Issue<'_>>()?)
}

/// Checks an issue that Jira answered to `asked`.
pub(super) fn check_found(context: &Context, asked: &str, found: &Issue<'_>) -> Result<(), ToolError> {
    if context.projects.holds_issue(&found.key) {
        return Ok(());
    }
    Err(ToolError::new(Code::Forbidden, format!("{asked} was moved to a project that is not allowed here."))
        .hint("The operator of this connection allows other projects only."))
}

/// Checks every issue that these fields, ready to be written, name as a parent.
pub(super) async fn check_parents(context: &Context, fields: &Map<String, Value>) -> Result<(), ToolError> {
    context.projects.check_parents(fields)?;
    for key in fields.values().filter_map(|value| IssueKey::parse(value.get("key")?.as_str()?)) {
        check_issue(context, &key).await?;
    }
    Ok(())
}
