//! Changing the fields of an issue.

use serde_json::{Map, Value, json, value::RawValue};

use crate::{
    jira::{
        JiraError,
        names::{self, Among, FieldName},
        request,
        wire::{EditMeta, FieldMeta, Issue},
    },
    trim::{CreateFieldView, Row, issue_view},
};

use super::{
    Code, Context, Reply, Tool, ToolError, agile,
    args::{FieldValues, IssueKey, arguments},
    create::one_line,
    description::Wish,
    fields,
    lost::{self, Absence, Written},
    place,
    read_back::{self, Edit},
    registry::tool,
};

pub(super) const TOOLS: &[Tool] = &[
    tool!(
        /// Change fields of an issue; only what is given changes. append_description adds below the text that is there and
        /// keeps it as it is.
        "jira_update_issue", "Update issue", Core, Idempotent, update_issue(UpdateIssue)
    ),
    tool!(
        /// Change only the summary (title) of an issue.
        "jira_update_issue_summary", "Update summary", Core, Idempotent, update_summary(UpdateSummary)
    ),
];

arguments! {
    UpdateIssue {
        issue_key: IssueKey,
        summary: Option<String>,
        /// Markdown; replaces the whole text, or that of one section
        description: Option<String>,
        /// Heading of that section
        section: Option<String>,
        /// Markdown; added at the end
        append_description: Option<String>,
        /// true: replace also media, panels and the like that Markdown cannot keep
        replace_rich_text: Option<bool>,
        /// me, name, e-mail, account id, or none
        assignee: Option<String>,
        priority: Option<String>,
        /// YYYY-MM-DD, or none
        due_date: Option<String>,
        /// Epic or parent issue, or none
        parent_key: Option<String>,
        add_labels: Option<Vec<String>>,
        remove_labels: Option<Vec<String>>,
        /// Other fields as a JSON object; null clears
        fields: Option<FieldValues>,
        /// false: no mails (needs admin rights)
        notify: Option<bool>,
        /// true: only show before and after
        dry_run: Option<bool>,
    }
}

impl UpdateIssue {
    fn text(&self) -> Wish<'_> {
        Wish {
            replace: self.description.as_deref(),
            append: self.append_description.as_deref(),
            section: self.section.as_deref(),
            keep: self.replace_rich_text.into(),
        }
    }
}

arguments! {
    UpdateSummary {
        issue_key: IssueKey,
        summary: String,
    }
}

async fn update_summary(context: &Context, args: UpdateSummary) -> Result<Reply, ToolError> {
    place::check_issue(context, &args.issue_key).await?;
    let fields = Map::from_iter([("summary".to_owned(), Value::from(one_line(&args.summary)?))]);
    let key = args.issue_key.as_str();
    let written = Edit { fields: &fields, labels: &[], description_before: None };
    let look = read_back::edit(context, key, written);
    let request = request::update_issue(key, &json!({ "fields": fields }), None);
    let written = lost::write(context, request, Absence::Enough, look, ToolError::from).await?;
    updated(key, &written, &[])
}

async fn update_issue(context: &Context, args: UpdateIssue) -> Result<Reply, ToolError> {
    place::check_issue(context, &args.issue_key).await?;
    let key = args.issue_key.as_str();
    let text = args.text();
    let (metas, before) = tokio::try_join!(edit_fields(context, key), text.stored(context, key))?;
    let change = plan(context, &args, &metas, before.as_deref()).await?;
    if change.changed.is_empty() {
        return Err(ToolError::invalid_argument("Nothing to change: no field was given.")
            .hint("Pass at least one of the fields to change."));
    }
    if args.dry_run.unwrap_or(false) {
        return preview(context, key, &change).await;
    }
    let request = request::update_issue(key, &change.body(), args.notify);
    let look = read_back::edit(
        context,
        key,
        Edit { fields: &change.fields, labels: &change.labels, description_before: before.as_deref() },
    );
    // Text that is appended twice stands there twice.
    let absence = if args.append_description.is_some() { Absence::UnlessUnderWay } else { Absence::Enough };
    let written = lost::write(context, request, absence, look, |error| explain(error, &metas)).await?;
    updated(key, &written, &change.changed)
}

fn updated(key: &str, written: &Written<()>, changed: &[String]) -> Result<Reply, ToolError> {
    let mut reply = Row::new();
    reply.put("key", key);
    reply.put("updated", true);
    reply.put("changed", changed);
    reply.put("verified", written.verified());
    Reply::json(&reply)
}

/// What a PUT will say: values by field id, label operations, and the names of what changes.
#[derive(Default)]
struct Change {
    fields: Map<String, Value>,
    labels: Vec<Value>,
    changed: Vec<String>,
    /// What each changed field will hold, in the caller's words.
    after: Row,
}

impl Change {
    fn body(&self) -> Value {
        let mut body = Map::new();
        if !self.fields.is_empty() {
            body.insert("fields".to_owned(), Value::Object(self.fields.clone()));
        }
        if !self.labels.is_empty() {
            body.insert("update".to_owned(), json!({ "labels": self.labels }));
        }
        Value::Object(body)
    }

    fn note(&mut self, name: &str, value: impl Into<Value>) {
        self.changed.push(name.to_owned());
        self.after.set(name.to_owned(), value.into());
    }
}

async fn plan(
    context: &Context,
    args: &UpdateIssue,
    metas: &[FieldMeta],
    before: Option<&RawValue>,
) -> Result<Change, ToolError> {
    let among = Among::AssignableTo(args.issue_key.as_str());
    let wanted = wanted(context, args)?;
    let allowed = agile::with_allowed_sprints(context, metas, &wanted, among).await?;
    let fields = names::write_values(&context.jira, metas, &allowed, among).await?;
    place::check_parents(context, &fields).await?;
    let mut change = Change { fields, ..Change::default() };
    for (name, value) in &wanted {
        let label = FieldName::known(name).map_or_else(|| name.clone(), |field| field.label.into_owned());
        change.note(&label, value.clone());
    }
    let (add, remove) =
        (args.add_labels.as_deref().unwrap_or_default(), args.remove_labels.as_deref().unwrap_or_default());
    if !add.is_empty() || !remove.is_empty() {
        if change.fields.contains_key("labels") {
            return Err(ToolError::invalid_argument(
                "Labels are given twice: in `fields` and as labels to add or remove.",
            ));
        }
        if let Some(both) = add.iter().find(|label| remove.contains(label)) {
            return Err(ToolError::invalid_argument(format!(
                "The label '{both}' is both added and removed."
            ))
            .hint("Nothing was changed. Name it in one of the two lists."));
        }
        change.labels.extend(add.iter().map(|label| json!({ "add": label })));
        change.labels.extend(remove.iter().map(|label| json!({ "remove": label })));
        change.note("labels", json!({ "add": add, "remove": remove }));
    }
    if let Some(document) = args.text().document(context, before, among).await? {
        names::find_meta(metas, "description")?;
        change.fields.insert("description".to_owned(), document);
        change.note("description", args.text().shown(before));
    }
    Ok(change)
}

/// The values that go through the edit screen, by name; `none` clears.
fn wanted(context: &Context, args: &UpdateIssue) -> Result<Map<String, Value>, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    let own = [
        ("summary", args.summary.is_some()),
        ("assignee", args.assignee.is_some()),
        ("priority", args.priority.is_some()),
        ("duedate", args.due_date.is_some()),
        ("parent", args.parent_key.is_some()),
        ("description", args.description.is_some() || args.append_description.is_some()),
    ];
    fields::once(&wanted, own.iter().filter(|(_, given)| *given).map(|(id, _)| *id))?;
    let or_none = |text: &String| match text.trim().to_ascii_lowercase().as_str() {
        "none" | "unassigned" | "null" => Value::Null,
        _ => Value::from(text.trim()),
    };
    if let Some(summary) = &args.summary {
        wanted.insert("summary".to_owned(), Value::from(one_line(summary)?));
    }
    let own = [("assignee", &args.assignee), ("priority", &args.priority), ("duedate", &args.due_date)];
    for (name, value) in own {
        if let Some(value) = value {
            wanted.insert(name.to_owned(), or_none(value));
        }
    }
    if let Some(parent) = &args.parent_key {
        let parent = match or_none(parent) {
            Value::String(text) => {
                let key = IssueKey::parse(&text).ok_or_else(|| {
                    ToolError::invalid_argument("`parent_key` must be an issue key like PROJ-123, or none")
                })?;
                context.projects.check_issue(&key)?;
                Value::from(key.as_str())
            }
            none => none,
        };
        wanted.insert("parent".to_owned(), parent);
    }
    Ok(wanted)
}

async fn edit_fields(context: &Context, key: &str) -> Result<Vec<FieldMeta>, ToolError> {
    let meta: EditMeta = context.ask(request::edit_fields(key)).await?.read()?;
    if meta.fields.is_empty() {
        return Err(ToolError::new(Code::Forbidden, format!("The signed-in user may not edit {key}.")).hint(
            "Nothing was changed. Somebody with the permission to edit issues in this project can help.",
        ));
    }
    Ok(meta.fields.into_iter().map(|(id, meta)| meta.with_id(&id)).collect())
}

async fn preview(context: &Context, key: &str, change: &Change) -> Result<Reply, ToolError> {
    let names = names::readable_fields(&context.jira, &change.changed).await?;
    let ids: Vec<&str> = names.iter().map(|field| field.id.as_str()).collect();
    let answer = context.ask(request::issue(key, &ids, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    let mut before = issue_view(&issue, &names, &context.reading(context.limits.text_chars).await?);
    before.retain(&change.changed.iter().map(String::as_str).collect::<Vec<_>>());
    let mut reply = Row::new();
    reply.put("key", key);
    reply.put("dry_run", true);
    reply.set("before", json!(before));
    reply.set("after", json!(change.after));
    context.budget.squeeze(&mut reply);
    Reply::json(&reply)
}

fn explain(error: JiraError, metas: &[FieldMeta]) -> ToolError {
    let JiraError::Invalid { fields, .. } = &error else { return error.into() };
    let refused = metas.iter().filter(|meta| fields.iter().any(|field| field == meta.id()));
    let views: Vec<CreateFieldView> = refused.map(CreateFieldView::of).collect();
    ToolError::from(error)
        .hint("Nothing was changed. Correct the fields that Jira names and repeat the call.")
        .with("fields", json!(views))
}
