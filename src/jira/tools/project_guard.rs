//! Where an issue is now: Jira answers an issue that was moved under its old key too, past a check
//! of the key alone.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use tool_kit::{Code, ToolError};

use crate::jira::{
    AllowedIssue, NamedIssue, request,
    tools::{args::IssueKey, context::Context},
    wire::{FetchedIssues, Issue},
};

/// So many issues are asked for one by one: then it can be said which of them was moved.
const FEW: usize = 2;

/// The issue that somebody named, once it is sure where it lies. Nobody is asked where every
/// project is allowed.
pub(super) async fn allowed(context: &Context, key: &IssueKey) -> Result<AllowedIssue, ToolError> {
    let named = context.projects.check_issue(key)?;
    if let Some(allowed) = context.projects.unasked(&named) {
        return Ok(allowed);
    }
    let answer = context.ask(request::issue(&named, &["created"], &[])).await?;
    found(context, &named, &answer.read()?)
}

/// Several issues, with one question.
pub(super) async fn all_allowed(
    context: &Context,
    keys: &[&IssueKey],
) -> Result<Vec<AllowedIssue>, ToolError> {
    let named =
        keys.iter().map(|key| context.projects.check_issue(key)).collect::<Result<Vec<_>, _>>()?;
    let unasked: Option<Vec<_>> = named.iter().map(|one| context.projects.unasked(one)).collect();
    if let Some(allowed) = unasked {
        return Ok(allowed);
    }
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    if keys.len() <= FEW {
        return try_join_all(keys.iter().map(|key| allowed(context, key))).await;
    }
    let different: BTreeSet<&NamedIssue> = named.iter().collect();
    let asked: Vec<&NamedIssue> = different.iter().copied().collect();
    let answer = context.ask(request::bulk_fetch(&asked, &["created"])).await?;
    let fetched: FetchedIssues<'_> = answer.read()?;
    if fetched.issues.iter().any(|issue| !context.projects.holds_issue(&issue.key)) {
        // The answer does not say under which key it was asked for.
        let asked = if let [only] = asked.as_slice() { only.as_str() } else { "One of the issues" };
        return Err(moved(asked));
    }
    // Whoever is not among the answers under its own key may be there under a new one, or nowhere.
    let is_answered =
        |one: &NamedIssue| fetched.issues.iter().any(|issue| issue.key == one.as_str());
    if fetched.issues.len() < different.len() {
        let missing: Vec<&str> =
            different.iter().filter(|one| !is_answered(one)).map(|one| one.as_str()).collect();
        return Err(ToolError::new(
            Code::NotFound,
            format!("Not found, or the signed-in user may not see it: {}.", missing.join(", ")),
        )
        .hint("Nothing was changed. Check the keys."));
    }
    Ok(named.iter().filter_map(|one| context.projects.found(one, one.as_str())).collect())
}

/// The issue that was asked for, if what Jira answered lies in an allowed project.
pub(super) fn found(
    context: &Context,
    asked: &NamedIssue,
    answered: &Issue<'_>,
) -> Result<AllowedIssue, ToolError> {
    context.projects.found(asked, &answered.key).ok_or_else(|| moved(asked.as_str()))
}

/// The same under the key that it has by now.
pub(super) fn present(
    context: &Context,
    asked: &NamedIssue,
    answered: &Issue<'_>,
) -> Result<AllowedIssue, ToolError> {
    context.projects.told(&answered.key).ok_or_else(|| moved(asked.as_str()))
}

fn moved(asked: &str) -> ToolError {
    ToolError::new(
        Code::Forbidden,
        format!("{asked} was moved to a project that is not allowed here."),
    )
    .hint("The operator of this connection allows other projects only.")
}
