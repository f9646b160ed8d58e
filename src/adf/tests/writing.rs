//! Markdown to ADF, case by case.

use serde_json::{Value, json};

use super::super::mentioned;
use super::{structure, written};

fn check(markdown: &str, content: Value) {
    let document = written(markdown);
    assert_eq!(document["content"], content, "{markdown:?}");
    assert_eq!(structure::check(&document), Ok(()), "{markdown:?}");
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(text: &str, marks: &[&str]) -> Value {
    json!({"type": "text", "text": text, "marks": marks.iter().map(|mark| json!({"type": mark})).collect::<Vec<_>>()})
}

fn linked(text: &str, href: &str) -> Value {
    json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]})
}

fn of(kind: &str, content: Vec<Value>) -> Value {
    json!({"type": kind, "content": content})
}

fn p(content: Vec<Value>) -> Value {
    of("paragraph", content)
}

fn item(content: Vec<Value>) -> Value {
    of("listItem", content)
}

/// The content of the one paragraph a text becomes.
fn inline(markdown: &str, content: Vec<Value>) {
    check(markdown, json!([p(content)]));
}

#[test]
fn inline_content() {
    inline(
        "a *b* **c** ~~d~~ `e`",
        vec![
            text("a "),
            marked("b", &["em"]),
            text(" "),
            marked("c", &["strong"]),
            text(" "),
            marked("d", &["strike"]),
            text(" "),
            marked("e", &["code"]),
        ],
    );
    inline("***a***", vec![marked("a", &["strong", "em"])]);
    inline("**a `b`**", vec![marked("a ", &["strong"]), marked("b", &["code"])]);
    inline(
        "a\nb\\\nc<br>d",
        vec![text("a b"), json!({"type": "hardBreak"}), text("c"), json!({"type": "hardBreak"}), text("d")],
    );
    inline("<b>x</b> &amp; $y$ [^1]", vec![text("<b>x</b> & $y$ [^1]")]);
    inline("a\u{0}\u{7}b", vec![text("ab")]);
    check("", json!([]));
    check(" \n\n<br>\n", json!([]));
}

#[test]
fn links() {
    inline(
        "[a](https://x.y/z) [`b`](http://x.y)",
        vec![
            linked("a", "https://x.y/z"),
            text(" "),
            json!({"type": "text", "text": "b", "marks": [{"type": "link", "attrs": {"href": "http://x.y"}}, {"type": "code"}]}),
        ],
    );
    inline(
        "see https://x.y/a_b(c), or (https://x.y).",
        vec![
            text("see "),
            linked("https://x.y/a_b(c)", "https://x.y/a_b(c)"),
            text(", or ("),
            linked("https://x.y", "https://x.y"),
            text(")."),
        ],
    );
    inline(
        "`https://x.y` https:// xhttps://x.y",
        vec![marked("https://x.y", &["code"]), text(" https:// xhttps://x.y")],
    );
    inline("[](https://x.y)", vec![linked("https://x.y", "https://x.y")]);
    inline("<https://x.y/z>", vec![json!({"type": "inlineCard", "attrs": {"url": "https://x.y/z"}})]);
    inline("<a@x.y>", vec![linked("a@x.y", "mailto:a@x.y")]);
    inline("![pic](https://x.y/p.png)", vec![linked("pic", "https://x.y/p.png")]);
    inline("[![pic](https://x.y/p.png)](https://x.y)", vec![linked("pic", "https://x.y")]);
    inline("![a.png](media:123)", vec![text("a.png")]);
    inline("[a](javascript:alert)", vec![text("a (javascript:alert)")]);
    inline(
        "[a](JaVaScRiPt:alert) [b](data:text/html,x)",
        vec![text("a (JaVaScRiPt:alert) b (data:text/html,x)")],
    );
    inline("[a](docs/b.md) [c](#d)", vec![text("a (docs/b.md) c (#d)")]);
    inline("[a][r]\n\n[r]: https://x.y", vec![linked("a", "https://x.y")]);
}

#[test]
fn mentions_dates_statuses_and_emoji() {
    let anna = json!({"type": "mention", "attrs": {"id": "712020:a-1", "text": "@Anna Berg"}});
    let day = json!({"type": "date", "attrs": {"timestamp": "1798070400000"}});
    inline(
        "@[Anna Berg] @[anna@example.com] @[Bob]",
        vec![anna.clone(), text(" "), anna.clone(), text(" @[Bob]")],
    );
    inline(
        "[@Anna Berg](accountid:712020:a-1) [~accountid:5b10]",
        vec![anna, text(" "), json!({"type": "mention", "attrs": {"id": "5b10"}})],
    );
    inline(
        r"\@[Anna Berg] @\[Anna Berg] `@[Anna Berg]` \[~accountid:5]",
        vec![text("@[Anna Berg] @[Anna Berg] "), marked("@[Anna Berg]", &["code"]), text(" [~accountid:5]")],
    );
    inline("[@A](accountid:no%20id) @[ ] @[Anna Berg", vec![text("@A @[ ] @[Anna Berg")]);
    inline("due 2026-12-24.", vec![text("due "), day, text(".")]);
    for plain in [
        "2026-12-24T10:00",
        "2026-12-24 10:00",
        "v/2026-12-24",
        "2026-13-24",
        "2026-12-24-rc1",
        "12026-12-24",
        "2026-12-24.log5",
        "2026-12-24.5",
    ] {
        inline(plain, vec![text(plain)]);
    }
    inline(r"2026\-12-24", vec![text("2026-12-24")]);
    inline(
        "[In **Progress**](status:blue) [x](status:pink) [](status:red)",
        vec![
            json!({"type": "status", "attrs": {"text": "In Progress", "color": "blue"}}),
            text(" "),
            json!({"type": "status", "attrs": {"text": "x", "color": "neutral"}}),
        ],
    );
    inline(
        "ok :tada: 10:30:20 :nope:",
        vec![
            text("ok "),
            json!({"type": "emoji", "attrs": {"shortName": ":tada:", "text": "🎉"}}),
            text(" 10:30:20 :nope:"),
        ],
    );
}

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
                p(vec![text("- d")]),
                p(vec![text("3. e")]),
                p(vec![marked("f", &["code"])]),
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
                row(vec![cell("tableHeader", vec![text("a")]), cell("tableHeader", vec![text("b")])]),
                row(vec![cell("tableCell", vec![marked("c|d", &["code"])]), cell("tableCell", vec![])]),
                row(vec![
                    cell("tableCell", vec![text("e"), json!({"type": "hardBreak"}), text("f")]),
                    cell("tableCell", vec![marked("g", &["strong"])]),
                ]),
            ]
        )]),
    );
    check("| |\n|-|\n|a|", json!([of("table", vec![row(vec![cell("tableCell", vec![text("a")])])])]));
    check(
        "- |a|b|\n  |-|-|\n  |c|d|",
        json!([of("bulletList", vec![item(vec![p(vec![text("a | b")]), p(vec![text("c | d")])])])]),
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
            vec![item(vec![p(vec![text("a")]), of("bulletList", vec![item(vec![p(vec![text("[x] b")])])]),])]
        )]),
    );
    check("> - [ ] a", json!([of("blockquote", vec![p(vec![text("- [ ] a")])])]));
}

#[test]
fn names_to_resolve() {
    assert_eq!(
        mentioned(
            "@[Anna Berg] `@[no]` @[b@x.y]\n- @[Anna Berg] \\@[no] [@C](accountid:1)\n\n[@[no]](https://x.y)"
        ),
        ["Anna Berg", "b@x.y"],
    );
}
