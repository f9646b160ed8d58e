//! Who the agent is acting as, and where.

use serde_json::json;

use crate::{
    jira::{
        request,
        wire::{PermissionAnswer, User},
    },
    trim::{Row, clean},
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{ProjectKey, arguments},
    registry::tool,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Who is signed in to Jira, on which site, with which rights. Use it when something is refused.
    "jira_whoami", "Who am I", Core, Read, whoami(WhoAmI)
)];

arguments! {
    WhoAmI {
        /// true: also what the user may do
        include_permissions: Option<bool>,
        project_key: Option<ProjectKey>,
    }
}

/// The permissions that decide whether this server's tools work. Jira has dozens more.
const PERMISSIONS: &[&str] = &[
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "ASSIGN_ISSUES",
    "TRANSITION_ISSUES",
    "ADD_COMMENTS",
    "DELETE_ISSUES",
    "LINK_ISSUES",
    "WORK_ON_ISSUES",
    "CREATE_ATTACHMENTS",
    "MANAGE_SPRINTS_PERMISSION",
    "ADMINISTER_PROJECTS",
];

async fn whoami(context: &Context, args: WhoAmI) -> Result<Reply, ToolError> {
    if let Some(project) = &args.project_key {
        context.projects.check_project(project)?;
    }
    let site = context.jira.site().await?;
    let (me, permissions) = tokio::try_join!(context.ask(request::myself()), permissions(context, &args))?;
    let me: User<'_> = me.read()?;
    let mut row = Row::new();
    row.put("account_id", me.account_id.as_ref());
    row.put("name", clean(&me.display_name).as_ref());
    row.put("time_zone", me.time_zone.as_deref());
    row.put("site", json!({ "name": site.name, "url": site.url, "cloud_id": site.id }));
    if site.all_urls.len() > 1 && !context.jira.is_pinned() {
        row.put("sites", site.all_urls.clone());
    }
    row.put("scopes", site.scopes.clone());
    if let Some(permissions) = permissions {
        let (can, cannot): (Vec<_>, Vec<_>) =
            permissions.permissions.into_iter().partition(|(_, permission)| permission.have_permission);
        row.put("can", can.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
        row.put("cannot", cannot.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
    if !context.hidden_tools.is_empty() {
        row.put(
            "hidden_tools",
            json!({ "reason": "switched off by the operator or by the address used", "tools": context.hidden_tools }),
        );
    }
    Reply::json(&row)
}

async fn permissions(context: &Context, args: &WhoAmI) -> Result<Option<PermissionAnswer>, ToolError> {
    if !args.include_permissions.unwrap_or(args.project_key.is_some()) {
        return Ok(None);
    }
    let project = args.project_key.as_ref().map(ProjectKey::as_str);
    let answer = context.ask(request::my_permissions(PERMISSIONS, project, None)).await?;
    Ok(Some(answer.read()?))
}
