//! Documents straight from JSON: what [`Node`]'s reading of a `Value` takes for what, without building the `Value`.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::{Map, Value};

use super::{
    attrs::Attrs,
    node::{Mark, Node},
    place::{Into, Place},
};

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
        let mut node = Self::default();
        deserializer.deserialize_any(Into(&mut node))?;
        Ok(node)
    }
}

/// A node that is as new.
impl<'de> Place<'de> for &mut Node {
    fn null(self) {}

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        *self = Node::text(text);
    }

    fn list<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        Children(&mut self.content).list(items)
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut kind = None;
        // Of a member sent twice the last one counts.
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => members.next_value_seed(Into(Kind(&mut kind)))?,
                Member::Text => members.next_value_seed(Into(Text(&mut self.text)))?,
                Member::Attrs => members.next_value_seed(Into(&mut self.attrs))?,
                Member::Marks => members.next_value_seed(Into(Marks(&mut self.marks)))?,
                Member::Content => members.next_value_seed(Into(Children(&mut self.content)))?,
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let untyped = if self.text.is_some() { "text" } else { "" };
        self.kind = kind.unwrap_or(Cow::Borrowed(untyped));
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
struct Children<'n>(&'n mut Vec<Node>);

impl<'de> Place<'de> for Children<'_> {
    fn null(self) {
        self.0.clear();
    }

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        self.0.clear();
        self.0.push(Node::text(text));
    }

    fn list<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.clear();
        while items.next_element_seed(Into(Child(self.0)))?.is_some() {}
        Ok(())
    }

    fn object<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        self.0.clear();
        Child(self.0).object(members)
    }
}

/// One more of a list, where null is nothing.
struct Child<'n>(&'n mut Vec<Node>);

impl<'n> Child<'n> {
    fn new_node(self) -> &'n mut Node {
        self.0.push_mut(Node::default())
    }
}

impl<'de> Place<'de> for Child<'_> {
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

struct Marks<'n>(&'n mut Vec<Mark>);

impl<'de> Place<'de> for Marks<'_> {
    fn null(self) {
        self.0.clear();
    }

    fn scalar(self, _text: Cow<'_, str>, _is_text: bool) {
        self.null();
    }

    fn list<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.clear();
        while items.next_element_seed(Into(AnotherMark(self.0)))?.is_some() {}
        Ok(())
    }
}

/// One more of a list, where what has no type is nothing.
struct AnotherMark<'n>(&'n mut Vec<Mark>);

impl<'de> Place<'de> for AnotherMark<'_> {
    fn null(self) {}

    fn scalar(self, text: Cow<'_, str>, is_text: bool) {
        if is_text {
            self.0.push(Mark { kind: kind(text), attrs: Attrs::default() });
        }
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (mut kind, mut attrs) = (None, Attrs::default());
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => members.next_value_seed(Into(Kind(&mut kind)))?,
                Member::Attrs => members.next_value_seed(Into(&mut attrs))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        self.0.extend(kind.map(|kind| Mark { kind, attrs }));
        Ok(())
    }
}

struct Kind<'n>(&'n mut Option<Cow<'static, str>>);

impl Place<'_> for Kind<'_> {
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

impl Place<'_> for Text<'_> {
    fn null(self) {
        *self.0 = None;
    }

    fn scalar(self, text: Cow<'_, str>, _is_text: bool) {
        *self.0 = Some(text.into_owned());
    }
}

impl<'de> Place<'de> for &mut Attrs {
    fn null(self) {
        self.clear();
    }

    fn scalar(self, _text: Cow<'_, str>, _is_text: bool) {
        self.null();
    }

    fn object<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut attrs = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            attrs.insert(name, value);
        }
        *self = attrs.into();
        Ok(())
    }
}
