//! Lists and objects, one item after the other.

use std::borrow::Cow;

use serde::de::{
    DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    value::{BorrowedStrDeserializer, StringDeserializer},
};

use super::{
    error::Error,
    reader::{Mark, Reader},
};

/// How far a list or an object has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    First,
    Later,
    End,
}

impl Progress {
    /// Steps over a comma or the closing bracket; whether another item follows.
    #[inline]
    fn next(&mut self, reader: &mut Reader<'_>, closing: u8) -> Result<bool, Error> {
        match (*self, reader.peek()) {
            (Self::End, _) => return Ok(false),
            (_, Some(byte)) if byte == closing => {
                reader.step();
                *self = Self::End;
                return Ok(false);
            }
            (Self::First, _) => *self = Self::Later,
            (Self::Later, Some(b',')) => reader.step(),
            (Self::Later, _) => return Err(reader.error("no comma between two")),
        }
        Ok(true)
    }

    /// Whoever stops early has not read what was there.
    fn end(mut self, reader: &mut Reader<'_>, closing: u8) -> Result<(), Error> {
        if self.next(reader, closing)? {
            Err(Error::custom("more than was expected"))
        } else {
            Ok(())
        }
    }
}

pub(super) struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    progress: Progress,
}

impl<'r, 'a> Items<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>) -> Self {
        Self { reader, progress: Progress::First }
    }

    pub(super) fn end(self) -> Result<(), Error> {
        self.progress.end(self.reader, b']')
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if !self.progress.next(self.reader, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

pub(super) struct Members<'r, 'a> {
    reader: &'r mut Reader<'a>,
    progress: Progress,
}

impl<'r, 'a> Members<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>) -> Self {
        Self { reader, progress: Progress::First }
    }

    pub(super) fn end(self) -> Result<(), Error> {
        self.progress.end(self.reader, b'}')
    }
}

impl<'de> MapAccess<'de> for &mut Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if !self.progress.next(self.reader, b'}')? {
            return Ok(None);
        }
        let name = match self.reader.name()? {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::<Error>::new(name)),
            Cow::Owned(name) => {
                seed.deserialize::<StringDeserializer<Error>>(name.into_deserializer())
            }
        };
        name.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// One value, read anew from its beginning each time it is asked for.
pub(super) struct Attempts<'r, 'a> {
    reader: &'r mut Reader<'a>,
    start: Mark,
}

impl<'r, 'a> Attempts<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>) -> Self {
        let start = reader.mark();
        Self { reader, start }
    }
}

impl<'de> SeqAccess<'de> for Attempts<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.reader.go_back(self.start);
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

/// Reads as an empty list and as an empty object.
pub(super) struct Nothing;

impl<'de> SeqAccess<'de> for Nothing {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        _seed: T,
    ) -> Result<Option<T::Value>, Error> {
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for Nothing {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        _seed: K,
    ) -> Result<Option<K::Value>, Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, _seed: V) -> Result<V::Value, Error> {
        Err(Error::custom("nothing has no members"))
    }
}
