//! One project: what it is, and on demand its statuses, components and versions.

use serde_json::{Value, json};
use tool_kit::{Budget, Reply, Row, ToolError};

use crate::jira::{
    JiraError, Request, Response, request,
    tools::{
        args::{ProjectKey, arguments, keywords},
        context::Context,
        registry::{Tool, tool},
        search::advice,
    },
    views::{component_row, project_row, status_rows, version_row},
    wire::{Component, List, PartPage, ProjectDetail, TypeStatuses, Version},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Read one project: lead, description, issue types; or parts of it.
    "jira_get_project", "Get project", Context, Read, get_project(GetProject),
    r#"{"project_key": "ACME"}"#
)];

arguments! {
    GetProject {
        project_key: ProjectKey,
        /// Only these: statuses, components, versions
        include: Option<Vec<Section>>,
    }
}

keywords! {
    Section { Statuses = "statuses", Components = "components", Versions = "versions" }
}

/// Components or versions that are asked for; Jira gives 50 or 100 a page.
const PARTS_MAX: u32 = 50;

/// A description is cut to this many characters unless the operator clips earlier.
const DESCRIPTION_CHARS: usize = 1_000;

async fn get_project(context: &Context, args: GetProject) -> Result<Reply, ToolError> {
    let key = &context.projects.check_project(&args.project_key)?;
    let wants =
        |section: Section| args.include.as_ref().is_some_and(|wanted| wanted.contains(&section));
    let (detail, statuses, components, versions) = tokio::join!(
        context.jira.call(request::project(key)),
        ask_if(context, wants(Section::Statuses), request::project_statuses(key)),
        ask_if(context, wants(Section::Components), request::project_components(key, PARTS_MAX)),
        ask_if(context, wants(Section::Versions), request::project_versions(key, PARTS_MAX)),
    );
    let detail = match detail {
        Ok(answer) => answer,
        Err(error @ JiraError::NotFound { .. }) => {
            return Err(advice::unknown_project(context, key.as_str(), error.into()).await);
        }
        Err(error) => return Err(error.into()),
    };
    let detail: ProjectDetail<'_> = detail.read()?;
    // Jira answers a former key with the project's present one, which may not be allowed.
    if !context.projects.holds(&detail.key) {
        return Err(context.projects.refusal(key.as_str()));
    }
    let mut row = project_row(&detail, context.limits.text_chars.min(DESCRIPTION_CHARS));
    if args.include.as_ref().is_some_and(|wanted| !wanted.is_empty()) {
        row.retain(&["key", "name"]);
    }
    context.budget.shrink_to_fit(&mut row);
    let left = context.budget.reserve(&row).reserve(&LEFT_OUT);
    let mut parts = Parts { row, left, left_out: Row::new() };
    if let Some(answer) = statuses? {
        let types: List<TypeStatuses<'_>> = answer.read()?;
        let (rows, count) = status_rows(&types);
        let total = count + types.unreadable();
        parts.add("statuses", rows, total);
    }
    if let Some(answer) = components? {
        let page: PartPage<Component<'_>> = answer.read()?;
        parts.add(
            "components",
            page.values.iter().map(component_row).collect(),
            page.total as usize,
        );
    }
    if let Some(answer) = versions? {
        let page: PartPage<Version<'_>> = answer.read()?;
        parts.add("versions", page.values.iter().map(version_row).collect(), page.total as usize);
    }
    parts.row.put_non_empty("omitted", json!(parts.left_out));
    Reply::json(&parts.row)
}

/// What saying that something was left out of each section costs.
const LEFT_OUT: &str = r#","omitted":{"statuses":9999,"components":9999,"versions":9999},"components":[],"versions":[],"statuses":[]"#;

/// The reply while its sections are added, as long as there is room.
struct Parts {
    row: Row,
    left: Budget,
    left_out: Row,
}

impl Parts {
    fn add(&mut self, name: &'static str, rows: Vec<Row>, total: usize) {
        let fitted = self.left.fit(&"", rows);
        self.left = self.left.reserve(&fitted.kept);
        self.left_out.put_non_empty(
            name,
            match total.saturating_sub(fitted.kept.len()) {
                0 => Value::Null,
                more => Value::from(more),
            },
        );
        self.row.push(name, json!(fitted.kept));
    }
}

async fn ask_if(
    context: &Context,
    wanted: bool,
    request: Request,
) -> Result<Option<Response>, ToolError> {
    if wanted { context.ask(request).await.map(Some) } else { Ok(None) }
}
