//! A create on its way to being sent: every value resolved, nothing sent yet.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tool_kit::{Row, ToolError, clean};

use crate::jira::{
    names::PersonScope,
    request::{Body, NewIssue},
    tools::{
        args::{
            Arguments, FieldList, FieldText, FieldValues, IssueKey, ProjectKey, RawArguments,
            arguments,
        },
        context::Context,
        create::{create_fields, create_meta_cache::Screens},
        writing::{
            changes::Changes,
            fields::{self, Target},
            rich_text::ReplaceRichText,
        },
    },
    views::CreateFieldView,
    wire::FieldMeta,
};

/// Jira's limit for a summary, in characters.
const SUMMARY_CHARS_MAX: usize = 255;

arguments! {
    /// What an agent says of one issue.
    pub(super) CreateIssue {
        project_key: ProjectKey,
        issue_type: String,
        summary: String,
        /// Markdown
        description: Option<String>,
        /// me, name, e-mail or account id
        assignee: Option<FieldText>,
        priority: Option<FieldText>,
        labels: Option<FieldList>,
        components: Option<FieldList>,
        fix_versions: Option<FieldList>,
        /// Epic or parent issue
        parent_key: Option<IssueKey>,
        /// A day: 2026-12-24, tomorrow, +3d
        due_date: Option<FieldText>,
        /// Other fields as a JSON object: {"Story Points": 5}
        fields: Option<FieldValues>,
        /// true: only show
        dry_run: Option<bool>,
        /// Own id; a repeat returns the first result
        request_id: Option<String>,
    }
}

/// A create that only has to be sent.
pub(in crate::jira::tools) struct PreparedCreate {
    /// What `POST /issue` takes.
    pub(in crate::jira::tools) new: NewIssue,
    changes: Changes,
    /// The issue type's name.
    kind: String,
    pub(super) metas: Arc<[FieldMeta]>,
    /// The values as the caller gave them.
    given: Map<String, Value>,
}

impl PreparedCreate {
    /// The summary as it is sent.
    pub(in crate::jira::tools) fn summary(&self) -> &str {
        self.new.values().get("summary").and_then(Value::as_str).unwrap_or_default()
    }

    /// The issue as it would be created.
    pub(in crate::jira::tools) async fn preview(&mut self, context: &Context) -> Row {
        self.changes.name_people(context).await;
        let mut preview = Row::new();
        let project = self.new.values().get("project").and_then(Value::as_object);
        let project = project.and_then(|project| project.values().next());
        preview.put_non_empty("project", project.cloned().unwrap_or_default());
        preview.put_non_empty("type", clean(&self.kind).as_ref());
        preview.append(self.changes.previewed());
        preview
    }

    /// What became of values that were not given as they are written: who `me` is, which day
    /// `tomorrow` is.
    pub(in crate::jira::tools) fn resolved(&self) -> Row {
        self.changes.differing_from(&self.given)
    }
}

/// One of several creates, from arguments that have not been read yet.
pub(in crate::jira::tools) async fn prepare_one(
    context: &Context,
    given: Map<String, Value>,
    screens: &mut Screens,
) -> Result<PreparedCreate, ToolError> {
    if let Some(name) = ["dry_run", "request_id"].iter().find(|name| given.contains_key(**name)) {
        return Err(ToolError::invalid_argument(format!(
            "`{name}` stands beside `issues`, not in one of them"
        )));
    }
    prepare(context, &CreateIssue::read(RawArguments::new(given))?, screens).await
}

pub(super) async fn prepare(
    context: &Context,
    args: &CreateIssue,
    screens: &mut Screens,
) -> Result<PreparedCreate, ToolError> {
    let project = context.projects.check_project(&args.project_key)?;
    let given = wanted(args)?;
    let (kind, metas) = screens.screen(context, &project, &args.issue_type).await?;
    let among = PersonScope::AssignableIn(&project);
    let target = Target { metas: &metas, among, issue: None, keep: ReplaceRichText::Refuse };
    let mut changes = fields::resolve(context, &target, &given).await?;
    changes.start_lists()?;
    check_required(&metas, &changes)?;
    let fields = Body { values: changes.fields(), texts: changes.texts() };
    let new = NewIssue::new(&project, &kind.id, fields);
    Ok(PreparedCreate { new, changes, kind: kind.name, metas, given })
}

/// The values by name, from arguments of their own and from `fields`.
fn wanted(args: &CreateIssue) -> Result<Map<String, Value>, ToolError> {
    let list = |list: &Option<FieldList>| list.as_ref().map(|list| list.0.clone());
    let text = |text: &Option<FieldText>| text.as_ref().map(|text| text.0.clone());
    let own = [
        ("summary", Some(Value::from(normalize_summary(&args.summary)?))),
        ("description", args.description.as_deref().map(Value::from)),
        ("assignee", text(&args.assignee)),
        ("priority", text(&args.priority)),
        ("labels", list(&args.labels)),
        ("components", list(&args.components)),
        ("fixVersions", list(&args.fix_versions)),
        ("parent", args.parent_key.as_ref().map(|key| Value::from(key.as_str()))),
        ("duedate", text(&args.due_date)),
    ];
    let own: Vec<(&str, Value)> =
        own.into_iter().filter_map(|(id, value)| Some((id, value?))).collect();
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    fields::reject_duplicates(
        &wanted,
        own.iter().map(|(id, _)| *id).chain(["project", "issuetype"]),
    )?;
    wanted.extend(own.into_iter().map(|(id, value)| (id.to_owned(), value)));
    Ok(wanted)
}

/// A summary as Jira takes it: one line of at most 255 characters.
pub(in crate::jira::tools) fn normalize_summary(summary: &str) -> Result<String, ToolError> {
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

fn check_required(metas: &[FieldMeta], changes: &Changes) -> Result<(), ToolError> {
    let missing: Vec<&FieldMeta> = metas
        .iter()
        .filter(|meta| create_fields::is_missing_without(meta) && !changes.gives(meta.id()))
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
