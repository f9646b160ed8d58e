//! The document tree: read from any JSON without failing, written the way Jira's validator wants
//! it.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::attrs::Attrs;

/// One ADF node. A document is a node of type `doc`.
///
/// Reading never fails on a wrong shape: odd attributes, `null` marks, a missing type or a bare
/// string where a node belongs are all taken for what they most likely mean, because documents
/// written by other programs break the schema often. Writing leaves out nulls and empty members,
/// which Jira refuses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// The `type` member, such as `paragraph`; empty when it was missing.
    pub kind: Cow<'static, str>,
    /// The text of a `text` node.
    pub text: Option<String>,
    /// Attributes, without those that were null.
    pub attrs: Attrs,
    /// Marks on a text node, or on a block.
    pub marks: Vec<Mark>,
    /// Child nodes.
    pub content: Vec<Node>,
}

/// One ADF mark, such as `strong` or `link`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mark {
    /// The `type` member.
    pub kind: Cow<'static, str>,
    /// Attributes, without those that were null.
    pub attrs: Attrs,
}

impl Node {
    /// A node of this type with nothing in it.
    pub fn new(kind: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), ..Self::default() }
    }

    /// A text node without marks.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::new("text") }
    }

    /// This node with `content` as its children.
    #[must_use]
    pub fn with_content(mut self, content: Vec<Node>) -> Self {
        self.content = content;
        self
    }

    /// This node with one more attribute.
    #[must_use]
    pub fn with_attr(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.attrs.insert(name, value.into());
        self
    }

    /// This node with one more mark.
    #[must_use]
    pub fn with_mark(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }

    /// A text attribute that is not empty.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A whole-number attribute; fractions are cut off and numbers in quotes are understood.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.attrs.get(name)? {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the cast saturates"
            )]
            Value::Number(number) => {
                number.as_u64().or_else(|| number.as_f64().map(|float| float as u64))
            }
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether a mark of this type is on the node.
    pub fn has_mark(&self, kind: &str) -> bool {
        self.marks.iter().any(|mark| mark.kind == kind)
    }
}

impl Mark {
    /// A mark without attributes.
    pub fn new(kind: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), attrs: Attrs::default() }
    }

    /// A `link` mark.
    pub fn link(href: &str) -> Self {
        let mut mark = Self::new("link");
        mark.attrs.insert("href", href.into());
        mark
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(object) => Self::from_object(object),
            Value::Array(items) => {
                Self { content: children(Value::Array(items)), ..Self::default() }
            }
            Value::Null => Self::default(),
            scalar => Self::text(scalar_text(scalar).unwrap_or_default()),
        }
    }
}

impl Node {
    fn from_object(mut object: Map<String, Value>) -> Self {
        let text = object.remove("text").and_then(scalar_text);
        let kind = match object.remove("type") {
            Some(Value::String(kind)) => Cow::Owned(kind),
            _ if text.is_some() => Cow::Borrowed("text"),
            _ => Cow::Borrowed(""),
        };
        let marks = match object.remove("marks") {
            Some(Value::Array(marks)) => marks.into_iter().filter_map(mark).collect(),
            _ => Vec::new(),
        };
        let content = object.remove("content").map(children).unwrap_or_default();
        Self { kind, text, attrs: attributes(object.remove("attrs")), marks, content }
    }
}

fn children(value: Value) -> Vec<Node> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => {
            items.into_iter().filter(|item| !item.is_null()).map(Node::from).collect()
        }
        single => vec![Node::from(single)],
    }
}

fn attributes(value: Option<Value>) -> Attrs {
    match value {
        Some(Value::Object(object)) => object.into(),
        _ => Attrs::default(),
    }
}

fn mark(value: Value) -> Option<Mark> {
    match value {
        Value::Object(mut object) => {
            let attrs = attributes(object.remove("attrs"));
            match object.remove("type") {
                Some(Value::String(kind)) => Some(Mark { kind: Cow::Owned(kind), attrs }),
                _ => None,
            }
        }
        Value::String(kind) => Some(Mark { kind: Cow::Owned(kind), attrs: Attrs::default() }),
        _ => None,
    }
}

fn scalar_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = self.kind == "doc";
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if document {
            map.serialize_entry("version", &1)?;
        }
        if let Some(text) = &self.text {
            map.serialize_entry("text", text)?;
        }
        if has_values(&self.attrs) {
            map.serialize_entry("attrs", &NonNull(&self.attrs))?;
        }
        if !self.marks.is_empty() {
            map.serialize_entry("marks", &self.marks)?;
        }
        if document || !self.content.is_empty() {
            map.serialize_entry("content", &self.content)?;
        }
        map.end()
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if has_values(&self.attrs) {
            map.serialize_entry("attrs", &NonNull(&self.attrs))?;
        }
        map.end()
    }
}

struct NonNull<'a>(&'a Attrs);

impl Serialize for NonNull<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.non_null())
    }
}

fn has_values(attrs: &Attrs) -> bool {
    attrs.non_null().next().is_some()
}
