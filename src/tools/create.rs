//! Creating one issue.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::{
    jira::{
        JiraError,
        names::{self, Among},
        request,
        wire::{Created, FieldMeta},
    },
    trim::{CreateFieldView, Row},
};

use super::{
    Context, Reply, Tool, ToolError, agile,
    args::{Arguments, FieldValues, Given, IssueKey, ProjectKey, arguments},
    create_fields, fields,
    lost::{self, Absence, Written},
    place, recent,
    registry::tool,
    repeat::{self, Purpose},
    screens::Screens,
    text,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Create an issue. Names are enough for people, types, priorities, versions and custom fields.
    "jira_create_issue", "Create issue", Core, Write, create_issue(CreateIssue)
)];

arguments! {
    CreateIssue {
        project_key: ProjectKey,
        issue_type: String,
        summary: String,
        /// Markdown; mention people as @[Name]
        description: Option<String>,
        /// me, name, e-mail or account id
        assignee: Option<String>,
        priority: Option<String>,
        labels: Option<Vec<String>>,
        components: Option<Vec<String>>,
        fix_versions: Option<Vec<String>>,
        /// Epic or parent issue
        parent_key: Option<IssueKey>,
        /// YYYY-MM-DD
        due_date: Option<String>,
        /// Other fields as a JSON object: {"Story Points": 5}
        fields: Option<FieldValues>,
        /// true: only show
        dry_run: Option<bool>,
        /// Own id; a repeat returns the first result
        request_id: Option<String>,
    }
}

/// Jira's limit for a summary, in characters.
const SUMMARY_CHARS_MAX: usize = 255;

async fn create_issue(context: &Context, args: CreateIssue) -> Result<Reply, ToolError> {
    let Some(request_id) = args.request_id.clone() else {
        return create(context, args).await.and_then(Made::reply);
    };
    let cloud_id = &context.jira.site().await?.id;
    let purpose = Purpose { tool: "jira_create_issue", cloud_id };
    let slot = context.repeats.slot(context.jira.caller().key(), purpose, &request_id);
    let mut made = slot.lock().await;
    if let Some(key) = repeat::earlier(made.as_ref(), Instant::now()) {
        return Made { key, ..Made::default() }.repeated(context).await;
    }
    if !args.dry_run.unwrap_or(false) {
        context.projects.check_project(&args.project_key)?;
        // What another replica made. A search that fails must not keep anybody from creating.
        if let Ok(Some(key)) = recent::by_request(context, &args.project_key, &request_id).await {
            *made = Some((Instant::now(), key.clone()));
            return Made { key, ..Made::default() }.repeated(context).await;
        }
    }
    let created = create(context, args).await?;
    if created.preview.is_none() {
        *made = Some((Instant::now(), created.key.clone()));
    }
    created.reply()
}

/// What came of a create.
#[derive(Default)]
struct Made {
    key: String,
    url: String,
    /// Whether it had to be looked up, for Jira's answer was lost.
    verified: Option<bool>,
    /// What would have been created, of a dry run.
    preview: Option<Row>,
}

impl Made {
    fn reply(self) -> Result<Reply, ToolError> {
        if let Some(preview) = self.preview {
            return Reply::json(&json!({ "dry_run": true, "would_create": preview }));
        }
        let mut reply = Row::new();
        reply.put("key", self.key);
        reply.put("url", self.url);
        reply.put("created", true);
        reply.put("verified", self.verified);
        Reply::json(&reply)
    }

    async fn repeated(self, context: &Context) -> Result<Reply, ToolError> {
        let url = browse(context, &self.key).await?;
        Reply::json(&json!({ "key": self.key, "url": url, "created": false, "repeated_request_id": true }))
    }
}

async fn create(context: &Context, args: CreateIssue) -> Result<Made, ToolError> {
    let mut ready = prepare(context, &args, &mut Screens::default()).await?;
    if args.dry_run.unwrap_or(false) {
        let mut preview = ready.preview;
        context.budget.share(2).squeeze(&mut preview);
        return Ok(Made { preview: Some(preview), ..Made::default() });
    }
    if let (Some(id), Some(body)) = (&args.request_id, ready.body.as_object_mut()) {
        body.insert("properties".to_owned(), recent::marker(id));
    }
    let request = request::create_issue(&ready.body);
    let summary = ready.summary();
    let look = async {
        match &args.request_id {
            Some(id) => recent::by_request(context, &args.project_key, id).await,
            None => recent::by_summary(context, &args.project_key, summary, lost::since()).await,
        }
    };
    let explain = |error| explain(error, &ready.metas);
    let written = lost::write(context, request, Absence::Nothing, look, explain).await?;
    let verified = written.verified();
    let key = match written {
        Written::Answered(answer) => answer.read::<Created>()?.key,
        Written::Seen(key) => key,
    };
    Ok(Made { url: browse(context, &key).await?, key, verified, preview: None })
}

/// A create that only has to be sent.
pub(super) struct Ready {
    /// What `POST /issue` takes.
    pub(super) body: Value,
    /// What it says, in the caller's words.
    pub(super) preview: Row,
    metas: Arc<[FieldMeta]>,
}

impl Ready {
    /// The summary as it is sent.
    pub(super) fn summary(&self) -> &str {
        self.body.pointer("/fields/summary").and_then(Value::as_str).unwrap_or_default()
    }
}

/// One of several creates, from arguments that have not been read yet.
pub(super) async fn prepare_one(
    context: &Context,
    given: Map<String, Value>,
    screens: &mut Screens,
) -> Result<Ready, ToolError> {
    if let Some(name) = ["dry_run", "request_id"].iter().find(|name| given.contains_key(**name)) {
        return Err(ToolError::invalid_argument(format!(
            "`{name}` stands beside `issues`, not in one of them"
        )));
    }
    prepare(context, &CreateIssue::read(Given::new(given))?, screens).await
}

async fn prepare(context: &Context, args: &CreateIssue, screens: &mut Screens) -> Result<Ready, ToolError> {
    context.projects.check_project(&args.project_key)?;
    if let Some(parent) = &args.parent_key {
        context.projects.check_issue(parent)?;
    }
    let summary = one_line(&args.summary)?;
    let (kind, metas) = screens.screen(context, &args.project_key, &args.issue_type).await?;
    let among = Among::AssignableIn(args.project_key.as_str());
    let wanted = wanted(args, summary)?;
    let allowed = agile::with_allowed_sprints(context, &metas, &wanted, among).await?;
    let mut fields = names::write_values(&context.jira, &metas, &allowed, among).await?;
    place::check_parents(context, &fields).await?;
    if let Some(assignee) = &args.assignee {
        let id = screens.assignee(context, &args.project_key, assignee).await?;
        fields.insert(names::find_meta(&metas, "assignee")?.id().to_owned(), json!({ "accountId": id }));
    }
    if let Some(description) = &args.description {
        names::find_meta(&metas, "description")?;
        fields.insert("description".to_owned(), text::body(context, description, among).await?);
    }
    check_required(&metas, &fields)?;
    fields.insert("project".to_owned(), project(&args.project_key));
    fields.insert("issuetype".to_owned(), json!({ "id": kind.id }));
    let mut preview = Row::new();
    preview.put("project", args.project_key.as_str());
    preview.put("type", kind.name.as_str());
    wanted.into_iter().for_each(|(name, value)| preview.put(name, value));
    preview.put("assignee", args.assignee.clone());
    preview.put("description", args.description.clone());
    Ok(Ready { body: json!({ "fields": fields }), preview, metas })
}

/// The fields that are named by arguments, and the others by their own names; an argument of its own goes first.
fn wanted(args: &CreateIssue, summary: String) -> Result<Map<String, Value>, ToolError> {
    let own = [
        ("project", Some(Value::Null)),
        ("issuetype", Some(Value::Null)),
        ("assignee", args.assignee.is_some().then_some(Value::Null)),
        ("description", args.description.is_some().then_some(Value::Null)),
        ("summary", Some(Value::from(summary))),
        ("priority", args.priority.clone().map(Value::from)),
        ("labels", args.labels.clone().map(Value::from)),
        ("components", args.components.clone().map(Value::from)),
        ("fixVersions", args.fix_versions.clone().map(Value::from)),
        ("parent", args.parent_key.as_ref().map(|key| Value::from(key.as_str()))),
        ("duedate", args.due_date.clone().map(Value::from)),
    ];
    let own: Vec<(&str, Value)> = own.into_iter().filter_map(|(id, value)| Some((id, value?))).collect();
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    fields::once(&wanted, own.iter().map(|(id, _)| *id))?;
    // Null stands for what is written elsewhere.
    wanted.extend(
        own.into_iter().filter(|(_, value)| !value.is_null()).map(|(id, value)| (id.to_owned(), value)),
    );
    Ok(wanted)
}

/// A summary as Jira takes it: one line of at most 255 characters.
pub(super) fn one_line(summary: &str) -> Result<String, ToolError> {
    let line = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => Err(ToolError::invalid_argument("`summary` is required")),
        chars if chars > SUMMARY_CHARS_MAX => Err(ToolError::invalid_argument(format!(
            "`summary` has {chars} characters; Jira takes at most {SUMMARY_CHARS_MAX}"
        ))
        .hint("Shorten the summary and put the rest into the description.")),
        _ => Ok(line),
    }
}

fn project(key: &ProjectKey) -> Value {
    let name = if key.as_str().bytes().all(|byte| byte.is_ascii_digit()) { "id" } else { "key" };
    json!({ name: key.as_str() })
}

fn check_required(metas: &[FieldMeta], given: &Map<String, Value>) -> Result<(), ToolError> {
    let missing: Vec<&FieldMeta> = metas
        .iter()
        .filter(|meta| {
            create_fields::is_missing_without(meta) && given.get(meta.id()).is_none_or(Value::is_null)
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|meta| meta.name.as_str()).collect();
    let views: Vec<CreateFieldView> = missing.into_iter().map(CreateFieldView::of).collect();
    Err(ToolError::invalid_argument(format!("Required fields are missing: {}.", names.join(", ")))
        .hint("Pass them in `fields` as a JSON object; `required` lists what they accept.")
        .with("required", json!(views)))
}

/// Adds to Jira's refusal what the fields it complained about accept.
fn explain(error: JiraError, metas: &[FieldMeta]) -> ToolError {
    let JiraError::Invalid { fields, .. } = &error else { return error.into() };
    let views: Vec<CreateFieldView> = metas
        .iter()
        .filter(|meta| fields.iter().any(|field| field == meta.id()))
        .map(CreateFieldView::of)
        .collect();
    let error = ToolError::from(error);
    if views.is_empty() {
        return error.hint("Nothing was created. Correct the fields that Jira names and repeat the call.");
    }
    error
        .hint("Nothing was created. `fields` lists what the refused fields accept.")
        .with("fields", json!(views))
}

/// The address of an issue in a browser.
pub(super) async fn browse(context: &Context, key: &str) -> Result<String, ToolError> {
    Ok(format!("{}/browse/{key}", context.jira.site().await?.url))
}
