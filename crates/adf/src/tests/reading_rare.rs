//! ADF to Markdown: what is rare and must not be misread.

use serde_json::{Value, json};

use super::super::to_markdown;
use super::node;

fn check(content: &Value, markdown: &str) {
    assert_eq!(
        to_markdown(&node(json!({"type": "doc", "content": content}))),
        markdown,
        "{content}"
    );
}

#[test]
fn powers_are_no_digits() {
    let raised = |kind: &str, text: &str| json!({"type": "text", "text": text, "marks": [{"type": "subsup", "attrs": {"type": kind}}, {"type": "strong"}]});
    let text = |text: &str| json!({"type": "text", "text": text});
    check(
        &json!([{"type": "paragraph", "content": [text("10"), raised("sup", "6"), text(" rows, H"), raised("sub", "2*"), text("O")]}]),
        "10<sup>6</sup> rows, H<sub>2\\*</sub>O",
    );
}

#[test]
fn a_table_in_a_table_is_read() {
    let cell = |content: Value| json!({"type": "tableCell", "content": content});
    let words = |text: &str, marks: Value| json!([{"type": "paragraph", "content": [{"type": "text", "text": text, "marks": marks}]}]);
    let link = json!([{"type": "link", "attrs": {"href": "https://x.y"}}]);
    let row = json!({"type": "tableRow", "content": [cell(words("a", json!([]))), cell(words("b", link))]});
    let inner =
        json!({"type": "doc", "content": [{"type": "table", "content": [row]}]}).to_string();
    let nested = json!({"type": "extension", "attrs": {"extensionKey": "nested-table", "parameters": {"adf": inner}}});
    check(
        &json!([nested]),
        "[extension: nested-table]\n\n| | |\n|---|---|\n| a | [b](https://x.y) |",
    );
    let outer = json!([{"type": "table", "content": [{"type": "tableRow", "content": [cell(json!([nested]))]}]}]);
    check(&outer, "| |\n|---|\n| [extension: nested-table]<br>a / b (https://x.y) |");
    let broken =
        json!({"type": "extension", "attrs": {"extensionKey": "k", "parameters": {"adf": "{"}}});
    check(&json!([broken]), "[extension: k]");
}

#[test]
fn the_link_of_media_is_shown() {
    let link = json!([{"type": "link", "attrs": {"href": "https://x.y"}}]);
    let media = |marks: &Value| json!({"type": "media", "attrs": {"type": "file", "id": "i", "alt": "a"}, "marks": marks});
    let none = json!([]);
    check(
        &json!([{"type": "mediaSingle", "content": [media(&link)]}]),
        "[![a](media:i)](https://x.y)",
    );
    check(
        &json!([{"type": "mediaSingle", "marks": link, "content": [media(&none)]}]),
        "[![a](media:i)](https://x.y)",
    );
    check(
        &json!([{"type": "paragraph", "content": [{"type": "mediaInline", "attrs": {"id": "i"}, "marks": link}]}]),
        "[![media](media:i)](https://x.y)",
    );
}
