//! What nobody sees at the ends of a line.

use crate::node::Node;

/// Inline content without blanks and breaks at its ends.
pub(super) fn trimmed(mut nodes: Vec<Node>) -> Vec<Node> {
    let start = nodes.iter().position(|node| !is_blank(node)).unwrap_or(nodes.len());
    nodes.drain(..start);
    nodes.truncate(nodes.iter().rposition(|node| !is_blank(node)).map_or(0, |last| last + 1));
    if let Some(text) = nodes.first_mut().and_then(plain_text) {
        text.drain(..text.len() - text.trim_start_matches(BLANKS).len());
    }
    if let Some(text) = nodes.last_mut().and_then(plain_text) {
        text.truncate(text.trim_end_matches(BLANKS).len());
    }
    nodes
}

const BLANKS: [char; 2] = [' ', '\t'];

fn plain_text(node: &mut Node) -> Option<&mut String> {
    if node.has_mark("code") { None } else { node.text.as_mut() }
}

fn is_blank(node: &Node) -> bool {
    match &node.text {
        Some(text) => !node.has_mark("code") && text.trim_matches(BLANKS).is_empty(),
        None => node.kind == "hardBreak",
    }
}
