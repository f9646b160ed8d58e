//! Values of fields in the shapes of Jira's bulk edit, which are none of those that a single edit
//! takes.
//!
//! Source: schema `JiraIssueFields` of Jira's OpenAPI document.

use adf::Document;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::jira::client::wire::FieldMeta;

use super::values::{FieldFault, FieldValue};

/// Turns resolved values into `editedFieldsInput`. Lists replace what is there, unless elements are
/// added or taken away.
pub fn bulk_values<'v>(
    changes: impl Iterator<Item = (&'v FieldMeta, &'v FieldValue)>,
) -> Result<Map<String, Value>, FieldFault> {
    let mut groups = Map::new();
    for (meta, value) in changes {
        let made = match value {
            FieldValue::Set(value) => entry(meta, value),
            FieldValue::Change(operations) => changed(meta, operations)?,
            FieldValue::Document(document) => entry(meta, &small(meta, document)?),
            FieldValue::RichText(_) => None,
        };
        let cannot =
            "this value cannot be set on many issues at once; change the issues one by one";
        let (group, entry) = made.ok_or_else(|| refusal(meta, cannot))?;
        if matches!(group, "priority" | "multiselectComponents") {
            groups.insert(group.to_owned(), entry);
        } else if let Some(list) = groups.entry(group).or_insert_with(|| json!([])).as_array_mut() {
            list.push(entry);
        }
    }
    Ok(groups)
}

/// Values of JSON that a document on many issues may have: the plan of a bulk edit is kept as a
/// tree, in several places.
const VALUES_MAX: usize = 10_000;

fn small(meta: &FieldMeta, document: &Document) -> Result<Value, FieldFault> {
    let is_small = json_borrow::has_at_most(document.json(), VALUES_MAX);
    let value = is_small.then(|| serde_json::from_str(document.json()).ok()).flatten();
    value.ok_or_else(|| {
        refusal(meta, "the text is too long for many issues at once; change the issues one by one")
    })
}

fn refusal(meta: &FieldMeta, problem: &str) -> FieldFault {
    FieldFault::Value {
        field: meta.label().to_owned(),
        problem: problem.to_owned(),
        accepts: "another value, or one of its own for each issue",
        allowed: Vec::new(),
    }
}

/// Elements that are added or taken away; one call does one of the two.
fn changed(
    meta: &FieldMeta,
    operations: &[Value],
) -> Result<Option<(&'static str, Value)>, FieldFault> {
    let all = |name: &str| {
        operations.iter().map(|one| one.get(name).cloned()).collect::<Option<Vec<_>>>()
    };
    let (option, values) = match (all("add"), all("remove")) {
        (Some(added), _) => ("ADD", added),
        (_, Some(removed)) => ("REMOVE", removed),
        (None, None) => {
            return Err(refusal(meta, "one call adds or takes away; make two calls"));
        }
    };
    Ok(list(meta, &Value::Array(values), Some(option)))
}

/// The group a field belongs to, and the field's entry in it; none where Jira has no group for it.
fn entry(meta: &FieldMeta, value: &Value) -> Option<(&'static str, Value)> {
    let id = meta.id();
    let schema = &meta.schema;
    let tail = schema.custom.rsplit(':').next().unwrap_or_default();
    let text = || if value.is_null() { Some("") } else { value.as_str() };
    Some(match (schema.kind.as_str(), tail, schema.system.as_str()) {
        (_, "gh-sprint" | "gh-epic-link" | "gh-lexo-rank", _) | (_, _, "parent" | "issuetype") => {
            return None;
        }
        (_, "textarea", _) | (_, _, "description" | "environment") => {
            let document = if value.is_null() { json!({}) } else { json!({ "adfValue": value }) };
            ("richTextFields", json!({ "fieldId": id, "richText": document }))
        }
        (_, "url", _) => ("urlFields", json!({ "fieldId": id, "url": text()? })),
        ("string", ..) => ("singleLineTextFields", json!({ "fieldId": id, "text": text()? })),
        ("number", ..) => ("clearableNumberFields", json!({ "fieldId": id, "value": value })),
        ("date", ..) => (
            "datePickerFields",
            json!({ "fieldId": id, "date": { "formattedDate": day(text()?)? } }),
        ),
        ("datetime", ..) => (
            "dateTimePickerFields",
            json!({ "fieldId": id, "dateTime": { "formattedDateTime": text()? } }),
        ),
        ("priority", ..) => ("priority", json!({ "priorityId": value.get("id")?.as_str()? })),
        ("user", ..) => ("singleSelectClearableUserPickerFields", with(id, "user", value)),
        ("option", ..) => {
            ("singleSelectFields", json!({ "fieldId": id, "option": option(value)? }))
        }
        ("option-with-child", ..) => ("cascadingSelectFields", cascade(id, value)?),
        ("array", ..) => list(meta, value, None)?,
        _ => return None,
    })
}

/// A list that replaces what is there, or does to it what `how` says.
fn list(meta: &FieldMeta, value: &Value, how: Option<&str>) -> Option<(&'static str, Value)> {
    let (id, items) = (meta.id(), value.as_array()?);
    let each = |shape: &dyn Fn(&Value) -> Option<Value>| {
        items.iter().map(shape).collect::<Option<Vec<_>>>()
    };
    let several = |name: &'static str, list: Vec<Value>| {
        let option = how.unwrap_or(if list.is_empty() { "REMOVE_ALL" } else { "REPLACE" });
        json!({ "fieldId": id, "bulkEditMultiSelectFieldOption": option, name: list })
    };
    let is_label = meta.schema.system == "labels" || meta.schema.custom.ends_with(":labels");
    Some(match meta.schema.items.as_str() {
        "string" if is_label => {
            let labels = each(&|label| Some(json!({ "name": label.as_str()? })))?;
            ("labelsFields", several("labels", labels))
        }
        "version" => {
            let versions =
                each(&|version| Some(json!({ "versionId": version.get("id")?.as_str()? })))?;
            ("multipleVersionPickerFields", several("versions", versions))
        }
        "component" => {
            let components = each(&|component| Some(json!({ "componentId": number(component)? })))?;
            ("multiselectComponents", several("components", components))
        }
        "option" | "user" if how.is_some() => return None,
        "option" => ("multipleSelectFields", json!({ "fieldId": id, "options": each(&option)? })),
        "user" => {
            ("multipleSelectClearableUserPickerFields", json!({ "fieldId": id, "users": value }))
        }
        _ => return None,
    })
}

/// A member that is left out when it is null, which the document does not allow to be said.
fn with(id: &str, name: &str, value: &Value) -> Value {
    if value.is_null() { json!({ "fieldId": id }) } else { json!({ "fieldId": id, name: value }) }
}

/// Bulk edit numbers options, and clears with -1.
fn option(value: &Value) -> Option<Value> {
    Some(json!({ "optionId": if value.is_null() { -1 } else { number(value)? } }))
}

fn cascade(id: &str, value: &Value) -> Option<Value> {
    let mut entry = json!({ "fieldId": id, "parentOptionValue": option(value)? });
    if let (Some(entry), Some(child)) = (entry.as_object_mut(), value.get("child")) {
        entry.insert("childOptionValue".to_owned(), option(child)?);
    }
    Some(entry)
}

fn number(value: &Value) -> Option<i64> {
    value.get("id")?.as_str()?.parse().ok()
}

/// `2026-12-24` as `24/Dec/26`, the form that bulk edit reads; empty clears.
fn day(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    Some(text.parse::<Date>().ok()?.strftime("%-d/%b/%y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a table of literals reads best without borrows"
    )]
    fn check(schema: Value, value: Value, expected: Option<Value>) {
        let meta = json!({"key": "f", "name": "F", "schema": schema});
        let metas: Vec<FieldMeta> = serde_json::from_value(json!([meta])).unwrap();
        let value = FieldValue::Set(value);
        let made = bulk_values(metas.iter().map(|meta| (meta, &value)));
        assert_eq!(made.ok().map(Value::Object), expected, "{schema}");
    }

    #[test]
    fn each_kind_of_field_finds_its_group() {
        let entry = |group: &str, entry: Value| Some(json!({ group: [entry] }));
        check(
            json!({"type": "string"}),
            json!("x"),
            entry("singleLineTextFields", json!({"fieldId": "f", "text": "x"})),
        );
        check(
            json!({"type": "string"}),
            Value::Null,
            entry("singleLineTextFields", json!({"fieldId": "f", "text": ""})),
        );
        check(
            json!({"type": "number"}),
            json!(5),
            entry("clearableNumberFields", json!({"fieldId": "f", "value": 5})),
        );
        check(
            json!({"type": "date"}),
            json!("2026-12-04"),
            entry(
                "datePickerFields",
                json!({"fieldId": "f", "date": {"formattedDate": "4/Dec/26"}}),
            ),
        );
        check(json!({"type": "date"}), json!("tomorrow"), None);
        check(
            json!({"type": "priority"}),
            json!({"id": "2"}),
            Some(json!({"priority": {"priorityId": "2"}})),
        );
        check(
            json!({"type": "user"}),
            Value::Null,
            entry("singleSelectClearableUserPickerFields", json!({"fieldId": "f"})),
        );
        check(
            json!({"type": "option"}),
            json!({"id": "7"}),
            entry("singleSelectFields", json!({"fieldId": "f", "option": {"optionId": 7}})),
        );
        check(
            json!({"type": "option"}),
            Value::Null,
            entry("singleSelectFields", json!({"fieldId": "f", "option": {"optionId": -1}})),
        );
        check(
            json!({"type": "option-with-child"}),
            json!({"id": "1", "child": {"id": "11"}}),
            entry(
                "cascadingSelectFields",
                json!({"fieldId": "f", "parentOptionValue": {"optionId": 1}, "childOptionValue": {"optionId": 11}}),
            ),
        );
        check(json!({"type": "any", "custom": "x:gh-epic-link"}), json!({"key": "P-1"}), None);
        check(json!({"type": "issuelink", "system": "parent"}), json!({"key": "P-1"}), None);
    }

    #[test]
    fn lists_replace_and_empty_lists_clear() {
        let array = |items: &str| json!({"type": "array", "items": items});
        check(
            array("version"),
            json!([{"id": "3"}]),
            Some(json!({"multipleVersionPickerFields": [
                {"fieldId": "f", "bulkEditMultiSelectFieldOption": "REPLACE", "versions": [{"versionId": "3"}]}
            ]})),
        );
        check(
            array("component"),
            json!([]),
            Some(json!({"multiselectComponents":
                {"fieldId": "f", "bulkEditMultiSelectFieldOption": "REMOVE_ALL", "components": []}
            })),
        );
        check(
            json!({"type": "array", "items": "string", "system": "labels"}),
            json!(["a"]),
            Some(json!({"labelsFields": [
                {"fieldId": "f", "bulkEditMultiSelectFieldOption": "REPLACE", "labels": [{"name": "a"}]}
            ]})),
        );
        // A version that could not be found by its id would be dropped silently.
        check(array("version"), json!([{"name": "2.4"}]), None);
    }
}
