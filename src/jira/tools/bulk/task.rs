//! How far a bulk operation has come, for those who ask and for those who wait.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::Instant;
use tool_kit::{Reply, Row, ToolError, clean, clip};

use crate::jira::{
    NamedIssue, request,
    tools::{
        args::{NumericId, arguments},
        context::Context,
        registry::{Tool, tool},
    },
    wire::{FetchedIssues, Task},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// How far a bulk change has come, and which issues failed.
    "jira_get_task", "Get bulk task", Bulk, Read, get_task(GetTask),
    r#"{"task_id": "1"}"#
)];

arguments! {
    GetTask {
        task_id: NumericId,
    }
}

/// How many failed issues are named; Jira tells ids, and looking up their keys takes one call.
const FAILED_MAX: usize = 100;

/// A reason is clipped to this many characters.
const REASON_CHARS: usize = 300;

/// The first wait; each one is twice the one before.
const POLL_FIRST: Duration = Duration::from_millis(100);

/// The longest wait.
const POLL_MAX: Duration = Duration::from_secs(2);

/// How long a call that begins a task waits for its end.
pub(in crate::jira::tools) const SOON: Duration = Duration::from_secs(5);

/// What is left of a call's time for telling what came of it.
const RESERVE: Duration = Duration::from_secs(5);

async fn get_task(context: &Context, args: GetTask) -> Result<Reply, ToolError> {
    let id = args.task_id.as_str();
    let mut progress = Progress::ask(context, id).await?;
    // Who brought a progress token follows the task; all others get one look.
    if context.progress.has_listener() && !progress.has_ended && context.jira.time_left() > RESERVE
    {
        progress.tell(context);
        progress = wait(context, id, context.jira.time_left()).await?;
    }
    let failed = named(context, &progress.failed).await?;
    let mut reply = Row::new();
    reply.put_non_empty("task_id", id);
    reply.put_non_empty("status", progress.status.to_lowercase());
    reply.put_non_empty("percent", progress.percent);
    reply.put_non_empty("total", progress.total);
    if progress.has_ended {
        reply.put_non_empty("changed", progress.changed);
    }
    reply.put_non_empty("inaccessible", progress.inaccessible.filter(|count| *count > 0));
    let fitted = context.budget.fit(&json!({ "reply": reply, "failed_omitted": u32::MAX }), failed);
    let omitted = progress.failed.len() - fitted.kept.len();
    reply.push("failed", json!(fitted.kept));
    if omitted > 0 {
        reply.put_non_empty("failed_omitted", omitted);
    }
    Reply::json(&reply)
}

/// One look at a task.
pub(in crate::jira::tools) struct Progress {
    /// In Jira's words.
    pub(in crate::jira::tools) status: String,
    percent: Option<u32>,
    total: Option<u32>,
    changed: usize,
    inaccessible: Option<u32>,
    /// Reasons by issue id.
    pub(in crate::jira::tools) failed: BTreeMap<String, String>,
    /// Whether nothing more will happen.
    pub(in crate::jira::tools) has_ended: bool,
}

impl Progress {
    async fn ask(context: &Context, id: &str) -> Result<Self, ToolError> {
        let answer = context.ask(request::task(id)).await?;
        let task: Task<'_> = answer.read()?;
        Ok(Self {
            status: task.status.to_string(),
            percent: task.progress_percent,
            total: task.total_issue_count,
            changed: task.processed_accessible_issues.len(),
            inaccessible: task.invalid_or_inaccessible_issue_count,
            has_ended: task.has_ended(),
            failed: task
                .failed_accessible_issues
                .into_iter()
                .map(|(id, texts)| (id, reason(&texts)))
                .collect(),
        })
    }

    fn tell(&self, context: &Context) {
        let percent = f64::from(self.percent.unwrap_or_default());
        context.progress.report(percent, Some(100.0), || {
            format!("The task is {}.", clean(&self.status.to_lowercase()))
        });
    }
}

/// What came of a task that was just begun, as far as that is known within some seconds: who asked
/// for the change need not ask for its end. It never fails, for the change is under way.
pub(in crate::jira::tools) async fn finished(
    context: &Context,
    task_id: &str,
    count: usize,
) -> Row {
    let mut reply = Row::new();
    reply.put_non_empty("task_id", task_id);
    reply.put_non_empty("count", count);
    let Ok(progress) = wait(context, task_id, SOON).await else {
        reply.put_non_empty("status", "SUBMITTED");
        reply.put_non_empty("hint", UNDER_WAY);
        return reply;
    };
    reply.put_non_empty("status", progress.status.as_str());
    if !progress.has_ended {
        reply.put_non_empty("percent", progress.percent);
        reply.put_non_empty("hint", UNDER_WAY);
        return reply;
    }
    reply.put_non_empty("done", progress.changed);
    reply.put_non_empty("inaccessible", progress.inaccessible.filter(|count| *count > 0));
    let failed = named(context, &progress.failed).await.unwrap_or_default();
    let fitted =
        context.budget.split(2).fit(&json!({ "reply": reply, "failed_omitted": u32::MAX }), failed);
    let omitted = progress.failed.len() - fitted.kept.len();
    reply.put_non_empty("failed", json!(fitted.kept));
    if omitted > 0 {
        reply.put_non_empty("failed_omitted", omitted);
    }
    reply
}

const UNDER_WAY: &str = "The change is under way: jira_get_task tells how it went.";

/// Asks until the task has ended, for so long at most, or until the call's time is nearly used up.
pub(in crate::jira::tools) async fn wait(
    context: &Context,
    id: &str,
    at_most: Duration,
) -> Result<Progress, ToolError> {
    let until = Instant::now() + at_most;
    let mut pause = POLL_FIRST;
    loop {
        tokio::time::sleep(pause).await;
        let progress = Progress::ask(context, id).await?;
        progress.tell(context);
        pause = (pause * 2).min(POLL_MAX);
        let is_late = Instant::now() + pause > until || context.jira.time_left() < RESERVE + pause;
        if progress.has_ended || is_late {
            return Ok(progress);
        }
    }
}

fn reason(texts: &Value) -> String {
    let text = match texts {
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    clip(&clean(&text), REASON_CHARS).into_owned()
}

/// Failed issues by key. Where projects are restricted, only those whose project is known to be
/// allowed.
async fn named(
    context: &Context,
    failed: &BTreeMap<String, String>,
) -> Result<Vec<Row>, ToolError> {
    let ids: Vec<NamedIssue> =
        failed.keys().take(FAILED_MAX).map(|id| NamedIssue::by_jira(id)).collect();
    let ids: Vec<&NamedIssue> = ids.iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let answer = context.ask(request::bulk_fetch(&ids, &["summary"])).await?;
    let fetched: FetchedIssues<'_> = answer.read()?;
    let keys: HashMap<&str, &str> =
        fetched.issues.iter().map(|issue| (issue.id.as_ref(), issue.key.as_ref())).collect();
    let rows = failed.iter().take(FAILED_MAX).filter_map(|(id, reason)| {
        let key = keys.get(id.as_str()).copied();
        let may_be_shown =
            context.projects.is_open() || key.is_some_and(|key| context.projects.holds_issue(key));
        let mut row = Row::new();
        match key {
            Some(key) => row.put_non_empty("key", key),
            None => row.put_non_empty("id", id.as_str()),
        }
        row.put_non_empty("error", reason.as_str());
        may_be_shown.then_some(row)
    });
    Ok(rows.collect())
}
