//! Deleting an issue, and what all deletions share.

use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    Applied, JiraError, Request, request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
        writing::confirm::{Step, agreed},
    },
    views::compact,
    wire::{CommentPage, Issue, LenientText, LinkedIssue, List},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Delete an issue for ever: previews, then acts on confirm.
    "jira_delete_issue", "Delete issue", Destructive, Destructive, delete_issue(DeleteIssue),
    r#"{"issue_key": "ACME-1"}"#
)];

arguments! {
    DeleteIssue {
        issue_key: IssueKey,
        /// true: its subtasks too
        delete_subtasks: Option<bool>,
        confirm: Option<String>,
    }
}

/// What a preview tells of an issue, in characters of each text.
const TEXT_CHARS: usize = 300;

const COUNTED: &[&str] = &[
    "summary",
    "status",
    "issuetype",
    "subtasks",
    "issuelinks",
    "attachment",
    "comment",
    "worklog",
];

async fn delete_issue(context: &Context, args: DeleteIssue) -> Result<Reply, ToolError> {
    let asked = context.projects.check_issue(&args.issue_key)?;
    let answer = context.ask(request::issue(&asked, COUNTED, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let key = &project_guard::present(context, &asked, &issue)?;
    let read: List<LinkedIssue<'_>> = issue.fields.list("subtasks");
    let subtasks: Vec<&str> = read.iter().map(|subtask| subtask.key.as_ref()).collect();
    if !subtasks.is_empty() && !args.delete_subtasks.unwrap_or(false) {
        return Err(ToolError::new(
            Code::Conflict,
            format!("{key} has {} subtasks, without which it cannot be deleted.", subtasks.len()),
        )
        .hint("Nothing was changed. Set delete_subtasks to true if they may go too, or move them to another parent first.")
        .with("subtasks", json!(subtasks)));
    }
    let mut preview = head(&issue);
    preview.put_non_empty("lost", losses(&issue));
    preview.put_non_empty("subtasks", json!(subtasks));
    preview.put_unreadable_of("subtasks", read.unreadable());
    let plan = json!([key, subtasks]);
    let confirm = args.confirm.as_deref();
    if let Some(reply) =
        agreed(context, Step { tool: "jira_delete_issue", plan, preview, confirm }).await?
    {
        return Ok(reply);
    }
    let request = request::delete_issue(key, !subtasks.is_empty());
    delete(context, request, request::issue(key, &["summary"], &[])).await?;
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("deleted", true);
    reply.put_non_empty("subtasks", json!(subtasks));
    Reply::json(&reply)
}

/// What every preview says of the issue it touches.
pub(in crate::jira::tools) fn head(issue: &Issue<'_>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("key", issue.key.as_ref());
    for (name, id) in [("type", "issuetype"), ("status", "status"), ("summary", "summary")] {
        row.put_non_empty(name, issue.fields.raw(id).and_then(|raw| compact(raw, TEXT_CHARS)));
    }
    row
}

/// How much hangs on an issue, where there is any.
fn losses(issue: &Issue<'_>) -> serde_json::Value {
    let total = |field: &str| {
        issue.fields.read::<CommentPage<'_>>(field).map_or(0, |page| page.total as usize)
    };
    let length = |field: &str| {
        issue.fields.read::<Vec<LenientText<'_>>>(field).map_or(0, |items| items.len())
    };
    let mut lost = Row::new();
    for (name, count) in [
        ("comments", total("comment")),
        ("worklogs", total("worklog")),
        ("attachments", length("attachment")),
        ("links", length("issuelinks")),
    ] {
        if count > 0 {
            lost.put_non_empty(name, count);
        }
    }
    json!(lost)
}

/// Deletes what `read` has just shown. Where the answer leaves open what happened, another look
/// decides: a deletion that was repeated after a lost answer finds nothing, and so does one that
/// somebody else was faster with.
pub(in crate::jira::tools) async fn delete(
    context: &Context,
    request: Request,
    read: Request,
) -> Result<(), ToolError> {
    let Err(error) = context.jira.call(request).await else { return Ok(()) };
    let is_open = matches!(
        error,
        JiraError::NotFound { .. }
            | JiraError::Unavailable { applied: Applied::Maybe, .. }
            | JiraError::Timeout { applied: Applied::Maybe }
    );
    if !is_open {
        return Err(error.into());
    }
    match context.jira.call(read).await {
        Err(JiraError::NotFound { .. }) => Ok(()),
        Ok(_) if matches!(error, JiraError::NotFound { .. }) => {
            Err(ToolError::new(Code::Forbidden, error.to_string())
                .status(404)
                .hint("It is still there: the signed-in user may see it but not delete it."))
        }
        Ok(_) => {
            Err(ToolError::new(Code::UpstreamUnavailable, "Jira failed, and nothing was deleted.")
                .retryable(None)
                .hint("Repeat the call with the same confirm token."))
        }
        Err(_) => Err(error.into()),
    }
}
