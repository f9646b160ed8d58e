//! Moving an issue to another project or issue type.

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    request,
    tools::{
        args::{IssueKey, ProjectKey, arguments},
        bulk::task,
        context::Context,
        create::{create_fields, created::browse},
        issue::delete::head,
        project_guard,
        registry::{Tool, tool},
        writing::{
            audience,
            confirm::{Step, agreed},
        },
    },
    wire::{Issue, IssueType, LenientText, LinkedIssue, ProjectDetail, Submitted},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Move an issue, with its subtasks, to a project or type: previews, then acts on confirm.
    "jira_move_issue", "Move to project", Manage, Destructive, move_issue(MoveIssue),
    r#"{"issue_key": "ACME-1", "target_project_key": "OPS"}"#
)];

arguments! {
    MoveIssue {
        issue_key: IssueKey,
        target_project_key: ProjectKey,
        /// Default: the type of the same name
        issue_type: Option<String>,
        confirm: Option<String>,
    }
}

/// What is read of the issue; the last ones hold values that belong to its project and do not move
/// with it.
const FIELDS: &[&str] = &[
    "summary",
    "status",
    "issuetype",
    "subtasks",
    audience::PROJECT,
    "components",
    "fixVersions",
    "versions",
];

async fn move_issue(context: &Context, args: MoveIssue) -> Result<Reply, ToolError> {
    let asked = context.projects.check_issue(&args.issue_key)?;
    let allowed_target = context.projects.check_project(&args.target_project_key)?;
    let target = &args.target_project_key;
    let (answer, types, project) = tokio::join!(
        context.ask(request::issue(&asked, FIELDS, &[])),
        create_fields::issue_types(context, &allowed_target),
        context.ask(request::project(&allowed_target)),
    );
    // Of what is wrong, the first says most.
    let (answer, types, project) = (answer?, types?, project?);
    let project: ProjectDetail<'_> = project.read()?;
    let issue: Issue<'_> = answer.read()?;
    let key = project_guard::present(context, &asked, &issue)?;
    let present: Option<IssueType> = issue.fields.read("issuetype");
    let kind = choose_type(&types, args.issue_type.as_deref(), present.as_ref())?;
    check_sense(&issue, target, present.as_ref(), kind)?;
    let plan = json!([issue.id, issue.key, target.as_str(), kind.id, subtasks(&issue)]);
    let mut preview = preview(&issue, target, kind);
    // Only the customers of a desk read comments without working on the issue.
    let customers_come =
        audience::has_customers(&project.project_type_key) && !audience::may_have_customers(&issue);
    preview.put_non_empty("customers_will_see_comments", customers_come.then_some(true));
    let step = Step { tool: "jira_move_issue", plan, preview, confirm: args.confirm.as_deref() };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    let answer = context.ask(request::move_issue(&key, &allowed_target, &kind.id)).await?;
    let submitted: Submitted<'_> = answer.read()?;
    let id = submitted.task_id.as_ref();
    // From here on the move is under way, so whatever fails must name the task.
    let under_way = |error: ToolError| {
        error.hint("The move was begun: jira_get_task tells how it went.").with("task_id", id)
    };
    let progress = task::wait(context, id, task::SOON).await.map_err(under_way)?;
    if !progress.has_ended {
        let hint = "The move is under way: jira_get_task tells how it went.";
        return Reply::json(
            &json!({ "old_key": issue.key, "task_id": id, "status": progress.status, "hint": hint }),
        );
    }
    if progress.status != "COMPLETE" || !progress.failed.is_empty() {
        let reasons: Vec<&str> = progress.failed.values().map(String::as_str).collect();
        return Err(ToolError::invalid_argument(format!(
            "Jira did not move {}: {}",
            issue.key,
            said(&reasons)
        ))
        .hint("The issue is where it was. Set on it what the target project demands, then move it again.")
        .with("task_id", id));
    }
    let answer = context.ask(request::issue(&key, &["summary"], &[])).await.map_err(under_way)?;
    let moved: Issue<'_> = answer.read()?;
    let url = browse(context, &moved.key).await?;
    Reply::json(&json!({ "old_key": issue.key, "key": moved.key, "url": url }))
}

fn said(reasons: &[&str]) -> String {
    let said = reasons.join(" ");
    if said.is_empty() { "it gave no reason.".to_owned() } else { said }
}

fn choose_type<'t>(
    types: &'t [IssueType],
    wanted: Option<&str>,
    present: Option<&IssueType>,
) -> Result<&'t IssueType, ToolError> {
    match (wanted, present) {
        (Some(wanted), _) => create_fields::pick_type(types, wanted),
        (None, Some(present)) => create_fields::pick_type(types, &present.name),
        (None, None) => Err(ToolError::invalid_argument("`issue_type` is required for this issue")),
    }
}

/// Subtasks live below their parent, and what is there already need not be moved.
fn check_sense(
    issue: &Issue<'_>,
    target: &ProjectKey,
    present: Option<&IssueType>,
    kind: &IssueType,
) -> Result<(), ToolError> {
    if present.is_some_and(|present| present.subtask) || kind.subtask {
        return Err(ToolError::invalid_argument(
            "A subtask cannot be moved by itself, nor can an issue become one here.",
        )
        .hint("Move its parent: the subtasks go with it."));
    }
    let stays = issue.key.rsplit_once('-').is_some_and(|(project, _)| project == target.as_str());
    if stays && present.is_some_and(|present| present.id == kind.id) {
        return Err(ToolError::new(
            Code::Conflict,
            format!("{} is in that project and of that type already.", issue.key),
        )
        .hint("Nothing was changed."));
    }
    Ok(())
}

fn subtasks(issue: &Issue<'_>) -> Vec<String> {
    let subtasks: Vec<LinkedIssue<'_>> = issue.fields.read("subtasks").unwrap_or_default();
    subtasks.into_iter().map(|subtask| subtask.key.into_owned()).collect()
}

fn preview(issue: &Issue<'_>, target: &ProjectKey, kind: &IssueType) -> Row {
    let mut preview = head(issue);
    preview.put_non_empty("to", json!({ "project": target.as_str(), "type": kind.name }));
    preview.put_non_empty("subtasks", json!(subtasks(issue)));
    let moves_away =
        issue.key.rsplit_once('-').is_some_and(|(project, _)| project != target.as_str());
    let bound = [
        ("components", "components"),
        ("fixVersions", "fix_versions"),
        ("versions", "affected_versions"),
    ];
    let lost: Vec<Value> = bound
        .into_iter()
        .filter(|(id, _)| {
            moves_away
                && issue
                    .fields
                    .read::<Vec<LenientText<'_>>>(id)
                    .is_some_and(|items| !items.is_empty())
        })
        .map(|(_, name)| Value::from(name))
        .collect();
    preview.put_non_empty("may_be_lost", lost);
    preview
}
