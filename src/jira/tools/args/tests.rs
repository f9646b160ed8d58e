//! The reader's promises, as tables.

use serde_json::{Value, json};
use tool_kit::args::ArgSpec;

use super::*;

arguments! {
    /// Every kind of argument once.
    Sample {
        /// The issue.
        issue_key: IssueKey,
        /// How many,
        /// at most.
        max_results: Option<u32>,
        /// Whether.
        notify: Option<bool>,
        /// Names.
        labels: Option<Vec<String>>,
    }
}

fn read(value: Value) -> Result<Sample, String> {
    let Value::Object(map) = value else { panic!("an object is needed") };
    Sample::read(RawArguments::new(map)).map_err(|error| error.message().to_owned())
}

#[test]
fn generous_spellings_are_understood() {
    let sample = read(json!({
        "issue_key": "https://x.atlassian.net/browse/plat-12?focusedId=1",
        "max_results": {"$kind": "NumberValue", "value": "5"},
        "notify": "TRUE",
        "labels": "a, b,,c",
    }))
    .unwrap();
    assert_eq!(sample.issue_key.as_str(), "PLAT-12");
    assert_eq!(sample.max_results, Some(5));
    assert_eq!(sample.notify, Some(true));
    assert_eq!(sample.labels, Some(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    let sample =
        read(json!({"issue_key": "P2-1", "max_results": 5.0, "notify": null, "labels": ""}))
            .unwrap();
    assert_eq!((sample.max_results, sample.notify, sample.labels), (Some(5), None, None));
}

#[test]
fn objects_of_jira_stand_for_their_names() {
    let check = |value: Value, expected: Option<&str>| {
        assert_eq!(String::read(value.clone()).ok().as_deref(), expected, "{value}");
    };
    check(json!({"key": "P-1", "id": "10100", "fields": {}}), Some("P-1"));
    check(json!({"name": "High", "id": "2"}), Some("High"));
    check(json!({"accountId": "5b1", "displayName": "Jane Doe"}), Some("5b1"));
    check(json!({"id": 7}), Some("7"));
    check(json!({"value": " Blue "}), Some("Blue"));
    check(json!({"displayName": "Jane Doe"}), Some("Jane Doe"));
    for unclear in [
        json!({}),
        json!({"a": 1}),
        json!({"accountId": null}),
        json!({"name": ""}),
        json!({"name": {"x": 1}}),
        json!({"value": "A", "child": {"value": "B"}}),
        json!({"type": "doc", "content": []}),
        json!([{"name": "x"}]),
    ] {
        check(unclear, None);
    }
    assert_eq!(IssueKey::read(json!({"key": "p-1"})).unwrap().as_str(), "P-1");
    assert_eq!(u32::read(json!({"id": "7", "name": "Board"})), Ok(7));
    assert!(u32::read(json!({"name": "Board"})).is_err());
}

#[test]
fn lists_are_read_as_python_and_jira_write_them() {
    let check = |value: Value, expected: Option<&[&str]>| {
        let read = Vec::<String>::read(value.clone()).ok();
        let expected: Option<Vec<String>> =
            expected.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(read, expected, "{value}");
    };
    check(json!("['summary', 'status']"), Some(&["summary", "status"]));
    check(json!("['it\\'s', \"a, b\", None, 7]"), Some(&["it's", "a, b", "7"]));
    check(json!("[\"a\\ud83d\"]"), Some(&["a\u{fffd}"]));
    check(json!("[summary, status]"), Some(&["summary", "status"]));
    check(json!("['a','b',]"), Some(&["a", "b"]));
    check(json!("[]"), Some(&[]));
    check(json!("a, [b], c"), Some(&["a", "[b]", "c"]));
    check(json!("['a', 'b]"), None);
    check(json!("['a' 'b']"), None);
    check(json!([{"name": "a"}, {"key": "P-1"}, 5]), Some(&["a", "P-1", "5"]));
    for hollow in [json!(["a", null]), json!(["a", ""]), json!([null]), json!(","), json!([" "])] {
        check(hollow, None);
    }
    check(json!({"name": "a"}), Some(&["a"]));
    check(json!([{"add": "urgent"}]), None);
    check(json!({"add": ["urgent"]}), None);
    check(json!([["a"]]), None);
    check(json!([true]), None);
}

#[test]
fn what_cannot_be_read_is_never_absent() {
    let mut given = RawArguments::new(
        serde_json::from_value(json!({"site": ["acme"], "issue_key": "P-1"})).unwrap(),
    );
    assert_eq!(given.take_text("site"), None);
    let fault = Sample::read(given).unwrap_err();
    assert_eq!(fault.message(), "`site` must be text, not a list");
    let given = RawArguments::new(
        serde_json::from_value(json!({"issue_key": {"$kind": "x", "value": {"key": "P-1"}}}))
            .unwrap(),
    );
    assert_eq!(Sample::read(given).unwrap().issue_key.as_str(), "P-1");
}

const SITE: ArgSpec = ArgSpec { name: "site", about: "", shape: Shape::Text, required: false };

#[test]
fn advice_names_site_where_it_is_taken() {
    let tool = crate::jira::tools::named("jira_get_issue").unwrap();
    let read = |common: &'static [ArgSpec]| {
        let given = RawArguments::new(serde_json::from_value(json!({"nonsense": 1})).unwrap());
        Sample::read(given.of_tool(tool.name, tool.synonyms, common))
            .unwrap_err()
            .advice()
            .unwrap()
            .to_owned()
    };
    assert_eq!(read(&[SITE]), "Accepted arguments: issue_key, max_results, notify, labels, site.");
    assert_eq!(read(&[]), "Accepted arguments: issue_key, max_results, notify, labels.");
}

#[test]
fn every_fault_is_named_at_once() {
    let fault =
        read(json!({"issue_kye": "P-1", "max_results": "many", "notify": "perhaps"})).unwrap_err();
    for part in [
        "`issue_key` is required",
        "did you mean `issue_key`",
        "`max_results` must be",
        "`notify` must be",
    ] {
        assert!(fault.contains(part), "{part} is missing in: {fault}");
    }
}

#[test]
fn keys_that_could_bend_a_path_are_refused() {
    for bad in [
        "../../admin",
        "PROJ-1\r\nX: y",
        "PROJ-1/../2",
        "PROJ",
        "-1",
        "PROJ-",
        "PROJ-1?x",
        "PROJ-1#",
        "PR%2fOJ-1",
        "https://x/browse/../admin",
        "file:///PROJ-1x",
        "PROJ-1 OR 1=1",
        "ПРОЖ-1",
        "PROJ-1\u{0}",
    ] {
        assert_eq!(IssueKey::parse(bad), None, "{bad:?}");
    }
    for (good, key) in [
        ("proj-1", "PROJ-1"),
        (" A_B-99 ", "A_B-99"),
        ("10001", "10001"),
        ("https://x.atlassian.net/jira/software/projects/PR/boards/1?selectedIssue=PR-7", "PR-7"),
    ] {
        assert_eq!(IssueKey::parse(good).unwrap().as_str(), key);
    }
}

#[test]
fn a_schema_row_joins_the_doc_lines() {
    let row = Sample::SPECS.iter().find(|row| row.name == "max_results").unwrap();
    assert_eq!(row.about.trim(), "How many, at most.");
    assert!(!row.required);
    assert_eq!(row.shape, Shape::Integer);
}

#[test]
fn field_values_come_as_text_or_object() {
    assert_eq!(FieldValues::read(json!("{\"a\":1}")).unwrap().0.len(), 1);
    assert_eq!(FieldValues::read(json!({"a": 1})).unwrap().0.len(), 1);
    assert_eq!(FieldValues::read(json!(r#"{"a":"x \ud83d"}"#)).unwrap().0["a"], "x \u{fffd}");
    for twice in [r#"{"a":1,"a":2}"#, r#"{"b":{"a":1,"a":2}}"#, r#"{"a":"\ud83d","a":2}"#] {
        assert_eq!(FieldValues::read(json!(twice)), Err("gives 'a' twice".to_owned()), "{twice}");
        let list = FieldObjects::read(json!(format!("[{twice}]")));
        assert_eq!(list, Err("gives 'a' twice".to_owned()), "{twice}");
    }
    assert!(FieldObjects::read(json!(r#"[{"a":1.5},{"a":null}]"#)).is_ok());
    assert!(FieldValues::read(json!("a=1")).unwrap_err().contains("not valid JSON"));
    assert!(FieldValues::read(json!([1])).unwrap_err().contains("a list"));
}

proptest::proptest! {
    #[test]
    fn no_text_becomes_a_key_with_strange_characters(text in ".{0,80}") {
        if let Some(key) = IssueKey::parse(&text) {
            proptest::prop_assert!(key.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }
    }
}
