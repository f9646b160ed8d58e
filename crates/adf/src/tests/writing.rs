//! Markdown to ADF: inline content, case by case.

#![expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]

use serde_json::{Value, json};

use super::super::mentioned;
use super::{structure, written};

pub(super) fn check(markdown: &str, content: Value) {
    let document = written(markdown);
    assert_eq!(document["content"], content, "{markdown:?}");
    assert_eq!(structure::check(&document), Ok(()), "{markdown:?}");
}

pub(super) fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

pub(super) fn marked(text: &str, marks: &[&str]) -> Value {
    json!({"type": "text", "text": text, "marks": marks.iter().map(|mark| json!({"type": mark})).collect::<Vec<_>>()})
}

pub(super) fn br() -> Value {
    json!({"type": "hardBreak"})
}

pub(super) fn linked(text: &str, href: &str) -> Value {
    json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]})
}

pub(super) fn of(kind: &str, content: Vec<Value>) -> Value {
    json!({"type": kind, "content": content})
}

pub(super) fn p(content: Vec<Value>) -> Value {
    of("paragraph", content)
}

pub(super) fn item(content: Vec<Value>) -> Value {
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
    inline("a\nb\\\nc<br>d", vec![text("a"), br(), text("b"), br(), text("c"), br(), text("d")]);
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
    inline(r"https\://x.y \:tada:", vec![text("https://x.y :tada:")]);
    inline("[](https://x.y)", vec![linked("https://x.y", "https://x.y")]);
    inline(
        "<https://x.y/z>",
        vec![json!({"type": "inlineCard", "attrs": {"url": "https://x.y/z"}})],
    );
    inline("<a@x.y>", vec![linked("a@x.y", "mailto:a@x.y")]);
    inline("![a.png](media:123)", vec![text("a.png")]);
    inline("[a](javascript:alert)", vec![text("a (javascript:alert)")]);
    inline(
        "[a](JaVaScRiPt:alert) [b](data:text/html,x)",
        vec![text("a (JaVaScRiPt:alert) b (data:text/html,x)")],
    );
    inline("[a](docs/b.md) [c](#d)", vec![text("a (docs/b.md) c (#d)")]);
    inline("[a][r]\n\n[R]: https://x.y", vec![linked("a", "https://x.y")]);
    inline("[Owner]: Anna", vec![text("[Owner]: Anna")]);
    check(
        "- [x]: https://x.y\n- a\n\n  [x]: z\n\n> [b]: c\n\nd",
        json!([
            of(
                "bulletList",
                vec![
                    item(vec![p(vec![text("[x]: "), linked("https://x.y", "https://x.y")])]),
                    item(vec![p(vec![text("a")]), p(vec![text("[x]: z")])]),
                ]
            ),
            of("blockquote", vec![p(vec![text("[b]: c")])]),
            p(vec![text("d")]),
        ]),
    );
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
        vec![
            text("@[Anna Berg] @[Anna Berg] "),
            marked("@[Anna Berg]", &["code"]),
            text(" [~accountid:5]"),
        ],
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
        "c = '2026-12-24'",
        "{\"due\": \"2026-12-24\"}",
    ] {
        inline(plain, vec![text(plain)]);
    }
    inline(r"2026\-12-24", vec![text("2026-12-24")]);
    inline(
        "[In **Progress**](status:Blue) [x](status:pink) [](status:red)",
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
fn names_to_resolve() {
    assert_eq!(
        mentioned(
            "@[Anna Berg] `@[no]` @[b@x.y]\n- @[Anna Berg] \\@[no] [@C](accountid:1)\n\n[@[no]](https://x.y)"
        ),
        ["Anna Berg", "b@x.y"],
    );
}
