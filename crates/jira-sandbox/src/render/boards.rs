//! Boards and sprints.

use serde_json::{Map, Value as Json, json};

use super::site_view::SiteView;
use crate::{
    clock,
    model::{Board, Site, Sprint},
};

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

pub(crate) fn board(site: &SiteView, board: &Board) -> Json {
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
