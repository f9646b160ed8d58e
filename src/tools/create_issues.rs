//! Creating many issues in one call.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    jira::{JiraError, request, wire::CreatedIssues},
    trim::Row,
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{FieldObjects, arguments},
    create::{Ready, prepare_one},
    lost::is_lost,
    registry::tool,
    repeat,
    screens::Screens,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Create up to 50 issues; those that fail are listed by index.
    "jira_create_issues", "Create issues", Bulk, Write, create_issues(CreateIssues)
)];

arguments! {
    CreateIssues {
        /// JSON list of objects with the arguments of jira_create_issue
        issues: FieldObjects,
        /// true: only show
        dry_run: Option<bool>,
        /// Own id; a repeat returns the first result
        request_id: Option<String>,
    }
}

/// What Jira takes at once.
const ISSUES_MAX: usize = 50;

async fn create_issues(context: &Context, args: CreateIssues) -> Result<Reply, ToolError> {
    let count = args.issues.0.len();
    if !(1..=ISSUES_MAX).contains(&count) {
        return Err(ToolError::invalid_argument(format!(
            "`issues` must hold 1 to {ISSUES_MAX} issues, not {count}"
        )));
    }
    let dry_run = args.dry_run.unwrap_or(false);
    let Some(request_id) = args.request_id.as_deref().filter(|_| !dry_run) else {
        let outcome = create_all(context, args.issues, dry_run).await?;
        return Reply::json(&outcome);
    };
    // Another name space than that of single creates, whose results are keys.
    let slot = context.repeats.slot(context.jira.caller().key(), &format!("many {request_id}"));
    let mut made = slot.lock().await;
    if let Some(first) = repeat::earlier(made.as_ref(), Instant::now()) {
        let mut first: Value = serde_json::from_str(&first).unwrap_or_default();
        if let Some(first) = first.as_object_mut() {
            first.insert("repeated_request_id".to_owned(), Value::from(true));
        }
        return Reply::json(&first);
    }
    let outcome = create_all(context, args.issues, false).await?;
    *made = Some((Instant::now(), json!(outcome).to_string()));
    Reply::json(&outcome)
}

async fn create_all(context: &Context, issues: FieldObjects, dry_run: bool) -> Result<Row, ToolError> {
    let (mut ready, mut failed) = (Vec::new(), Vec::new());
    let mut screens = Screens::default();
    let count = issues.0.len();
    for (index, given) in issues.0.into_iter().enumerate() {
        match prepare_one(context, given, &mut screens).await {
            Ok(one) => ready.push((index, one)),
            Err(error) => failed.push(failure(index, error.message(), error.advice())),
        }
    }
    if ready.is_empty() {
        return Err(nothing(context, count, failed));
    }
    if dry_run {
        return Ok(shown(context, ready, failed));
    }
    let bodies: Vec<Value> = ready.iter().map(|(_, one)| one.body.clone()).collect();
    let answer = match context.jira.call(request::create_issues(&bodies)).await {
        Ok(answer) => answer.read::<CreatedIssues>()?,
        Err(JiraError::Invalid { elements, .. }) if !elements.is_empty() => {
            let refused =
                elements.iter().filter_map(|(at, reason)| Some(failure(ready.get(*at)?.0, reason, None)));
            failed.extend(refused);
            return Err(nothing(context, count, failed));
        }
        Err(error) => return Err(lost(error)),
    };
    let refused = |at: usize| answer.errors.iter().find(|error| error.failed_element_number == at);
    let mut keys = answer.issues.iter();
    let mut created = Vec::new();
    for (at, (index, _)) in ready.iter().enumerate() {
        match refused(at) {
            Some(error) => failed.push(failure(*index, &error.reason(), None)),
            None => created.extend(keys.next().map(|made| json!({ "index": index, "key": made.key }))),
        }
    }
    Ok(assemble(context, "created", created, failed))
}

fn failure(index: usize, error: &str, hint: Option<&str>) -> Row {
    let mut row = Row::new();
    row.put("index", index);
    row.put("error", error);
    row.put("hint", hint);
    row
}

fn shown(context: &Context, ready: Vec<(usize, Ready)>, failed: Vec<Row>) -> Row {
    let would = ready.into_iter().map(|(index, one)| json!({ "index": index, "issue": one.preview }));
    let mut row = assemble(context, "would_create", would.collect(), failed);
    row.put("dry_run", true);
    row
}

/// What was done, then what was not: the first goes before when there is room for only one of them.
fn assemble(context: &Context, name: &'static str, done: Vec<Value>, mut failed: Vec<Row>) -> Row {
    failed.sort_by_key(|row| row.get("index").and_then(Value::as_u64));
    let frame = json!({ name: [], "failed": [], "omitted": { name: 50, "failed": 50 }, "dry_run": true });
    let done = context.budget.fit(&frame, done);
    let failed = context.budget.minus(&done.kept).fit_rows(&frame, failed);
    let mut row = Row::new();
    row.set(name, json!(done.kept));
    row.set("failed", json!(failed.kept));
    if done.dropped + failed.dropped > 0 {
        row.put("omitted", json!({ name: done.dropped, "failed": failed.dropped }));
    }
    row
}

fn nothing(context: &Context, count: usize, mut failed: Vec<Row>) -> ToolError {
    failed.sort_by_key(|row| row.get("index").and_then(Value::as_u64));
    let frame = "x".repeat(400);
    let failed = context.budget.fit_rows(&frame, failed).kept;
    ToolError::invalid_argument(format!("None of the {count} issues can be created."))
        .hint("Nothing was created. `failed` says what is wrong with each; correct them and repeat the call.")
        .with("failed", json!(failed))
}

fn lost(error: JiraError) -> ToolError {
    let is_lost = is_lost(&error);
    let error = ToolError::from(error);
    if !is_lost {
        return error;
    }
    error.hint("The issues may or may not have been created. Search for their summaries before trying again.")
}
