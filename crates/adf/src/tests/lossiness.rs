//! What a document would lose, case by case.

#![expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]

use serde_json::{Value, json};

use super::super::unsupported_in_markdown;
use super::{nobody, node};

fn check(content: Value, lost: &[&str]) {
    assert_eq!(
        unsupported_in_markdown(&node(json!({"type": "doc", "content": content}))),
        lost,
        "{content}"
    );
}

fn inline(content: Value, lost: &[&str]) {
    check(json!([{"type": "paragraph", "content": [content]}]), lost);
}

#[test]
fn what_markdown_writes_is_sayable() {
    let markdown = "# a\n\n**b** _c_ ~~d~~ `e` [f](https://x.y) <https://x.y> 2026-12-24 [@G](accountid:1) [h](status:red) :tada:\n\n\
        - i\n  1. j\n\n     ```k\n     l\n     ```\n\n- [ ] m\n  - [x] n\n\n> o\n\n> [!TIP]\n> # p\n\n---\n\n|q|\n|-|\n|r<br>s|";
    assert_eq!(
        unsupported_in_markdown(&super::super::from_markdown(markdown, &nobody)),
        Vec::<String>::new()
    );
    check(
        json!([{"type": "table", "attrs": {"layout": "wide", "width": 900, "localId": "x"}, "content": []}]),
        &[],
    );
}

#[test]
fn node_and_mark_types() {
    for kind in [
        "mediaSingle",
        "mediaGroup",
        "extension",
        "bodiedExtension",
        "layoutSection",
        "expand",
        "nestedExpand",
        "blockCard",
        "embedCard",
        "decisionList",
        "syncBlock",
        "somethingNew",
    ] {
        check(json!([{"type": kind}]), &[kind]);
    }
    for mark in
        ["underline", "subsup", "textColor", "backgroundColor", "annotation", "somethingNew"]
    {
        inline(
            json!({"type": "text", "text": "a", "marks": [{"type": mark}, {"type": "strong"}]}),
            &[mark],
        );
    }
    check(
        json!([{"type": "paragraph", "marks": [{"type": "alignment", "attrs": {"align": "center"}}]}]),
        &["alignment"],
    );
    inline(
        json!({"type": "text", "text": "a", "marks": [{"type": "link", "attrs": {"href": "ftp://x.y"}}]}),
        &["link"],
    );
    inline(json!({"type": "mediaInline"}), &["mediaInline"]);
    inline(json!({"type": "placeholder"}), &["placeholder"]);
}

#[test]
fn uses_of_sayable_types() {
    inline(json!({"type": "mention", "attrs": {"text": "@A"}}), &["mention without id"]);
    inline(
        json!({"type": "mention", "attrs": {"id": "1", "userType": "APP"}}),
        &["mention of a group or an app"],
    );
    inline(json!({"type": "emoji", "attrs": {"shortName": ":custom:"}}), &["emoji"]);
    inline(json!({"type": "inlineCard", "attrs": {"data": {}}}), &["inlineCard"]);
    inline(
        json!({"type": "status", "attrs": {"text": "a", "color": "#123456"}}),
        &["status color"],
    );
    check(
        json!([{"type": "panel", "attrs": {"panelType": "custom"}}, {"type": "panel"}]),
        &["panel custom", "panel without type"],
    );
    let list = json!({"type": "bulletList"});
    check(json!([{"type": "blockquote", "content": [list]}]), &[]);
    let image = |attrs: Value, media: Value| json!([{"type": "mediaSingle", "attrs": attrs, "content": [{"type": "media", "attrs": media}]}]);
    let on_web = || json!({"type": "external", "url": "https://x.y/z.png", "alt": "a"});
    check(image(json!({"layout": "center"}), on_web()), &[]);
    check(image(json!({"layout": "center", "width": 50}), on_web()), &["mediaSingle"]);
    check(
        image(
            json!({"layout": "center"}),
            json!({"type": "external", "url": "https://x.y/z.png", "width": 5}),
        ),
        &["media"],
    );
    check(image(json!({"layout": "center"}), json!({"type": "file", "id": "1"})), &["media"]);
    let raised = |mark: &str| json!({"type": "text", "text": "6", "marks": [{"type": mark}, {"type": "subsup", "attrs": {"type": "sup"}}]});
    inline(raised("link"), &["link"]);
    inline(raised("strong"), &["subsup"]);
    let cell = |attrs: Value, content: Value| json!({"type": "tableCell", "attrs": attrs, "content": content});
    check(
        json!([{"type": "table", "attrs": {"isNumberColumnEnabled": true}, "content": [
            {"type": "tableRow", "content": [cell(json!({"colspan": 2}), json!([list])), {"type": "tableHeader"}]},
            {"type": "tableRow", "content": [cell(json!({"background": "#fff"}), json!([])), cell(json!({"rowspan": 1}), json!([]))]},
        ]}]),
        &[
            "bulletList in tableCell",
            "cell background",
            "merged cells",
            "numbered table rows",
            "tableHeader outside the first row",
        ],
    );
}
