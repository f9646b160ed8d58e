//! What the reader takes, what it refuses, and that it agrees with `serde_json`.

use std::{borrow::Cow, collections::BTreeMap};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// An object of which two members are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Thing<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    child: Option<Raw<'a>>,
}

fn fault(text: &str) -> String {
    from_str::<Value>(text).unwrap_err().to_string()
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    assert_eq!(fault(""), "no value at byte 0");
    assert_eq!(fault("{\"a\":1"), "no comma between two at byte 6");
    assert_eq!(fault("{\"a\" 1}"), "no colon behind a name at byte 5");
    assert_eq!(fault("{a:1}"), "no name of a member at byte 1");
    assert_eq!(fault("[1 2]"), "no comma between two at byte 3");
    assert_eq!(fault("[1,]"), "no value at byte 3");
    assert_eq!(fault("[1] 2"), "more than one value at byte 4");
    assert_eq!(fault("\"abc\\\""), "a text without end at byte 1");
    assert_eq!(fault("\"\\q\""), "a text with a wrong escape at byte 0");
    assert_eq!(fault("[01]"), "no value at byte 1");
    assert_eq!(fault("[nul]"), "no value at byte 1");
    assert_eq!(fault(&"[".repeat(1_000)), "too deep at byte 128");
}

#[test]
fn a_value_that_nobody_reads_only_has_to_end() {
    let read = |text: &'static str| from_str::<BTreeMap<Text<'_>, Raw<'_>>>(text);
    let members = read(r#" { "a" : [ {"}":"\"]"} , -1.5e3 ] , "b":null, "c" : tru } "#).unwrap();
    assert_eq!(members["a"].get(), r#"[ {"}":"\"]"} , -1.5e3 ]"#);
    assert!(members["b"].is_null());
    assert!(members["c"].read::<bool>().is_err());
    for unended in [
        r#"{"a":[1}"#,
        r#"{"a":"}"#,
        r#"{"a":"\"}"#,
        r#"{"a":"#,
        r#"{"a":}"#,
        r#"{"a":[}}"#,
        "{\"a\":\"\\",
    ] {
        assert!(read(unended).is_err(), "{unended}");
    }
    // Without end in depth, and at no cost in stack.
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(from_str::<BTreeMap<Text<'_>, Raw<'_>>>(&deep).unwrap()["a"].get().len(), 2_000_000);
}

#[test]
fn text_is_borrowed_unless_it_is_escaped() {
    let plain: Thing<'_> = from_str(r#"{"name":"Grüße"}"#).unwrap();
    assert!(matches!(plain.name.unwrap().into_cow(), Cow::Borrowed("Grüße")));
    let escaped: Thing<'_> = from_str(r#"{"na\u006de":"a\n\ud83d\ude00"}"#).unwrap();
    assert_eq!(escaped.name.unwrap(), "a\n😀");
}

#[test]
fn a_raw_value_is_the_same_from_both_readers() {
    let text = r#"{"child": {"a": [1, 2]}, "value": "x"}"#;
    let (own, other): (Thing<'_>, Thing<'_>) =
        (from_str(text).unwrap(), serde_json::from_str(text).unwrap());
    assert_eq!(own.child, other.child);
    assert_eq!(own.child.unwrap().get(), r#"{"a": [1, 2]}"#);
}

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read_back(value in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert_eq!(&from_str::<Value>(&text).unwrap(), &serde_json::from_str::<Value>(&text).unwrap());
        let raw = from_str::<Raw<'_>>(&text).unwrap();
        prop_assert_eq!(raw.get(), text.as_str());
    }

    #[test]
    fn any_text_is_judged_as_serde_json_judges_it(text in r#"[\[\]{}",:\\ 0-9a-u.\-+ntrue]{0,16}"#) {
        let (own, other) = (from_str::<Value>(&text), serde_json::from_str::<Value>(&text));
        prop_assert_eq!(own.ok(), other.ok());
    }

    #[test]
    fn a_text_that_breaks_off_is_an_error(value in any_json(), part in 0.0..1.0) {
        let text = json!([value]).to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let mut end = (text.len() as f64 * part) as usize;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(from_str::<Raw<'_>>(&text[..end]).is_err());
    }
}

#[test]
fn texts_of_every_length_end_at_their_quote() {
    for length in 0..70 {
        for place in 0..=length {
            let mut text = "x".repeat(length);
            text.insert_str(place, "\\\"");
            let json = format!("[\"{text}\",\"{text}\"]");
            let read: Vec<Text<'_>> = from_str(&json).unwrap();
            let expected = text.replace('\\', "");
            assert_eq!(read, [expected.as_str(), expected.as_str()]);
        }
    }
}
