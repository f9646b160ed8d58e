//! serde's way to a JSON text: which value is next, and who is told of it.
//!
//! It makes the accesses of [`access`](super::access), which come back here for each item through
//! serde's traits: the recursion of every reader of nested values, bounded by `DEPTH_MAX`.

use std::borrow::Cow;

use serde::{
    de::{
        Deserializer, Error as _, Visitor,
        value::{BorrowedStrDeserializer, CowStrDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{
    UNREADABLE,
    access::{Attempts, Items, Members, Nothing},
    error::Error,
    lenient::ATTEMPTS,
    raw::TOKEN,
    reader::Reader,
};

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
            _ => visitor.visit_borrowed_str(self.scalar_text()?),
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
