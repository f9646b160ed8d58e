//! A value that nobody has read yet.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use super::{Error, from_str};

/// The name under which [`Raw`] asks this module's reader for a value's own text.
pub(super) const TOKEN: &str = "jira-mcp-bridge::json::Raw";

/// The JSON text of one value, without white space around it. Its inside is judged when it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    /// What stands for nothing.
    pub const NULL: Raw<'static> = Raw("null");

    /// The text.
    pub fn get(self) -> &'a str {
        self.0
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Decodes it.
    ///
    /// # Errors
    /// As [`from_str`].
    pub fn read<T: Deserialize<'a>>(self) -> Result<T, Error> {
        from_str(self.0)
    }
}

impl<'a> From<&'a RawValue> for Raw<'a> {
    fn from(value: &'a RawValue) -> Self {
        Self(value.get())
    }
}

/// Its length only: the text is somebody's content.
impl fmt::Debug for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;

        impl<'de> Visitor<'de> for Whole {
            type Value = Raw<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Raw(text))
            }

            // Every other reader hands itself over; serde_json's own can do the same.
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                other: D,
            ) -> Result<Self::Value, D::Error> {
                <&RawValue>::deserialize(other).map(Raw::from)
            }
        }

        deserializer.deserialize_newtype_struct(TOKEN, Whole)
    }
}

/// The same, kept beyond the body that it stood in.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OwnedRaw(Box<str>);

impl OwnedRaw {
    /// The text; empty where there was no value.
    pub fn get(&self) -> &str {
        &self.0
    }
}

/// Its length only, as of [`Raw`].
impl fmt::Debug for OwnedRaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnedRaw({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for OwnedRaw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;

        impl<'de> Visitor<'de> for Whole {
            type Value = OwnedRaw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(OwnedRaw(text.into()))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                other: D,
            ) -> Result<Self::Value, D::Error> {
                Box::<RawValue>::deserialize(other).map(|raw| OwnedRaw(raw.get().into()))
            }
        }

        deserializer.deserialize_newtype_struct(TOKEN, Whole)
    }
}
