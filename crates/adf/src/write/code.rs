//! Code blocks.

use pulldown_cmark::CodeBlockKind;

use crate::node::Node;

/// The language a block names, if any.
pub(super) fn language(kind: &CodeBlockKind<'_>) -> String {
    let info = match kind {
        CodeBlockKind::Fenced(info) => info.as_ref(),
        CodeBlockKind::Indented => "",
    };
    let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
    language.chars().filter(|c| !c.is_control()).collect()
}

/// The block with this text in it.
pub(super) fn block(language: &str, text: &str) -> Node {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let mut node = Node::new("codeBlock");
    if !language.is_empty() {
        node = node.with_attr("language", language);
    }
    if !text.is_empty() {
        node.content.push(Node::text(text));
    }
    node
}
