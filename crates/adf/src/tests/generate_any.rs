//! Generators of what nobody should write: Markdown-like noise, and trees of any shape.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Text made of what matters to Markdown.
pub(super) fn markdownish() -> impl Strategy<Value = String> {
    let pieces = concat!(
        "\n¦\n\n¦  ¦    ¦\t¦ ¦- ¦* ¦1. ¦7) ¦> ¦# ¦###### ¦- [ ] ¦- [x] ¦```¦~~~¦---¦***¦|¦|-|-|¦",
        "|a|b|\n|-|-|\n|c|d|¦*¦**¦_¦~~¦`¦``¦[¦]¦](¦)¦![¦<¦>¦<br>¦<div>¦</div>¦<!--¦-->¦&amp;¦&¦\\¦\\\n¦@[¦",
        "@[Anna Berg]¦[~accountid:1]¦[@A](accountid:1)¦[S](status:red)¦2026-12-24¦https://x.y/z¦",
        "<https://x.y>¦(https://x.y)¦<a@x.y>¦javascript:x¦[a](javascript:x)¦[!NOTE]¦> [!TIP]\n> ¦:tada:¦word¦",
        "é¦😀¦\u{0}¦\u{7}¦\r\n¦\u{a0}¦\u{2028}¦[r]: https://x.y¦[r]¦===¦![i](media:1)¦![i](https://x.y)",
    );
    let pieces = select(pieces.split('¦').collect::<Vec<_>>());
    let prefix = select(vec![
        ("", ""),
        ("", ""),
        ("> ", "> "),
        ("> [!NOTE]\n> ", "> "),
        ("- ", "  "),
        ("- [ ] ", "  "),
        ("> - ", ">   "),
    ]);
    // Blocks meet the limits of their place only where every line of a text is in one.
    (vec(pieces, 0..40), prefix).prop_map(|(pieces, (first, further))| {
        format!("{first}{}", pieces.concat().replace('\n', &format!("\n{further}")))
    })
}

/// Any tree at all, mostly of known types in places where they do not belong.
pub(super) fn any_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(|text| json!({"type": "text", "text": text})),
        (kind(), attrs()).prop_map(|(kind, attrs)| json!({"type": kind, "attrs": attrs})),
        (any::<String>(), marks())
            .prop_map(|(text, marks)| json!({"type": "text", "text": text, "marks": marks})),
        select(vec![
            json!(null),
            json!("text"),
            json!(1),
            json!([]),
            json!({}),
            json!({"text": 5}),
            json!({"content": "x"})
        ]),
    ];
    leaf.prop_recursive(8, 60, 6, |inner| {
        (container(), attrs(), marks(), vec(inner, 0..6))
            .prop_map(|(kind, attrs, marks, content)| json!({"type": kind, "attrs": attrs, "marks": marks, "content": content}))
    })
}

fn kind() -> impl Strategy<Value = &'static str> {
    let leaf = select(
        concat!(
            "rule media mediaInline syncBlock blockCard embedCard inlineCard mention date status emoji ",
            "placeholder hardBreak text ",
        )
        .split(' ')
        .collect::<Vec<_>>(),
    );
    prop_oneof![leaf, container()]
}

fn container() -> impl Strategy<Value = &'static str> {
    select(concat!(
            "doc paragraph heading bulletList orderedList listItem taskList taskItem blockTaskItem decisionList ",
            "decisionItem codeBlock blockquote panel table tableRow tableCell tableHeader expand nestedExpand ",
            "mediaSingle mediaGroup caption layoutSection layoutColumn extension bodiedExtension inlineExtension ",
            "bodiedSyncBlock unknown",
        ).split(' ').collect::<Vec<_>>())
}

fn attrs() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec!["https://x.y/a(b", "1798070400000", "DONE", "a|b`c", "info", "12"])
            .prop_map(Value::from),
    ];
    let name = select(vec![
        "level",
        "order",
        "text",
        "id",
        "url",
        "title",
        "timestamp",
        "state",
        "colspan",
        "rowspan",
        "language",
        "shortName",
        "extensionKey",
        "alt",
        "panelType",
        "localId",
        "color",
    ]);
    let object = vec((name, value), 0..4).prop_map(|members| {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()
    });
    prop_oneof![4 => object, 1 => Just(Value::Null), 1 => Just(json!([1]))]
}

pub(super) fn marks() -> impl Strategy<Value = Value> {
    let mark = select(vec![
        json!({"type": "strong"}),
        json!({"type": "em"}),
        json!({"type": "strike"}),
        json!({"type": "code"}),
        json!({"type": "underline"}),
        json!({"type": "link", "attrs": {"href": "https://x.y"}}),
        json!({"type": "link", "attrs": null}),
        json!(null),
        json!("em"),
    ]);
    prop_oneof![vec(mark, 0..4).prop_map(Value::from), Just(Value::Null)]
}
