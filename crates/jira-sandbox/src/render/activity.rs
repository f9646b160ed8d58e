//! What people left on an issue: comments, work logs, history, web links, files.

use serde_json::{Map, Value as Json, json};

use super::{html::html, person::person, site_view::SiteView};
use crate::{
    fields::pretty_duration,
    json::{object, put},
    model::{Attachment, Change, ChangeItem, Comment, Issue, RemoteLink, Worklog},
};

pub(crate) fn comment(site: &SiteView, issue: &Issue, comment: &Comment, expand: &[&str]) -> Json {
    let mut shown = object([
        (
            "self",
            format!("{}/rest/api/3/issue/{}/comment/{}", site.host, issue.id, comment.id).into(),
        ),
        ("id", comment.id.to_string().into()),
        ("author", person(site, comment.author)),
        ("body", comment.body.clone()),
        ("updateAuthor", person(site, comment.editor)),
        ("created", site.time(comment.created).into()),
        ("updated", site.time(comment.updated).into()),
    ]);
    if let Some(parent) = comment.parent {
        put(&mut shown, "parentId", parent);
    }
    let project = site.project(issue.project);
    let service = project.is_some_and(|project| project.kind == "service_desk");
    let internal =
        comment.properties.get("sd.public.comment").and_then(|value| value.get("internal"));
    put(&mut shown, "jsdPublic", !service || internal != Some(&Json::Bool(true)));
    if let Some(limit) = &comment.visibility {
        let visibility =
            json!({ "type": limit.kind, "value": limit.value, "identifier": limit.value });
        put(&mut shown, "visibility", visibility);
    }
    if expand.contains(&"renderedBody") {
        put(&mut shown, "renderedBody", html(&comment.body));
    }
    if expand.contains(&"properties") {
        let entries =
            comment.properties.iter().map(|(key, value)| json!({ "key": key, "value": value }));
        put(&mut shown, "properties", entries.collect::<Json>());
    }
    shown
}

pub(crate) fn worklog(site: &SiteView, issue: &Issue, log: &Worklog) -> Json {
    let mut shown = object([
        ("self", format!("{}/rest/api/3/issue/{}/worklog/{}", site.host, issue.id, log.id).into()),
        ("author", person(site, log.author)),
        ("updateAuthor", person(site, log.author)),
        ("created", site.time(log.created).into()),
        ("updated", site.time(log.updated).into()),
        ("started", site.time(log.started).into()),
        ("timeSpent", pretty_duration(log.seconds).into()),
        ("timeSpentSeconds", log.seconds.into()),
        ("id", log.id.to_string().into()),
        ("issueId", issue.id.to_string().into()),
    ]);
    if let Some(comment) = &log.comment {
        put(&mut shown, "comment", comment.clone());
    }
    shown
}

pub(crate) fn change(site: &SiteView, change: &Change) -> Json {
    object([
        ("id", change.id.to_string().into()),
        ("author", person(site, change.author)),
        ("created", site.time(change.created).into()),
        ("items", change.items.iter().map(change_item).collect()),
    ])
}

/// Absent sides are left out: the document types them as strings.
fn change_item(item: &ChangeItem) -> Json {
    let mut shown = Map::new();
    let sides = [
        ("from", &item.from.0),
        ("fromString", &item.from.1),
        ("to", &item.to.0),
        ("toString", &item.to.1),
    ];
    for (name, text) in sides {
        if let Some(text) = text {
            shown.insert(name.into(), text.clone().into());
        }
    }
    shown.insert("field".into(), item.field.clone().into());
    shown.insert("fieldtype".into(), if item.custom { "custom" } else { "jira" }.into());
    shown.insert("fieldId".into(), item.field_id.clone().into());
    Json::Object(shown)
}

pub(crate) fn remote_link(site: &SiteView, issue: &Issue, link: &RemoteLink) -> Json {
    let mut object = json!({
        "url": link.url, "title": link.title, "icon": {}, "status": { "icon": {} },
    });
    if let (Some(object), Some(summary)) = (object.as_object_mut(), &link.summary) {
        object.insert("summary".into(), summary.clone().into());
    }
    let mut shown = json!({
        "id": link.id,
        "self": format!("{}/rest/api/3/issue/{}/remotelink/{}", site.host, issue.id, link.id),
        "application": {},
        "object": object,
    });
    if let Some(shown) = shown.as_object_mut() {
        for (name, text) in [("globalId", &link.global_id), ("relationship", &link.relationship)] {
            if let Some(text) = text {
                shown.insert(name.into(), text.clone().into());
            }
        }
    }
    shown
}

pub(crate) fn attachment(site: &SiteView, file: &Attachment) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/attachment/{}", site.host, file.id),
        "id": file.id.to_string(),
        "filename": file.name,
        "author": person(site, file.author),
        "created": site.time(file.created),
        "size": file.content.len(),
        "mimeType": file.mime,
        "content": format!("{}/rest/api/3/attachment/content/{}", site.host, file.id),
    });
    if let (Some(shown), true) = (shown.as_object_mut(), file.mime.starts_with("image/")) {
        let thumbnail = format!("{}/rest/api/3/attachment/thumbnail/{}", site.host, file.id);
        shown.insert("thumbnail".into(), thumbnail.into());
    }
    shown
}
