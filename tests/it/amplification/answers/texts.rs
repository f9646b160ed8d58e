//! Rich text of Jira's that is far too much.

pub(super) fn document(content: &str) -> String {
    format!(r#"{{"type":"doc","version":1,"content":[{content}]}}"#)
}

pub(super) fn issue(description: &str) -> String {
    format!(r#"{{"id":"1","key":"P-1","fields":{{"summary":"s","description":{description}}}}}"#)
}

/// One row of 9,000 cells and 3,000 short rows.
fn table() -> String {
    let cell = r#"{"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":"a"}]}]}"#;
    let row = |cells: usize| {
        format!(r#"{{"type":"tableRow","content":[{}]}}"#, vec![cell; cells].join(","))
    };
    let rows: Vec<String> = std::iter::once(row(9_000)).chain((0..3_000).map(|_| row(1))).collect();
    document(&format!(r#"{{"type":"table","content":[{}]}}"#, rows.join(",")))
}

fn nested(kind: &str, item: &str, depth: usize, inside: &str) -> String {
    let open = format!(r#"{{"type":"{kind}","content":[{{"type":"{item}","content":["#);
    document(&format!("{}{inside}{}", open.repeat(depth), "]}]}".repeat(depth)))
}

/// Texts of Jira's that are far too much.
pub(super) fn documents() -> Vec<(&'static str, String)> {
    let text = |text: &str| {
        format!(r#"{{"type":"paragraph","content":[{{"type":"text","text":"{text}"}}]}}"#)
    };
    let code = |text: &str| {
        format!(r#"{{"type":"codeBlock","content":[{{"type":"text","text":"{text}"}}]}}"#)
    };
    vec![
        ("a ragged table", table()),
        ("nodes of two bytes", document(&vec!["0"; 500_000].join(","))),
        ("empty objects", document(&vec!["{}"; 300_000].join(","))),
        (
            "marks",
            document(&format!(
                r#"{{"type":"text","text":"a","marks":[{}]}}"#,
                vec!["\"a\""; 250_000].join(",")
            )),
        ),
        (
            "attributes",
            document(&format!(
                r#"{{"type":"x","attrs":{{"a":[{}]}}}}"#,
                vec![r#"{"":0}"#; 140_000].join(",")
            )),
        ),
        ("lines", document(&text(&"\\n".repeat(500_000)))),
        (
            "lines in deep lists",
            nested("bulletList", "listItem", 28, &text(&"\\n".repeat(400_000))),
        ),
        (
            "code in deep lists",
            nested("orderedList", "listItem", 28, &code(&"\\n".repeat(400_000))),
        ),
        ("stars", document(&text(&"*".repeat(1_000_000)))),
        ("words", document(&vec![text("a b c"); 14_000].join(","))),
    ]
}
