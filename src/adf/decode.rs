//! Documents straight from JSON: what [`Node`]'s reading of a `Value` takes for what, without building the `Value`.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::node::{Mark, Node};

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

/// Something that any JSON can be taken for.
trait Lenient<'de>: Sized {
    fn null() -> Self;

    /// A text, number or flag; `is_text` tells the first from the others.
    fn scalar(text: Cow<'_, str>, is_text: bool) -> Self;

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::null())
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::null())
    }
}

struct Read<T>(T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any(PhantomData)).map(Self)
    }
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::null())
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::scalar(Cow::Borrowed(text), true))
    }

    fn visit_string<E>(self, text: String) -> Result<T, E> {
        Ok(T::scalar(Cow::Owned(text), true))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Ok(T::scalar(flag.to_string().into(), false))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::scalar(number.to_string().into(), false))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::scalar(number.to_string().into(), false))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Ok(Number::from_f64(number)
            .map_or_else(T::null, |number| T::scalar(number.to_string().into(), false)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::list(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::object(members)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer).map(|Read(node)| node)
    }
}

impl<'de> Lenient<'de> for Node {
    fn null() -> Self {
        Self::default()
    }

    fn scalar(text: Cow<'_, str>, _is_text: bool) -> Self {
        Self::text(text)
    }

    fn list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        Ok(Self { content: Children::list(items)?.0, ..Self::default() })
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut node = Self::default();
        let mut kind = None;
        // Of a member sent twice the last one counts.
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => kind = members.next_value::<Read<Kind>>()?.0.0,
                Member::Text => node.text = members.next_value::<Read<Text>>()?.0.0,
                Member::Attrs => node.attrs = members.next_value::<Read<Attrs>>()?.0.0,
                Member::Marks => node.marks = members.next_value::<Read<Marks>>()?.0.0,
                Member::Content => node.content = members.next_value::<Read<Children>>()?.0.0,
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let untyped = if node.text.is_some() { "text" } else { "" };
        node.kind = kind.unwrap_or(Cow::Borrowed(untyped));
        Ok(node)
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
struct Children(Vec<Node>);

impl<'de> Lenient<'de> for Children {
    fn null() -> Self {
        Self(Vec::new())
    }

    fn scalar(text: Cow<'_, str>, is_text: bool) -> Self {
        Self(vec![Node::scalar(text, is_text)])
    }

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut nodes = Vec::new();
        while let Some(Read(node)) = items.next_element::<Read<Option<Node>>>()? {
            nodes.extend(node);
        }
        Ok(Self(nodes))
    }

    fn object<A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        Ok(Self(vec![Node::object(members)?]))
    }
}

/// One of a list, where null is nothing.
impl<'de> Lenient<'de> for Option<Node> {
    fn null() -> Self {
        None
    }

    fn scalar(text: Cow<'_, str>, is_text: bool) -> Self {
        Some(Node::scalar(text, is_text))
    }

    fn list<A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        Node::list(items).map(Some)
    }

    fn object<A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        Node::object(members).map(Some)
    }
}

struct Marks(Vec<Mark>);

impl<'de> Lenient<'de> for Marks {
    fn null() -> Self {
        Self(Vec::new())
    }

    fn scalar(_text: Cow<'_, str>, _is_text: bool) -> Self {
        Self::null()
    }

    fn list<A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut marks = Vec::new();
        while let Some(Read(mark)) = items.next_element::<Read<Option<Mark>>>()? {
            marks.extend(mark);
        }
        Ok(Self(marks))
    }
}

impl<'de> Lenient<'de> for Option<Mark> {
    fn null() -> Self {
        None
    }

    fn scalar(text: Cow<'_, str>, is_text: bool) -> Self {
        is_text.then(|| Mark { kind: kind(text), attrs: Map::new() })
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let (mut kind, mut attrs) = (None, Map::new());
        while let Some(name) = members.next_key()? {
            match name {
                Member::Type => kind = members.next_value::<Read<Kind>>()?.0.0,
                Member::Attrs => attrs = members.next_value::<Read<Attrs>>()?.0.0,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(kind.map(|kind| Mark { kind, attrs }))
    }
}

struct Kind(Option<Cow<'static, str>>);

impl Lenient<'_> for Kind {
    fn null() -> Self {
        Self(None)
    }

    fn scalar(text: Cow<'_, str>, is_text: bool) -> Self {
        Self(is_text.then(|| kind(text)))
    }
}

fn kind(name: Cow<'_, str>) -> Cow<'static, str> {
    let known = COMMON.iter().find(|known| **known == name);
    known.map_or_else(|| Cow::Owned(name.into_owned()), |known| Cow::Borrowed(*known))
}

struct Text(Option<String>);

impl Lenient<'_> for Text {
    fn null() -> Self {
        Self(None)
    }

    fn scalar(text: Cow<'_, str>, _is_text: bool) -> Self {
        Self(Some(text.into_owned()))
    }
}

struct Attrs(Map<String, Value>);

impl<'de> Lenient<'de> for Attrs {
    fn null() -> Self {
        Self(Map::new())
    }

    fn scalar(_text: Cow<'_, str>, _is_text: bool) -> Self {
        Self::null()
    }

    fn object<A: MapAccess<'de>>(mut members: A) -> Result<Self, A::Error> {
        let mut attrs = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            attrs.insert(name, value);
        }
        attrs.retain(|_, value| !value.is_null());
        Ok(Self(attrs))
    }
}
