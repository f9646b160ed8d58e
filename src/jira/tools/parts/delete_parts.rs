//! Deleting one thing that hangs on an issue: a comment, a worklog, an attachment, a link.

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError, clean};

use crate::jira::{
    AllowedIssue, request,
    tools::{
        args::{IssueKey, NumericId, arguments},
        context::Context,
        issue::delete::delete,
        project_guard,
        registry::{Tool, tool},
        writing::confirm::{Step, agreed},
    },
    views::{CommentView, WorklogView, short_date, somebody},
    wire::{AttachedFile, Comment, Issue, IssueLink, List, Worklog},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// Delete a comment: previews, then acts on confirm.
        "jira_delete_comment", "Delete comment", Destructive, Destructive, delete_comment(DeleteComment),
        r#"{"issue_key": "ACME-1", "comment_id": "1"}"#
    ),
    tool!(
        /// Delete an attachment: previews, then acts on confirm.
        "jira_delete_attachment", "Delete attachment", Destructive, Destructive, delete_attachment(DeleteAttachment),
        r#"{"issue_key": "ACME-1", "attachment_id": "10001"}"#
    ),
    tool!(
        /// Delete logged work: previews, then acts on confirm.
        "jira_delete_worklog", "Delete worklog", Destructive, Destructive, delete_worklog(DeleteWorklog),
        r#"{"issue_key": "ACME-1", "worklog_id": "1"}"#
    ),
    tool!(
        /// Remove a link of issues: previews, then acts on confirm.
        "jira_unlink_issues", "Unlink issues", Destructive, Destructive, unlink_issues(UnlinkIssues),
        r#"{"link_id": "10301"}"#
    ),
];

arguments! {
    DeleteComment {
        issue_key: IssueKey,
        comment_id: NumericId,
        confirm: Option<String>,
    }
}

arguments! {
    DeleteAttachment {
        issue_key: IssueKey,
        attachment_id: NumericId,
        confirm: Option<String>,
    }
}

arguments! {
    DeleteWorklog {
        issue_key: IssueKey,
        worklog_id: NumericId,
        confirm: Option<String>,
    }
}

arguments! {
    UnlinkIssues {
        link_id: NumericId,
        confirm: Option<String>,
    }
}

/// Enough of a text to recognise it by.
const TEXT_CHARS: usize = 600;

async fn delete_comment(context: &Context, args: DeleteComment) -> Result<Reply, ToolError> {
    let key = present(context, &args.issue_key).await?;
    let id = args.comment_id.as_str();
    let answer = context.ask(request::comment(&key, id)).await?;
    let comment: Comment<'_> = answer.read()?;
    let mut preview = Row::new();
    preview.put_non_empty("key", key.as_str());
    preview.put_non_empty("comment", json!(CommentView::of(&comment, TEXT_CHARS)));
    let plan = json!([key, id, comment.updated]);
    let step =
        Step { tool: "jira_delete_comment", plan, preview, confirm: args.confirm.as_deref() };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    delete(context, request::delete_comment(&key, id), request::comment(&key, id)).await?;
    Reply::json(&json!({ "key": key, "comment_id": id, "deleted": true }))
}

async fn delete_worklog(context: &Context, args: DeleteWorklog) -> Result<Reply, ToolError> {
    let key = present(context, &args.issue_key).await?;
    let id = args.worklog_id.as_str();
    let answer = context.ask(request::worklog(&key, id)).await?;
    let worklog: Worklog<'_> = answer.read()?;
    let mut preview = Row::new();
    preview.put_non_empty("key", key.as_str());
    preview.put_non_empty("worklog", json!(WorklogView::of(&worklog, TEXT_CHARS)));
    let plan = json!([key, id, worklog.started, worklog.time_spent]);
    let step =
        Step { tool: "jira_delete_worklog", plan, preview, confirm: args.confirm.as_deref() };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    delete(context, request::delete_worklog(&key, id), request::worklog(&key, id)).await?;
    Reply::json(&json!({ "key": key, "worklog_id": id, "deleted": true }))
}

/// Jira's attachments do not say on which issue they hang, so the issue is asked which ones it has.
async fn delete_attachment(context: &Context, args: DeleteAttachment) -> Result<Reply, ToolError> {
    let asked = context.projects.check_issue(&args.issue_key)?;
    let id = args.attachment_id.as_str();
    let answer = context.ask(request::issue(&asked, &["attachment"], &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let key = &project_guard::present(context, &asked, &issue)?;
    let files: List<AttachedFile<'_>> = issue.fields.list("attachment");
    let Some(file) = files.iter().find(|file| file.id == id) else {
        let shown: Vec<Value> = files.iter().map(|file| json!(view(file))).collect();
        return Err(ToolError::new(
            Code::NotFound,
            format!("{key} has no attachment with the id {id}."),
        )
        .hint("`attachments` lists what it has.")
        .with("attachments", context.budget.split(2).fit(&"", shown).kept));
    };
    let mut preview = Row::new();
    preview.put_non_empty("key", key);
    preview.put_non_empty("attachment", json!(view(file)));
    let plan = json!([key, id, file.filename]);
    let step =
        Step { tool: "jira_delete_attachment", plan, preview, confirm: args.confirm.as_deref() };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    delete(context, request::delete_attachment(id), request::attached_file(id)).await?;
    Reply::json(&json!({ "key": key, "attachment_id": id, "deleted": true }))
}

fn view(file: &AttachedFile<'_>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", file.id.as_ref());
    row.put_non_empty("name", clean(&file.filename).as_ref());
    row.put_non_empty("bytes", file.size);
    row.put_non_empty("author", somebody(&file.author));
    row.put_non_empty("created", short_date(&file.created).as_ref());
    row
}

async fn unlink_issues(context: &Context, args: UnlinkIssues) -> Result<Reply, ToolError> {
    let id = args.link_id.as_str();
    let answer = context.ask(request::issue_link(id)).await?;
    let link: IssueLink<'_> = answer.read()?;
    let (Some(from), Some(to)) = (&*link.inward_issue, &*link.outward_issue) else {
        return Err(ToolError::internal("a link has only one end"));
    };
    // A link belongs to both of its issues, so both have to be where this request may change
    // something.
    for end in [from, to] {
        let hidden = || {
            ToolError::new(Code::Forbidden, "The link leads to a project that is not allowed here.")
        };
        context.projects.told(&end.key).ok_or_else(hidden)?;
    }
    let relation = clean(&link.kind.outward);
    let mut preview = Row::new();
    preview.put_non_empty("id", id);
    preview.put_non_empty("from", from.key.as_ref());
    preview.put_non_empty("relation", relation.as_ref());
    preview.put_non_empty("to", to.key.as_ref());
    let plan = json!([id, from.key, link.kind.outward, to.key]);
    let step = Step { tool: "jira_unlink_issues", plan, preview, confirm: args.confirm.as_deref() };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    delete(context, request::delete_issue_link(id), request::issue_link(id)).await?;
    Reply::json(&json!({ "unlinked": true, "from": from.key, "relation": relation, "to": to.key }))
}

/// An issue under its present key. Only where projects are restricted must it be asked for: an
/// issue may have been moved since, and answers under its old key too.
async fn present(context: &Context, key: &IssueKey) -> Result<AllowedIssue, ToolError> {
    let asked = context.projects.check_issue(key)?;
    if let Some(allowed) = context.projects.unasked(&asked) {
        return Ok(allowed);
    }
    let answer = context.ask(request::issue(&asked, &["summary"], &[])).await?;
    project_guard::present(context, &asked, &answer.read()?)
}
