//! The small objects that issues are made of: types, statuses, priorities, versions, sprints.

use serde_json::{Map, Value as Json, json};

use super::person;
use crate::{
    clock,
    json::{object, put},
    model::{Board, Component, IssueType, LinkType, Named, Project, Site, Sprint, Status, Version},
    reader::Reader,
};

pub(crate) fn issue_type(site: &Reader, kind: &IssueType) -> Json {
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

pub(crate) fn status(site: &Reader, status: &Status) -> Json {
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
pub(crate) fn category(site: &Reader, id: u64) -> Json {
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

pub(crate) fn priority(site: &Reader, priority: &Named) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/priority/{}", site.host, priority.id),
        "iconUrl": format!("{}/images/icons/priorities/{}_new.svg", site.host, priority.name.to_lowercase()),
        "name": site.word(&priority.name),
        "id": priority.id.to_string(),
    });
    untranslated(&mut shown, &priority.name);
    shown
}

pub(crate) fn resolution(site: &Reader, resolution: &Named) -> Json {
    json!({
        "self": format!("{}/rest/api/3/resolution/{}", site.host, resolution.id),
        "id": resolution.id.to_string(),
        "description": resolution.description,
        "name": resolution.name,
    })
}

pub(crate) fn component_stub(site: &Reader, component: &Component) -> Json {
    json!({
        "self": format!("{}/rest/api/3/component/{}", site.host, component.id),
        "id": component.id.to_string(), "name": component.name, "description": component.description,
    })
}

pub(crate) fn component(site: &Reader, project: &Project, component: &Component) -> Json {
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

pub(crate) fn version_stub(site: &Reader, version: &Version) -> Json {
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

pub(crate) fn version(site: &Reader, project: &Project, version: &Version) -> Json {
    let mut shown = version_stub(site, version);
    let Some(map) = shown.as_object_mut() else { return shown };
    map.insert("projectId".into(), project.id.into());
    if let Some(start) = version.start {
        map.insert("startDate".into(), clock::day(start).into());
    }
    shown
}

/// As an element of the sprint field: the agile object without links, read back as an array.
pub(crate) fn sprint_in_issue(sprint: &Sprint) -> Json {
    let mut shown = dates(sprint);
    shown.insert("id".into(), sprint.id.into());
    shown.insert("name".into(), sprint.name.clone().into());
    shown.insert("state".into(), sprint.state.clone().into());
    shown.insert("boardId".into(), sprint.board.into());
    shown.insert("goal".into(), sprint.goal.clone().into());
    Json::Object(shown)
}

/// As the agile API answers.
pub(crate) fn sprint(site: &Site, sprint: &Sprint) -> Json {
    let mut shown = dates(sprint);
    shown.insert("id".into(), sprint.id.into());
    shown
        .insert("self".into(), format!("{}/rest/agile/1.0/sprint/{}", site.host, sprint.id).into());
    shown.insert("state".into(), sprint.state.clone().into());
    shown.insert("name".into(), sprint.name.clone().into());
    shown.insert("createdDate".into(), clock::agile_time(sprint.created).into());
    shown.insert("originBoardId".into(), sprint.board.into());
    shown.insert("goal".into(), sprint.goal.clone().into());
    Json::Object(shown)
}

fn dates(sprint: &Sprint) -> Map<String, Json> {
    let all =
        [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.complete)];
    all.into_iter()
        .filter_map(|(name, ms)| Some((name.to_owned(), clock::agile_time(ms?).into())))
        .collect()
}

pub(crate) fn board(site: &Reader, board: &Board) -> Json {
    let mut shown = json!({
        "id": board.id, "name": board.name, "type": board.kind, "isPrivate": false,
        "self": format!("{}/rest/agile/1.0/board/{}", site.host, board.id),
    });
    if let (Some(shown), Some(project)) = (shown.as_object_mut(), site.project(board.project)) {
        let avatar = format!(
            "{}/rest/api/2/universal_avatar/view/type/project/avatar/{}?size=small",
            site.host, project.avatar
        );
        let location = json!({
            "projectId": project.id, "displayName": format!("{} ({})", project.name, project.key),
            "projectName": project.name, "projectKey": project.key, "projectTypeKey": project.kind,
            "avatarURI": avatar, "name": format!("{} ({})", project.name, project.key),
        });
        shown.insert("location".into(), location);
    }
    shown
}

pub(crate) fn link_type(site: &Reader, kind: &LinkType) -> Json {
    json!({
        "id": kind.id.to_string(), "name": kind.name, "inward": kind.inward, "outward": kind.outward,
        "self": format!("{}/rest/api/3/issueLinkType/{}", site.host, kind.id),
    })
}
