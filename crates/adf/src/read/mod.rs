//! ADF to Markdown: compact, escaped, and complete in text. It never fails; what cannot be shown is
//! named.

mod block;
mod code_text;
mod collect;
mod emit;
mod escape;
mod leaf;
mod limits;
mod list;
mod list_rules;
mod normalize_runs;
mod plain;
mod run;
mod shape;
mod table;
mod writer;

use super::node::Node;
pub(super) use leaf::date;
pub use plain::plain;
use writer::Writer;

/// The document (or any node of one) as Markdown, without a line end at its end.
pub fn to_markdown(node: &Node) -> String {
    let mut writer = Writer::new();
    writer.write_blocks(std::slice::from_ref(node), 0);
    writer.finish()
}
