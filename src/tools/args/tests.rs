//! The reader's promises, as tables.

use serde_json::json;

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
    Sample::read(Given::new(map)).map_err(|error| error.message().to_owned())
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
        read(json!({"issue_key": "P2-1", "max_results": 5.0, "notify": null, "labels": ""})).unwrap();
    assert_eq!((sample.max_results, sample.notify, sample.labels), (Some(5), None, None));
}

#[test]
fn every_fault_is_named_at_once() {
    let fault = read(json!({"issue_kye": "P-1", "max_results": "many", "notify": "perhaps"})).unwrap_err();
    for part in
        ["`issue_key` is required", "did you mean `issue_key`", "`max_results` must be", "`notify` must be"]
    {
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
