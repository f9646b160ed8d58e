//! Generators of documents that Markdown can say.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::generate_any::marks;

/// Text that is nothing but text, without blanks at its ends.
fn words() -> impl Strategy<Value = String> {
    "[!-9;-~éß😀“]([ -9;-~éß😀“]{0,10}[!-9;-~éß😀“])?"
}

/// Text nodes with every kind of marks, in any order and without anything between them.
pub(super) fn touching_runs() -> impl Strategy<Value = Value> {
    let run = ("[ a-c.*_~é]{1,4}", marks())
        .prop_map(|(text, marks)| json!({"type": "text", "text": text, "marks": marks}));
    vec(run, 1..8).prop_map(
        |runs| json!({"type": "doc", "content": [{"type": "paragraph", "content": runs}]}),
    )
}

/// Documents in the form [`super::super::from_markdown`] writes, made only of what Markdown can
/// say.
pub(super) fn sayable() -> impl Strategy<Value = Value> {
    let block = prop_oneof![
        4 => paragraph(), 2 => heading(), 2 => code(), 1 => Just(json!({"type": "rule"})), 2 => quote(), 2 => panel(),
        3 => list(), 2 => tasks(), 2 => table(), 1 => image(),
    ];
    vec(block, 0..6).prop_map(|content| json!({"type": "doc", "version": 1, "content": content}))
}

fn of(kind: &'static str) -> impl Fn(Vec<Value>) -> Value {
    move |content| {
        if content.is_empty() {
            json!({"type": kind})
        } else {
            json!({"type": kind, "content": content})
        }
    }
}

fn atom() -> impl Strategy<Value = Value> {
    let marked = (
        words(),
        1_u8..8,
        proptest::option::of(select(vec!["https://x.y/z", "mailto:a@x.y", "http://x.y/(a)?b=c&d"])),
    );
    let marked = marked.prop_map(|(text, bits, href)| {
        let link = href.map(|href| json!({"type": "link", "attrs": {"href": href}}));
        let names = ["strong", "em", "strike"]
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| bits >> bit & 1 == 1);
        let marks: Vec<Value> =
            link.into_iter().chain(names.map(|(_, name)| json!({"type": name}))).collect();
        json!({"type": "text", "text": text, "marks": marks})
    });
    prop_oneof![
        4 => words().prop_map(|text| json!({"type": "text", "text": text})),
        3 => marked,
        1 => "[ -~]{1,8}".prop_map(|text| json!({"type": "text", "text": text, "marks": [{"type": "code"}]})),
        1 => Just(json!({"type": "mention", "attrs": {"id": "712020:a-1", "text": "@A [b] c_d"}})),
        1 => (words(), select(vec!["red", "neutral"])).prop_map(|(text, color)| json!({"type": "status", "attrs": {"text": text, "color": color}})),
        1 => (words(), select(vec!["sub", "sup"]), any::<bool>()).prop_map(|(text, kind, in_link)| {
            let link = in_link.then(|| json!({"type": "link", "attrs": {"href": "https://x.y/z"}}));
            let raised = json!({"type": "subsup", "attrs": {"type": kind}});
            json!({"type": "text", "text": text, "marks": link.into_iter().chain([raised]).collect::<Vec<_>>()})
        }),
        1 => Just(json!({"type": "inlineCard", "attrs": {"url": "https://x.y/*_?a=b&c"}})),
        1 => Just(json!({"type": "text", "text": "https://x.y/a_b", "marks": [{"type": "link", "attrs": {"href": "https://x.y/a_b"}}]})),
    ]
}

/// Atoms with blanks or breaks between them, text beside text joined.
fn inline() -> impl Strategy<Value = Vec<Value>> {
    vec((atom(), prop::bool::weighted(0.15)), 0..5).prop_map(|atoms| {
        let mut nodes: Vec<Value> = Vec::new();
        for (atom, on_new_line) in atoms {
            if !nodes.is_empty() {
                push(
                    &mut nodes,
                    if on_new_line {
                        json!({"type": "hardBreak"})
                    } else {
                        json!({"type": "text", "text": " "})
                    },
                );
            }
            push(&mut nodes, atom);
        }
        nodes
    })
}

fn push(nodes: &mut Vec<Value>, node: Value) {
    match nodes.last_mut() {
        Some(last)
            if node["type"] == "text"
                && last["type"] == "text"
                && last.get("marks") == node.get("marks") =>
        {
            last["text"] = json!(format!(
                "{}{}",
                last["text"].as_str().unwrap(),
                node["text"].as_str().unwrap()
            ));
        }
        _ => nodes.push(node),
    }
}

fn paragraph() -> impl Strategy<Value = Value> {
    (atom(), inline()).prop_map(|(first, rest)| {
        let mut nodes = vec![first];
        if !rest.is_empty() {
            push(&mut nodes, json!({"type": "text", "text": " "}));
        }
        for node in rest {
            push(&mut nodes, node);
        }
        of("paragraph")(nodes)
    })
}

fn heading() -> impl Strategy<Value = Value> {
    (1..7, paragraph()).prop_map(
        |(level, text)| json!({"type": "heading", "attrs": {"level": level}, "content": text["content"]}),
    )
}

fn code() -> impl Strategy<Value = Value> {
    ("[a-z]{0,3}", "[ -~\n\té]{0,20}").prop_map(|(language, text)| {
        let mut node = json!({"type": "codeBlock"});
        if !language.is_empty() {
            node["attrs"] = json!({"language": language});
        }
        if !text.is_empty() {
            node["content"] = json!([{"type": "text", "text": text}]);
        }
        node
    })
}

fn image() -> impl Strategy<Value = Value> {
    (proptest::option::of(words()), any::<bool>()).prop_map(|(alt, in_link)| {
        let mut media =
            json!({"type": "media", "attrs": {"type": "external", "url": "https://x.y/(a)_b.png?c=d&e"}});
        if let Some(alt) = alt {
            media["attrs"]["alt"] = json!(alt);
        }
        if in_link {
            media["marks"] = json!([{"type": "link", "attrs": {"href": "https://x.y/z"}}]);
        }
        json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [media]})
    })
}

fn quote() -> impl Strategy<Value = Value> {
    vec(prop_oneof![3 => paragraph(), 1 => list(), 1 => code(), 1 => image()], 1..4)
        .prop_map(of("blockquote"))
}

fn panel() -> impl Strategy<Value = Value> {
    let block = prop_oneof![
        paragraph(),
        heading(),
        code(),
        list(),
        tasks(),
        image(),
        Just(json!({"type": "rule"}))
    ];
    (select(vec!["info", "note", "warning", "error", "success"]), vec(block, 1..4)).prop_map(
        |(kind, content)| json!({"type": "panel", "attrs": {"panelType": kind}, "content": content}),
    )
}

fn list() -> BoxedStrategy<Value> {
    let items = |content: BoxedStrategy<Vec<Value>>| {
        let item =
            (prop_oneof![5 => paragraph(), 1 => Just(json!({"type": "paragraph"}))], content)
                .prop_map(|(first, rest)| {
                    // An empty paragraph stands only where the first block would be none.
                    let keep = first.get("content").is_some()
                        || rest.first().is_none_or(|next| next["type"] != "paragraph");
                    of("listItem")(Some(first).filter(|_| keep).into_iter().chain(rest).collect())
                });
        (proptest::option::of(0_u32..120), vec(item, 1..4)).prop_map(|(order, items)| match order {
            None => of("bulletList")(items),
            Some(1) => of("orderedList")(items),
            Some(order) => {
                json!({"type": "orderedList", "attrs": {"order": order}, "content": items})
            }
        })
    };
    let flat = items(Just(Vec::new()).boxed()).boxed();
    flat.prop_recursive(3, 12, 3, move |inner| {
        items(vec(prop_oneof![inner, paragraph(), code(), image()], 0..3).boxed())
    })
    .boxed()
}

fn tasks() -> BoxedStrategy<Value> {
    let task = (prop::bool::ANY, inline())
        .prop_map(|(done, content)| {
            let mut node = of("taskItem")(content);
            node["attrs"] = json!({"state": if done { "DONE" } else { "TODO" }});
            node
        })
        .boxed();
    let flat = vec(task.clone(), 1..4).prop_map(of("taskList"));
    flat.prop_recursive(3, 10, 3, move |inner| {
        (vec((task.clone(), proptest::option::of(inner)), 1..4)).prop_map(|items| {
            of("taskList")(
                items
                    .into_iter()
                    .flat_map(|(task, nested)| [Some(task), nested])
                    .flatten()
                    .collect(),
            )
        })
    })
    .boxed()
}

fn table() -> impl Strategy<Value = Value> {
    let cells = (1_usize..4, 1_usize..4, prop::bool::ANY);
    cells.prop_flat_map(|(columns, rows, has_header)| {
        let row = (paragraph(), vec(inline().prop_map(of("paragraph")), columns - 1));
        vec(row, rows).prop_map(move |rows| {
            let rows = rows.into_iter().enumerate().map(|(index, (first, rest))| {
                let kind = if has_header && index == 0 { "tableHeader" } else { "tableCell" };
                of("tableRow")(
                    std::iter::once(first)
                        .chain(rest)
                        .map(|paragraph| of(kind)(vec![paragraph]))
                        .collect(),
                )
            });
            of("table")(rows.collect())
        })
    })
}

/// Markdown as people and models write it, beyond the letter of CommonMark, and the words in it in
/// their order.
pub(super) fn as_people_write() -> impl Strategy<Value = (String, Vec<String>)> {
    let block = select(vec![
        "§\n§\n**§**\n§",
        "> §\n> - §\n> - §\n>   1. §\n>     - §\n>\n> ```\n> §\n> ```\n> §",
        "| § | § |\n|---|---|\n| § | § | § | **§** §|\n| § |\n| `§` | § \\| § | # § | - § | [§](https://x.y) |",
        "1. §\n  - §\n    - §\n  1. §\n2. §\n   §",
        "10) §\n  - §\n\n    §\n\n  - §\n    ```\n    §\n      §\n    ```",
        "> [!NOTE] § *§\n> §* §",
        "> [!tip]+ §\n>\n> - §",
        "§ ![§](https://x.y/z) § ![§](attachment:a.png) [![§](https://x.y/z)](https://x.y) §",
        "§<sup>§</sup>§<sub>§ <sup>**§** `§`</sup> </sub>§ </sup>§",
        "# § `§` ![§](https://x.y)\n§\n===\n**§** [§](https://x.y/z) [`§` *§*](https://x.y)",
        "- [ ] §\n  §\n- [x] § ![§](https://x.y) §\n  - [ ] §",
        "@[§] [§](status:Green) '2026-12-24' § \\\n§<br>\n§  \n§",
        "- §\n  > §\n  > - §\n\n  | § |\n  |-|\n  | § | § |",
        "<div>§</div>\n§",
    ]);
    let prefix = select(vec![
        ("", ""),
        ("", ""),
        ("> ", "> "),
        ("- ", "  "),
        ("1. ", "   "),
        ("> 1. ", ">    "),
    ]);
    vec((block, prefix), 1..5).prop_map(|blocks| {
        let blocks = blocks.into_iter().map(|(block, (first, further))| {
            format!("{first}{}", block.replace('\n', &format!("\n{further}")))
        });
        let template = blocks.collect::<Vec<_>>().join("\n\n");
        let pieces: Vec<&str> = template.split('§').collect();
        let words: Vec<String> = (1..pieces.len()).map(|index| format!("word{index}x")).collect();
        let text = pieces.iter().enumerate().map(|(index, piece)| match index {
            0 => (*piece).to_owned(),
            _ => format!("{}{piece}", words[index - 1]),
        });
        (text.collect(), words)
    })
}
