//! What holds for any value of any field.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        prop_oneof![Just("Red"), Just("none"), Just("Blue, Red"), Just("[\"Red\"]"), Just("P-1")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let name = prop_oneof![
            Just("add"),
            Just("remove"),
            Just("set"),
            Just("id"),
            Just("name"),
            Just("value"),
            Just("accountId"),
            Just("key"),
            Just("child"),
            Just("$kind"),
            Just("x"),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..3).prop_map(|pairs| {
                Value::Object(
                    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    })
}

fn any_schema() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "number"})),
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "custom": "x:textarea"})),
        Just(json!({"type": "option"})),
        Just(json!({"type": "option-with-child"})),
        Just(json!({"type": "priority"})),
        Just(json!({"type": "array", "items": "option"})),
        Just(json!({"type": "array", "items": "version"})),
        Just(json!({"type": "array", "items": "string"})),
        Just(json!({"type": "array", "items": "string", "system": "labels"})),
        Just(json!({"type": "array", "items": "user"})),
        Just(json!({"type": "user"})),
        Just(json!({"type": "issuelink", "system": "parent"})),
        Just(json!({"type": "any", "custom": "x:gh-epic-link"})),
        Just(json!({"type": "any", "custom": "x:atlassian-team"})),
        Just(json!({"type": "timetracking"})),
        Just(json!({"type": "project"})),
        Just(json!({"type": "array", "items": "json", "custom": "x:gh-sprint"})),
    ]
}

/// Whether somebody who gave this value asked for nothing to be there.
fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let word = text.trim().to_ascii_lowercase();
            matches!(
                word.as_str(),
                "" | "[]" | "none" | "null" | "unassigned" | "nobody" | "backlog"
            ) || serde_json::from_str::<Value>(text)
                .is_ok_and(|value| !value.is_string() && asks_for_nothing(&value))
        }
        Value::Array(items) => {
            items.is_empty()
                || matches!(items.as_slice(), [Value::Object(map)] if map.get("set").is_some_and(asks_for_nothing))
        }
        Value::Object(map) if map.contains_key("$kind") => {
            map.get("value").is_some_and(asks_for_nothing)
        }
        Value::Object(map) => map.len() == 1 && map.get("set").is_some_and(asks_for_nothing),
        _ => false,
    }
}

fn is_nothing(value: &FieldValue) -> bool {
    match value {
        FieldValue::Set(Value::Null) | FieldValue::RichText(None) => true,
        FieldValue::Set(Value::Array(items)) => items.is_empty() || items.iter().any(is_hollow),
        FieldValue::Set(Value::Object(map)) => map.is_empty(),
        FieldValue::Set(_) | FieldValue::RichText(Some(_)) | FieldValue::Document(_) => false,
        FieldValue::Change(operations) => operations.is_empty() || operations.iter().any(is_hollow),
    }
}

fn is_hollow(value: &Value) -> bool {
    value.is_null()
        || value.as_object().is_some_and(|map| map.is_empty() || map.values().any(is_hollow))
}

proptest! {
    /// A value is written as it was meant, or refused: nothing is cleared unless the caller said
    /// so.
    #[test]
    fn nothing_is_cleared_unasked(schema in any_schema(), given in any_json()) {
        let allowed = if schema["type"] == "option-with-child" {
            json!([{"id": "7", "value": "Red", "children": [{"id": "71", "value": "Dark"}]}])
        } else {
            options()
        };
        if let Ok(written) = write(&meta(&schema, &allowed), &given) {
            prop_assert!(!is_nothing(&written.value) || asks_for_nothing(&given), "{given} became {written:?}");
        }
    }
}
