//! The `fields` and `update` blocks of a create, edit or transition: read against a screen, then
//! applied.

use serde_json::{Map, Value as Json};

use super::{
    changelog_value::changelog_value,
    parse_value::{ValueError, WriteContext, parse_value},
};
use crate::{
    answer::{ErrorCollection, Fault},
    model::{Change, ChangeItem, FieldDef, FieldKind, Issue, Site, Value, Who},
};

/// Field ids that may be written, and whether each is required.
pub(crate) type Screen = Vec<(String, bool)>;

/// A write that passed all field checks.
#[derive(Default)]
pub(crate) struct Edit {
    /// In the order given; `None` clears.
    pub(crate) values: Vec<(String, Option<Value>)>,
    /// Comment bodies as sent, with their visibility still inside.
    pub(crate) comments: Vec<Json>,
    /// Issue links as sent under `update.issuelinks[].add`.
    pub(crate) links: Vec<Json>,
}

impl Edit {
    /// What the write leaves in a field: `None` when it does not touch it, `Some(None)` when it
    /// clears it.
    pub(crate) fn value(&self, field: &str) -> Option<&Option<Value>> {
        self.values.iter().rev().find(|(id, _)| id == field).map(|(_, value)| value)
    }
}

/// Reads both blocks; what is wrong with single fields goes into `errors`.
///
/// # Errors
/// A body whose blocks have the wrong JSON type.
pub(crate) fn read_edit(
    context: WriteContext,
    screen: &Screen,
    issue: Option<&Issue>,
    body: &Map<String, Json>,
    errors: &mut ErrorCollection,
) -> Result<Edit, Fault> {
    let fields = block(body, "fields")?;
    let update = block(body, "update")?;
    let mut edit = Edit::default();
    for (id, json) in &fields {
        // A create has read these two already, to know the screen.
        if matches!(id.as_str(), "project" | "issuetype") && issue.is_none() {
            continue;
        }
        if update.contains_key(id) {
            errors.add_field_error(
                id,
                format!("Field '{id}' cannot be in both 'fields' and 'update'."),
            );
        }
        match on_screen(context.site, screen, id).map(|field| parse_value(context, field, json)) {
            None => errors.add_field_error(id, off_screen(id)),
            Some(Ok(value)) => edit.values.push((stored_field_id(context.site, id), value)),
            Some(Err(error)) => report(errors, id, error),
        }
    }
    for (id, operations) in &update {
        let operations = operations.as_array().ok_or_else(Fault::bad_payload)?;
        for (verb, json) in operations.iter().filter_map(Json::as_object).flatten() {
            match (id.as_str(), verb.as_str()) {
                ("comment", "add") => edit.comments.push(json.clone()),
                ("issuelinks", "add") => edit.links.push(json.clone()),
                _ => match on_screen(context.site, screen, id) {
                    None => errors.add_field_error(id, off_screen(id)),
                    Some(field) => {
                        // The next operation on a field sees what the last one left.
                        let before = edit
                            .value(id)
                            .cloned()
                            .unwrap_or_else(|| issue?.values.get(id).cloned());
                        match operate(context, field, verb, before, json) {
                            Ok(value) => {
                                edit.values.push((stored_field_id(context.site, id), value));
                            }
                            Err(error) => report(errors, id, error),
                        }
                    }
                },
            }
        }
    }
    Ok(edit)
}

fn block(body: &Map<String, Json>, name: &str) -> Result<Map<String, Json>, Fault> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(map)) => Ok(map.clone()),
        Some(_) => Err(Fault::bad_payload()),
    }
}

fn on_screen<'a>(site: &'a Site, screen: &Screen, id: &str) -> Option<&'a FieldDef> {
    screen.iter().any(|(known, _)| known == id).then(|| site.field(id)).flatten()
}

/// An epic link is kept as the parent that it is.
fn stored_field_id(site: &Site, id: &str) -> String {
    let is_epic_link = site.field(id).is_some_and(|field| field.kind == FieldKind::EpicLink);
    if is_epic_link { "parent".to_owned() } else { id.to_owned() }
}

fn off_screen(id: &str) -> String {
    format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.")
}

fn report(errors: &mut ErrorCollection, id: &str, error: ValueError) {
    match error {
        ValueError::AtField(text) => errors.add_field_error(id, text),
        ValueError::General(text) => errors.add_message(text),
    }
}

fn operate(
    context: WriteContext,
    field: &FieldDef,
    verb: &str,
    before: Option<Value>,
    json: &Json,
) -> Result<Option<Value>, ValueError> {
    if verb == "set" || (verb == "edit" && field.kind == FieldKind::Estimates) {
        return parse_value(context, field, json);
    }
    let many = matches!(
        field.kind,
        FieldKind::Labels
            | FieldKind::Lines
            | FieldKind::Choices
            | FieldKind::People
            | FieldKind::Components
            | FieldKind::Versions
    );
    if !many || !matches!(verb, "add" | "remove") {
        return Err(ValueError::AtField(format!(
            "Field '{}' does not support operation '{verb}'.",
            field.id
        )));
    }
    let Some(given) = parse_value(context, field, &Json::Array(vec![json.clone()]))? else {
        return Ok(before);
    };
    let add = verb == "add";
    Ok(match (before, given) {
        (Some(Value::Labels(old)), Value::Labels(new)) => {
            let mut labels = merge(old, &new, add);
            if field.kind == FieldKind::Labels {
                labels.sort();
            }
            Some(Value::Labels(labels))
        }
        (Some(Value::Refs(old)), Value::Refs(new)) => Some(Value::Refs(merge(old, &new, add))),
        (Some(Value::Choices(old)), Value::Choices(new)) => {
            Some(Value::Choices(merge(old, &new, add)))
        }
        (Some(Value::People(old)), Value::People(new)) => {
            Some(Value::People(merge(old, &new, add)))
        }
        (_, given) => add.then_some(given),
    })
}

fn merge<T: PartialEq + Clone>(mut old: Vec<T>, new: &[T], add: bool) -> Vec<T> {
    old.retain(|item| !new.contains(item));
    if add {
        old.extend_from_slice(new);
    }
    old
}

/// Stores the values, with one history entry for all that really changed.
pub(crate) fn apply(
    site: &mut Site,
    id: u64,
    who: Who,
    now: i64,
    values: Vec<(String, Option<Value>)>,
    mut items: Vec<ChangeItem>,
) {
    for (field_id, value) in values {
        let value = value.filter(|value| !is_empty(value));
        let Some(before) = site.issues.get(&id).map(|issue| issue.values.get(&field_id).cloned())
        else {
            return;
        };
        if before == value {
            continue;
        }
        if let Some(field) = site.field(&field_id) {
            items.push(ChangeItem {
                field: history_name(field),
                field_id: field_id.clone(),
                custom: field.custom.is_some(),
                from: changelog_value(site, field, before.as_ref()),
                to: changelog_value(site, field, value.as_ref()),
            });
        }
        if let Some(issue) = site.issues.get_mut(&id) {
            match value {
                Some(value) => issue.values.insert(field_id, value),
                None => issue.values.remove(&field_id),
            };
        }
    }
    touch(site, id, who, now, items);
}

/// Bumps `updated`, and writes history when there are items.
pub(crate) fn touch(site: &mut Site, id: u64, who: Who, now: i64, items: Vec<ChangeItem>) {
    let change = site.next_id();
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.updated = issue.updated.max(now);
        if !items.is_empty() {
            issue.changes.push(Change { id: change, author: who, created: now, items });
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::Labels(items) => items.is_empty(),
        Value::People(items) => items.is_empty(),
        Value::Choices(items) | Value::Refs(items) => items.is_empty(),
        _ => false,
    }
}

/// The names that Jira's history uses, which differ from both id and display name.
fn history_name(field: &FieldDef) -> String {
    match field.id.as_str() {
        "components" => "Component".into(),
        "fixVersions" => "Fix Version".into(),
        "versions" => "Version".into(),
        "parent" => "IssueParentAssociation".into(),
        "timetracking" => "timeoriginalestimate".into(),
        id if field.custom.is_none() => id.into(),
        _ => field.name.clone(),
    }
}
