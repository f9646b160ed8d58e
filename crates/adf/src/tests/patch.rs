//! Edits of stored documents: what they add, and that they leave the rest byte for byte.

use serde_json::value::RawValue;

use super::super::{Node, PatchError, append, from_markdown, plain, replace_section, section};
use super::nobody;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn addition(markdown: &str) -> Node {
    from_markdown(markdown, &nobody)
}

const NEW: &str = r#"{"type":"paragraph","content":[{"type":"text","text":"new"}]}"#;

#[test]
fn appends_after_what_is_there() {
    for (original, expected) in [
        ("null".to_owned(), format!(r#"{{"type":"doc","version":1,"content":[{NEW}]}}"#)),
        (
            r#"{"type":"doc","version":1}"#.to_owned(),
            format!(r#"{{"type":"doc","version":1,"content":[{NEW}]}}"#),
        ),
        (
            r#"{"content":null,"version":1}"#.to_owned(),
            format!(r#"{{"type":"doc","version":1,"content":[{NEW}]}}"#),
        ),
        (
            r#" {"version" : 1, "x":{"y": 1.50}, "content":[ {"type":"a" ,"n":1e2}, "odd" ],"type":"doc"} "#
                .to_owned(),
            format!(
                r#"{{"version":1,"x":{{"y": 1.50}},"type":"doc","content":[{{"type":"a" ,"n":1e2}},"odd",{NEW}]}}"#
            ),
        ),
    ] {
        assert_eq!(append(&raw(&original), &addition("new")).unwrap().get(), expected, "{original}");
    }
}

#[test]
fn refuses_what_is_no_document() {
    for original in ["\"text\"", "[]", "1", r#"{"type":"paragraph"}"#, r#"{"content":{}}"#] {
        let error = append(&raw(original), &addition("new")).unwrap_err();
        assert!(matches!(error, PatchError::NotADocument(_)), "{original}");
    }
}

#[test]
fn local_ids_stay_unique() {
    let original = r#"{"type":"doc","version":1,"content":[{"attrs":{"localId" : "task-1"}},{"attrs":{"localId":"\u0074ask-2-2"}}]}"#;
    let patched = append(&raw(original), &addition("- [ ] a\n- [ ] b")).unwrap();
    let ids: Vec<&str> = patched
        .get()
        .split("localId")
        .skip(3)
        .map(|rest| rest.split('"').nth(2).unwrap())
        .collect();
    assert_eq!(ids, ["task-1-2", "task-2", "task-3"]);
    assert!(patched.get().starts_with(original.trim_end_matches("]}")));
    let twice = append(&patched, &addition("- [ ] a\n- [ ] b")).unwrap();
    let all: Vec<&str> =
        twice.get().split("localId").skip(1).map(|rest| rest.split('"').nth(2).unwrap()).collect();
    let unique: std::collections::HashSet<&&str> = all.iter().collect();
    assert_eq!(unique.len(), all.len(), "{all:?}");
}

#[test]
fn replaces_one_section() {
    let heading = |level: u32, text: &str| {
        format!(
            r#"{{"type":"heading", "attrs":{{"level":{level}}},"content":[{{"type":"text","text":"{text}"}}]}}"#
        )
    };
    let (one, two, three) = (heading(1, "One"), heading(2, "Two"), heading(1, "Three"));
    let media = r#"{"type":"mediaSingle","attrs":null}"#;
    let original = format!(
        r#"{{"type":"doc","version":1,"content":[{media},{one},{media},{two},{media},{three},{media}]}}"#
    );
    let document = |blocks: &[&str]| {
        format!(r#"{{"type":"doc","version":1,"content":[{}]}}"#, blocks.join(","))
    };
    for (name, expected) in [
        ("one", document(&[media, &one, NEW, &three, media])),
        (" TWO ", document(&[media, &one, media, &two, NEW, &three, media])),
        ("Three", document(&[media, &one, media, &two, media, &three, NEW])),
    ] {
        assert_eq!(
            replace_section(&raw(&original), name, &addition("new")).unwrap().get(),
            expected,
            "{name}"
        );
    }
    for (document, found) in [
        (original.as_str(), 0),
        ("null", 0),
        (document(&[&one, &one]).replace("One", "four").as_str(), 2),
    ] {
        let error = replace_section(&raw(document), "Four", &addition("new")).unwrap_err();
        assert!(
            matches!(error, PatchError::Heading { found: count, .. } if count == found),
            "{error}"
        );
    }
}

#[test]
fn headings_are_found_as_they_are_shown() {
    let original = serde_json::to_string(&addition(
        "## The `code` part\n\nold\n\n## a \\* b ##\n\nold\n\n# #1\n\nold",
    ))
    .unwrap();
    for name in [
        "The `code` part",
        "The code part",
        "## the CODE part ##",
        "a \\* b",
        "a * b",
        "#1",
        "\\#1",
    ] {
        let patched = replace_section(&raw(&original), name, &addition("new")).unwrap();
        assert_eq!(patched.get().matches("old").count(), 2, "{name}");
    }
    let own =
        replace_section(&raw(&original), "The code part", &addition("# The **code** part\n\nnew"))
            .unwrap();
    assert_eq!(own.get().matches("heading").count(), original.matches("heading").count());
    let nothing = replace_section(&raw(&original), "#1", &addition("# \\#1"));
    assert!(matches!(nothing, Err(PatchError::Nothing)));
    let found = section(&raw(&original), "the code part").unwrap();
    assert_eq!(
        (found.heading.as_str(), plain(&found.body).as_str()),
        ("## The `code` part", "old")
    );
}
