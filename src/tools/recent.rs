//! The issues that the caller has just created in a project, to find one whose key was never learned.

use jiff::Timestamp;

use crate::jira::{
    request,
    wire::{Issue, SearchPage},
};

use super::{Context, ToolError, args::ProjectKey, comments::jira_time};

/// How many of the newest issues are looked at.
const ISSUES: u32 = 50;

/// The key of the caller's issue with this summary, if one was created since then. None proves nothing: Jira's search
/// lags behind by seconds.
pub(super) async fn by_summary(
    context: &Context,
    project: &ProjectKey,
    summary: &str,
    since: Timestamp,
) -> Result<Option<String>, ToolError> {
    let fields = ["summary".to_owned(), "created".to_owned()];
    let answer = context.ask(request::search(&jql(project, 5), &fields, ISSUES, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let made = page.issues.iter().find(|issue| {
        let created = issue.fields.read::<String>("created").and_then(|created| jira_time(&created));
        is_shown(context, issue)
            && issue.fields.read::<String>("summary").is_some_and(|stored| stored == summary)
            && created.is_some_and(|created| created >= since)
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

fn jql(project: &ProjectKey, minutes: u32) -> String {
    let project = project.as_str();
    format!(
        "project = \"{project}\" AND creator = currentUser() AND created >= -{minutes}m ORDER BY created DESC"
    )
}

fn is_shown(context: &Context, issue: &Issue<'_>) -> bool {
    context.projects.holds_issue(&issue.key)
}
