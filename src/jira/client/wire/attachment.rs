//! A file on an issue.

use json_borrow::{Lenient, Raw, Text, or_default, required};
use serde::Deserialize;

use super::people::Person;

/// `GET /attachment/{id}`, an entry of `fields.attachment`, or of the answer to an upload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment<'a> {
    /// Its id: a number by itself, a text inside an issue.
    #[serde(borrow)]
    id: Raw<'a>,
    /// Its name, which somebody chose.
    #[serde(borrow, default)]
    pub filename: Text<'a>,
    /// What it is said to be; not always there, and not always true.
    #[serde(borrow, default)]
    pub mime_type: Option<Text<'a>>,
    /// Bytes.
    #[serde(default, deserialize_with = "or_default")]
    pub size: u64,
    /// When it was added.
    #[serde(borrow, default)]
    pub created: Text<'a>,
}

impl Attachment<'_> {
    /// Its id; 0, which no file has, when it is not a number.
    pub fn id(&self) -> u64 {
        self.id.get().trim_matches('"').parse().unwrap_or_default()
    }
}

/// One entry of `fields.attachment`.
#[derive(Debug, Deserialize)]
pub struct AttachedFile<'a> {
    /// Its id.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// The file's name, which several may share.
    #[serde(borrow, default)]
    pub filename: Text<'a>,
    /// In bytes.
    #[serde(default, deserialize_with = "or_default")]
    pub size: u64,
    /// Who uploaded it.
    #[serde(borrow, default)]
    pub author: Lenient<Person<'a>>,
    /// When.
    #[serde(borrow, default)]
    pub created: Text<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: u64) {
        assert_eq!(serde_json::from_str::<Attachment<'_>>(json).unwrap().id(), expected, "{json}");
    }

    #[test]
    fn an_id_is_a_number_or_a_text() {
        check(r#"{"id": 10000, "filename": "a.png", "size": 3}"#, 10_000);
        check(r#"{"id": "10000", "filename": "a\"b.png", "mimeType": null}"#, 10_000);
        check(r#"{"id": "x"}"#, 0);
    }
}
