//! Cells beyond a table's header. GFM drops them; here they stand in the last cell, each behind a
//! bar, so that every row stays as wide as its header.

use super::{flatten, merge::merged};
use crate::node::Node;

/// Adds to the last cell of a row what the parser left out of it; `parse` makes a tree of text.
pub(super) fn add(row: &mut Node, left_out: &str, parse: impl Fn(&str) -> Node) {
    let cells: Vec<&str> =
        split(left_out).into_iter().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let Some(paragraph) = row.content.last_mut().and_then(|cell| cell.content.first_mut()) else {
        return;
    };
    if cells.is_empty() {
        return;
    }
    // Behind a word it is read as text of a paragraph, whatever it begins with.
    let line = format!("{WORD} | {}", cells.join(" | ").replace("\\|", "|"));
    let mut found: Vec<Node> =
        parse(&line).content.into_iter().flat_map(flatten::lines).flatten().collect();
    if let Some(text) = found.first_mut().and_then(|first| first.text.as_mut())
        && let Some(rest) = text.strip_prefix(WORD)
    {
        let lead = if paragraph.content.is_empty() { rest.trim_start() } else { rest };
        *text = lead.to_owned();
    }
    let content = std::mem::take(&mut paragraph.content);
    paragraph.content = merged(content.into_iter().chain(found).collect());
}

const WORD: &str = "x";

/// The cells of a line: bars part them, unless a backslash stands before.
fn split(line: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in line.char_indices() {
        if c == '|' && !escaped {
            cells.push(line.get(start..at).unwrap_or_default());
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    cells.push(line.get(start..).unwrap_or_default());
    cells
}
