//! serde's way to a JSON text.

use std::borrow::Cow;

use serde::{
    de::{
        Deserializer, Error as _, IgnoredAny, Visitor,
        value::{BorrowedStrDeserializer, CowStrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    Error, UNREADABLE,
    access::{Attempts, Items, Members, Nothing},
    lenient::ATTEMPTS,
    raw::TOKEN,
    scan,
    unescape::unescaped,
};

/// Values that are decoded nest no deeper, as with `serde_json`: each level takes stack.
const DEPTH_MAX: u8 = 128;

/// Where a value begins.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    depth: u8,
}

/// A place in a JSON text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("more than one value")),
        }
    }

    /// The next byte that is no white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        let next = bytes.get(self.at).copied();
        // Jira sends none.
        if next.is_some_and(|byte| byte > b' ') {
            return next;
        }
        self.at = scan::skip_space(bytes, self.at);
        bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, depth: self.depth }
    }

    pub(super) fn go_back(&mut self, Mark { at, depth }: Mark) {
        (self.at, self.depth) = (at, depth);
    }

    /// Steps over `null`, if that is next.
    fn skips_null(&mut self) -> Result<bool, Error> {
        if self.peek() != Some(b'n') {
            return Ok(false);
        }
        match self.raw()? {
            "null" => Ok(true),
            _ => Err(self.error("no value")),
        }
    }

    pub(super) fn error(&self, what: &'static str) -> Error {
        Error::new(what, self.at)
    }

    /// The value's own text.
    fn raw(&mut self) -> Result<&'a str, Error> {
        self.peek();
        let end = scan::value_end(self.text.as_bytes(), self.at)?;
        let raw = self.slice(self.at, end);
        self.at = end;
        Ok(raw)
    }

    /// Positions are those of ASCII signs, so they never part a character.
    #[inline]
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The text whose opening quote is next.
    #[inline]
    fn quoted(&mut self) -> Result<Cow<'a, str>, Error> {
        let opening = self.at;
        let scan::Quoted { end, is_escaped } = scan::quoted(self.text.as_bytes(), opening + 1)?;
        self.at = end + 1;
        if is_escaped {
            let text = unescaped(self.slice(opening + 1, end));
            return text.map(Cow::Owned).ok_or(Error::new("a text with a wrong escape", opening));
        }
        Ok(Cow::Borrowed(self.slice(opening + 1, end)))
    }

    /// The name of a member, up to its value.
    #[inline]
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>, Error> {
        if self.peek() != Some(b'"') {
            return Err(self.error("no name of a member"));
        }
        let name = self.quoted()?;
        if self.peek() != Some(b':') {
            return Err(self.error("no colon behind a name"));
        }
        self.step();
        Ok(name)
    }

    #[inline]
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == DEPTH_MAX {
            return Err(self.error("too deep"));
        }
        self.step();
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn scalar<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let from = self.at;
        let end = scan::scalar_end(self.text.as_bytes(), from)?;
        self.at = end;
        let wrong = |_| Error::new("no value", from);
        match self.slice(from, end) {
            "null" => visitor.visit_unit(),
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            number => {
                let number: serde_json::Number = serde_json::from_str(number).map_err(wrong)?;
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(number), _, _) => visitor.visit_u64(number),
                    (_, Some(number), _) => visitor.visit_i64(number),
                    (_, _, Some(number)) => visitor.visit_f64(number),
                    _ => Err(Error::new("no number", from)),
                }
            }
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => match self.quoted()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Some(b'{') => self.deeper(|reader| {
                let mut members = Members::new(reader);
                let value = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(value)
            }),
            Some(b'[') => self.deeper(|reader| {
                let mut items = Items::new(reader);
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }),
            _ => self.scalar(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.skips_null()? { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// Whatever stands where a text belongs has one: a number as it is written, `null` the empty
    /// one.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => self.deserialize_any(visitor),
            Some(b'{' | b'[') => {
                self.raw()?;
                visitor.visit_borrowed_str(UNREADABLE)
            }
            _ if self.skips_null()? => visitor.visit_borrowed_str(""),
            _ => {
                let from = self.at;
                self.scalar(IgnoredAny)?;
                visitor.visit_borrowed_str(self.slice(from, self.at))
            }
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.peek() != Some(b'"') {
            return self.deserialize_any(visitor);
        }
        // Ids are numbers in some answers and texts in others.
        let text = self.quoted()?;
        match text.parse() {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => Err(self.error("no number in a text")),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.skips_null()? { visitor.visit_seq(Nothing) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.skips_null()? { visitor.visit_map(Nothing) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        // A list is no object, whatever its items.
        if self.peek() == Some(b'[') {
            Err(self.error("a list"))
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            TOKEN => visitor.visit_borrowed_str(self.raw()?),
            ATTEMPTS => visitor.visit_seq(Attempts::new(self)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.raw()?;
        visitor.visit_unit()
    }

    /// Of enums only those are read that Jira writes as one word.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => match self.quoted()? {
                Cow::Borrowed(word) => visitor.visit_enum(BorrowedStrDeserializer::new(word)),
                owned @ Cow::Owned(_) => visitor.visit_enum(CowStrDeserializer::new(owned)),
            },
            _ => Err(Error::custom("no word")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}
