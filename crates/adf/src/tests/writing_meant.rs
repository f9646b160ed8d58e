//! Markdown to ADF: what people and models write and mean, beyond the letter of CommonMark.

#![expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]

use serde_json::{Value, json};

use super::super::{Node, to_markdown};
use super::writing::{br, check, item, linked, marked, of, p, text};

fn image(attrs: Value) -> Value {
    json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": attrs}]})
}

/// What is written, and that it reads as it was written.
fn both_ways(markdown: &str, content: Value) {
    check(markdown, content.clone());
    let document = Node::from(json!({"type": "doc", "content": content}));
    assert_eq!(to_markdown(&document), markdown);
}

#[test]
fn lines_stay_lines() {
    check(
        "**Q:** x\n**A:** y\n\n> a\n> b\n\n- c\n  d",
        json!([
            p(vec![
                marked("Q:", &["strong"]),
                text(" x"),
                br(),
                marked("A:", &["strong"]),
                text(" y")
            ]),
            of("blockquote", vec![p(vec![text("a"), br(), text("b")])]),
            of("bulletList", vec![item(vec![p(vec![text("c"), br(), text("d")])])]),
        ]),
    );
    check("a<br>\nb", json!([p(vec![text("a"), br(), text("b")])]));
    check(
        "[a\nb](https://x.y)",
        json!([p(vec![linked("a", "https://x.y"), br(), linked("b", "https://x.y")])]),
    );
    check("`a\nb`", json!([p(vec![marked("a b", &["code"])])]));
}

#[test]
fn images_are_images() {
    let url = "https://x.y/p.png";
    both_ways(
        "![pic \\*](https://x.y/p.png)",
        json!([image(json!({"type": "external", "url": url, "alt": "pic *"}))]),
    );
    both_ways("![](https://x.y/p.png)", json!([image(json!({"type": "external", "url": url}))]));
    let mut framed = image(json!({"type": "external", "url": url, "alt": "a"}));
    framed["content"][0]["marks"] = json!([{"type": "link", "attrs": {"href": "https://x.y"}}]);
    both_ways("[![a](https://x.y/p.png)](https://x.y)", json!([framed]));
    let plain = || image(json!({"type": "external", "url": url, "alt": "a"}));
    check(
        "see ![a](https://x.y/p.png)\nthen ![a][r] end\n\n[r]: https://x.y/p.png",
        json!([
            p(vec![text("see")]),
            plain(),
            p(vec![text("then")]),
            plain(),
            p(vec![text("end")])
        ]),
    );
    both_ways("> ![a](https://x.y/p.png)", json!([of("blockquote", vec![plain()])]));
    both_ways(
        "- ![a](https://x.y/p.png)",
        json!([of("bulletList", vec![item(vec![json!({"type": "paragraph"}), plain()])])]),
    );
    // Where no block may stand they are links.
    check(
        "# see ![a](https://x.y/p.png)",
        json!([
            {"type": "heading", "attrs": {"level": 1}, "content": [text("see "), linked("a", url)]}
        ]),
    );
    check(
        "|a|\n|-|\n|![](https://x.y/p.png)|",
        json!([of(
            "table",
            vec![
                of("tableRow", vec![of("tableHeader", vec![p(vec![text("a")])])]),
                of("tableRow", vec![of("tableCell", vec![p(vec![linked(url, url)])])]),
            ]
        )]),
    );
    // A file of the issue keeps its name.
    check(
        "![s](attachment:report.png) ![](attachment:b.png) ![c.png](attachment:c.png)",
        json!([p(vec![text("s (report.png) b.png c.png")])]),
    );
}

#[test]
fn a_panel_may_have_a_title() {
    let panel = |kind: &str, content: Vec<Value>| json!({"type": "panel", "attrs": {"panelType": kind}, "content": content});
    check(
        "> [!NOTE] Mind *this*\n> a\n> b",
        json!([panel(
            "info",
            vec![
                p(vec![marked("Mind ", &["strong"]), marked("this", &["strong", "em"])]),
                p(vec![text("a"), br(), text("b")]),
            ]
        )]),
    );
    check(
        "> [!warning]- Title",
        json!([panel("warning", vec![p(vec![marked("Title", &["strong"])])])]),
    );
    check("> [!ERROR]\n> a", json!([panel("error", vec![p(vec![text("a")])])]));
    for quote in ["> \\[!NOTE] a", "> a [!NOTE] b", "> [!OTHER] a"] {
        check(quote, json!([of("blockquote", vec![p(vec![text(&quote[2..].replace('\\', ""))])])]));
    }
    check(
        "> [!NOTE](https://x.y) a",
        json!([of("blockquote", vec![p(vec![linked("!NOTE", "https://x.y"), text(" a")])])]),
    );
}

#[test]
fn cells_beyond_the_header_are_kept() {
    let row = |kind: &str, cells: Vec<Vec<Value>>| {
        of("tableRow", cells.into_iter().map(|cell| of(kind, vec![p(cell)])).collect())
    };
    check(
        "| a | b |\n|---|---|\n| 1 | 2 | 3 **lost** | # x \\| y | |\n",
        json!([of(
            "table",
            vec![
                row("tableHeader", vec![vec![text("a")], vec![text("b")]]),
                row(
                    "tableCell",
                    vec![
                        vec![text("1")],
                        vec![text("2 | 3 "), marked("lost", &["strong"]), text(" | # x | y")]
                    ]
                ),
            ]
        )]),
    );
}

#[test]
fn raised_and_lowered_text() {
    let raised = |kind: &str, text: &str| json!({"type": "text", "text": text, "marks": [{"type": "subsup", "attrs": {"type": kind}}]});
    both_ways(
        "10<sup>6</sup> H<sub>2</sub>O",
        json!([p(vec![text("10"), raised("sup", "6"), text(" H"), raised("sub", "2"), text("O")])]),
    );
    check("**a<SUP>b</SUP>**", json!([p(vec![marked("a", &["strong"]), raised("sup", "b")])]));
    check("a<sup>b</sub> c</sup", json!([p(vec![text("a<sup>b</sub> c</sup")])]));
    check("<sup>a", json!([p(vec![text("<sup>a")])]));
    check("x<sup>a</sup><sup>b</sup>", json!([p(vec![text("x"), raised("sup", "ab")])]));
}

#[test]
fn lists_below_numbers_need_no_third_blank() {
    let bullets = |words: &[&str]| {
        of("bulletList", words.iter().map(|word| item(vec![p(vec![text(word)])])).collect())
    };
    check(
        "1. a\n  - b\n  - c\n2. d",
        json!([of(
            "orderedList",
            vec![
                item(vec![p(vec![text("a")]), bullets(&["b", "c"])]),
                item(vec![p(vec![text("d")])]),
            ]
        )]),
    );
}
