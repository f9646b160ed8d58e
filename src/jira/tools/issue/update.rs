//! Changing the fields of an issue.

use adf::Document;
use serde_json::{Map, Value, json, value::RawValue};
use tool_kit::{Reply, Row, ToolError, args::Said};

use crate::jira::{
    AllowedIssue,
    names::{self, FieldName, FieldValue, PersonScope},
    request::{self, Body, IssueBody},
    tools::{
        args::{FieldList, FieldText, FieldValues, IssueKey, arguments},
        context::Context,
        create::prepared::normalize_summary,
        issue::{
            description::DescriptionEdit,
            edit::{Editing, edit_fields},
        },
        project_guard,
        registry::{Tool, tool},
        writing::{
            changes::{Change, Changes, NewText},
            fields::{self, Target},
            read_back::{self, Edit},
            uncertain_write::{self, NotFound},
        },
    },
    views::issue_view,
    wire::Issue,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// Change fields of an issue; only what is given changes.
        "jira_update_issue", "Update issue", Core, Idempotent, update_issue(UpdateIssue),
        r#"{"issue_key": "ACME-1", "priority": "Low"}"#
    ),
    tool!(
        /// Change only the summary (title) of an issue.
        "jira_update_issue_summary", "Update summary", Core, Idempotent, update_summary(UpdateSummary),
        r#"{"issue_key": "ACME-1", "summary": "x"}"#
    ),
];

arguments! {
    UpdateIssue {
        issue_key: IssueKey,
        summary: Said<String>,
        /// Markdown; replaces the whole text, or that of one section
        description: Said<String>,
        /// Its heading
        section: Option<String>,
        /// Markdown; added at the end
        append_description: Said<String>,
        /// true: lose media, panels and what else Markdown cannot keep
        replace_rich_text: Option<bool>,
        /// me, name, id, or none
        assignee: Said<FieldText>,
        priority: Said<FieldText>,
        /// A day, or none
        due_date: Said<FieldText>,
        /// Epic or parent issue, or none
        parent_key: Said<FieldText>,
        components: Said<FieldList>,
        fix_versions: Said<FieldList>,
        labels: Said<FieldList>,
        add_labels: Option<Vec<String>>,
        remove_labels: Option<Vec<String>>,
        /// Other fields as a JSON object; null clears
        fields: Option<FieldValues>,
        /// false: no mails (needs admin rights)
        notify: Option<bool>,
        dry_run: Option<bool>,
    }
}

impl UpdateIssue {
    fn text(&self) -> DescriptionEdit<'_> {
        DescriptionEdit {
            replace: self.description.value().map(String::as_str),
            append: self.append_description.value().map(String::as_str),
            section: self.section.as_deref(),
            keep: self.replace_rich_text.into(),
        }
    }

    /// The arguments that are there and say nothing. They change nothing, which is told.
    fn empty(&self) -> Vec<&'static str> {
        let all = [
            ("summary", self.summary.is_empty()),
            ("description", self.description.is_empty()),
            ("append_description", self.append_description.is_empty()),
            ("assignee", self.assignee.is_empty()),
            ("priority", self.priority.is_empty()),
            ("due_date", self.due_date.is_empty()),
            ("parent_key", self.parent_key.is_empty()),
            ("components", self.components.is_empty()),
            ("fix_versions", self.fix_versions.is_empty()),
            ("labels", self.labels.is_empty()),
        ];
        all.into_iter().filter(|(_, is_empty)| *is_empty).map(|(name, _)| name).collect()
    }
}

arguments! {
    UpdateSummary {
        issue_key: IssueKey,
        summary: String,
    }
}

async fn update_summary(context: &Context, args: UpdateSummary) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let summary = normalize_summary(&args.summary)?;
    let fields = Map::from_iter([("summary".to_owned(), Value::from(summary.as_str()))]);
    let body =
        IssueBody { fields: Body { values: fields, texts: Vec::new() }, ..IssueBody::default() };
    let written = Edit { body: &body, description_before: None };
    let look = read_back::edit(context, key, written);
    let request = request::update_issue(key, &body, None);
    let written =
        uncertain_write::write(context, request, NotFound::ProvesUndone, look, ToolError::from)
            .await?;
    let mut changed = Row::new();
    changed.push("summary", summary);
    updated(key, written.verified(), &changed, &[])
}

async fn update_issue(context: &Context, args: UpdateIssue) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let (text, wanted) = (args.text(), wanted(&args)?);
    let screen = async {
        if fields::are_plain(&wanted) {
            Ok(None)
        } else {
            edit_fields(context, key).await.map(Some)
        }
    };
    let (screen, before) = tokio::try_join!(screen, text.stored(context, key))?;
    let target = Target {
        metas: screen.as_deref().unwrap_or_default(),
        among: PersonScope::AssignableTo(key),
        issue: Some(key),
        keep: text.keep,
    };
    let mut changes = fields::resolve(context, &target, &wanted).await?;
    if let Some(document) = text.document(context, before.as_deref(), target.among).await? {
        changes.0.push(description(&text, before.as_deref(), document));
    }
    if changes.is_empty() {
        return Err(nothing_to_change(&args.empty()));
    }
    if args.dry_run.unwrap_or(false) {
        changes.name_people(context).await;
        return preview(context, key, &changes, &args.empty()).await;
    }
    let edit = Editing {
        context,
        key,
        notify: args.notify,
        description_before: before.as_deref(),
        // Text that is appended twice stands there twice.
        absence: if text.append.is_some() {
            NotFound::UndoneUnlessPending
        } else {
            NotFound::ProvesUndone
        },
        screen,
    };
    let verified = edit.send(&changes).await?;
    updated(key, verified, &changes.acknowledged(), &args.empty())
}

fn nothing_to_change(empty: &[&str]) -> ToolError {
    let why = match empty {
        [] => "no field was given".to_owned(),
        names => format!("empty arguments change nothing ({})", names.join(", ")),
    };
    ToolError::invalid_argument(format!("Nothing to change: {why}.")).hint(
        "Pass at least one of the fields to change. null in `fields` clears one, none clears assignee, due_date and parent_key, and [] a list.",
    )
}

fn updated(
    key: &AllowedIssue,
    verified: Option<bool>,
    changed: &Row,
    left_unchanged: &[&str],
) -> Result<Reply, ToolError> {
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("updated", true);
    reply.push("changed", json!(changed));
    reply.put_non_empty("left_unchanged", json!(left_unchanged));
    reply.put_non_empty("verified", verified);
    Reply::json(&reply)
}

/// The description's change as one of a field, shown as its text will stand there.
fn description(
    text: &DescriptionEdit<'_>,
    before: Option<&RawValue>,
    document: Document,
) -> Change {
    let meta = names::system_meta("description").unwrap_or_default();
    let markdown = text.shown(before).unwrap_or_default();
    Change {
        label: fields::label(&meta),
        shown: Value::from(markdown.as_str()),
        value: FieldValue::Document(document),
        text: Some(NewText::of(text.replace.or(text.append).unwrap_or_default(), markdown)),
        meta,
    }
}

/// The values by name, from arguments of their own and from `fields`.
fn wanted(args: &UpdateIssue) -> Result<Map<String, Value>, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    let list = |list: &Said<FieldList>| list.value().map(|list| list.0.clone());
    let text = |text: &Said<FieldText>| text.value().map(|text| text.0.clone());
    let own = [
        ("summary", args.summary.value().map(|text| Value::from(text.as_str()))),
        ("assignee", text(&args.assignee)),
        ("priority", text(&args.priority)),
        ("duedate", text(&args.due_date)),
        ("parent", text(&args.parent_key)),
        ("components", list(&args.components)),
        ("fixVersions", list(&args.fix_versions)),
        ("labels", labels(args)?),
    ];
    let own: Vec<(&str, Value)> =
        own.into_iter().filter_map(|(id, value)| Some((id, value?))).collect();
    let text =
        (args.text().replace.is_some() || args.text().append.is_some()).then_some("description");
    fields::reject_duplicates(&wanted, own.iter().map(|(id, _)| *id).chain(text))?;
    wanted.extend(own.into_iter().map(|(id, value)| (id.to_owned(), value)));
    Ok(wanted)
}

/// Labels to hold, or to add and take away.
fn labels(args: &UpdateIssue) -> Result<Option<Value>, ToolError> {
    let mut operations = Map::new();
    for (name, labels) in [("add", &args.add_labels), ("remove", &args.remove_labels)] {
        if let Some(labels) = labels.as_ref().filter(|labels| !labels.is_empty()) {
            operations.insert(name.to_owned(), json!(labels));
        }
    }
    match (args.labels.value(), operations.is_empty()) {
        (None, true) => Ok(None),
        (None, false) => Ok(Some(Value::Object(operations))),
        (Some(labels), true) => Ok(Some(labels.0.clone())),
        (Some(_), false) => Err(ToolError::invalid_argument(
            "`labels` says which labels there will be; `add_labels` and `remove_labels` change those that are there.",
        )
        .hint("Nothing was changed. Give one or the other.")),
    }
}

async fn preview(
    context: &Context,
    key: &AllowedIssue,
    changes: &Changes,
    left_unchanged: &[&str],
) -> Result<Reply, ToolError> {
    let names: Vec<FieldName> = changes
        .0
        .iter()
        .map(|change| FieldName {
            id: change.meta.id().to_owned(),
            label: change.label.clone().into(),
        })
        .collect();
    let ids: Vec<&str> = names.iter().map(|field| field.id.as_str()).collect();
    let answer = context.ask(request::issue(key, &ids, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let mut before = issue_view(&issue, &names, &context.reading(context.limits.text_chars).await?);
    before.retain(&names.iter().map(|field| field.label.as_ref()).collect::<Vec<_>>());
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("dry_run", true);
    reply.push("before", json!(before));
    reply.push("after", json!(changes.previewed()));
    reply.put_non_empty("left_unchanged", json!(left_unchanged));
    context.budget.shrink_to_fit(&mut reply);
    Reply::json(&reply)
}
