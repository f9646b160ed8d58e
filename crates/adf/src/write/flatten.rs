//! Blocks as lines of inline content, for places where ADF takes no such block.

use super::{image, merge::merged};
use crate::node::{Mark, Node};

/// The lines of a block as it came from Markdown: one for a paragraph, one for each item, row or
/// line of code.
pub(super) fn lines(node: Node) -> Vec<Vec<Node>> {
    match node.kind.as_ref() {
        "paragraph" => vec![image::as_links(node.content)],
        "heading" => vec![strong(image::as_links(node.content))],
        "rule" => Vec::new(),
        "codeBlock" => {
            let code = node.content.into_iter().filter_map(|child| child.text);
            let rows: Vec<String> =
                code.flat_map(|code| code.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
            rows.into_iter().filter(|row| !row.is_empty()).map(|row| vec![code_line(row)]).collect()
        }
        "bulletList" | "orderedList" => {
            let first = (node.kind == "orderedList").then(|| node.number("order").unwrap_or(1));
            let items = node.content.into_iter().zip(0_u64..);
            items
                .flat_map(|(item, index)| {
                    item_lines(item, first.map(|first| first.saturating_add(index)))
                })
                .collect()
        }
        "table" => node.content.into_iter().map(row_line).collect(),
        _ => node.content.into_iter().flat_map(lines).collect(),
    }
}

/// The lines as the content of one paragraph.
pub(super) fn joined(lines: Vec<Vec<Node>>) -> Vec<Node> {
    let mut out = Vec::new();
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push(Node::new("hardBreak"));
        }
        out.extend(line);
    }
    out
}

/// The same content in bold, except code, which takes no other mark.
pub(super) fn strong(mut nodes: Vec<Node>) -> Vec<Node> {
    for node in nodes.iter_mut().filter(|node| node.kind == "text") {
        if !node.has_mark("code") && !node.has_mark("strong") {
            let after_link = usize::from(node.has_mark("link"));
            node.marks.insert(after_link, Mark::new("strong"));
        }
    }
    nodes
}

/// Puts literal text before a line.
pub(super) fn prefix(marker: &str, line: &mut Vec<Node>) {
    match line.first_mut() {
        Some(Node { text: Some(text), marks, .. }) if marks.is_empty() => {
            text.insert_str(0, marker);
        }
        _ => line.insert(0, Node::text(marker)),
    }
}

/// `[ ] ` or `[x] ` for an item with a check box.
pub(super) fn check_box(item: &Node) -> Option<&'static str> {
    let done = item.attrs.get("done")?.as_bool()?;
    Some(if done { "[x] " } else { "[ ] " })
}

fn item_lines(item: Node, number: Option<u64>) -> Vec<Vec<Node>> {
    let marker = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
    let marker = marker + check_box(&item).unwrap_or_default();
    let mut lines: Vec<Vec<Node>> = item.content.into_iter().flat_map(lines).collect();
    match lines.first_mut() {
        Some(first) => prefix(&marker, first),
        None => lines.push(vec![Node::text(marker.trim_end())]),
    }
    lines
}

fn row_line(row: Node) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    for (index, cell) in row.content.into_iter().enumerate() {
        if index > 0 {
            out.push(Node::text(" | "));
        }
        out.extend(joined(cell.content.into_iter().flat_map(lines).collect()));
    }
    merged(out)
}

fn code_line(text: String) -> Node {
    Node::text(text).with_mark(Mark::new("code"))
}
