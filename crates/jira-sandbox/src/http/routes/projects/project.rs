//! Projects: search, one, and its statuses, components and versions.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{Access, Project},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/project/search", search),
    read("/rest/api/3/project/{project}", get),
    read("/rest/api/3/project/{project}/statuses", statuses),
    read("/rest/api/3/project/{project}/components", components),
    read("/rest/api/3/project/{project}/versions", versions),
];

fn search(call: &Call, site: &SiteView) -> Answer {
    let window = Window::of(call, 50, 100)?;
    let needle = call.query("query").unwrap_or_default().to_lowercase();
    let needs = match call.query("action") {
        Some("edit") => Access::Admin,
        Some("create") => Access::Member,
        _ => Access::Viewer,
    };
    let (keys, ids, kinds) = (call.list("keys"), call.list("id"), call.list("typeKey"));
    let wanted = |project: &&Project| {
        let named = project.key.to_lowercase().contains(&needle)
            || project.name.to_lowercase().contains(&needle);
        named
            && project.may(call.who, needs)
            && (keys.is_empty() || keys.iter().any(|key| project.key.eq_ignore_ascii_case(key)))
            && (ids.is_empty() || ids.contains(&project.id.to_string().as_str()))
            && (kinds.is_empty() || kinds.contains(&project.kind))
    };
    let mut found: Vec<_> = site.projects.iter().filter(wanted).collect();
    let order = call.query("orderBy").unwrap_or("key");
    match order.trim_start_matches(['+', '-']) {
        "key" => found.sort_by(|a, b| a.key.cmp(&b.key)),
        "name" => found.sort_by(|a, b| a.name.cmp(&b.name)),
        "category"
        | "owner"
        | "issueCount"
        | "lastIssueUpdatedDate"
        | "archivedDate"
        | "deletedDate" => {}
        _ => return Err(Fault::message(400, format!("The orderBy value '{order}' is not valid."))),
    }
    if order.starts_with('-') {
        found.reverse();
    }
    let expand = call.list("expand");
    let shown = window
        .slice(&found)
        .iter()
        .map(|project| render::project_row(site, project, &expand))
        .collect();
    let address = format!("{}/rest/api/3/project/search", site.host);
    Ok(Reply::json(200, window.page_bean(&address, found.len(), shown)))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    Ok(Reply::json(200, render::project(site, project)))
}

/// The workflow's statuses under each issue type.
fn statuses(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let statuses: Vec<Json> = project
        .workflow
        .statuses
        .iter()
        .filter_map(|id| Some(render::status(site, site.status(*id)?)))
        .collect();
    let types = project.types.iter().filter_map(|id| site.issue_type(*id));
    let shown: Vec<_> = types
        .map(|kind| {
            json!({
                "self": format!("{}/rest/api/3/issuetype/{}", site.host, kind.id), "id": kind.id.to_string(),
                "name": kind.name, "subtask": kind.level < 0, "statuses": statuses,
            })
        })
        .collect();
    Ok(Reply::json(200, json!(shown)))
}

fn components(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let shown: Vec<_> =
        project.components.iter().map(|one| render::component(site, project, one)).collect();
    Ok(Reply::json(200, json!(shown)))
}

fn versions(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let shown: Vec<_> =
        project.versions.iter().map(|one| render::version(site, project, one)).collect();
    Ok(Reply::json(200, json!(shown)))
}
