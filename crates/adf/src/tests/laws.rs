//! Laws over generated texts and documents.

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::{
    Node, append, from_markdown, mentioned, plain, to_markdown, unsupported_in_markdown,
};
use super::{generate, generate_any, nobody, node, people, samples, structure};

/// The official schema, where it is at hand.
fn schema() -> Option<jsonschema::Validator> {
    let path = samples::reference().join("adf/adf-schema-full-57.7.22.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap();
    Some(jsonschema::draft4::new(&schema).unwrap())
}

fn config() -> ProptestConfig {
    ProptestConfig {
        max_shrink_iters: 20000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Local ids are made anew by every conversion.
fn without_local_ids(mut value: Value) -> Value {
    let mut pending = vec![&mut value];
    while let Some(value) = pending.pop() {
        if let Some(object) = value.as_object_mut() {
            if let Some(attrs) = object.get_mut("attrs").and_then(Value::as_object_mut) {
                attrs.remove("localId");
            }
            if object
                .get("attrs")
                .is_some_and(|attrs| attrs.as_object().is_some_and(serde_json::Map::is_empty))
            {
                object.remove("attrs");
            }
            pending.extend(
                object.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten(),
            );
        }
    }
    value
}

fn words_of(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn any_text_becomes_a_valid_document() {
    let schema = schema();
    let text = prop_oneof![3 => generate_any::markdownish(), 1 => any::<String>(), 1 => "\\PC*", 1 => "[ -~\n]{0,60}"];
    proptest!(config(), |(text in text)| {
        let document = serde_json::to_value(from_markdown(&text, &people)).unwrap();
        prop_assert_eq!(structure::check(&document), Ok(()));
        if let Some(schema) = &schema {
            let error = schema.iter_errors(&document).next().map(|error| error.to_string());
            prop_assert_eq!(error, None);
        }
        mentioned(&text);
        prop_assert_eq!(unsupported_in_markdown(&node(document.clone())), Vec::<String>::new());
        let markdown = to_markdown(&node(document));
        prop_assert!(!markdown.ends_with([' ', '\n']));
    });
}

#[test]
fn any_tree_is_read() {
    proptest!(config(), |(tree in generate_any::any_tree())| {
        let tree = node(tree);
        let markdown = to_markdown(&tree);
        plain(&tree);
        unsupported_in_markdown(&tree);
        let written = serde_json::to_value(from_markdown(&markdown, &nobody)).unwrap();
        prop_assert_eq!(structure::check(&written), Ok(()));
    });
}

/// Gives each text in a tree a word of its own, and answers the words.
fn name_texts(value: &mut Value, words: &mut Vec<String>) {
    if value["type"] == "text" && value["text"].is_string() {
        words.push(format!("word{}x", words.len()));
        value["text"] = words.last().cloned().into();
    }
    for child in value.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten() {
        name_texts(child, words);
    }
}

#[test]
fn no_text_is_lost_on_either_way() {
    proptest!(config(), |(mut tree in generate_any::any_tree())| {
        let mut words = Vec::new();
        name_texts(&mut tree, &mut words);
        let markdown = to_markdown(&node(tree));
        let back = plain(&from_markdown(&markdown, &nobody));
        for word in words {
            prop_assert!(markdown.contains(&word), "{} in {}", word, markdown);
            prop_assert!(back.contains(&word), "{} of {} in {}", word, markdown, back);
        }
    });
}

#[test]
fn no_word_that_people_write_is_lost() {
    let schema = schema();
    proptest!(config(), |((markdown, words) in generate::as_people_write())| {
        let document = serde_json::to_value(from_markdown(&markdown, &nobody)).unwrap();
        let error = schema.as_ref().and_then(|schema| schema.iter_errors(&document).next().map(|error| error.to_string()));
        prop_assert_eq!(error, None);
        let written = document.to_string();
        let mut rest = written.as_str();
        for word in words {
            let at = rest.find(&word);
            prop_assert!(at.is_some(), "{} of {:?} in {}", word, markdown, written);
            rest = &rest[at.unwrap()..];
        }
    });
}

#[test]
fn what_was_read_and_written_reads_the_same_from_then_on() {
    let text = prop_oneof![
        generate_any::markdownish(),
        generate::as_people_write().prop_map(|(text, _)| text),
        generate_any::any_tree().prop_map(|tree| to_markdown(&node(tree))),
    ];
    proptest!(config(), |(text in text)| {
        let read = |text: &str| to_markdown(&from_markdown(text, &people));
        // The first time an escaped `:name:` or date of the text may become one.
        let written = read(&read(&text));
        prop_assert_eq!(read(&written), written);
    });
}

#[test]
fn what_markdown_can_say_comes_back() {
    proptest!(config(), |(document in generate::sayable())| {
        prop_assert_eq!(unsupported_in_markdown(&node(document.clone())), Vec::<String>::new());
        let markdown = to_markdown(&node(document.clone()));
        let back = serde_json::to_value(from_markdown(&markdown, &nobody)).unwrap();
        prop_assert_eq!(without_local_ids(back), document, "{}", markdown);
    });
}

#[test]
fn marks_that_touch_lose_no_text_and_add_none() {
    proptest!(config(), |(document in generate::touching_runs())| {
        let document = node(document);
        let markdown = to_markdown(&document);
        let back = from_markdown(&markdown, &nobody);
        prop_assert_eq!(words_of(&plain(&back)), words_of(&plain(&document)), "{}", markdown);
    });
}

#[test]
fn appending_keeps_every_byte() {
    proptest!(config(), |(original in generate::sayable(), addition in generate_any::markdownish(), pretty in any::<bool>())| {
        let text = if pretty { serde_json::to_string_pretty(&original) } else { serde_json::to_string(&original) }.unwrap();
        let blocks: Vec<&RawValue> = {
            #[derive(serde::Deserialize)]
            struct Document<'a> {
                #[serde(borrow)]
                content: Vec<&'a RawValue>,
            }
            serde_json::from_str::<Document<'_>>(&text).unwrap().content
        };
        let addition = from_markdown(&addition, &people);
        let patched = append(&RawValue::from_string(text.clone()).unwrap(), &addition).unwrap();
        let mut rest = patched.get();
        for block in &blocks {
            let at = rest.find(block.get());
            prop_assert!(at.is_some());
            rest = &rest[at.unwrap() + block.get().len()..];
        }
        let count = serde_json::from_str::<Value>(patched.get()).unwrap()["content"].as_array().unwrap().len();
        prop_assert_eq!(count, blocks.len() + addition.content.len());
    });
}

#[test]
fn json_text_is_read_as_its_value() {
    proptest!(config(), |(tree in generate_any::any_tree())| {
        let read: Node = serde_json::from_str(&tree.to_string()).unwrap();
        prop_assert_eq!(read, Node::from(tree));
    });
    for text in [
        "null",
        "1.50",
        "-7",
        "true",
        "\"bare\"",
        "[null, 1, {\"text\": 2e3}]",
        "{\"type\": 5, \"text\": false}",
        r#"{"type": "a", "type": "b", "content": {"text": "one"}, "content": "two", "attrs": {"x": 1, "x": null}}"#,
        r#"{"type": "text", "text": null, "marks": ["strong", 5, null, {"type": 1}, {"attrs": {"y": null}, "type": "z"}]}"#,
        r#"{"text": {"deep": [1]}, "marks": {"type": "em"}, "attrs": [1], "content": [[{"text": "x"}], null], "else": 1}"#,
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_str::<Node>(text).unwrap(), Node::from(value), "{text}");
    }
}
