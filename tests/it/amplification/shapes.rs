//! Texts that make much of little: each is one piece again and again, up to a length.

/// What one text is made of, by a name.
const PIECES: &[(&str, &str)] = &[
    ("plain", "plain words and no markup at all. "),
    ("emphasis", "*a* "),
    ("strong", "**a** "),
    ("strike", "~~a~~ "),
    ("code", "`a` "),
    ("raised", "a<sup>b</sup> "),
    ("closing tags", "</sub>"),
    ("brackets", "["),
    ("stars", "*"),
    ("underscores", "a*_"),
    ("backticks", "` `` "),
    ("tildes", "~"),
    ("bars", "|"),
    ("escapes", "\\*"),
    ("references", "&amp;"),
    ("tags", "<b>"),
    ("links", "[a](https://x.y/z) "),
    ("links in links", "[a[b](https://x.y)](https://z.y) "),
    ("images", "![a](https://x.y/z.png) "),
    ("cards", "<https://x.y/z> "),
    ("addresses", "https://x.y/z "),
    ("mentions", "[@A](accountid:5b10a2844c20165700ede21g) "),
    ("half mentions", "@[a "),
    ("statuses", "[a](status:green) "),
    ("dates", "2026-12-24 "),
    ("emoji", ":smile: "),
    ("lines", "a\n"),
    ("breaks", "a  \n"),
    ("empty lines", "\n"),
    ("paragraphs", "a\n\n"),
    ("headings", "# a\n"),
    ("bullets", "- a\n"),
    ("loose bullets", "- a\n\n"),
    ("lists by turns", "- a\n1. b\n"),
    ("deeper lists", "- a\n  - b\n    - c\n"),
    ("tasks", "- [ ] a\n"),
    ("quotes", "> a\n\n"),
    ("panels", "> [!NOTE]\n> a\n\n"),
    ("fences", "```\na\n```\n"),
    ("rules", "---\n\n"),
    ("definitions", "[a]: https://x.y\n\n"),
    ("html", "<div>\na\n\n"),
    ("tables", "|a|b|\n|-|-|\n|c|d|\n\n"),
    ("clip marks", "… [+5 chars]\n"),
    ("objects", "{\"a\":"),
];

/// Texts of about that many characters.
pub(crate) fn texts(chars: usize) -> Vec<(String, String)> {
    let repeated = PIECES
        .iter()
        .map(|(name, piece)| ((*name).to_owned(), piece.repeat(chars / piece.chars().count())));
    let side = (chars / 5).isqrt().max(2);
    let rows = chars.saturating_sub(4 * side) / 4;
    let of_two = |head: usize, rows: usize| {
        format!("{}|\n{}|\n{}", "|a".repeat(head), "|-".repeat(head), "|b|\n".repeat(rows))
    };
    let document = |content: &str| format!(r#"{{"type":"doc","version":1,"content":[{content}]}}"#);
    let node = r#"{"type":"paragraph","content":[{"type":"text","text":"a"}]}"#;
    let many = |piece: &str| vec![piece; chars / (piece.len() + 1)].join(",");
    let grown = [
        ("table of short rows", of_two(rows.min(chars / 8), chars / 8)),
        ("table of 512", of_two(512.min(chars / 8), 512)),
        ("tables of 120", format!("{}\n", of_two(120, 120)).repeat((chars / 1_100).max(1))),
        ("wide table", format!("{}\n{}", "|a".repeat(chars / 4), "|-".repeat(chars / 4))),
        (
            "long link",
            format!("[{}](https://x.y/{})", "*a*b".repeat(chars / 8), "z".repeat(chars / 2)),
        ),
        (
            "link of lines",
            format!("[{}](https://x.y/{})", "a\n".repeat(chars / 4), "z".repeat(chars / 2)),
        ),
        (
            "one reference",
            format!("{}\n\n[a]: https://x.y/{}", "[a] ".repeat(chars / 8), "z".repeat(chars / 2)),
        ),
        ("deep quotes", format!("{}{}", "> ".repeat(chars / 4), "a\n".repeat(chars / 4))),
        ("document", document(&many(node))),
        ("document of nothing", document(&many("0"))),
        ("list of nothing", format!("[{}]", many("0"))),
        ("list of objects", format!("[{}]", many("{}"))),
        (
            "object",
            format!(
                "{{{}}}",
                (0..chars / 11).map(|at| format!("\"k{at}\":0")).collect::<Vec<_>>().join(",")
            ),
        ),
    ];
    repeated.chain(grown.map(|(name, text)| (name.to_owned(), text))).collect()
}

/// Work that tells how fast a build is: a text becomes a document, and that a text again.
pub(crate) fn known_work() {
    let markdown = "*a* [b](https://x.y) `c`\n\n- d\n".repeat(1_000);
    adf::mentioned(&markdown);
    let document = adf::from_markdown(&markdown, &|_| None);
    let json = serde_json::to_string(&document).unwrap();
    adf::check_parts(&document).unwrap();
    let back: adf::Node = serde_json::from_str(&json).unwrap();
    assert!(adf::unsupported_in_markdown(&back).is_empty());
    assert!(adf::to_markdown(&back).ends_with('d'));
}
