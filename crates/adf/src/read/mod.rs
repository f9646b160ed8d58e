//! ADF to Markdown: compact, escaped, and complete in text. It never fails; what cannot be shown is
//! named.

mod block;
mod collect;
mod emit;
mod escape;
mod leaf;
mod list;
mod run;
mod settle;
mod shape;
mod table;

use super::node::Node;
use block::Writer;
pub(super) use leaf::date;

/// How deep a tree is followed; below that only its text is shown. Parsed JSON ends at 64 levels of
/// nodes.
const DEPTH_MAX: usize = 100;

/// What stands before each line of lists and quotes is followed to this many bytes; below that only
/// text is shown. Thirty lists in each other have ninety.
const PREFIX_BYTES_MAX: usize = 128;

/// The document (or any node of one) as Markdown, without a line end at its end.
pub fn to_markdown(node: &Node) -> String {
    let mut writer = Writer::new();
    writer.write_blocks(std::slice::from_ref(node), 0);
    writer.finish()
}

/// The text of a node and all below it, blocks separated by one space, without any markup.
pub fn plain(node: &Node) -> String {
    let mut out = String::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        if !shape::is_inline(node) && !out.is_empty() && !out.ends_with(char::is_whitespace) {
            out.push(' ');
        }
        match node.kind.as_ref() {
            "hardBreak" => out.push(' '),
            "mention" => {
                out.push('@');
                out.push_str(
                    leaf::mention_name(node).or_else(|| node.attr("id")).unwrap_or("unknown"),
                );
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
