//! What somebody gave for a field: nothing, a value, or a change of the list that is there.
//! *Nothing* and *not to be read* are two things: only null, an empty text and an empty list clear
//! a field.

use json_borrow::has_at_most;
use serde_json::{Map, Value};

use crate::jira::client::names::scalar::scalar;

/// Values of JSON in one text that is taken for more than a text.
const VALUES_MAX: usize = 10_000;

/// A value on its way in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'v> {
    /// Null, an empty text or an empty list: the field is to hold nothing.
    Clear,
    /// The field is to hold this.
    Set(&'v Value),
    /// Elements to add and to take away; the others stay.
    Change(Vec<(Operation, &'v Value)>),
}

/// One of Jira's operations on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Remove,
}

impl Operation {
    /// The word of Jira's `update` object.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }
}

/// What a value asks for; none for a mixture that has no one meaning.
///
/// Source: Jira REST v3, `IssueUpdateDetails.update`: lists of `{"add"|"remove"|"set"|"edit":
/// value}`. One such object, and lists inside it, are how people write the same.
pub(super) fn input(value: &Value) -> Option<Input<'_>> {
    match value {
        Value::Null => Some(Input::Clear),
        Value::String(text) if text.is_empty() => Some(Input::Clear),
        Value::Array(items) if items.is_empty() => Some(Input::Clear),
        // Power Platform wraps some values so.
        Value::Object(map) if map.contains_key("$kind") => input(map.get("value")?),
        Value::Object(map) if is_operation(map) => operations(std::iter::once(map)),
        Value::Array(items)
            if items.iter().any(|item| item.as_object().is_some_and(is_operation)) =>
        {
            let maps: Option<Vec<_>> =
                items.iter().map(|item| item.as_object().filter(|map| is_operation(map))).collect();
            operations(maps?.into_iter())
        }
        other => Some(Input::Set(other)),
    }
}

fn is_operation(map: &Map<String, Value>) -> bool {
    map.keys().any(|name| matches!(name.as_str(), "add" | "remove" | "set"))
}

fn operations<'v>(maps: impl Iterator<Item = &'v Map<String, Value>>) -> Option<Input<'v>> {
    let (mut changes, mut set) = (Vec::new(), None);
    for (name, value) in maps.flatten() {
        let operation = match name.as_str() {
            "add" => Operation::Add,
            "remove" => Operation::Remove,
            "set" if set.is_none() => {
                set = Some(value);
                continue;
            }
            _ => return None,
        };
        match value {
            Value::Array(items) if !items.is_empty() => {
                changes.extend(items.iter().map(|item| (operation, item)));
            }
            one => changes.push((operation, one)),
        }
    }
    match (set, changes.is_empty()) {
        (Some(value), true) => input(value).filter(|input| !matches!(input, Input::Change(_))),
        (None, false) => Some(Input::Change(changes)),
        _ => None,
    }
}

/// One thing that a value names: by id, by a name, or in words that may be either.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reference<'v> {
    pub(super) id: Option<String>,
    pub(super) name: Option<&'v str>,
    pub(super) key: Option<&'v str>,
    /// Plain text or a number: an id or a name.
    pub(super) words: Option<String>,
    /// What stands below it, in a cascading value.
    pub(super) child: Option<&'v Value>,
}

/// The members by which a thing is named.
const READ: [&str; 11] = [
    "id",
    "accountId",
    "account_id",
    "groupId",
    "displayName",
    "name",
    "value",
    "emailAddress",
    "key",
    "child",
    "untranslatedName",
];

/// What Jira's answers say of a thing beside its name: it may come back and means nothing. Anything
/// else may be a part of what is meant, which must not be lost.
const DECORATION: [&str; 36] = [
    "self",
    "iconUrl",
    "avatarUrls",
    "avatarId",
    "active",
    "timeZone",
    "locale",
    "accountType",
    "description",
    "subtask",
    "hierarchyLevel",
    "scope",
    "entityId",
    "statusCategory",
    "color",
    "colorName",
    "archived",
    "released",
    "releaseDate",
    "startDate",
    "userReleaseDate",
    "userStartDate",
    "projectId",
    "project",
    "overdue",
    "isVisible",
    "isVerified",
    "title",
    "disabled",
    "fields",
    "expand",
    "state",
    "boardId",
    "goal",
    "endDate",
    "isAssigneeTypeValid",
];

/// Reads the forms in which Jira's API names a thing; none when a value names nothing.
pub(super) fn reference(value: &Value) -> Option<Reference<'_>> {
    match value {
        Value::Object(map) => named(map),
        // A list of one is one.
        Value::Array(items) => match items.as_slice() {
            [one] if !one.is_array() => reference(one),
            _ => None,
        },
        other => Some(Reference { words: Some(scalar(other)?), ..Reference::default() }),
    }
}

fn named(map: &Map<String, Value>) -> Option<Reference<'_>> {
    let text = |name: &str| {
        map.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    };
    // A flag is no id.
    let id = |name: &&str| map.get(*name).filter(|id| !id.is_boolean()).and_then(scalar);
    let id = ["id", "accountId", "account_id", "groupId"].iter().find_map(id);
    let name = ["displayName", "name", "value", "emailAddress"].iter().find_map(|name| text(name));
    let key = text("key");
    let is_read =
        |member: &String| READ.contains(&member.as_str()) || DECORATION.contains(&member.as_str());
    if (id.is_none() && name.is_none() && key.is_none()) || !map.keys().all(is_read) {
        return None;
    }
    Some(Reference {
        id,
        name,
        key,
        words: None,
        child: map.get("child").filter(|child| !child.is_null()),
    })
}

/// A list or an object that was written as text, as some platforms do; none for text that is just
/// text.
pub(super) fn unquoted(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim();
    if !text.starts_with(['[', '{']) || !has_at_most(text, VALUES_MAX) {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a table of literals reads best without borrows"
    )]
    fn check(value: Value, expected: Option<&str>) {
        let said = input(&value).map(|input| match input {
            Input::Clear => "clear".to_owned(),
            Input::Set(value) => format!("set {value}"),
            Input::Change(changes) => {
                let changes = changes
                    .iter()
                    .map(|(operation, value)| format!("{} {value}", operation.name()));
                changes.collect::<Vec<_>>().join(", ")
            }
        });
        assert_eq!(said.as_deref(), expected, "{value}");
    }

    #[test]
    fn only_nothing_clears() {
        for nothing in
            [json!(null), json!(""), json!([]), json!({"set": null}), json!([{"set": []}])]
        {
            check(nothing, Some("clear"));
        }
        check(json!(" "), Some("set \" \""));
        check(json!({}), Some("set {}"));
        check(json!([null]), Some("set [null]"));
        check(json!([[]]), Some("set [[]]"));
        check(json!({"$kind": "x", "value": "High"}), Some("set \"High\""));
        check(json!({"$kind": "x"}), None);
    }

    #[test]
    fn operations_are_read_in_all_their_forms() {
        check(json!([{"add": "a"}, {"remove": "b"}]), Some("add \"a\", remove \"b\""));
        check(json!({"add": ["a", "b"]}), Some("add \"a\", add \"b\""));
        check(json!({"set": ["a"]}), Some("set [\"a\"]"));
        check(json!({"set": "a", "add": "b"}), None);
        check(json!([{"add": "a"}, "b"]), None);
        check(json!({"add": "a", "name": "b"}), None);
        check(json!({"set": {"add": "a"}}), None);
    }

    #[test]
    fn a_thing_is_named_in_the_forms_of_the_api() {
        let read = |value: Value| {
            reference(&value).map(|it| (it.id, it.name.map(str::to_owned), it.words))
        };
        assert_eq!(
            read(json!({"id": 3, "name": "Medium"})),
            Some((Some("3".into()), Some("Medium".into()), None))
        );
        assert_eq!(read(json!({"value": "A", "children": {"value": "B"}})), None);
        assert_eq!(read(json!({"value": "A"})), Some((None, Some("A".into()), None)));
        assert_eq!(read(json!(["High"])), Some((None, None, Some("High".into()))));
        for bad in [
            json!({}),
            json!({"x": 1}),
            json!({"name": ""}),
            json!({"id": null}),
            json!([[]]),
            json!(" "),
        ] {
            assert_eq!(read(bad.clone()), None, "{bad}");
        }
    }
}
