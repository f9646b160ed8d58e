//! Neighbouring texts under the same marks as one.

use crate::node::Node;

/// The same content with neighbouring texts under the same marks as one.
pub(super) fn merged(nodes: Vec<Node>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (out.last_mut(), &node) {
            (
                Some(Node { text: Some(text), marks, .. }),
                Node { text: Some(more), marks: more_marks, .. },
            ) if marks == more_marks => text.push_str(more),
            _ => out.push(node),
        }
    }
    out
}
