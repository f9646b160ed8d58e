//! An upstream's answers, read as fast as they come: one pass that decodes what is asked for and
//! only looks for the end of the rest, borrowing from the body. `serde_json` takes 2.5 times as
//! long for a page of 50 issues (`benches/against_serde_json.rs`).
//!
//! Such answers hold what many programs wrote, and one odd value must not cost the others: half a
//! surrogate pair is U+FFFD; `null` is an empty text, list or object where one is expected; a
//! number is a text and the other way round; and [`Lenient`] and [`List`] tell what cannot be read
//! from what is not there.
//!
//! Values that are not read are not judged either: brackets and quotes have to match, no more, and
//! a backslash that stands outside a text escapes what follows as it would inside. What is read
//! keeps to RFC 8259, but for control characters, which may stand in a text without escapes. Names
//! of members are texts, enums are single words, and an unread value is a [`Raw`];
//! `serde_json::value::RawValue` cannot be read here. Requests and everything a stranger's word
//! could turn into a write are `serde_json`'s.

mod access;
mod block;
mod count;
mod deserializer;
mod error;
mod first;
mod lenient;
mod raw;
mod reader;
mod scan;
mod surrogates;
mod text;
mod unescape;

#[cfg(test)]
mod tests;

use serde::Deserialize;

pub use count::has_at_most;
pub use error::Error;
pub use first::{FirstItems, FirstMembers};
pub use lenient::{Lenient, List, or_default, readable, required};
pub use raw::{OwnedRaw, Raw};
use reader::Reader;
pub use surrogates::mend_surrogates;
pub use text::Text;

/// What is shown in place of a value that cannot be read.
pub const UNREADABLE: &str = "[unreadable]";

/// Decodes one JSON text.
///
/// # Errors
/// With the byte at which the text stops being JSON, or what was expected.
pub fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}
