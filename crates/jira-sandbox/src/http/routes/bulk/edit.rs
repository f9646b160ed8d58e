//! `POST /bulk/issues/fields`: one edit for many issues, in a shape of its own.

use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::tasks::{bulk_error, selected_issues, submit};
use crate::{
    answer::{Answer, ErrorCollection, Fault},
    clock,
    fields::{WriteContext, apply, read_edit},
    http::{
        call::Call,
        route::{Route, write},
        routes::issues::update,
    },
    json::strings,
    model::{Access, Site},
};

pub(crate) const ROUTES: &[Route] = &[write("POST", "/rest/api/3/bulk/issues/fields", edit)];

fn edit(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let keys = strings(body.get("selectedIssueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
    let actions = strings(body.get("selectedActions")).ok_or_else(Fault::bad_payload)?;
    let input =
        body.get("editedFieldsInput").and_then(Json::as_object).ok_or_else(Fault::bad_payload)?;
    let block = translate(input).ok_or_else(Fault::bad_payload)?;
    let named = ["fields", "update"].iter().filter_map(|part| block.get(*part)?.as_object());
    let unlisted: Vec<&str> =
        named.flat_map(Map::keys).map(String::as_str).filter(|id| !actions.contains(id)).collect();
    if !unlisted.is_empty() {
        let list = unlisted.join(", ");
        return Err(bulk_error(format!(
            "The following editedFieldInput values are not listed as selectedActions : {list}"
        )));
    }
    let ids = selected_issues(call, site, &keys)?;
    Ok(submit(call, site, ids, |call, site, id| edit_one(call, site, id, &block)))
}

fn edit_one(call: &Call, site: &mut Site, id: u64, block: &Map<String, Json>) -> Result<(), Fault> {
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    if !project.may(call.who, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to edit issues in this project.",
        ));
    }
    let mut errors = ErrorCollection::default();
    let context = WriteContext { site, project, who: call.who };
    let edit =
        read_edit(context, &update::edit_screen(project, issue), Some(issue), block, &mut errors)?;
    errors.finish()?;
    apply(site, id, call.who, call.now, edit.values, Vec::new());
    Ok(())
}

/// From the groups by kind of field to the `fields` and `update` blocks of a single edit; `None`
/// for a shape that the document does not know. Source: schema `JiraIssueFields`.
fn translate(input: &Map<String, Json>) -> Option<Map<String, Json>> {
    let (mut fields, mut update) = (Map::new(), Map::new());
    for (group, entries) in input {
        match group.as_str() {
            "priority" => {
                fields.insert(
                    "priority".into(),
                    json!({ "id": entries.get("priorityId")?.as_str()? }),
                );
                continue;
            }
            "multiselectComponents" => {
                multi_select(entries, "components", "componentId", &mut fields, &mut update)?;
                continue;
            }
            "originalEstimateField" | "timeTrackingField" => {
                let (name, part) = match group.as_str() {
                    "timeTrackingField" => ("timeRemaining", "remainingEstimate"),
                    _ => ("originalEstimateField", "originalEstimate"),
                };
                let estimates = fields.entry("timetracking").or_insert_with(|| json!({}));
                estimates.as_object_mut()?.insert(part.into(), entries.get(name)?.clone());
                continue;
            }
            _ => {}
        }
        for entry in entries.as_array()? {
            let id = entry.get("fieldId")?.as_str()?.to_owned();
            match group.as_str() {
                "labelsFields" => multi_select(entry, "labels", "name", &mut fields, &mut update)?,
                "multipleVersionPickerFields" => {
                    multi_select(entry, "versions", "versionId", &mut fields, &mut update)?;
                }
                _ => {
                    fields.insert(id, value(group, entry)?);
                }
            }
        }
    }
    Some(Map::from_iter([("fields".into(), fields.into()), ("update".into(), update.into())]))
}

fn value(group: &str, entry: &Json) -> Option<Json> {
    let option = |value: &Json| match value.get("optionId").and_then(Json::as_i64) {
        None | Some(-1) => Json::Null,
        Some(id) => json!({ "id": id.to_string() }),
    };
    let filled = |text: &str| if text.is_empty() { Json::Null } else { text.into() };
    Some(match group {
        "singleLineTextFields" => filled(entry.get("text")?.as_str()?),
        "urlFields" => filled(entry.get("url")?.as_str()?),
        "richTextFields" => entry.get("richText")?.get("adfValue").cloned().unwrap_or_default(),
        "clearableNumberFields" => entry.get("value").cloned().unwrap_or_default(),
        "datePickerFields" => match entry.get("date")?.get("formattedDate")?.as_str()? {
            "" => Json::Null,
            text => jiff::civil::Date::strptime("%d/%b/%y", text).ok()?.to_string().into(),
        },
        "dateTimePickerFields" => {
            match entry.get("dateTime")?.get("formattedDateTime")?.as_str()? {
                "" => Json::Null,
                text => clock::jira_time(clock::parse_time(text)?, &TimeZone::UTC).into(),
            }
        }
        "singleSelectFields" => option(entry.get("option")?),
        "multipleSelectFields" => entry.get("options")?.as_array()?.iter().map(option).collect(),
        "cascadingSelectFields" => {
            let mut chosen = option(entry.get("parentOptionValue")?);
            if let (Some(chosen), Some(child)) =
                (chosen.as_object_mut(), entry.get("childOptionValue"))
            {
                chosen.insert("child".into(), option(child));
            }
            chosen
        }
        "singleSelectClearableUserPickerFields" => entry.get("user").cloned().unwrap_or_default(),
        "multipleSelectClearableUserPickerFields" => {
            entry.get("users").cloned().unwrap_or(json!([]))
        }
        _ => return None,
    })
}

/// The groups that can add to and take from what is there.
fn multi_select(
    entry: &Json,
    list: &str,
    name: &str,
    fields: &mut Map<String, Json>,
    update: &mut Map<String, Json>,
) -> Option<()> {
    let id = entry.get("fieldId")?.as_str()?.to_owned();
    let item = |item: &Json| match item.get(name)? {
        Json::String(text) if name == "name" => Some(text.clone().into()),
        Json::String(id) => Some(json!({ "id": id })),
        id => Some(json!({ "id": id.to_string() })),
    };
    let items: Vec<Json> = entry.get(list)?.as_array()?.iter().map(item).collect::<Option<_>>()?;
    let verb = match entry.get("bulkEditMultiSelectFieldOption")?.as_str()? {
        "ADD" => "add",
        "REMOVE" => "remove",
        "REPLACE" => {
            fields.insert(id, items.into());
            return Some(());
        }
        "REMOVE_ALL" => {
            fields.insert(id, json!([]));
            return Some(());
        }
        _ => return None,
    };
    let operations: Vec<Json> = items.into_iter().map(|item| json!({ verb: item })).collect();
    update.insert(id, operations.into());
    Some(())
}
