//! The projects a user can see.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    request,
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::ProjectView,
    wire::ProjectPage,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// List the projects the user can see, or find one by name.
    "jira_get_projects", "List projects", Core, Read, get_projects(GetProjects),
    "{}"
)];

arguments! {
    GetProjects {
        /// Part of a name or key
        query: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

async fn get_projects(context: &Context, args: GetProjects) -> Result<Reply, ToolError> {
    let start_at = args.start_at.unwrap_or(0);
    let size = context.page_size(args.max_results);
    let answer = context
        .ask(request::projects(args.query.as_deref(), context.projects.keys(), start_at, size))
        .await?;
    let page: ProjectPage<'_> = answer.read()?;
    let received = page.values.received();
    let visible = page.values.iter().filter(|project| context.projects.holds(&project.key));
    let views: Vec<ProjectView> = visible.map(ProjectView::from).collect();
    let shown = views.len();
    let fitted = context
        .budget
        .fit(&json!({ "projects": [], "total": page.total, "next_start_at": u32::MAX }), views);
    let mut reply = Row::new();
    reply.push("projects", json!(fitted.kept));
    reply.put_non_empty("total", page.total);
    reply.put_unreadable(page.values.unreadable());
    // What a policy hides is passed over; what the budget dropped comes first on the next page.
    let passed = if fitted.dropped == 0 { received } else { received.min(shown - fitted.dropped) };
    let next = start_at.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
    if next < page.total && passed > 0 {
        reply.put_non_empty("next_start_at", next);
    }
    Reply::json(&reply)
}
