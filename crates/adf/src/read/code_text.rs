//! The text of a code block.

use super::plain::plain;
use crate::node::Node;

/// The text of a code block, whatever it is made of.
pub(super) fn code_text(node: &Node) -> String {
    let text = |child: &Node| match child.kind.as_ref() {
        "hardBreak" => "\n".to_owned(),
        "text" => child.text.clone().unwrap_or_default(),
        _ => plain(child),
    };
    node.content.iter().map(text).collect::<String>().replace("\r\n", "\n")
}
