//! Field metadata: what a field is, what may be written to it.

use serde_json::{Map, Value as Json, json};

use super::{
    attributes::{component_stub, issue_type, priority, resolution, version_stub},
    project::project_stub,
    site_view::SiteView,
    stored_value::show_option,
};
use crate::model::{Access, FieldDef, FieldKind, FieldOption, Issue, Project};

/// `{type, items?, system | custom + customId}`; `None` for pseudo fields.
pub(crate) fn schema(field: &FieldDef) -> Option<Json> {
    let (kind, items) = field.schema?;
    let mut schema = Map::new();
    schema.insert("type".into(), kind.into());
    if let Some(items) = items {
        schema.insert("items".into(), items.into());
    }
    match (field.custom, field.number()) {
        (Some(custom), Some(number)) => {
            schema.insert("custom".into(), custom.into());
            schema.insert("customId".into(), number.into());
        }
        _ => {
            schema.insert("system".into(), field.id.clone().into());
        }
    }
    Some(Json::Object(schema))
}

/// One element of `GET /field`.
pub(crate) fn field_details(site: &SiteView, field: &FieldDef) -> Json {
    let mut shown = json!({
        "id": field.id,
        "key": field.id,
        "name": site.word(&field.name),
        "custom": field.custom.is_some(),
        "orderable": field.kind != FieldKind::ReadOnly,
        "navigable": field.navigable,
        "searchable": field.searchable,
        "clauseNames": field.clauses,
    });
    let Some(map) = shown.as_object_mut() else { return shown };
    if field.custom.is_some() {
        map.insert("untranslatedName".into(), field.name.clone().into());
    }
    if let Some(schema) = schema(field) {
        map.insert("schema".into(), schema);
    }
    if let Some(project) = field.scope {
        map.insert(
            "scope".into(),
            json!({ "type": "PROJECT", "project": { "id": project.to_string() } }),
        );
    }
    shown
}

/// The common part of createmeta, editmeta and transition fields; `fieldId` is added where it
/// belongs.
pub(crate) fn field_meta(
    site: &SiteView,
    project: &Project,
    type_id: u64,
    field: &FieldDef,
    required: bool,
) -> Json {
    let mut meta = json!({
        "required": required,
        "schema": schema(field),
        "name": site.word(&field.name),
        "key": field.id,
        "hasDefaultValue": matches!(field.id.as_str(), "priority" | "reporter"),
        "operations": operations(field),
    });
    let Some(map) = meta.as_object_mut() else { return meta };
    if let Some(values) = allowed(site, project, type_id, field) {
        map.insert("allowedValues".into(), values.into());
    }
    if field.id == "priority"
        && let Some(default) = site.priority(3)
    {
        map.insert("defaultValue".into(), priority(site, default));
    }
    let complete = match field.kind {
        FieldKind::Person | FieldKind::People if field.id == "assignee" => {
            format!("/rest/api/3/user/assignable/search?project={}&query=", project.key)
        }
        FieldKind::Person | FieldKind::People => {
            "/rest/api/3/user/recommend?context=Reporter&issueKey=".to_owned()
        }
        FieldKind::Labels => "/rest/api/1.0/labels/suggest?query=".to_owned(),
        _ => return meta,
    };
    map.insert("autoCompleteUrl".into(), format!("{}{complete}", site.host).into());
    meta
}

fn operations(field: &FieldDef) -> Vec<&'static str> {
    match field.kind {
        FieldKind::Labels
        | FieldKind::Lines
        | FieldKind::Choices
        | FieldKind::Components
        | FieldKind::Versions
        | FieldKind::People => {
            vec!["add", "set", "remove"]
        }
        FieldKind::Estimates => vec!["set", "edit"],
        FieldKind::Type => Vec::new(),
        FieldKind::ReadOnly => match field.id.as_str() {
            "comment" => vec!["add", "edit", "remove"],
            "issuelinks" => vec!["add", "copy"],
            _ => vec!["set", "copy"],
        },
        _ => vec!["set"],
    }
}

fn allowed(
    site: &SiteView,
    project: &Project,
    type_id: u64,
    field: &FieldDef,
) -> Option<Vec<Json>> {
    let values = match field.kind {
        FieldKind::Choice | FieldKind::Choices => {
            field.options.iter().map(|option| show_option(site, option)).collect()
        }
        FieldKind::Cascade => field.options.iter().map(|option| nested(site, option)).collect(),
        FieldKind::Priority => site.priorities.iter().map(|value| priority(site, value)).collect(),
        FieldKind::Resolution => {
            site.resolutions.iter().map(|value| resolution(site, value)).collect()
        }
        FieldKind::Components => {
            project.components.iter().map(|value| component_stub(site, value)).collect()
        }
        FieldKind::Versions => {
            let open = project.versions.iter().filter(|version| !version.archived);
            open.map(|value| version_stub(site, value)).collect()
        }
        FieldKind::Project => vec![project_stub(site, project)],
        FieldKind::Type => {
            site.issue_type(type_id).map(|kind| issue_type(site, kind)).into_iter().collect()
        }
        _ => return None,
    };
    Some(values)
}

fn nested(site: &SiteView, option: &FieldOption) -> Json {
    let mut shown = show_option(site, option);
    if let Some(map) = shown.as_object_mut() {
        map.insert(
            "children".into(),
            option.children.iter().map(|child| show_option(site, child)).collect(),
        );
    }
    shown
}

/// `{fields: {id: …}}` for what this issue's edit screen holds; nothing for someone who may not
/// edit.
pub(crate) fn editmeta(site: &SiteView, project: &Project, issue: &Issue) -> Json {
    let mut fields = Map::new();
    if !project.may(site.who, Access::Member) {
        return json!({ "fields": fields });
    }
    for entry in project.edit_screen_of(issue.type_id) {
        if let Some(field) =
            site.field(&entry.field).filter(|field| field.kind != FieldKind::Project)
        {
            let meta = field_meta(site, project, issue.type_id, field, entry.required);
            fields.insert(field.id.clone(), meta);
        }
    }
    if let Some(field) = site.field("comment") {
        fields.insert("comment".into(), field_meta(site, project, issue.type_id, field, false));
    }
    json!({ "fields": fields })
}
