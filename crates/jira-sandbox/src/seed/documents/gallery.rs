//! Rich text of every kind: one issue each, so that a reader of the format meets all of it.

use serde_json::{Value as Json, json};

use crate::{
    clock::DAY_MS,
    seed::{
        documents::nodes::{
            bullets, code, date, doc, emoji, hard_break, heading, item, leaf, link, marked,
            mention, node, numbered, panel, para, paragraph, rich, rule, status, styled, table,
            tasks, text,
        },
        people::{ANNA_ACCOUNT, BEN_ACCOUNT},
    },
};

/// Summary and description.
pub(crate) fn documents(now: i64) -> Vec<(&'static str, Json)> {
    vec![
        ("Rich text: headings, marks and colours", marks()),
        ("Rich text: panels of every type", panels()),
        ("Rich text: tables with spans and lists in cells", tables()),
        ("Rich text: task lists and decisions", actions()),
        ("Rich text: mentions, emoji, statuses and dates", inline(now)),
        ("Rich text: code blocks and inline code", codes()),
        ("Rich text: nested lists", lists()),
        ("Rich text: expands and columns", layouts()),
        ("Rich text: images, files and cards", media()),
        ("Rich text: quotes, rules and line breaks", quotes()),
        ("Rich text: macros and nodes nobody knows", extensions()),
    ]
}

fn marks() -> Json {
    let levels = (1..=6).map(|level| heading(level, &format!("Heading of level {level}")));
    let both = json!({ "type": "text", "text": "strong and em", "marks": [{ "type": "strong" }, { "type": "em" }] });
    let line = paragraph(vec![
        marked("strong", "strong"),
        text(", "),
        marked("em", "em"),
        text(", "),
        both,
        text(", "),
        marked("strike", "strike"),
        text(", "),
        marked("underline", "underline"),
        text(", "),
        marked("code", "code"),
        text(", H"),
        styled("2", "subsup", json!({ "type": "sub" })),
        text("O, x"),
        styled("2", "subsup", json!({ "type": "sup" })),
        text(", "),
        styled("red", "textColor", json!({ "color": "#ff5630" })),
        text(", "),
        styled("on yellow", "backgroundColor", json!({ "color": "#fff0b3" })),
        text(", "),
        link("a link", "https://example.com/a?b=c&d=(e)"),
        text(". Literal *stars*, _underscores_, [brackets] and # signs."),
    ]);
    let centred = json!({
        "type": "paragraph", "content": [text("In the middle.")],
        "marks": [{ "type": "alignment", "attrs": { "align": "center" } }],
    });
    doc(levels.chain([line, centred]).collect())
}

fn panels() -> Json {
    let kinds = ["info", "note", "success", "warning", "error"];
    let plain = kinds.map(|kind| panel(kind, vec![para(&format!("A panel of type {kind}."))]));
    let full = panel(
        "note",
        vec![heading(3, "With structure"), bullets(&["first", "second"]), para("And a last word.")],
    );
    let own = rich(
        "panel",
        json!({ "panelType": "custom", "panelIcon": ":rocket:", "panelIconId": "1f680", "panelIconText": "🚀", "panelColor": "#E6FCFF" }),
        vec![para("A panel with its own icon and colour.")],
    );
    doc(plain.into_iter().chain([full, own]).collect())
}

fn tables() -> Json {
    let cell = |kind: &str, attrs: Json, content: Vec<Json>| rich(kind, attrs, content);
    let spans = rich(
        "table",
        json!({ "isNumberColumnEnabled": true, "layout": "wide", "localId": "table-1" }),
        vec![
            node(
                "tableRow",
                vec![
                    cell(
                        "tableHeader",
                        json!({ "colspan": 2, "rowspan": 1 }),
                        vec![para("Two columns wide")],
                    ),
                    cell("tableHeader", json!({}), vec![para("Notes")]),
                ],
            ),
            node(
                "tableRow",
                vec![
                    cell(
                        "tableCell",
                        json!({ "rowspan": 2, "background": "#deebff" }),
                        vec![para("Two rows high")],
                    ),
                    cell("tableCell", json!({}), vec![bullets(&["a list", "in a cell"])]),
                    cell("tableCell", json!({}), vec![code("sql", "select a | b\nfrom t")]),
                ],
            ),
            node(
                "tableRow",
                vec![
                    cell(
                        "tableCell",
                        json!({}),
                        vec![paragraph(vec![text("pipe | in"), hard_break(), text("text")])],
                    ),
                    cell("tableCell", json!({}), vec![paragraph(Vec::new())]),
                ],
            ),
        ],
    );
    doc(vec![table(&[&["Browser", "Works"], &["Firefox", "yes"], &["Safari", "no"]]), spans])
}

fn actions() -> Json {
    let nested = rich(
        "taskList",
        json!({ "localId": "tasks-2" }),
        vec![
            rich(
                "taskItem",
                json!({ "localId": "t-1", "state": "TODO" }),
                vec![text("Outer "), marked("bold", "strong")],
            ),
            tasks("tasks-3", &[(false, "Inner open"), (true, "Inner done")]),
        ],
    );
    let decision = |id: &str, plain: &str| {
        rich("decisionItem", json!({ "localId": id, "state": "DECIDED" }), vec![text(plain)])
    };
    let decisions = rich(
        "decisionList",
        json!({ "localId": "decisions-1" }),
        vec![
            decision("d-1", "We keep the old endpoint for a year."),
            decision("d-2", "Prices stay in cents."),
        ],
    );
    doc(vec![
        tasks(
            "tasks-1",
            &[(true, "Write the test"), (false, "Fix the code"), (false, "Tell support")],
        ),
        nested,
        decisions,
    ])
}

fn inline(now: i64) -> Json {
    doc(vec![
        paragraph(vec![
            mention(ANNA_ACCOUNT, "Anna Admin"),
            text(" and "),
            mention(BEN_ACCOUNT, "Ben Developer"),
            text(" please look."),
        ]),
        paragraph(vec![
            text("State: "),
            status("IN DOUBT", "yellow"),
            text(" then "),
            status("READY", "green"),
            text(" by "),
            date(now - now.rem_euclid(DAY_MS) + 7 * DAY_MS),
            text(" "),
            emoji(":rocket:", "1f680", "🚀"),
            emoji(":grinning:", "1f600", "😀"),
            leaf("emoji", json!({ "shortName": ":shipit:", "id": "atlassian-shipit" })),
        ]),
        paragraph(vec![
            leaf("mention", json!({ "id": "5b10a2844c20165700ede210" })),
            text(" has left."),
        ]),
        paragraph(vec![leaf("placeholder", json!({ "text": "Type something" }))]),
    ])
}

fn codes() -> Json {
    doc(vec![
        paragraph(vec![
            text("Call "),
            marked("total(a, b)", "code"),
            text(" or "),
            marked("`tick`", "code"),
            text("."),
        ]),
        code("rust", "fn main() {\n    println!(\"{}\", 1 < 2);\n}"),
        code("markdown", "```text\nfences in a fence\n```"),
        node("codeBlock", vec![text("no language\n\n  indented")]),
    ])
}

fn lists() -> Json {
    let deep = item(vec![
        para("one"),
        node("bulletList", vec![item(vec![para("one.one"), numbered(&["a", "b"])])]),
    ]);
    let mixed = item(vec![para("two"), code("sh", "make test"), para("after the code")]);
    let from_five = rich(
        "orderedList",
        json!({ "order": 5 }),
        vec![item(vec![para("five")]), item(vec![para("six"), bullets(&["six.one"])])],
    );
    doc(vec![node("bulletList", vec![deep, mixed]), from_five])
}

fn layouts() -> Json {
    let column =
        |width: f64, content: Vec<Json>| rich("layoutColumn", json!({ "width": width }), content);
    let expand = rich(
        "expand",
        json!({ "title": "Stack trace" }),
        vec![
            code("text", "Error: no such order\n  at Basket.pay"),
            rich("nestedExpand", json!({ "title": "More" }), vec![para("The rest of it.")]),
        ],
    );
    let section = node(
        "layoutSection",
        vec![
            column(33.33, vec![heading(3, "Before"), para("Slow.")]),
            column(33.33, vec![heading(3, "After"), bullets(&["fast", "small"])]),
            column(33.33, vec![panel("success", vec![para("Shipped.")])]),
        ],
    );
    doc(vec![expand, section])
}

fn media() -> Json {
    let file = |id: &str| json!({ "type": "file", "id": id, "collection": "", "width": 640, "height": 360, "alt": "checkout.png" });
    let single = rich(
        "mediaSingle",
        json!({ "layout": "center", "width": 66 }),
        vec![
            leaf("media", file("6e7c2f30-0000-4000-8000-000000000001")),
            node("caption", vec![text("The new page")]),
        ],
    );
    let outside = leaf(
        "media",
        json!({ "type": "external", "url": "https://example.com/plan.svg", "alt": "plan" }),
    );
    let group =
        node("mediaGroup", vec![leaf("media", file("6e7c2f30-0000-4000-8000-000000000002"))]);
    doc(vec![
        single,
        rich("mediaSingle", json!({ "layout": "wrap-left" }), vec![outside]),
        group,
        paragraph(vec![
            text("See "),
            leaf("inlineCard", json!({ "url": "https://sandbox.atlassian.net/browse/ACME-1" })),
            text("."),
        ]),
        leaf("blockCard", json!({ "url": "https://example.com/spec" })),
        leaf("embedCard", json!({ "url": "https://example.com/video", "layout": "center" })),
        paragraph(vec![leaf(
            "inlineCard",
            json!({ "data": { "@type": "Document", "name": "Plan", "url": "https://example.com/d" } }),
        )]),
    ])
}

fn quotes() -> Json {
    doc(vec![
        node("blockquote", vec![para("It has always worked like this."), para("Nobody asked.")]),
        rule(),
        paragraph(vec![
            text("First line"),
            hard_break(),
            text("second line"),
            hard_break(),
            hard_break(),
            text("last line"),
        ]),
        node("blockquote", vec![bullets(&["quoted", "list"])]),
        rule(),
        para("1. not a list"),
        para("- neither > nor this"),
    ])
}

fn extensions() -> Json {
    let key = json!({ "extensionType": "com.atlassian.confluence.macro.core", "extensionKey": "toc", "layout": "default" });
    let bodied =
        json!({ "extensionType": "com.example.macro", "extensionKey": "box", "layout": "default" });
    doc(vec![
        leaf("extension", key.clone()),
        rich("bodiedExtension", bodied, vec![para("The text inside a macro stays readable.")]),
        paragraph(vec![
            text("Inline "),
            leaf(
                "inlineExtension",
                json!({ "extensionType": "com.example.macro", "extensionKey": "now" }),
            ),
            text(" and a "),
            styled(
                "remark",
                "annotation",
                json!({ "id": "a-1", "annotationType": "inlineComment" }),
            ),
            text("."),
        ]),
        rich(
            "futureBlock",
            json!({ "shape": "round" }),
            vec![para("A node from a later version of the format.")],
        ),
    ])
}
