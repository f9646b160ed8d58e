//! Keeps link definitions (`[label]: address`) that no link refers to: the parser drops them
//! without a trace, and `[Owner]: Anna` is a sentence to everybody else.

use std::collections::HashSet;

use crate::node::Node;

/// The type of a node that stands for a definition until it is known whether a link refers to it.
const KIND: &str = "definition";

/// Follows how far the events have come, and which labels they refer to.
#[derive(Default)]
pub(super) struct Definitions {
    seen_bytes: usize,
    used: HashSet<String>,
}

impl Definitions {
    /// The source up to `end` has been seen in events.
    pub(super) fn seen(&mut self, end: usize) {
        self.seen_bytes = self.seen_bytes.max(end);
    }

    /// The definitions between what has been seen and `start`, each a label and its line.
    pub(super) fn skipped<'s>(&mut self, source: &'s str, start: usize) -> Vec<(String, &'s str)> {
        let gap = source.get(self.seen_bytes..start).unwrap_or_default();
        self.seen(start);
        if gap.contains("]:") { gap.lines().filter_map(definition).collect() } else { Vec::new() }
    }

    /// A link refers to this label.
    pub(super) fn refer(&mut self, label: &str) {
        self.used.insert(folded(label));
    }

    /// Makes paragraphs of the definitions nothing refers to, and drops the others.
    pub(super) fn resolve(&self, mut node: Node) -> Node {
        node.content.retain(|child| {
            child.kind != KIND || child.attr("label").is_none_or(|label| !self.used.contains(label))
        });
        for child in &mut node.content {
            let taken = std::mem::take(child);
            *child = if taken.kind == KIND {
                Node::new("paragraph").with_content(taken.content)
            } else {
                self.resolve(taken)
            };
        }
        node
    }
}

/// A node for a definition that may turn out to be unused.
pub(super) fn placeholder(label: String, content: Vec<Node>) -> Node {
    Node::new(KIND).with_attr("label", label).with_content(content)
}

/// The label and the text of a line that holds a definition, without the markers of its containers.
fn definition(line: &str) -> Option<(String, &str)> {
    let text = line.trim_start_matches(|c: char| c.is_ascii_digit() || " \t>-+*.)".contains(c));
    let (label, _) = text.strip_prefix('[')?.split_once("]:")?;
    Some((folded(label), text.trim_end()))
}

/// Labels match whatever their case and white space. Source: `CommonMark` section 6.3.
fn folded(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
