//! Documents straight from JSON: what [`Node`]'s reading of a `Value` takes for what, without
//! building the `Value`.
//!
//! A node takes fifty times the two bytes that it may have in JSON, so what one document may hold
//! is bounded: a larger one is an error, which costs the value that it stands in.

use std::{borrow::Cow, cell::Cell};

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess};

use super::{
    attrs::{ATTRS_MAX, Attrs},
    node::{Mark, Node},
    slot::{Counted, IntoSlot, Slot},
};

/// Nodes, marks and attributes of one document, together. What Jira takes of text makes fewer, and
/// a table of 12,000 cells has 36,000 of them.
const PARTS_MAX: usize = 32_768;

/// Bytes of all texts of one document. What Jira takes for one is a thirtieth of it.
const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// How many parts a document may still have, and how many bytes of text.
struct Room {
    parts: Cell<usize>,
    text_bytes: Cell<usize>,
}

impl Room {
    fn take(&self) -> bool {
        let left = self.parts.get();
        self.parts.set(left.saturating_sub(1));
        left > 0
    }

    fn take_text(&self, bytes: usize) {
        self.text_bytes.set(self.text_bytes.get().saturating_sub(bytes));
    }

    fn is_used_up(&self) -> bool {
        self.parts.get() == 0 || self.text_bytes.get() == 0
    }

    fn check<E: Error>(&self) -> Result<(), E> {
        if self.is_used_up() { Err(E::custom("a document of too many parts")) } else { Ok(()) }
    }
}

/// The types of most nodes and marks, which then need no text of their own.
const COMMON: &[&str] = &[
    "text",
    "paragraph",
    "listItem",
    "strong",
    "bulletList",
    "link",
    "code",
    "em",
    "hardBreak",
    "mention",
    "heading",
    "tableCell",
    "tableRow",
    "codeBlock",
    "doc",
    "emoji",
];

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut node, room) = (
            Self::default(),
            Room { parts: Cell::new(PARTS_MAX), text_bytes: Cell::new(TEXT_BYTES_MAX) },
        );
        deserializer.deserialize_any(IntoSlot(Whole(&mut node, &room)))?;
        Ok(node)
    }
}

/// A node that is as new.
struct Whole<'n>(&'n mut Node, &'n Room);

impl<'de> Slot<'de> for Whole<'_> {
    fn null(self) {}

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        *self.0 = Node::text(text);
    }

    fn list<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        Children(&mut self.0.content, self.1).list(items)
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(node, room) = self;
        let mut kind = None;
        // Of a member sent twice the last one counts.
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => members.next_value_seed(IntoSlot(Kind(&mut kind)))?,
                Member::Text => members.next_value_seed(IntoSlot(Text(&mut node.text)))?,
                Member::Attrs => {
                    members.next_value_seed(IntoSlot(Attributes(&mut node.attrs, room)))?;
                }
                Member::Marks => members.next_value_seed(IntoSlot(Marks(&mut node.marks, room)))?,
                Member::Content => {
                    members.next_value_seed(IntoSlot(Children(&mut node.content, room)))?;
                }
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        room.take_text(node.text.as_ref().map_or(0, String::len));
        let untyped = if node.text.is_some() { "text" } else { "" };
        node.kind = kind.unwrap_or(Cow::Borrowed(untyped));
        Ok(())
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Member {
    Type,
    Text,
    Attrs,
    Marks,
    Content,
    #[serde(other)]
    Other,
}

/// The nodes below a node: a list, or one node where a list belongs.
struct Children<'n>(&'n mut Vec<Node>, &'n Room);

impl<'de> Slot<'de> for Children<'_> {
    fn null(self) {
        self.0.clear();
    }

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        self.0.clear();
        self.0.push(Node::text(text));
    }

    fn list<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.clear();
        while items.next_element_seed(IntoSlot(Child(self.0, self.1)))?.is_some() {
            self.1.check()?;
        }
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        self.0.clear();
        Child(self.0, self.1).object(members)
    }
}

/// One more of a list, where null is nothing.
struct Child<'n>(&'n mut Vec<Node>, &'n Room);

impl<'n> Child<'n> {
    fn new_node(self) -> Whole<'n> {
        self.1.take();
        Whole(self.0.push_mut(Node::default()), self.1)
    }
}

impl<'de> Slot<'de> for Child<'_> {
    fn null(self) {}

    fn scalar(self, text: Cow<'_, str>, is_text: bool) {
        self.new_node().scalar(text, is_text);
    }

    fn list<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        self.new_node().list(items)
    }

    fn object<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        self.new_node().object(members)
    }
}

struct Marks<'n>(&'n mut Vec<Mark>, &'n Room);

impl<'de> Slot<'de> for Marks<'_> {
    fn null(self) {
        self.0.clear();
    }

    fn scalar(self, _text: Cow<'_, str>, _is_text: bool) {
        self.null();
    }

    fn list<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.clear();
        while items.next_element_seed(IntoSlot(AnotherMark(self.0, self.1)))?.is_some() {
            self.1.check()?;
        }
        Ok(())
    }
}

/// One more of a list, where what has no type is nothing.
struct AnotherMark<'n>(&'n mut Vec<Mark>, &'n Room);

impl<'de> Slot<'de> for AnotherMark<'_> {
    fn null(self) {}

    fn scalar(self, text: Cow<'_, str>, is_text: bool) {
        if is_text && self.1.take() {
            self.0.push(Mark { kind: kind(text), attrs: Attrs::default() });
        }
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(marks, room) = self;
        let (mut kind, mut attrs) = (None, Attrs::default());
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => members.next_value_seed(IntoSlot(Kind(&mut kind)))?,
                Member::Attrs => members.next_value_seed(IntoSlot(Attributes(&mut attrs, room)))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        room.take();
        marks.extend(kind.map(|kind| Mark { kind, attrs }));
        Ok(())
    }
}

struct Kind<'n>(&'n mut Option<Cow<'static, str>>);

impl Slot<'_> for Kind<'_> {
    fn null(self) {
        *self.0 = None;
    }

    fn scalar(self, text: Cow<'_, str>, is_text: bool) {
        *self.0 = is_text.then(|| kind(text));
    }
}

fn kind(name: Cow<'_, str>) -> Cow<'static, str> {
    let known = COMMON.iter().find(|known| **known == name);
    known.map_or_else(|| Cow::Owned(name.into_owned()), |known| Cow::Borrowed(*known))
}

struct Text<'n>(&'n mut Option<String>);

impl Slot<'_> for Text<'_> {
    fn null(self) {
        *self.0 = None;
    }

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        *self.0 = Some(text.into_owned());
    }
}

/// Attributes; each value in one takes a part of the room.
struct Attributes<'n>(&'n mut Attrs, &'n Room);

impl<'de> Slot<'de> for Attributes<'_> {
    fn null(self) {
        self.0.clear();
    }

    fn scalar(self, _text: Cow<'_, str>, _is_text: bool) {
        self.null();
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(attrs, room) = self;
        attrs.clear();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Counted { take: &|| room.take() })?;
            if value.is_null() {
                attrs.remove(&name);
            } else if attrs.count() < ATTRS_MAX {
                attrs.insert(name, value);
            }
        }
        Ok(())
    }
}
