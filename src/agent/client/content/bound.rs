//! How much of one message is kept.

use serde_json::{Map, Value};

/// Texts of one message together. The service takes 262,144 bytes for all of it.
const BYTES_MAX: usize = 256 * 1024;
/// Items of any one list.
pub(super) const LIST_MAX: usize = 64;
/// Elements of one card, and how deep they are nested.
pub(super) const ELEMENTS_MAX: usize = 1_000;
pub(super) const DEPTH_MAX: usize = 16;

/// What is left for one message.
#[derive(Debug)]
pub(super) struct Room {
    bytes_left: usize,
    elements_left: usize,
    is_cut: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes_left: BYTES_MAX, elements_left: ELEMENTS_MAX, is_cut: false }
    }
}

impl Room {
    /// As much of a text as there is room for.
    pub(super) fn take(&mut self, text: &str) -> String {
        let end = text.floor_char_boundary(self.bytes_left.min(text.len()));
        self.is_cut |= end < text.len();
        self.bytes_left -= end;
        text.get(..end).unwrap_or_default().to_owned()
    }

    /// A value, all or nothing: half of one is another.
    pub(super) fn take_value(&mut self, value: &Value) -> Option<Value> {
        let bytes = value.to_string().len();
        if bytes > self.bytes_left {
            self.is_cut = true;
            return None;
        }
        self.bytes_left -= bytes;
        Some(value.clone())
    }

    /// Whether one more element may be read, at this depth.
    pub(super) fn element(&mut self, depth: usize) -> bool {
        if depth > DEPTH_MAX || self.elements_left == 0 || self.bytes_left == 0 {
            self.is_cut = true;
            return false;
        }
        self.elements_left -= 1;
        true
    }

    /// Whether something was left out.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// A member that is a text and not blank.
pub(super) fn text_of<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A URL that a person may be asked to open: of the web, and not one that runs or holds anything.
pub(super) fn web_url(text: &str) -> Option<&str> {
    let url = url::Url::parse(text).ok()?;
    (matches!(url.scheme(), "https" | "http") && text.len() <= 4_096).then_some(text)
}

/// The same, over TLS only and without user info: it leads to where the user signs in.
pub(super) fn secure_url(text: &str) -> Option<&str> {
    let url = url::Url::parse(text).ok()?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    (url.scheme() == "https" && !has_user && text.len() <= 4_096).then_some(text)
}
