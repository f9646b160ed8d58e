//! The small objects that issues point at: types, statuses, priorities, components, versions.

use serde_json::{Value as Json, json};

use super::{person::person, site_view::SiteView};
use crate::{
    clock,
    json::{object, put},
    model::{Component, IssueType, LinkType, Named, Project, Status, Version},
};

pub(crate) fn issue_type(site: &SiteView, kind: &IssueType) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/issuetype/{}", site.host, kind.id),
        "id": kind.id.to_string(),
        "description": kind.description,
        "iconUrl": format!(
            "{}/rest/api/3/universal_avatar/view/type/issuetype/avatar/{}?size=medium", site.host, kind.avatar
        ),
        "name": site.word(&kind.name),
        "untranslatedName": kind.name,
        "subtask": kind.level < 0,
        "avatarId": kind.avatar,
        "hierarchyLevel": kind.level,
    });
    if let Some(project) = kind.scope {
        put(&mut shown, "entityId", format!("f11824a0-9706-48f4-a978-{:012x}", kind.id));
        put(&mut shown, "scope", scope(project));
    }
    shown
}

/// The English name, where the shown one is another.
fn untranslated(shown: &mut Json, english: &str) {
    if shown.get("name").is_some_and(|name| name != english) {
        put(shown, "untranslatedName", english);
    }
}

fn scope(project: u64) -> Json {
    json!({ "type": "PROJECT", "project": { "id": project.to_string() } })
}

pub(crate) fn status(site: &SiteView, status: &Status) -> Json {
    let mut shown = object([
        ("self", format!("{}/rest/api/3/status/{}", site.host, status.id).into()),
        ("description", status.description.clone().into()),
        ("iconUrl", format!("{}/images/icons/statuses/generic.png", site.host).into()),
        ("name", site.word(&status.name).into()),
        ("id", status.id.to_string().into()),
        ("statusCategory", category(site, status.category)),
    ]);
    untranslated(&mut shown, &status.name);
    if let Some(project) = status.scope {
        put(&mut shown, "scope", scope(project));
    }
    shown
}

/// The three fixed categories. Source: `GET /rest/api/3/statuscategory` of any site.
pub(crate) fn category(site: &SiteView, id: u64) -> Json {
    let (key, color, name) = match id {
        3 => ("done", "green", "Done"),
        4 => ("indeterminate", "yellow", "In Progress"),
        _ => ("new", "blue-gray", "To Do"),
    };
    json!({
        "self": format!("{}/rest/api/3/statuscategory/{id}", site.host),
        "id": id, "key": key, "colorName": color, "name": site.word(name),
    })
}

pub(crate) fn priority(site: &SiteView, priority: &Named) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/priority/{}", site.host, priority.id),
        "iconUrl": format!("{}/images/icons/priorities/{}_new.svg", site.host, priority.name.to_lowercase()),
        "name": site.word(&priority.name),
        "id": priority.id.to_string(),
    });
    untranslated(&mut shown, &priority.name);
    shown
}

pub(crate) fn resolution(site: &SiteView, resolution: &Named) -> Json {
    json!({
        "self": format!("{}/rest/api/3/resolution/{}", site.host, resolution.id),
        "id": resolution.id.to_string(),
        "description": resolution.description,
        "name": resolution.name,
    })
}

pub(crate) fn component_stub(site: &SiteView, component: &Component) -> Json {
    json!({
        "self": format!("{}/rest/api/3/component/{}", site.host, component.id),
        "id": component.id.to_string(), "name": component.name, "description": component.description,
    })
}

pub(crate) fn component(site: &SiteView, project: &Project, component: &Component) -> Json {
    let mut shown = component_stub(site, component);
    let Some(map) = shown.as_object_mut() else { return shown };
    map.insert("project".into(), project.key.clone().into());
    map.insert("projectId".into(), project.id.into());
    map.insert("assigneeType".into(), "PROJECT_DEFAULT".into());
    map.insert("realAssigneeType".into(), "PROJECT_DEFAULT".into());
    map.insert("isAssigneeTypeValid".into(), false.into());
    if let Some(lead) = component.lead {
        map.insert("lead".into(), person(site, lead));
    }
    shown
}

pub(crate) fn version_stub(site: &SiteView, version: &Version) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/version/{}", site.host, version.id),
        "id": version.id.to_string(),
        "description": version.description,
        "name": version.name,
        "archived": version.archived,
        "released": version.released,
    });
    if let (Some(shown), Some(release)) = (shown.as_object_mut(), version.release) {
        shown.insert("releaseDate".into(), clock::day(release).into());
    }
    shown
}

pub(crate) fn version(site: &SiteView, project: &Project, version: &Version) -> Json {
    let mut shown = version_stub(site, version);
    let Some(map) = shown.as_object_mut() else { return shown };
    map.insert("projectId".into(), project.id.into());
    if let Some(start) = version.start {
        map.insert("startDate".into(), clock::day(start).into());
    }
    shown
}

pub(crate) fn link_type(site: &SiteView, kind: &LinkType) -> Json {
    json!({
        "id": kind.id.to_string(), "name": kind.name, "inward": kind.inward, "outward": kind.outward,
        "self": format!("{}/rest/api/3/issueLinkType/{}", site.host, kind.id),
    })
}
