//! Rich text that nobody has decoded yet: a page holds many texts, and the tree of one takes many
//! times its bytes.

use json_borrow::{Lenient, Raw};
use serde::Deserialize;

/// A document, nothing, or something that cannot be read.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct RichText<'a>(#[serde(borrow)] Option<Raw<'a>>);

impl RichText<'_> {
    /// Whether the document mentions this account: by a node of it, not by its name in a text.
    pub fn mentions(self, account_id: &str) -> bool {
        // The tree is made of those only that hold the id at all.
        let may = self.0.is_some_and(|raw| raw.get().contains(account_id));
        let document = if may { self.read() } else { Lenient::default() };
        let mut nodes: Vec<&adf::Node> = document.as_ref().into_iter().collect();
        while let Some(node) = nodes.pop() {
            if node.kind == "mention" && node.attr("id") == Some(account_id) {
                return true;
            }
            nodes.extend(&node.content);
        }
        false
    }

    /// The document as a tree, which is made anew each time.
    pub fn read(self) -> Lenient<adf::Node> {
        self.0.map_or_else(Lenient::default, |raw| {
            raw.read().unwrap_or_else(|_| Lenient::unreadable())
        })
    }
}
