//! A document on its way to Jira: the JSON text that will be sent, made once.
//!
//! A tree of JSON values takes a hundred times the bytes of the Markdown it came from, and a
//! request copies it. The text takes a tenth of that, and is shared.

use std::{fmt, sync::Arc};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::{node::Node, read::to_markdown};

/// A document as JSON text.
#[derive(Clone)]
pub struct Document(Arc<RawValue>);

impl Document {
    /// The document that a tree is.
    pub fn of(node: &Node) -> Result<Self, serde_json::Error> {
        to_raw_value(node).map(Self::from)
    }

    /// Its JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// How it reads.
    pub fn markdown(&self) -> String {
        to_markdown(&json_borrow::from_str(self.json()).unwrap_or_default())
    }
}

impl From<Box<RawValue>> for Document {
    fn from(json: Box<RawValue>) -> Self {
        Self(Arc::from(json))
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Its length only: the text is somebody's content.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.json().len())
    }
}
