//! Images with an address on the web. They are read among words and are blocks in ADF: where a
//! block may stand they part the paragraph, elsewhere they become links.

use super::blank::trimmed;
use super::merge::merged;
use crate::node::{Mark, Node};

/// An image as it stands among words until its place is known.
pub(super) fn inline(url: &str, alt: &str, href: Option<&str>) -> Node {
    let node = Node::new("media").with_attr("type", "external").with_attr("url", url);
    let node = if alt.trim().is_empty() { node } else { node.with_attr("alt", alt.trim()) };
    match href {
        Some(href) => node.with_mark(Mark::link(href)),
        None => node,
    }
}

/// A paragraph as blocks: images, and what stands between them.
pub(super) fn blocks(paragraph: Node, out: &mut Vec<Node>) {
    if !paragraph.content.iter().any(is_image) {
        out.push(paragraph);
        return;
    }
    let mut words = Vec::new();
    for node in paragraph.content {
        if is_image(&node) {
            end_words(&mut words, out);
            out.push(
                Node::new("mediaSingle").with_attr("layout", "center").with_content(vec![node]),
            );
        } else {
            words.push(node);
        }
    }
    end_words(&mut words, out);
}

/// Inline content with its images as links.
pub(super) fn as_links(nodes: Vec<Node>) -> Vec<Node> {
    if nodes.iter().any(is_image) {
        merged(nodes.into_iter().map(as_link).collect())
    } else {
        nodes
    }
}

fn as_link(node: Node) -> Node {
    if !is_image(&node) {
        return node;
    }
    let url = node.attr("url").unwrap_or_default();
    let text = Node::text(node.attr("alt").unwrap_or(url));
    let link = node.marks.first().cloned().unwrap_or_else(|| Mark::link(url));
    text.with_mark(link)
}

fn end_words(words: &mut Vec<Node>, out: &mut Vec<Node>) {
    let content = trimmed(std::mem::take(words));
    if !content.is_empty() {
        out.push(Node::new("paragraph").with_content(content));
    }
}

fn is_image(node: &Node) -> bool {
    node.kind == "media"
}
