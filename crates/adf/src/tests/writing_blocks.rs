//! Markdown to ADF: blocks, case by case.

use serde_json::{Value, json};

use super::writing::{check, item, marked, of, p, text};

#[test]
fn blocks() {
    check(
        "# A\n\nB\n---\n***",
        json!([
            {"type": "heading", "attrs": {"level": 1}, "content": [text("A")]},
            {"type": "heading", "attrs": {"level": 2}, "content": [text("B")]},
            {"type": "rule"},
        ]),
    );
    check(
        "```rust ignore\nfn a() {}\n\n```\n\n    indented\n\n```\n```",
        json!([
            {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [text("fn a() {}\n")]},
            {"type": "codeBlock", "content": [text("indented")]},
            {"type": "codeBlock"},
        ]),
    );
    check(
        "> a\n> > b\n> # c\n> - d\n> ---\n> 3. e\n> ```\n> f\n> ```",
        json!([of(
            "blockquote",
            vec![
                p(vec![text("a")]),
                p(vec![text("b")]),
                p(vec![marked("c", &["strong"])]),
                of("bulletList", vec![item(vec![p(vec![text("d")])])]),
                json!({"type": "orderedList", "attrs": {"order": 3}, "content": [item(vec![p(vec![text("e")])])]}),
                of("codeBlock", vec![text("f")]),
            ]
        )]),
    );
    check(
        "> [!WARNING]\n> a\n> > b\n>\n> |t|u|\n> |-|-|\n> |v|w|",
        json!([{
            "type": "panel", "attrs": {"panelType": "warning"}, "content": [
                p(vec![text("a")]), p(vec![text("b")]), p(vec![text("t | u")]), p(vec![text("v | w")]),
            ],
        }]),
    );
    check("> [!NOTE]\n\n>", json!([]));
    check(
        "<div>\n <p>\n</div>",
        json!([p(vec![
            text("<div>"),
            json!({"type": "hardBreak"}),
            text(" <p>"),
            json!({"type": "hardBreak"}),
            text("</div>"),
        ])]),
    );
}

#[test]
fn tables() {
    let cell = |kind: &str, content: Vec<Value>| {
        of(kind, vec![if content.is_empty() { json!({"type": "paragraph"}) } else { p(content) }])
    };
    let row = |cells: Vec<Value>| of("tableRow", cells);
    check(
        "|a|b|\n|-|-|\n|`c\\|d`|\n|e<br>f|**g**|h|",
        json!([of(
            "table",
            vec![
                row(vec![
                    cell("tableHeader", vec![text("a")]),
                    cell("tableHeader", vec![text("b")])
                ]),
                row(vec![cell("tableCell", vec![marked("c|d", &["code"])])]),
                row(vec![
                    cell("tableCell", vec![text("e"), json!({"type": "hardBreak"}), text("f")]),
                    cell("tableCell", vec![marked("g", &["strong"]), text(" | h")]),
                ]),
            ]
        )]),
    );
    check(
        "|a|b|\n|-|-|\n|c| |\n||\n\n|d|\n|-|",
        json!([
            of(
                "table",
                vec![
                    row(vec![
                        cell("tableHeader", vec![text("a")]),
                        cell("tableHeader", vec![text("b")])
                    ]),
                    row(vec![cell("tableCell", vec![text("c")]), cell("tableCell", vec![])]),
                    row(vec![cell("tableCell", vec![])]),
                ]
            ),
            of("table", vec![row(vec![cell("tableHeader", vec![text("d")])])]),
        ]),
    );
    check(
        "| |\n|-|\n|a|",
        json!([of("table", vec![row(vec![cell("tableCell", vec![text("a")])])])]),
    );
    check(
        "- |a|b|\n  |-|-|\n  |c|d|",
        json!([of("bulletList", vec![item(vec![p(vec![text("a | b")]), p(vec![text("c | d")])])])]),
    );
    check(
        "> |a|b|\n> |-|-|\n> |c|d|",
        json!([of("blockquote", vec![p(vec![text("a | b")]), p(vec![text("c | d")])])]),
    );
}

#[test]
fn lists() {
    check(
        "- a\n- b\n  1. c\n\n7) d\n8) e",
        json!([
            of("bulletList", vec![
                item(vec![p(vec![text("a")])]),
                item(vec![p(vec![text("b")]), of("orderedList", vec![item(vec![p(vec![text("c")])])])]),
            ]),
            {"type": "orderedList", "attrs": {"order": 7}, "content": [item(vec![p(vec![text("d")])]), item(vec![p(vec![text("e")])])]},
        ]),
    );
    check(
        "- # a\n\n  > b\n\n  ***\n- ```\n  c\n  ```\n-",
        json!([of(
            "bulletList",
            vec![
                item(vec![p(vec![marked("a", &["strong"])]), p(vec![text("b")])]),
                item(vec![json!({"type": "paragraph"}), of("codeBlock", vec![text("c")])]),
                item(vec![json!({"type": "paragraph"})]),
            ]
        )]),
    );
}

#[test]
fn tasks() {
    let task = |id: u32, state: &str, content: Vec<Value>| json!({"type": "taskItem", "attrs": {"localId": format!("task-{id}"), "state": state}, "content": content});
    let list = |id: u32, content: Vec<Value>| json!({"type": "taskList", "attrs": {"localId": format!("task-{id}")}, "content": content});
    check(
        "- [ ] a\n- [x] b\n  - [ ] c\n\n  d\n- e",
        json!([
            list(
                1,
                vec![
                    task(2, "TODO", vec![text("a")]),
                    task(3, "DONE", vec![text("b"), json!({"type": "hardBreak"}), text("d")]),
                    list(4, vec![task(5, "TODO", vec![text("c")])]),
                ]
            ),
            of("bulletList", vec![item(vec![p(vec![text("e")])])]),
        ]),
    );
    check(
        "1. a\n2. [x] b\n   - c\n3. d",
        json!([
            of("orderedList", vec![item(vec![p(vec![text("a")])])]),
            list(1, vec![task(2, "DONE", vec![text("b"), json!({"type": "hardBreak"}), text("- c")])]),
            {"type": "orderedList", "attrs": {"order": 3}, "content": [item(vec![p(vec![text("d")])])]},
        ]),
    );
    check(
        "- a\n  - [x] b",
        json!([of(
            "bulletList",
            vec![item(vec![
                p(vec![text("a")]),
                of("bulletList", vec![item(vec![p(vec![text("[x] b")])])]),
            ])]
        )]),
    );
    check(
        "> - [ ] a",
        json!([of("blockquote", vec![of("bulletList", vec![item(vec![p(vec![text("[ ] a")])])])])]),
    );
}
