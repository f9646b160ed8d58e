//! What an issue needs before it can be created: types, fields and the values they accept.

use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    AllowedProject, JiraError,
    names::{self, NameError},
    request,
    tools::{
        args::{ProjectKey, arguments, shown},
        context::Context,
        registry::{Tool, tool},
        search::advice,
    },
    views::CreateFieldView,
    wire::{CreateFieldPage, FieldMeta, IssueType, IssueTypePage},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// What can be created in a project: its issue types, or with issue_type the fields and allowed
    /// values.
    "jira_get_create_fields", "Get create fields", Core, Read, get_create_fields(GetCreateFields),
    r#"{"project_key": "ACME", "issue_type": "Bug"}"#
)];

arguments! {
    GetCreateFields {
        project_key: ProjectKey,
        issue_type: Option<String>,
        field: Option<String>,
        /// Values that contain this
        query: Option<String>,
    }
}

/// Pages of fields that are read; 200 fields each.
const PAGES_MAX: usize = 10;

async fn get_create_fields(context: &Context, args: GetCreateFields) -> Result<Reply, ToolError> {
    let project = context.projects.check_project(&args.project_key)?;
    let types = issue_types(context, &project).await?;
    let mut reply = Row::new();
    reply.put_non_empty("project", args.project_key.as_str());
    let Some(wanted) = &args.issue_type else {
        let types: Vec<_> = types
            .iter()
            .map(|kind| {
                if kind.subtask {
                    json!({ "name": kind.name, "subtask": true })
                } else {
                    json!({ "name": kind.name })
                }
            })
            .collect();
        reply.push("issue_types", types);
        return Reply::json(&reply);
    };
    let kind = pick_type(&types, wanted)?;
    let metas = fields(context, &project, kind).await?;
    reply.put_non_empty("issue_type", kind.name.as_str());
    let chosen: Vec<&FieldMeta> = match &args.field {
        Some(name) => vec![names::find_meta(&metas, name)?],
        None => metas.iter().collect(),
    };
    let view = |meta: &FieldMeta| {
        let mut view = CreateFieldView::of(meta);
        if let Some(query) = &args.query {
            view.search(meta, query);
        }
        view
    };
    let (required, optional): (Vec<_>, Vec<_>) =
        chosen.into_iter().partition(|meta| is_missing_without(meta));
    let frame = json!({ "reply": reply, "omitted_optional": metas.len() });
    let required = context.budget.fit(&frame, required.into_iter().map(view).collect());
    let left = context.budget.reserve(&required.kept);
    let optional = left.fit(&frame, optional.into_iter().map(view).collect());
    reply.push("required", json!(required.kept));
    reply.push("optional", json!(optional.kept));
    if required.dropped + optional.dropped > 0 {
        reply.put_non_empty("omitted", required.dropped + optional.dropped);
    }
    Reply::json(&reply)
}

/// The issue types that the user may create in a project.
pub(in crate::jira::tools) async fn issue_types(
    context: &Context,
    project: &AllowedProject,
) -> Result<Vec<IssueType>, ToolError> {
    let answer = match context.jira.call(request::create_issue_types(project)).await {
        Ok(answer) => answer,
        Err(JiraError::NotFound { .. } | JiraError::Invalid { status: 400, .. }) => {
            return Err(closed(context, project).await);
        }
        Err(error) => return Err(error.into()),
    };
    let page: IssueTypePage = answer.read()?;
    if page.issue_types.is_empty() {
        Err(closed(context, project).await)
    } else {
        Ok(page.issue_types.into_vec())
    }
}

async fn closed(context: &Context, project: &AllowedProject) -> ToolError {
    let error = ToolError::new(
        Code::NotFound,
        format!(
            "There is no project {} in which the signed-in user may create issues.",
            project.as_str()
        ),
    )
    .hint("List the projects, or ask a project administrator for the permission to create issues.");
    advice::unknown_project(context, project.as_str(), error).await
}

/// The type that is meant, by id or by its name in the profile's or the site's language.
pub(in crate::jira::tools) fn pick_type<'t>(
    types: &'t [IssueType],
    wanted: &str,
) -> Result<&'t IssueType, ToolError> {
    let wanted = wanted.trim();
    if let Some(kind) = types.iter().find(|kind| kind.id == wanted) {
        return Ok(kind);
    }
    let other = |kind: &'_ IssueType| !kind.untranslated_name.is_empty();
    let picked = names::pick(types, wanted, true, |kind| {
        [Some(kind.name.as_str()), other(kind).then_some(kind.untranslated_name.as_str())]
    });
    let listed = || types.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>();
    match picked {
        names::Picked::One(kind) => Ok(kind),
        names::Picked::Nothing => Err(ToolError::invalid_argument(format!(
            "There is no issue type '{}' in this project.",
            shown(wanted)
        ))
        .hint(format!("Issue types here: {}.", listed().join(", ")))
        .with("issue_types", listed())),
        names::Picked::Several(several) => {
            let candidates: Vec<String> =
                several.iter().map(|kind| format!("{} (id {})", kind.name, kind.id)).collect();
            Err(ToolError::from(NameError::Ambiguous { given: wanted.to_owned(), candidates }))
        }
    }
}

/// All fields of one type's create screen.
pub(in crate::jira::tools) async fn fields(
    context: &Context,
    project: &AllowedProject,
    kind: &IssueType,
) -> Result<Vec<FieldMeta>, ToolError> {
    let (mut fields, mut start_at) = (Vec::new(), 0_u32);
    for _ in 0..PAGES_MAX {
        let answer = context.ask(request::create_fields(project, &kind.id, start_at)).await?;
        let page: CreateFieldPage = answer.read()?;
        let (received, total) = (page.fields.received(), page.total as usize);
        start_at = start_at.saturating_add(u32::try_from(received).unwrap_or(u32::MAX));
        fields.extend(page.fields.into_vec());
        if received == 0 || start_at as usize >= total {
            break;
        }
    }
    Ok(fields)
}

/// Whether Jira refuses a create that says nothing of this field.
pub(in crate::jira::tools) fn is_missing_without(meta: &FieldMeta) -> bool {
    // Project and type are arguments of their own, and Jira takes the caller as reporter.
    meta.required
        && !meta.has_default_value
        && !matches!(meta.id(), "project" | "issuetype" | "reporter")
}
