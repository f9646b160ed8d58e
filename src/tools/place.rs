//! Where an issue is now: Jira answers an issue that was moved under its old key too, past a check of the key alone.

use crate::jira::{
    request,
    wire::{FetchedIssues, Issue},
};

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

/// Checks several issues with one call; those that Jira does not find are left to the call that names them.
pub(super) async fn check_issues(context: &Context, keys: &[&IssueKey]) -> Result<(), ToolError> {
    for key in keys {
        context.projects.check_issue(key)?;
    }
    if context.projects.is_open() || keys.is_empty() {
        return Ok(());
    }
    let asked: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let answer = context.ask(request::bulk_fetch(&asked, &["created"])).await?;
    let fetched: FetchedIssues<'_> = answer.read()?;
    // The answer does not say under which key an issue was asked for, and does not need to.
    fetched.issues.iter().try_for_each(|found| check_found(context, "An issue", found))
}

/// Checks an issue that Jira answered to `asked`.
pub(super) fn check_found(context: &Context, asked: &str, found: &Issue<'_>) -> Result<(), ToolError> {
    if context.projects.holds_issue(&found.key) {
        return Ok(());
    }
    Err(ToolError::new(Code::Forbidden, format!("{asked} was moved to a project that is not allowed here."))
        .hint("The operator of this connection allows other projects only."))
}
