//! Who the agent is acting as, and where.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tool_kit::{Reply, Row, ToolError, Toolset, clean};

use crate::jira::{
    AllowedProject, JiraError, Response, Site,
    request::{self, scope},
    tools::{
        args::{ProjectKey, arguments},
        context::Context,
        oauth,
        people::permissions::{DECISIVE, held, split},
        registry::{Tool, tool},
    },
    wire::{Permissions, User},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Who is signed in to Jira, on which site, with which rights. Use it when something is
    /// refused.
    "jira_whoami", "Who am I", Core, Read, whoami(WhoAmI),
    "{}"
)
.needs(&[])];

arguments! {
    WhoAmI {
        include_permissions: Option<bool>,
        project_key: Option<ProjectKey>,
    }
}

async fn whoami(context: &Context, args: WhoAmI) -> Result<Reply, ToolError> {
    let project =
        args.project_key.as_ref().map(|key| context.projects.check_project(key)).transpose()?;
    let site = match context.jira.site().await {
        Err(JiraError::AmbiguousSite { sites, names }) => {
            // Which sites there are is what somebody asks who has not chosen one yet.
            let mut row = Row::new();
            row.put_non_empty("sites", sites);
            row.put_non_empty("site_names", names);
            row.put_non_empty("site_chosen", false);
            row.put_non_empty("hidden_tools", hidden(context, None));
            return Reply::json(&row);
        }
        site => site?,
    };
    let (me, permissions) =
        tokio::try_join!(profile(context, site), permissions(context, &args, project.as_ref()))?;
    let me: Option<User<'_>> = me.as_ref().map(Response::read).transpose()?;
    let mut row = Row::new();
    if let Some(me) = me {
        row.put_non_empty("account_id", me.account_id.as_ref());
        row.put_non_empty("name", clean(&me.display_name).as_ref());
        row.put_non_empty("time_zone", me.time_zone.as_deref());
    }
    let mut shown_site = json!({ "name": site.name, "url": site.url });
    // A site that is reached at its own address goes by no cloud id, and no scopes limit what may
    // be done there.
    if let (Some(shown_site), true) = (shown_site.as_object_mut(), site.scopes.is_some()) {
        shown_site.insert("cloud_id".to_owned(), json!(site.id));
    }
    row.put_non_empty("site", shown_site);
    if site.all_urls.len() > 1 && !context.jira.is_pinned() {
        row.put_non_empty("sites", site.all_urls.to_vec());
    }
    row.put_non_empty("scopes", site.scopes.as_ref().map(|scopes| scopes.to_vec()));
    if let Some(permissions) = permissions {
        let (can, cannot) = split(permissions);
        row.put_non_empty("can", can);
        row.put_non_empty("cannot", cannot);
    }
    row.put_non_empty("hidden_tools", hidden(context, site.scopes.as_deref()));
    Reply::json(&row)
}

/// Without the scope for people nobody can say who the caller is; all else is worth an answer then,
/// above all why.
async fn profile(context: &Context, site: &Site) -> Result<Option<Response>, ToolError> {
    if site.scopes.as_ref().is_some_and(|granted| !oauth::holds(granted, scope::READ_USER)) {
        return Ok(None);
    }
    context.ask(request::myself()).await.map(Some)
}

/// The tools that this caller does not see, one group for each reason.
fn hidden(context: &Context, granted: Option<&[String]>) -> Vec<Value> {
    let by_operator = &context.hidden_tools;
    let mut by_scope: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for tool in context.tools.iter().filter(|tool| !by_operator.contains(&tool.name)) {
        if let Some(scope) = granted.and_then(|granted| tool.missing_scopes(granted)) {
            by_scope.entry(scope).or_default().push(tool.name);
        }
    }
    let operator = (!by_operator.is_empty()).then(|| {
        let mut group = Row::new();
        group.put_non_empty("reason", "switched off by the operator or by the address used");
        let off = sets_off(context);
        if !off.is_empty() {
            group.put_non_empty("sets_off", json!(off));
            group.put_non_empty("how", "the operator adds sets to TOOLSETS");
        }
        group.put_non_empty("tools", json!(by_operator));
        json!(group)
    });
    let scopes = by_scope.into_iter().map(
        |(scope, tools)| json!({ "reason": format!("missing OAuth scope {scope}"), "scope": scope, "tools": tools }),
    );
    operator.into_iter().chain(scopes).collect()
}

/// The sets of which no tool is there.
fn sets_off(context: &Context) -> Vec<&'static str> {
    let is_off = |set: &Toolset| {
        let mut tools = context.tools.iter().filter(|tool| tool.set == *set).peekable();
        tools.peek().is_some() && tools.all(|tool| context.hidden_tools.contains(&tool.name))
    };
    Toolset::ALL.iter().copied().filter(is_off).map(Toolset::name).collect()
}

async fn permissions(
    context: &Context,
    args: &WhoAmI,
    project: Option<&AllowedProject>,
) -> Result<Option<Permissions>, ToolError> {
    if !args.include_permissions.unwrap_or(args.project_key.is_some()) {
        return Ok(None);
    }
    Ok(Some(held(context, DECISIVE, project, None).await?))
}
