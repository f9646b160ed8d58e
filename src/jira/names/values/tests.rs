//! What a person would say as a field value, and what Jira is sent.

use super::*;

fn meta(schema: &Value, allowed: &Value) -> FieldMeta {
    serde_json::from_value(json!({"key": "f", "name": "F", "schema": schema, "allowedValues": allowed}))
        .unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "a table of literals reads best without borrows")]
fn check(schema: Value, allowed: Value, given: Value, expected: Result<Value, &str>) {
    let meta = meta(&schema, &allowed);
    let written = Kind::of(&meta.schema).write(&meta, &given);
    match expected {
        Ok(value) => assert_eq!(written, Ok(value)),
        Err(part) => assert!(written.clone().unwrap_err().to_string().contains(part), "{written:?}"),
    }
}

#[test]
fn human_values_take_jiras_shapes() {
    let options = || json!([{"id": "7", "value": "Red"}, {"id": "8", "value": "Blue"}]);
    let none = || json!([]);
    check(json!({"type": "number"}), none(), json!("5.5"), Ok(json!(5.5)));
    check(json!({"type": "number"}), none(), json!("many"), Err("must be a number"));
    check(json!({"type": "option"}), options(), json!("blue"), Ok(json!({"id": "8"})));
    check(json!({"type": "option"}), options(), json!("green"), Err("'green' is not one of"));
    check(
        json!({"type": "array", "items": "option"}),
        options(),
        json!("red, 8"),
        Ok(json!([{"id": "7"}, {"id": "8"}])),
    );
    check(json!({"type": "array", "items": "version"}), none(), json!(["2.4"]), Ok(json!([{"name": "2.4"}])));
    check(
        json!({"type": "priority"}),
        json!([{"id": "2", "name": "High"}]),
        json!("HIGH"),
        Ok(json!({"id": "2"})),
    );
    check(
        json!({"type": "array", "items": "string", "system": "labels"}),
        none(),
        json!("a,b"),
        Ok(json!(["a", "b"])),
    );
    check(
        json!({"type": "array", "items": "string", "system": "labels"}),
        none(),
        json!(["a b"]),
        Err("no spaces"),
    );
    check(json!({"type": "string", "custom": "x:url"}), none(), json!("https://x"), Ok(json!("https://x")));
    check(
        json!({"type": "array", "items": "string", "system": "labels"}),
        none(),
        Value::Null,
        Ok(json!([])),
    );
    check(json!({"type": "number"}), none(), Value::Null, Ok(Value::Null));
    check(json!({"type": "sd-thing"}), none(), json!({"a": 1}), Ok(json!({"a": 1})));
}

#[test]
fn cascading_values_name_both_levels() {
    let allowed = json!([{"id": "1", "value": "EU", "children": [{"id": "11", "value": "Berlin"}]}]);
    let schema = json!({"type": "option-with-child"});
    check(
        schema.clone(),
        allowed.clone(),
        json!("eu > berlin"),
        Ok(json!({"id": "1", "child": {"id": "11"}})),
    );
    check(schema.clone(), allowed.clone(), json!("EU"), Ok(json!({"id": "1"})));
    check(schema, allowed, json!("EU > Rome"), Err("'Rome' is not one of"));
}

#[test]
fn rich_text_becomes_a_document() {
    let meta = meta(&json!({"type": "string", "custom": "com.atlassian:textarea"}), &json!([]));
    let written = Kind::of(&meta.schema).write(&meta, &json!("**x**")).unwrap();
    assert_eq!(written["type"], "doc");
}

#[test]
fn a_sprint_is_one_name_or_id_or_none() {
    for (value, expected) in [
        (json!("Sprint 7"), Some("Sprint 7")),
        (json!(7), Some("7")),
        (json!(["7"]), Some("7")),
        (json!(["7", "8"]), None),
        (json!("Backlog"), None),
        (json!(" "), None),
        (Value::Null, None),
        (json!({"id": 7}), None),
    ] {
        assert_eq!(sprint_given(&value).as_deref(), expected, "{value}");
    }
}
