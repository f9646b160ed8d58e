//! Changing many issues in one go, as a task that Jira works off.

use serde_json::{Map, Value, json};

use crate::{
    jira::{
        Request,
        names::{self, Among},
        request,
        wire::{EditMeta, FieldMeta, Submitted},
    },
    trim::Row,
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{FieldValues, IssueKey, Jql, arguments},
    bulk_targets::{Targets, some_keys, targets},
    bulk_transition,
    confirm::{Step, agreed},
    registry::tool,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Transition or edit up to 1000 issues: previews first, acts on the confirm token.
    "jira_bulk_edit", "Edit many issues", Bulk, Destructive, bulk_edit(BulkEdit)
)];

arguments! {
    BulkEdit {
        issue_keys: Option<Vec<IssueKey>>,
        /// Instead of issue_keys
        jql: Option<Jql>,
        /// Target status, transition name or id
        transition: Option<String>,
        /// JSON object; null clears
        fields: Option<FieldValues>,
        add_labels: Option<Vec<String>>,
        remove_labels: Option<Vec<String>>,
        /// false: no mails
        notify: Option<bool>,
        /// true: never act
        dry_run: Option<bool>,
        confirm: Option<String>,
    }
}

/// Values mean something else in each project, so each one's screen has to be asked.
const PROJECTS_MAX: usize = 5;

/// One bulk operation, ready to be agreed to.
pub(super) struct Job {
    /// The issues that it changes.
    pub(super) keys: Vec<String>,
    /// What Jira is told.
    pub(super) body: Value,
    /// The same in the caller's words.
    pub(super) change: Value,
    /// Issues that it leaves out, and why.
    pub(super) skipped: Vec<Row>,
    /// Where it goes.
    pub(super) request: fn(&Value) -> Request,
}

async fn bulk_edit(context: &Context, mut args: BulkEdit) -> Result<Reply, ToolError> {
    check_one_action(&args)?;
    let found = targets(context, args.issue_keys.take(), args.jql.as_ref()).await?;
    let mut job = match &args.transition {
        Some(transition) => bulk_transition::plan(context, &found, transition).await?,
        None => plan_fields(context, &found, &args).await?,
    };
    if let (Some(notify), Some(body)) = (args.notify, job.body.as_object_mut()) {
        body.insert("sendBulkNotification".to_owned(), Value::from(notify));
    }
    let preview = preview(context, &found, &job);
    // A dry run shows the same and never acts, whatever else it brings.
    let confirm = args.confirm.as_deref().filter(|_| !args.dry_run.unwrap_or(false));
    let step = Step { tool: "jira_bulk_edit", plan: job.body.clone(), preview, confirm };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    let answer = context.ask((job.request)(&job.body)).await.map_err(explain)?;
    let task: Submitted<'_> = answer.read()?;
    Reply::json(&json!({ "task_id": task.task_id, "count": job.keys.len() }))
}

/// Jira works off one kind of change at a time, and a half-done pair could not be told from a done one.
fn check_one_action(args: &BulkEdit) -> Result<(), ToolError> {
    let holds = |labels: &Option<Vec<String>>| labels.as_ref().is_some_and(|labels| !labels.is_empty());
    let (adds, removes) = (holds(&args.add_labels), holds(&args.remove_labels));
    let edits = args.fields.as_ref().is_some_and(|fields| !fields.0.is_empty());
    let labels = adds || removes;
    if args.transition.is_none() && !edits && !labels {
        return Err(ToolError::invalid_argument("Nothing to change.")
            .hint("Pass `transition`, `fields`, `add_labels` or `remove_labels`."));
    }
    if args.transition.is_some() && (edits || labels) {
        return Err(ToolError::invalid_argument(
            "Either a transition or other changes can be made in one call.",
        )
        .hint("Nothing was changed. Make two calls."));
    }
    if adds && removes {
        return Err(ToolError::invalid_argument("Labels are either added or removed in one call.")
            .hint("Nothing was changed. Make two calls."));
    }
    let given = [&args.add_labels, &args.remove_labels].into_iter().flatten().flatten();
    match given.into_iter().find(|label| label.contains(char::is_whitespace)) {
        Some(label) => {
            Err(ToolError::invalid_argument(format!("A label holds no spaces, but '{label}' does.")))
        }
        None => Ok(()),
    }
}

/// What one `POST /bulk/issues/fields` has to say. Names and values are those of each project's own screen; they must
/// come out the same, for there is one edit for all.
async fn plan_fields(context: &Context, found: &Targets, args: &BulkEdit) -> Result<Job, ToolError> {
    let mut samples: Vec<(&str, &str)> = Vec::new();
    for target in &found.issues {
        if !samples.iter().any(|(project, _)| *project == target.project) {
            samples.push((&target.project, &target.key));
        }
    }
    let wanted = args.fields.clone().unwrap_or_default().0;
    if samples.len() > PROJECTS_MAX && !wanted.is_empty() {
        return Err(ToolError::invalid_argument(format!(
            "The issues are of more than {PROJECTS_MAX} projects."
        ))
        .hint("Nothing was changed. Edit the projects one by one."));
    }
    let mut input: Option<Map<String, Value>> = None;
    if !wanted.is_empty() {
        for (project, key) in samples {
            let one = input_for(context, project, key, &wanted).await?;
            match &input {
                Some(known) if *known != one => {
                    return Err(ToolError::invalid_argument(format!(
                        "The values mean something else in {project} than in the other projects."
                    ))
                    .hint("Nothing was changed. Edit the projects one by one."));
                }
                _ => input = Some(one),
            }
        }
    }
    let mut input = input.unwrap_or_default();
    // A result holds no nulls, so what is cleared is said in a word.
    let said = |value: Value| if value.is_null() { Value::from("none") } else { value };
    let mut change: Map<String, Value> =
        wanted.into_iter().map(|(name, value)| (name, said(value))).collect();
    for (name, labels, add) in
        [("add_labels", &args.add_labels, true), ("remove_labels", &args.remove_labels, false)]
    {
        let Some(labels) = labels.as_ref().filter(|labels| !labels.is_empty()) else { continue };
        if input.contains_key("labelsFields") {
            return Err(ToolError::invalid_argument("Labels are given twice: in `fields` and beside it."));
        }
        input.insert("labelsFields".to_owned(), json!([names::bulk_labels(labels, add)]));
        change.insert(name.to_owned(), json!(labels));
    }
    let keys: Vec<String> = found.issues.iter().map(|target| target.key.clone()).collect();
    let body = json!({
        "selectedIssueIdsOrKeys": keys, "selectedActions": actions(&input), "editedFieldsInput": input,
    });
    Ok(Job { keys, body, change: Value::Object(change), skipped: Vec::new(), request: request::bulk_edit })
}

async fn input_for(
    context: &Context,
    project: &str,
    sample: &str,
    wanted: &Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    let meta: EditMeta = context.ask(request::edit_fields(sample)).await?.read()?;
    let metas: Vec<FieldMeta> = meta.fields.into_iter().map(|(id, meta)| meta.with_id(&id)).collect();
    let written = names::write_values(&context.jira, &metas, wanted, Among::AssignableIn(project)).await?;
    Ok(names::bulk_values(&metas, &written)?)
}

/// The ids of the fields in `editedFieldsInput`, which Jira wants to see listed.
fn actions(input: &Map<String, Value>) -> Vec<String> {
    let mut ids = Vec::new();
    for (group, entries) in input {
        match group.as_str() {
            "priority" => ids.push("priority".to_owned()),
            "multiselectComponents" => ids.push("components".to_owned()),
            _ => {
                let entries = entries.as_array().into_iter().flatten();
                ids.extend(entries.filter_map(|entry| Some(entry.get("fieldId")?.as_str()?.to_owned())));
            }
        }
    }
    ids
}

fn preview(context: &Context, found: &Targets, job: &Job) -> Row {
    let rows =
        found.issues.iter().filter(|target| job.keys.contains(&target.key)).map(|target| target.row.clone());
    let mut preview = Row::new();
    preview.put("count", job.keys.len());
    preview.put("change", job.change.clone());
    preview.put("missing", some_keys(found.missing.iter().map(String::as_str)));
    let room = context.budget.share(2);
    let skipped = room.share(2).fit(&"", job.skipped.clone()).kept;
    preview.put("skipped", json!(skipped));
    let shown = context.limits.results_max as usize;
    let rows = room.minus(&preview).fit(&"", rows.take(shown).collect()).kept;
    let unshown = job.keys.len() - rows.len();
    preview.put("issues", json!(rows));
    if unshown > 0 {
        preview.put("not_shown", unshown);
    }
    preview
}

fn explain(error: ToolError) -> ToolError {
    if error.code() == super::Code::InvalidArgument {
        return error.hint("Nothing was changed. Correct what Jira names, and preview again.");
    }
    error
}
