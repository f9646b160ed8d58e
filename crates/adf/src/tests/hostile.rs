//! Input meant to hurt: deep nesting and long rows of markup must neither overflow the stack nor
//! take long.

use proptest::prelude::*;

use super::super::{Node, from_markdown, plain, to_markdown, unsupported_in_markdown};
use super::{generate_any, nobody, structure, written};

/// Both directions over one text, the result checked.
fn convert(markdown: &str) -> String {
    let document = written(markdown);
    let start: String = markdown.chars().take(40).collect();
    assert_eq!(structure::check(&document), Ok(()), "{start:?}");
    serde_json::from_str::<serde_json::Value>(&document.to_string())
        .expect("nests less than parsers take");
    to_markdown(&Node::from(document))
}

#[test]
fn nesting_is_bounded() {
    for marker in [
        ">", "> ", "- ", "1. ", "- > ", "> 1. - ", "*", "**a ", "[", "![", "[a](", "<a ", "~~a ",
        "- [ ] ",
    ] {
        assert!(convert(&format!("{}deep", marker.repeat(10_000))).contains("deep"), "{marker:?}");
    }
    let steps: Vec<String> =
        (0..150).map(|depth| format!("{}- a{depth}\n", "  ".repeat(depth))).collect();
    let markdown = convert(&steps.concat());
    assert!((0..150).all(|depth| markdown.contains(&format!("a{depth}"))));
}

#[test]
fn excess_markers_go_and_everything_else_stays() {
    let rule = "* ".repeat(100);
    assert_eq!(written(&rule)["content"][0]["type"], "rule");
    let quoted = format!("{}text\n\n```\n{}\n```", ">".repeat(100), "=> a\n".repeat(3));
    let markdown = convert(&quoted);
    assert_eq!(markdown, "> text\n\n```\n=> a\n=> a\n=> a\n\n```");
}

#[test]
fn long_rows_of_markup_end_and_do_not_swell() {
    // Each is milliseconds; one quadratic step among them would be minutes, which nobody overlooks.
    let bytes = 1 << 15;
    let check = |markdown: &str| {
        let (given, read) = (markdown.len(), convert(markdown).len());
        assert!(read <= 8 * given + 1_000, "{read} bytes from {given}: {markdown:.20}");
    };
    for piece in [
        "[",
        "]",
        "*",
        "_",
        "`",
        "~",
        "|",
        "!",
        "<",
        "&",
        "\\",
        ":",
        "@[",
        "[~accountid:",
        "https://",
        "https://a(",
        "2026-",
        "a*_",
        "a\n",
        "\n",
        "|a",
        "- a\n\n",
        "a  \n",
        "@[a",
        "[a](b)",
        "<b>",
        "&amp;",
        ":a:",
        "**a** ",
        "[x]: y\n",
        "# #\n",
    ] {
        check(&piece.repeat(bytes / piece.len()));
    }
    // Each of these lines continues the quotes lazily, so the parser walks all that are open.
    check(&format!("{}{}", "> ".repeat(2 * bytes), "a\n".repeat(2 * bytes)));
    // The parser fills short rows up to the head's columns, until it has made 2^18 cells; the rest
    // stands below. None of that is written.
    let size = 550;
    let table = format!("{}\n{}\n{}", "|a".repeat(size), "|-".repeat(size), "|a\n".repeat(size));
    assert!(written(&table).to_string().len() < 100 * table.len());
    let read = convert(&table);
    assert!(read.len() < 4 * table.len(), "{}", read.len());
    assert!(read.matches('a').count() >= 2 * size, "a cell or a row is lost");
    // So does whoever reads such a table, and one with cells that claim to reach far.
    let cell = |rows: u64| Node::new("tableCell").with_attr("rowspan", rows);
    let row = |cells: Vec<Node>| Node::new("tableRow").with_content(cells);
    let wide = row(vec![cell(1 << 40); 9_000]);
    let rows =
        std::iter::once(wide).chain(std::iter::repeat_n(row(vec![cell(1)]), 3_000)).collect();
    let table = Node::new("table").with_content(rows);
    let json = serde_json::to_string(&table).unwrap();
    assert!(
        to_markdown(&table).len() < 4 * json.len(),
        "{} of {}",
        to_markdown(&table).len(),
        json.len()
    );
}

#[test]
fn what_is_made_of_a_text_is_bounded_by_its_bytes() {
    let table = (1_usize..300, 1_usize..300).prop_map(|(columns, rows)| {
        format!("{}\n{}\n{}", "|a".repeat(columns), "|-".repeat(columns), "|b\n".repeat(rows))
    });
    let link = (1_usize..2_000, 1_usize..2_000).prop_map(|(pieces, letters)| {
        format!("[{}](https://x.y/{})", "*a*b".repeat(pieces), "z".repeat(letters))
    });
    let again =
        (generate_any::markdownish(), 1_usize..200).prop_map(|(piece, times)| piece.repeat(times));
    let config =
        ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(text in prop_oneof![table, link, again])| {
        let document = from_markdown(&text, &nobody);
        let json = serde_json::to_string(&document).unwrap();
        // The parser lets links by reference add 100,000 bytes, whatever their number.
        prop_assert!(json.len() <= 200 * text.len() + 110_000, "{} bytes of {}", json.len(), text.len());
        let markdown = to_markdown(&document);
        prop_assert!(markdown.len() <= 4 * json.len() + 1_000, "{} bytes of {}", markdown.len(), json.len());
    });
}

#[test]
fn deep_and_wide_trees_are_read() {
    let mut node = Node::text("deep");
    for _ in 0..500 {
        for kind in ["paragraph", "listItem", "bulletList"] {
            node = Node::new(kind).with_content(vec![node]);
        }
    }
    assert!(to_markdown(&node).contains("deep"));
    assert_eq!(plain(&node), "deep");
    assert_eq!(unsupported_in_markdown(&node), ["bulletList in paragraph"]);
    let cell = Node::new("tableCell").with_attr("colspan", 1e18).with_attr("rowspan", u64::MAX);
    let row = Node::new("tableRow").with_content(vec![cell]);
    assert!(to_markdown(&Node::new("table").with_content(vec![row.clone(), row])).len() < 5_000);
}

#[test]
fn a_definition_between_two_items_is_an_item() {
    for text in [
        "- \n  \n  [r]: https://x.y\r\n  |",
        "1. a\n\n   [r]: x\n2. b",
        "- [ ] a\n\n  [r]: x\n- [ ] b",
    ] {
        assert!(convert(text).contains("r]:"), "{text:?}: {}", convert(text));
    }
}
