//! Changing many issues in one go, as a task that Jira works off.

use std::collections::BTreeMap;

use json_borrow::Raw;
use serde_json::{Map, Value, json};
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue, NamedIssue,
    names::{self, PersonScope},
    request::{self, BulkChange},
    tools::{
        args::{FieldValues, IssueKey, Jql, arguments},
        bulk::{
            bulk_job::Job,
            bulk_targets::{Target, Targets, some_keys, targets},
            bulk_transition, task,
        },
        context::Context,
        registry::{Tool, tool},
        writing::{
            changes::{Change, Changes},
            confirm::{Step, agreed},
            fields::{self, Target as Screen},
            rich_text::ReplaceRichText,
        },
    },
    wire::{EditMeta, FetchedIssues, FieldMeta, Submitted},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Transition or edit up to 1000 issues: previews, then acts on confirm.
    "jira_bulk_edit", "Edit many issues", Bulk, Destructive, bulk_edit(BulkEdit),
    r#"{"issue_keys": ["ACME-1"], "add_labels": "x"}"#
)];

arguments! {
    BulkEdit {
        issue_keys: Option<Vec<IssueKey>>,
        jql: Option<Jql>,
        transition: Option<String>,
        /// JSON object; null clears
        fields: Option<FieldValues>,
        add_labels: Option<Vec<String>>,
        remove_labels: Option<Vec<String>>,
        notify: Option<bool>,
        dry_run: Option<bool>,
        confirm: Option<String>,
    }
}

/// Values mean something else in each project, so each one's screen has to be asked.
const PROJECTS_MAX: usize = 5;

/// Issues whose texts are read at once.
const FETCHED_MAX: usize = 100;

async fn bulk_edit(context: &Context, mut args: BulkEdit) -> Result<Reply, ToolError> {
    check_one_action(&args)?;
    let found = targets(context, args.issue_keys.take(), args.jql.as_ref()).await?;
    let mut job = match &args.transition {
        Some(transition) => bulk_transition::plan(context, &found, transition).await?,
        None => plan_fields(context, &found, &args).await?,
    };
    job.bulk = job.bulk.notifying(args.notify);
    let preview = preview(context, &found, &job);
    if args.dry_run.unwrap_or(false) {
        // A rehearsal shows the same, and what it shows opens nothing.
        let mut preview = preview;
        context.budget.reserve(&json!({ "dry_run": true })).shrink_to_fit(&mut preview);
        return Reply::json(&json!({ "dry_run": true, "preview": preview }));
    }
    let confirm = args.confirm.as_deref();
    let step = Step { tool: "jira_bulk_edit", plan: job.bulk.body().clone(), preview, confirm };
    if let Some(reply) = agreed(context, step).await? {
        return Ok(reply);
    }
    let answer = context.ask(job.bulk.request()).await.map_err(explain)?;
    let begun: Submitted<'_> = answer.read()?;
    Reply::json(&task::finished(context, begun.task_id.as_ref(), job.keys.len()).await)
}

/// Jira works off one kind of change at a time, and a half-done pair could not be told from a done
/// one.
fn check_one_action(args: &BulkEdit) -> Result<(), ToolError> {
    let holds =
        |labels: &Option<Vec<String>>| labels.as_ref().is_some_and(|labels| !labels.is_empty());
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
    Ok(())
}

/// What one `POST /bulk/issues/fields` has to say. Names and values are those of each project's own
/// screen; they must come out the same, for there is one edit for all.
async fn plan_fields(
    context: &Context,
    found: &Targets,
    args: &BulkEdit,
) -> Result<Job, ToolError> {
    let mut samples: Vec<(&str, &AllowedIssue)> = Vec::new();
    for target in &found.issues {
        if !samples.iter().any(|(project, _)| *project == target.project) {
            samples.push((&target.project, &target.key));
        }
    }
    let wanted = wanted(args)?;
    if samples.len() > PROJECTS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "The issues are of more than {PROJECTS_MAX} projects."
        ))
        .hint("Nothing was changed. Edit the projects one by one."));
    }
    let mut planned: Option<(Changes, Map<String, Value>)> = None;
    for (project, key) in samples {
        let changes = changes_for(context, key, &wanted).await?;
        let input =
            names::bulk_values(changes.0.iter().map(|change| (&change.meta, &change.value)))?;
        match &planned {
            Some((_, known)) if *known != input => {
                return Err(ToolError::invalid_argument(format!(
                    "The values mean something else in {project} than in the other projects."
                ))
                .hint("Nothing was changed. Edit the projects one by one."));
            }
            Some(_) => {}
            None => planned = Some((changes, input)),
        }
    }
    let (changes, input) = planned.unwrap_or_default();
    let mut targets: Vec<&Target> = found.issues.iter().collect();
    let skipped = keep_rich_text(context, &mut targets, &changes).await?;
    let keys: Vec<AllowedIssue> = targets.iter().map(|target| target.key.clone()).collect();
    let bulk = BulkChange::edit(&keys, &actions(&input), &input);
    let change = json!(changes.previewed());
    Ok(Job { keys, bulk, change, skipped })
}

/// The values by name; labels to add or take away are a change of the field of that name.
fn wanted(args: &BulkEdit) -> Result<Map<String, Value>, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    for (name, labels) in [("add", &args.add_labels), ("remove", &args.remove_labels)] {
        if let Some(labels) = labels.as_ref().filter(|labels| !labels.is_empty()) {
            fields::reject_duplicates(&wanted, ["labels"])?;
            wanted.insert("labels".to_owned(), json!({ name: labels }));
        }
    }
    Ok(wanted)
}

/// What the values mean on one project's screen, and who is meant by them.
async fn changes_for(
    context: &Context,
    sample: &AllowedIssue,
    wanted: &Map<String, Value>,
) -> Result<Changes, ToolError> {
    let meta: EditMeta = context.ask(request::edit_fields(sample)).await?.read()?;
    let metas: Vec<FieldMeta> =
        meta.fields.into_iter().map(|(id, meta)| meta.with_id(&id)).collect();
    let project = sample.in_project();
    let among = project.as_ref().map_or(PersonScope::Everyone, PersonScope::AssignableIn);
    let screen = Screen { metas: &metas, among, issue: None, keep: ReplaceRichText::Refuse };
    let mut changes = fields::resolve(context, &screen, wanted).await?;
    changes.name_people(context).await;
    Ok(changes)
}

/// Leaves out the issues whose text would lose what Markdown cannot keep, and says so.
async fn keep_rich_text(
    context: &Context,
    targets: &mut Vec<&Target>,
    changes: &Changes,
) -> Result<Vec<Row>, ToolError> {
    let texts: Vec<&Change> = changes.0.iter().filter(|change| change.is_rich_text()).collect();
    let ids: Vec<&str> = texts.iter().map(|change| change.meta.id()).collect();
    let mut skipped = Vec::new();
    if ids.is_empty() {
        return Ok(skipped);
    }
    let mut lost: BTreeMap<String, String> = BTreeMap::new();
    for some in targets.chunks(FETCHED_MAX) {
        let keys: Vec<&NamedIssue> = some.iter().map(|target| &*target.key).collect();
        let answer = context.ask(request::bulk_fetch(&keys, &ids)).await?;
        let fetched: FetchedIssues<'_> = answer.read()?;
        for issue in &fetched.issues {
            let refusal = texts.iter().find_map(|change| {
                let stored = issue.fields.raw(change.meta.id());
                change.check_stored(stored.map(Raw::get)).err()
            });
            if let Some(refusal) = refusal {
                lost.insert(issue.key.clone().into_owned(), refusal.message().to_owned());
            }
        }
    }
    targets.retain(|target| !lost.contains_key(target.key.as_str()));
    for (key, reason) in lost {
        let mut row = Row::new();
        row.put_non_empty("keys", json!([key]));
        row.put_non_empty("reason", reason);
        skipped.push(row);
    }
    if targets.is_empty() {
        return Err(ToolError::invalid_argument("The text of none of the issues can be replaced without a loss.")
            .hint("Nothing was changed. Edit them one by one, with replace_rich_text where the user accepts the loss.")
            .with("skipped", json!(context.budget.split(2).fit(&"", skipped).kept)));
    }
    Ok(skipped)
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
                ids.extend(
                    entries.filter_map(|entry| Some(entry.get("fieldId")?.as_str()?.to_owned())),
                );
            }
        }
    }
    ids
}

fn preview(context: &Context, found: &Targets, job: &Job) -> Row {
    let rows = found
        .issues
        .iter()
        .filter(|target| job.keys.contains(&target.key))
        .map(|target| target.row.clone());
    let mut preview = Row::new();
    preview.put_non_empty("count", job.keys.len());
    preview.put_non_empty("change", job.change.clone());
    preview.put_non_empty("missing", some_keys(found.missing.iter().map(String::as_str)));
    let room = context.budget.split(2);
    let skipped = room.split(2).fit(&"", job.skipped.clone()).kept;
    preview.put_non_empty("skipped", json!(skipped));
    let shown = context.limits.results_max as usize;
    let rows = room.reserve(&preview).fit(&"", rows.take(shown).collect()).kept;
    let unshown = job.keys.len() - rows.len();
    preview.put_non_empty("issues", json!(rows));
    if unshown > 0 {
        preview.put_non_empty("not_shown", unshown);
    }
    preview
}

fn explain(error: ToolError) -> ToolError {
    if error.code() == tool_kit::Code::InvalidArgument {
        return error.hint("Nothing was changed. Correct what Jira names, and preview again.");
    }
    error
}
