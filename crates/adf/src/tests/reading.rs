//! ADF to Markdown, case by case.

#![expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]

use serde_json::{Value, json};

use super::super::{plain, to_markdown};
use super::node;

fn check(content: Value, markdown: &str) {
    let document = json!({"type": "doc", "version": 1, "content": content});
    assert_eq!(to_markdown(&node(document.clone())), markdown, "{document}");
}

fn p(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn t(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn m(text: &str, marks: &[&str]) -> Value {
    json!({"type": "text", "text": text, "marks": marks.iter().map(|mark| json!({"type": mark})).collect::<Vec<_>>()})
}

fn link(text: &str, href: &str) -> Value {
    json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]})
}

fn list(kind: &str, items: &[Value]) -> Value {
    let items: Vec<Value> =
        items.iter().map(|content| json!({"type": "listItem", "content": content})).collect();
    json!({"type": kind, "content": items})
}

fn line(runs: Value, markdown: &str) {
    check(json!([p(runs)]), markdown);
}

#[test]
fn text_is_escaped_only_where_it_must_be() {
    for (text, markdown) in [
        (
            "snake_case, 2 * 3, C:\\Users, a.b (c) {d} #1 x=y 50% ~5 a-b",
            "snake_case, 2 * 3, C:\\Users, a.b (c) {d} #1 x=y 50% ~5 a-b",
        ),
        ("[INFO] a[0] = f(x) < y && z > 0; R&D", "[INFO] a[0] = f(x) < y && z > 0; R&D"),
        ("*a* **b**", r"\*a\* \*\*b\*\*"),
        ("_a_ `b` ~~c~~", r"\_a\_ \`b\` \~\~c\~\~"),
        ("lone *star, lone `tick, __init__", "lone *star, lone `tick, \\_\\_init\\_\\_"),
        ("[a](b) ![c](d)", r"[a\](b) ![c\](d)"),
        ("<b> </b> <!-- <- 1<2", r"\<b> \</b> \<!-- <- 1<2"),
        ("&amp; &#38; &x", r"\&amp; \&#38; &x"),
        (r"a\*b \", r"a\\*b \\"),
        ("# a", r"\# a"),
        ("#tag", "#tag"),
        ("- a", r"\- a"),
        ("-a", "-a"),
        ("+ a", r"\+ a"),
        ("1. a", r"1\. a"),
        ("12) a", r"12\) a"),
        ("1.5 a", "1.5 a"),
        ("> a", r"\> a"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("```", r"\```"),
        ("~~~x", r"\~~~x"),
        ("[ ] a", r"\[ ] a"),
        ("[a]: b", r"\[a]: b"),
        ("[!NOTE]", r"\[!NOTE]"),
        ("@[Bob] [~accountid:1]", r"@\[Bob] \[~accountid:1]"),
        ("   a  b   ", "a  b"),
    ] {
        line(json!([t(text)]), markdown);
    }
}

#[test]
fn marks() {
    line(
        json!([
            t("a "),
            m("b", &["strong"]),
            t(" "),
            m("c", &["em"]),
            t(" "),
            m("d", &["strike"]),
            t(" "),
            m("e", &["code"])
        ]),
        "a **b** _c_ ~~d~~ `e`",
    );
    line(json!([m("bold ", &["strong"]), t("x"), m(" y", &["em"])]), "**bold** x _y_");
    line(json!([m("a", &["strong"]), m(" ", &["strong"]), m("b", &["strong"])]), "**a b**");
    line(json!([m(" ", &["strong"]), t("a")]), "a");
    line(
        json!([m("a ", &["strong"]), m("b", &["strong", "em"]), m(" c", &["em"])]),
        "**a _b_** _c_",
    );
    line(json!([t("x"), m("y", &["em"]), t("z")]), "x*y*z");
    line(json!([m("Note:", &["strong"]), t("text")]), "**Note**:text");
    line(json!([m("a", &["strong"]), m("b", &["em"]), t("c")]), "**a**bc");
    line(json!([t("x"), m("y", &["strong", "strike"]), t("z")]), "x**y**z");
    line(json!([m("a`b", &["code"]), t(" "), m("`", &["code"])]), "``a`b`` `` ` ``");
    line(json!([m("a", &["code"]), m("b", &["code"])]), "`ab`");
    line(json!([m("a", &["strong", "code"]), m("u", &["underline", "textColor"])]), "`a`u");
    line(
        json!([m("a", &["strong"]), json!({"type": "hardBreak"}), m("b", &["strong"])]),
        "**a\\\nb**",
    );
    line(json!([t("a"), {"type": "hardBreak"}, t("- b"), {"type": "hardBreak"}]), "a\\\n\\- b");
    line(json!([t("a\nb")]), "a\\\nb");
    line(json!([{"type": "unknown", "text": "a\rb"}]), "a b");
    line(
        json!([{"type": "text", "text": "a", "marks": null}, {"type": "text"}, {"text": "b"}]),
        "ab",
    );
}

#[test]
fn links() {
    line(
        json!([link("a", "https://x.y"), t(" "), link("https://x.y/z", "https://x.y/z"), t(".")]),
        "[a](https://x.y) https://x.y/z.",
    );
    line(json!([link("https://x.y", "https://x.y"), t("z")]), "[https://x.y](https://x.y)z");
    line(json!([link("a [b]", "https://x.y/(c")]), r"[a \[b\]](https://x.y/%28c)");
    line(json!([t("wow!"), link("a", "https://x.y")]), r"wow\![a](https://x.y)");
    line(
        json!([link("a@x.y", "mailto:a@x.y"), t(" "), link("me", "mailto:a@x.y")]),
        "<a@x.y> [me](mailto:a@x.y)",
    );
    let strong_link = json!({"type": "text", "text": "b", "marks": [{"type": "strong"}, {"type": "link", "attrs": {"href": "https://x.y"}}]});
    line(json!([m("a ", &["strong"]), strong_link, t("c")]), "**a** [**b**](https://x.y)c");
    line(json!([{"type": "text", "text": "a", "marks": [{"type": "link", "attrs": {}}]}]), "a");
}

#[test]
fn leaves() {
    let leaf = |kind: &str, attrs: Value| json!({"type": kind, "attrs": attrs});
    for (node, markdown) in [
        (
            leaf("mention", json!({"id": "712020:1", "text": "@Anna [Berg]"})),
            r"[@Anna \[Berg\]](accountid:712020:1)",
        ),
        (leaf("mention", json!({"id": "1"})), "[@1](accountid:1)"),
        (leaf("mention", json!({"text": "@Anna"})), "@Anna"),
        (leaf("mention", json!(null)), "[unsupported: mention]"),
        (leaf("date", json!({"timestamp": "1798070400000"})), "2026-12-24"),
        (leaf("date", json!({"timestamp": 1_798_070_400_000_i64})), "2026-12-24"),
        (leaf("date", json!({"timestamp": "soon"})), "[unsupported: date]"),
        (
            leaf("status", json!({"text": "In Progress", "color": "blue"})),
            "[In Progress](status:blue)",
        ),
        (leaf("status", json!({"text": "x"})), "[x](status:neutral)"),
        (leaf("emoji", json!({"shortName": ":smile:", "text": "😄"})), "😄"),
        (
            leaf("emoji", json!({"shortName": ":custom_one:", "text": ":custom_one:"})),
            ":custom_one:",
        ),
        (leaf("inlineCard", json!({"url": "https://x.y"})), "<https://x.y>"),
        (
            leaf("inlineCard", json!({"data": {"url": "https://x.y/a b", "name": "A"}})),
            "[A](https://x.y/a%20b)",
        ),
        (leaf("inlineCard", json!({})), "[unsupported: inlineCard]"),
        (leaf("placeholder", json!({"text": "type here"})), "[placeholder: type here]"),
        (leaf("mediaInline", json!({"id": "a-1", "alt": "b.png"})), "![b.png](media:a-1)"),
        (
            leaf(
                "inlineExtension",
                json!({"extensionKey": "k", "extensionType": "t", "text": "x"}),
            ),
            "[extension: k] x",
        ),
        (leaf("somethingNew", json!({})), "[unsupported: somethingNew]"),
    ] {
        line(json!([node]), markdown);
    }
}

#[test]
fn lists() {
    check(
        json!([list(
            "bulletList",
            &[
                json!([p(json!([t("a")])), list("bulletList", &[json!([p(json!([t("b")]))])])]),
                json!([]),
                json!([p(json!([t("c")])), p(json!([t("d")]))])
            ]
        )]),
        "- a\n  - b\n-\n- c\n\n  d",
    );
    let numbered = json!({"type": "orderedList", "attrs": {"order": 9}, "content": [
        {"type": "listItem", "content": [p(json!([t("a")]))]},
        {"type": "listItem", "content": [p(json!([t("b")])), {"type": "codeBlock", "content": [t("c")]}]},
    ]});
    check(json!([numbered]), "9. a\n10. b\n    ```\n    c\n    ```");
    let one = |text: &str| list("bulletList", &[json!([p(json!([t(text)]))])]);
    check(json!([one("a"), one("b"), one("c")]), "- a\n\n* b\n\n- c");
    let from_three = json!({"type": "orderedList", "attrs": {"order": 3}, "content": [{"type": "listItem", "content": [p(json!([t("b")]))]}]});
    check(json!([list("bulletList", &[json!([p(json!([t("a")])), from_three])])]), "- a\n\n  3. b");
    let task = |state: &str, text: &str| json!({"type": "taskItem", "attrs": {"state": state}, "content": [t(text)]});
    check(
        json!([{"type": "taskList", "content": [task("TODO", "a"), {"type": "taskList", "content": [task("DONE", "b")]}, task("DONE", "c")]}]),
        "- [ ] a\n  - [x] b\n- [x] c",
    );
    check(
        json!([{"type": "decisionList", "content": [{"type": "decisionItem", "attrs": {"state": "DECIDED"}, "content": [t("a")]}]}]),
        "- **Decision:** a",
    );
}

#[test]
fn blocks() {
    check(
        json!([{"type": "heading", "attrs": {"level": 2}, "content": [t("a #"), {"type": "hardBreak"}, t("b #")]}, {"type": "rule"}, p(json!([])), p(json!([t("c")]))]),
        "## a #<br>b \\#\n\n---\n\nc",
    );
    check(
        json!([{"type": "codeBlock", "attrs": {"language": "md"}, "content": [t("```\nx  \n\n```")]}]),
        "````md\n```\nx  \n\n```\n````",
    );
    check(
        json!([{"type": "blockquote", "content": [p(json!([t("a")])), {"type": "codeBlock", "content": [t("b\n\nc")]}]}]),
        "> a\n>\n> ```\n> b\n>\n> c\n> ```",
    );
    for (panel, alert) in [
        ("info", "NOTE"),
        ("note", "IMPORTANT"),
        ("warning", "WARNING"),
        ("error", "CAUTION"),
        ("success", "TIP"),
        ("custom", "NOTE"),
    ] {
        check(
            json!([{"type": "panel", "attrs": {"panelType": panel}, "content": [p(json!([t("a")]))]}]),
            &format!("> [!{alert}]\n> a"),
        );
    }
    check(
        json!([{"type": "expand", "attrs": {"title": "T*"}, "content": [p(json!([t("a")]))]}, {"type": "nestedExpand", "content": [p(json!([t("b")]))]}]),
        "**T**\\*\n\na\n\nb".replace("**T**\\*", "**T\\***").as_str(),
    );
    check(
        json!([{"type": "layoutSection", "content": [{"type": "layoutColumn", "content": [p(json!([t("a")]))]}, {"type": "layoutColumn", "content": [p(json!([t("b")]))]}]}]),
        "a\n\nb",
    );
    check(
        json!([{"type": "mediaSingle", "content": [{"type": "media", "attrs": {"type": "file", "id": "i"}}, {"type": "caption", "content": [t("c")]}]}]),
        "![media](media:i)\\\nc",
    );
    check(
        json!([{"type": "blockCard", "attrs": {"url": "https://x.y"}}, {"type": "embedCard", "attrs": {}}]),
        "<https://x.y>\n\n[unsupported: embedCard]",
    );
    check(
        json!([{"type": "bodiedExtension", "attrs": {"extensionKey": "k"}, "content": [p(json!([t("a")]))]}, {"type": "syncBlock"}]),
        "[extension: k]\n\na\n\n[unsupported: syncBlock]",
    );
    check(
        json!([{"type": "unknown", "content": [t("a"), p(json!([t("b")]))]}, t("c"), t("d"), null, "e"]),
        "a\n\nb\n\ncde",
    );
    check(
        json!([p(
            json!([t("a"), {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "i", "alt": "b"}}]}])
        )]),
        "a\\\n![b](media:i)",
    );
}

#[test]
fn tables() {
    let cell = |kind: &str, content: Value| json!({"type": kind, "content": content});
    let row = |cells: Value| json!({"type": "tableRow", "content": cells});
    let words = |text: &str| json!([p(json!([t(text)]))]);
    check(
        json!([{"type": "table", "content": [
            row(json!([cell("tableHeader", words("a|b")), cell("tableHeader", words("c"))])),
            row(json!([cell("tableCell", json!([p(json!([m("d|e", &["code"])])), list("bulletList", &[words("f"), words("- g")])])), cell("tableCell", json!([]))])),
        ]}]),
        "| a\\|b | c |\n|---|---|\n| `d\\|e`<br>- f<br>- - g | |",
    );
    let wide = json!({"type": "tableCell", "attrs": {"colspan": 2, "rowspan": 2, "colwidth": null}, "content": words("a")});
    check(
        json!([{"type": "table", "content": [row(json!([wide, cell("tableCell", words("b"))])), row(json!([cell("tableCell", words("c"))]))]}]),
        "| | | |\n|---|---|---|\n| a | | b |\n| | | c |",
    );
    check(
        json!([{"type": "table", "content": []}, {"type": "table"}, {"type": "table", "content": [row(json!([]))]}]),
        "",
    );
    check(
        json!([{"type": "table", "content": [row(json!([cell("tableHeader", json!([{"type": "codeBlock", "content": [t("a\nb")]}, {"type": "heading", "content": [t("c")]}, {"type": "rule"}]))]))]}]),
        "| `a`<br>`b`<br>**c**<br>--- |\n|---|",
    );
}

#[test]
fn plain_text() {
    let document = node(json!({"type": "doc", "content": [
        p(json!([t("a"), {"type": "hardBreak"}, m("b", &["strong"]), {"type": "mention", "attrs": {"id": "1", "text": "@C"}}])),
        list("bulletList", &[json!([p(json!([t("d")]))])]),
    ]}));
    assert_eq!(plain(&document), "a b@C d");
}
