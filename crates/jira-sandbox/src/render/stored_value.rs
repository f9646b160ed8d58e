//! A stored value as Jira's JSON.

use serde_json::{Value as Json, json};

use super::{
    attributes::{component_stub, priority, resolution, version_stub},
    boards::sprint_in_issue,
    issue_stub::issue_stub,
    person::person,
    site_view::SiteView,
};
use crate::{
    fields::pretty_duration,
    model::{FieldDef, FieldOption, Value},
};

/// The value as it stands under `fields` of an issue.
pub(crate) fn show(site: &SiteView, field: &FieldDef, value: &Value) -> Json {
    match value {
        Value::Text(text) if field.custom.is_some_and(|kind| kind.ends_with(":atlassian-team")) => {
            let name = site.teams.iter().find(|team| team.id == text).map_or("", |team| team.name);
            json!({ "id": text, "name": name, "avatarUrl": "", "isVisible": true, "isVerified": false,
                "title": name, "isShared": true })
        }
        Value::Text(text) => json!(text),
        Value::Rich(document) | Value::Json(document) => document.clone(),
        Value::Number(number) => json!(number),
        Value::Instant(ms) => json!(site.time(*ms)),
        Value::Labels(labels) => json!(labels),
        Value::Person(who) => person(site, *who),
        Value::People(people) => people.iter().map(|who| person(site, *who)).collect(),
        Value::Choice(id) => {
            field.option(*id).map_or(Json::Null, |option| show_option(site, option))
        }
        Value::Choices(ids) => {
            ids.iter().filter_map(|id| Some(show_option(site, field.option(*id)?))).collect()
        }
        Value::Cascade(id, child) => cascade(site, field, *id, *child),
        Value::Ref(id) => reference(site, &field.id, *id),
        Value::Refs(ids) => ids.iter().map(|id| member(site, &field.id, *id)).collect(),
        Value::Estimates(original, remaining) => {
            let mut shown = serde_json::Map::new();
            for (name, seconds) in [("original", original), ("remaining", remaining)] {
                if let Some(seconds) = seconds {
                    shown.insert(format!("{name}Estimate"), pretty_duration(*seconds).into());
                    shown.insert(format!("{name}EstimateSeconds"), (*seconds).into());
                }
            }
            Json::Object(shown)
        }
    }
}

/// A select option with its self link, without children.
pub(crate) fn show_option(site: &SiteView, option: &FieldOption) -> Json {
    json!({
        "self": format!("{}/rest/api/3/customFieldOption/{}", site.host, option.id),
        "value": option.value, "id": option.id.to_string(),
    })
}

fn cascade(site: &SiteView, field: &FieldDef, id: u64, child: Option<u64>) -> Json {
    let Some(option) = field.option(id) else { return Json::Null };
    let mut shown = show_option(site, option);
    let child = option.children.iter().find(|candidate| Some(candidate.id) == child);
    if let (Some(child), Some(shown)) = (child, shown.as_object_mut()) {
        shown.insert("child".into(), show_option(site, child));
    }
    shown
}

fn reference(site: &SiteView, field: &str, id: u64) -> Json {
    match field {
        "priority" => site.priority(id).map(|found| priority(site, found)),
        "resolution" => site.resolution(id).map(|found| resolution(site, found)),
        "parent" => site.issues.get(&id).map(|issue| issue_stub(site, issue)),
        _ => None,
    }
    .unwrap_or_default()
}

fn member(site: &SiteView, field: &str, id: u64) -> Json {
    let project = || site.projects.iter();
    match field {
        "components" => project()
            .flat_map(|p| &p.components)
            .find(|component| component.id == id)
            .map(|component| component_stub(site, component)),
        "fixVersions" | "versions" => project()
            .flat_map(|p| &p.versions)
            .find(|version| version.id == id)
            .map(|version| version_stub(site, version)),
        _ => site.sprint(id).map(sprint_in_issue),
    }
    .unwrap_or_default()
}
