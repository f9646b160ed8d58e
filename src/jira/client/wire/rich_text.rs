//! Rich text that nobody has decoded yet: a page holds many texts, and the tree of one takes many
//! times its bytes.

use json_borrow::{Lenient, Raw};
use serde::Deserialize;

/// A document, nothing, or something that cannot be read.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct RichText<'a>(#[serde(borrow)] Option<Raw<'a>>);

impl RichText<'_> {
    /// The document as a tree, which is made anew each time.
    pub fn read(self) -> Lenient<adf::Node> {
        self.0.map_or_else(Lenient::default, |raw| {
            raw.read().unwrap_or_else(|_| Lenient::unreadable())
        })
    }
}
