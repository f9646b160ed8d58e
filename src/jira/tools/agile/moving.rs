//! Moving issues into a sprint, back to the backlog, or up and down in rank.

use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, AllowedProject, Response,
    names::{self, FieldName},
    request::{
        self,
        agile::{self, scopes},
    },
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    views::search_row,
    wire::{List, RankReport, SearchPage},
};

use super::reach;

pub(super) const MOVE_TO_SPRINT: Tool = tool!(
    /// Move issues to a sprint or the backlog, or rank them.
    "jira_move_to_sprint", "Move to sprint", Agile, Idempotent, move_to_sprint(MoveToSprint),
    r#"{"issue_keys": ["ACME-1"], "sprint_id": 1}"#
)
.also(&[
    scopes::SPRINTS,
    scopes::BOARDS,
    scopes::WRITE_SPRINT,
    scopes::WRITE_BACKLOG,
    scopes::RANK,
]);

arguments! {
    MoveToSprint {
        issue_keys: Vec<IssueKey>,
        /// Id, name, active, or backlog
        sprint_id: Option<String>,
        rank_before: Option<IssueKey>,
        dry_run: Option<bool>,
    }
}

/// Reasons of Jira are clipped to this many characters.
const REASON_CHARS: usize = 200;

/// Where to.
enum Target {
    Sprint {
        id: u64,
        name: String,
    },
    Backlog,
    /// Only in front of another issue.
    Rank,
}

async fn move_to_sprint(context: &Context, args: MoveToSprint) -> Result<Reply, ToolError> {
    let keys = keys(&args)?;
    let named: Vec<&IssueKey> = keys.iter().copied().chain(&args.rank_before).collect();
    let allowed = project_guard::all_allowed(context, &named).await?;
    let (keys, before) = allowed.split_at(keys.len().min(allowed.len()));
    let keys: Vec<&AllowedIssue> = keys.iter().collect();
    let needed = match args.sprint_id.as_deref() {
        _ if args.dry_run.unwrap_or(false) => vec![scopes::SPRINTS],
        Some(given) if !is_backlog(given) => vec![scopes::SPRINTS, scopes::WRITE_SPRINT],
        Some(_) if args.rank_before.is_some() => vec![scopes::WRITE_BACKLOG, scopes::RANK],
        Some(_) => vec![scopes::WRITE_BACKLOG],
        None => vec![scopes::RANK],
    };
    let moved = moved(context, &args, &keys, before.first()).await;
    reach::naming_scopes(context, &needed, moved).await
}

/// The keys, each once.
fn keys(args: &MoveToSprint) -> Result<Vec<&IssueKey>, ToolError> {
    let mut keys: Vec<&IssueKey> = Vec::new();
    for key in &args.issue_keys {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if let Some(before) = &args.rank_before
        && keys.contains(&before)
    {
        return Err(ToolError::invalid_argument(format!(
            "{before} cannot be ranked before itself."
        )));
    }
    match keys.len() {
        0 => Err(ToolError::invalid_argument("`issue_keys` is required")),
        count if count > agile::MOVED_MAX => Err(ToolError::invalid_argument(format!(
            "{count} issues were given; one call moves at most {}.",
            agile::MOVED_MAX
        ))
        .hint("Nothing was moved. Call again with the first 50, then with the others.")),
        _ => Ok(keys),
    }
}

async fn moved(
    context: &Context,
    args: &MoveToSprint,
    keys: &[&AllowedIssue],
    before: Option<&AllowedIssue>,
) -> Result<Reply, ToolError> {
    let target = target(context, args, keys).await?;
    if args.dry_run.unwrap_or(false) {
        return preview(context, &target, keys, before).await;
    }
    let mut reply = Row::new();
    match (&target, before) {
        (Target::Sprint { id, .. }, _) => {
            let answer = context.ask(agile::move_to_sprint(*id, keys, before)).await?;
            report(&mut reply, keys, &answer, "failed")?;
        }
        (Target::Backlog, before) => {
            context.ask(agile::move_to_backlog(keys)).await?;
            reply.push("moved", json!(keys));
            if let Some(before) = before {
                match context.ask(agile::rank(keys, before)).await {
                    Ok(answer) => report(&mut Row::new(), keys, &answer, "")
                        .map(|failed| reply.put_non_empty("not_ranked", failed))?,
                    // The issues are in the backlog already, which an error alone would deny.
                    Err(error) => reply.put_non_empty("not_ranked", error.message()),
                }
            }
        }
        (Target::Rank, None) => return Err(ToolError::internal("there is nothing to rank before")),
        (Target::Rank, Some(before)) => {
            let answer = context.ask(agile::rank(keys, before)).await?;
            report(&mut reply, keys, &answer, "failed")?;
        }
    }
    target.name_in(&mut reply);
    reply.put_non_empty("before", before);
    Reply::json(&reply)
}

/// Notes what was moved and what was not; the latter is also returned.
fn report(
    reply: &mut Row,
    keys: &[&AllowedIssue],
    answer: &Response,
    failed_as: &'static str,
) -> Result<Value, ToolError> {
    let report =
        if answer.is_empty() { RankReport { entries: List::new() } } else { answer.read()? };
    let failures = report.entries.iter().filter(|entry| !(200..300).contains(&entry.status));
    let failed: Vec<Value> = failures
        .map(|entry| {
            let reason = tool_kit::clean(&entry.errors.join(" ")).into_owned();
            json!({ "key": entry.issue_key, "error": tool_kit::clip(&reason, REASON_CHARS) })
        })
        .collect();
    let is_failed = |key: &str| failed.iter().any(|entry| entry["key"].as_str() == Some(key));
    reply.push(
        "moved",
        json!(keys.iter().filter(|key| !is_failed(key.as_str())).collect::<Vec<_>>()),
    );
    reply.put_non_empty(failed_as, failed.clone());
    Ok(Value::Array(failed))
}

async fn target(
    context: &Context,
    args: &MoveToSprint,
    keys: &[&AllowedIssue],
) -> Result<Target, ToolError> {
    let given = match (args.sprint_id.as_deref(), &args.rank_before) {
        (Some(given), _) => given,
        (None, Some(_)) => return Ok(Target::Rank),
        (None, None) => {
            return Err(ToolError::invalid_argument(
                "Nothing to do: neither `sprint_id` nor `rank_before` is given.",
            )
            .hint("Pass sprint_id as an id, a name, active, or backlog."));
        }
    };
    if is_backlog(given) {
        return Ok(Target::Backlog);
    }
    let mut projects: Vec<AllowedProject> =
        keys.iter().filter_map(|key| key.in_project()).collect();
    projects.sort_unstable();
    projects.dedup();
    let sprint = reach::target(context, given, &projects).await?;
    let name = tool_kit::clean(&sprint.name).into_owned();
    if sprint.state == "closed" {
        return Err(ToolError::new(Code::InvalidArgument, format!("Sprint '{name}' is closed."))
            .hint("Nothing was moved. Issues can be moved to an active or future sprint; jira_get_sprints lists them.")
            .with("board_id", sprint.board_id));
    }
    Ok(Target::Sprint { id: sprint.id, name })
}

fn is_backlog(given: &str) -> bool {
    given.trim().eq_ignore_ascii_case("backlog")
}

/// Where each issue is now, and where it would be.
async fn preview(
    context: &Context,
    target: &Target,
    keys: &[&AllowedIssue],
    before: Option<&AllowedIssue>,
) -> Result<Reply, ToolError> {
    let mut fields = names::readable_fields(&context.jira, &["Sprint".to_owned()]).await?;
    fields.extend(FieldName::known("status"));
    let ids: Vec<String> = fields.iter().map(|field| field.id.clone()).collect();
    let named: Vec<String> = keys.iter().map(|key| names::quoted(key.as_str())).collect();
    let jql = format!("issuekey in ({}) ORDER BY Rank ASC", named.join(", "));
    let size = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let answer = context.ask(request::search(&jql, &ids, size, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let reading = context.reading(REASON_CHARS).await?;
    let visible = page.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key));
    let rows: Vec<Row> = visible.map(|issue| search_row(issue, &fields, &reading)).collect();
    let mut reply = Row::new();
    reply.put_non_empty("dry_run", true);
    target.name_in(&mut reply);
    reply.put_non_empty("before", before);
    let fitted = context.budget.fit_rows(&json!({ "frame": reply, "omitted": rows.len() }), rows);
    reply.push("would_move", json!(fitted.kept));
    if fitted.dropped > 0 {
        reply.put_non_empty("omitted", fitted.dropped);
    }
    Reply::json(&reply)
}

impl Target {
    fn name_in(&self, reply: &mut Row) {
        match self {
            Self::Sprint { id, name } => {
                reply.put_non_empty("to", name.as_str());
                reply.put_non_empty("sprint_id", *id);
            }
            Self::Backlog => reply.put_non_empty("to", "backlog"),
            Self::Rank => {}
        }
    }
}
