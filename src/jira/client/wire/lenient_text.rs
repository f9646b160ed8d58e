//! A text where Jira documents one.

use json_borrow::{Raw, Text};
use serde::{Deserialize, Deserializer};

/// A text where Jira documents one; any other JSON is tolerated and counts as no text.
#[derive(Debug)]
pub struct LenientText<'a>(Option<Text<'a>>);

impl LenientText<'_> {
    /// The text.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LenientText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        Ok(Self(if raw.get().starts_with('"') { raw.read().ok() } else { None }))
    }
}
