//! Projects: the stub in issues, the row of a search, the full answer.

use serde_json::{Value as Json, json};

use super::{
    attributes::{component, issue_type, version},
    person::person,
    site_view::SiteView,
};
use crate::model::{Access, Project};

/// As it stands under `fields.project`.
pub(crate) fn project_stub(site: &SiteView, project: &Project) -> Json {
    json!({
        "self": address(site, project),
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": project.kind,
        "simplified": project.team_managed,
        "avatarUrls": avatars(site, project),
    })
}

/// As it stands in `/project/search`; `expand` adds description and lead.
pub(crate) fn project_row(site: &SiteView, project: &Project, expand: &[&str]) -> Json {
    let mut row = project_stub(site, project);
    let Some(map) = row.as_object_mut() else { return row };
    map.insert("expand".into(), EXPAND.into());
    map.insert("style".into(), style(project).into());
    map.insert("isPrivate".into(), false.into());
    map.insert("properties".into(), json!({}));
    if project.team_managed {
        map.insert("uuid".into(), uuid(project).into());
    }
    if expand.contains(&"description") {
        map.insert("description".into(), project.description.clone().into());
    }
    if expand.contains(&"lead") {
        map.insert("lead".into(), person(site, project.lead));
    }
    if expand.contains(&"issueTypes") {
        let types = project.types.iter().filter_map(|id| site.issue_type(*id));
        map.insert("issueTypes".into(), types.map(|kind| issue_type(site, kind)).collect());
    }
    if expand.contains(&"insight") {
        let issues = || site.issues.values().filter(|issue| issue.project == project.id);
        let last = issues().map(|issue| issue.updated).max().unwrap_or(0);
        let insight = json!({
            "totalIssueCount": issues().count(), "lastIssueUpdateTime": site.time(last),
        });
        map.insert("insight".into(), insight);
    }
    row
}

/// As `/project/{projectIdOrKey}` answers.
pub(crate) fn project(site: &SiteView, project: &Project) -> Json {
    let mut shown = project_row(site, project, &["description", "lead", "issueTypes"]);
    let Some(map) = shown.as_object_mut() else { return shown };
    map.insert(
        "components".into(),
        project.components.iter().map(|c| component(site, project, c)).collect(),
    );
    map.insert(
        "versions".into(),
        project.versions.iter().map(|v| version(site, project, v)).collect(),
    );
    map.insert("assigneeType".into(), "UNASSIGNED".into());
    let role = |id: u64| format!("{}/role/{id}", address(site, project));
    map.insert(
        "roles".into(),
        json!({ "Administrators": role(10_002), "Developers": role(10_003) }),
    );
    if project.may(site.who, Access::Admin) {
        map.insert("permissions".into(), json!({ "canEdit": true }));
    }
    shown
}

const EXPAND: &str = "description,lead,issueTypes,url,projectKeys,permissions,insight";

fn style(project: &Project) -> &'static str {
    if project.team_managed { "next-gen" } else { "classic" }
}

fn address(site: &SiteView, project: &Project) -> String {
    format!("{}/rest/api/3/project/{}", site.host, project.id)
}

fn avatars(site: &SiteView, project: &Project) -> Json {
    let picture = format!(
        "{}/rest/api/3/universal_avatar/view/type/project/avatar/{}",
        site.host, project.avatar
    );
    json!({
        "48x48": picture,
        "24x24": format!("{picture}?size=small"),
        "16x16": format!("{picture}?size=xsmall"),
        "32x32": format!("{picture}?size=medium"),
    })
}

fn uuid(project: &Project) -> String {
    format!("5f3c2b1a-0d4e-4b6f-8a7c-{:012x}", project.id)
}
