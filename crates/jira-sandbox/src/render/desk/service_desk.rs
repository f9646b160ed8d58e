//! A desk, what can be asked for there, and its queues.

use serde_json::{Value as Json, json};

use super::value::API;
use crate::{
    json::put,
    model::{
        Access, FieldKind, FieldOption, Project, Queue, RequestField, RequestType, ServiceDesk,
    },
    render::{SiteView, schema},
};

pub(crate) fn service_desk(site: &SiteView, desk: &ServiceDesk) -> Json {
    let project = site.project(desk.project);
    json!({
        "id": desk.id.to_string(),
        "projectId": desk.project.to_string(),
        "projectName": project.map(|project| &project.name),
        "projectKey": project.map(|project| &project.key),
        "projectTypeKey": project.map(|project| project.kind),
        "_links": { "self": address(site, desk) },
    })
}

fn address(site: &SiteView, desk: &ServiceDesk) -> String {
    format!("{}{API}/servicedesk/{}", site.host, desk.id)
}

pub(crate) fn request_type(site: &SiteView, desk: &ServiceDesk, kind: &RequestType) -> Json {
    let picture = format!(
        "{}/rest/api/3/universal_avatar/view/type/SD_REQTYPE/avatar/{}",
        site.host,
        10_500 + kind.id
    );
    let may =
        site.project(desk.project).is_some_and(|project| project.may(site.who, Access::Member));
    json!({
        "_expands": ["field"],
        "id": kind.id.to_string(),
        "_links": { "self": format!("{}/requesttype/{}", address(site, desk), kind.id) },
        "name": kind.name,
        "description": kind.description,
        "helpText": kind.help,
        "issueTypeId": kind.issue_type.to_string(),
        "serviceDeskId": desk.id.to_string(),
        "portalId": desk.id.to_string(),
        "groupIds": kind.groups.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "icon": { "id": (10_500 + kind.id).to_string(), "_links": { "iconUrls": {
            "48x48": picture, "24x24": picture, "16x16": picture, "32x32": picture,
        } } },
        "canCreateRequest": may,
        "restrictionStatus": "OPEN",
    })
}

/// One field of a form; none for a field that the site lacks.
pub(crate) fn request_field(
    site: &SiteView,
    project: &Project,
    asked: &RequestField,
) -> Option<Json> {
    let field = site.field(asked.field)?;
    let label = if asked.label.is_empty() { site.word(&field.name) } else { asked.label };
    let choice =
        |id: u64, label: &str| json!({ "value": id.to_string(), "label": label, "children": [] });
    let valid: Vec<Json> = match field.kind {
        FieldKind::Choice | FieldKind::Choices | FieldKind::Cascade => {
            field.options.iter().map(option).collect()
        }
        FieldKind::Priority => {
            site.priorities.iter().map(|one| choice(one.id, site.word(&one.name))).collect()
        }
        FieldKind::Components => {
            project.components.iter().map(|one| choice(one.id, &one.name)).collect()
        }
        _ => Vec::new(),
    };
    let mut shown = json!({
        "fieldId": field.id,
        "name": label,
        "description": "",
        "required": asked.required,
        "defaultValues": [],
        "validValues": valid,
        "presetValues": [],
        "visible": true,
    });
    if let Some(schema) = schema(field) {
        put(&mut shown, "jiraSchema", schema);
    }
    Some(shown)
}

fn option(option: &FieldOption) -> Json {
    json!({
        "value": option.id.to_string(),
        "label": option.value,
        "children": option.children.iter().map(self::option).collect::<Vec<_>>(),
    })
}

pub(crate) fn queue(
    site: &SiteView,
    desk: &ServiceDesk,
    queue: &Queue,
    count: Option<usize>,
) -> Json {
    let mut shown = json!({
        "id": queue.id.to_string(),
        "name": queue.name,
        "jql": queue.jql,
        "fields": queue.columns,
        "_links": { "self": format!("{}/queue/{}", address(site, desk), queue.id) },
    });
    if let Some(count) = count {
        put(&mut shown, "issueCount", count);
    }
    shown
}
