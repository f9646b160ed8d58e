//! The text of a document without any markup.

use super::leaf::{date, mention_name};
use super::shape::is_inline;
use crate::node::Node;

/// The text of a node and all below it, blocks separated by one space, without any markup.
pub fn plain(node: &Node) -> String {
    let mut out = String::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if !is_inline(node) && !out.is_empty() && !out.ends_with(char::is_whitespace) {
            out.push(' ');
        }
        match node.kind.as_ref() {
            "hardBreak" => out.push(' '),
            "mention" => {
                out.push('@');
                out.push_str(mention_name(node).or_else(|| node.attr("id")).unwrap_or("unknown"));
            }
            "date" => out.push_str(&date(node).unwrap_or_default()),
            "status" | "placeholder" => out.push_str(node.attr("text").unwrap_or_default()),
            "emoji" => out
                .push_str(node.attr("text").or_else(|| node.attr("shortName")).unwrap_or_default()),
            "inlineCard" | "blockCard" | "embedCard" => {
                out.push_str(node.attr("url").unwrap_or_default());
            }
            _ => out.push_str(node.text.as_deref().unwrap_or_default()),
        }
        pending.extend(node.content.iter().rev());
    }
    out.truncate(out.trim_end().len());
    out
}
