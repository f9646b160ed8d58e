//! What lists do to the blocks around them.

use crate::node::Node;

/// Whether both are lists that would be read as one when they follow each other.
pub(super) fn same_marker(before: &Node, node: &Node) -> bool {
    let bullet =
        |node: &Node| matches!(node.kind.as_ref(), "bulletList" | "taskList" | "decisionList");
    bullet(before) && bullet(node) || before.kind == "orderedList" && node.kind == "orderedList"
}

/// Whether a list can follow a paragraph without a blank line: it starts at 1 and its first item
/// has content. Source: `CommonMark` section 5.3.
pub(super) fn interrupts(node: &Node) -> bool {
    match node.kind.as_ref() {
        "taskList" | "decisionList" => true,
        "bulletList" | "orderedList" => {
            let first_holds_text =
                node.content.first().and_then(|item| item.content.first()).is_some_and(holds_text);
            first_holds_text
                && (node.kind == "bulletList" || node.number("order").unwrap_or(1) == 1)
        }
        _ => false,
    }
}

fn holds_text(block: &Node) -> bool {
    block.content.iter().any(|child| match &child.text {
        Some(text) => !text.trim().is_empty(),
        None => child.kind != "hardBreak",
    })
}
