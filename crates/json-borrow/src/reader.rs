//! A position in a JSON text, and the steps over what stands there.

use std::borrow::Cow;

use serde::de::{IgnoredAny, Visitor};

use super::{error::Error, scan, unescape::unescaped};

/// Values that are decoded nest no deeper, as with `serde_json`: each level takes stack.
const DEPTH_MAX: u8 = 128;

/// Where a value begins.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    depth: u8,
}

/// A position in a JSON text.
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
    pub(super) fn skips_null(&mut self) -> Result<bool, Error> {
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
    pub(super) fn raw(&mut self) -> Result<&'a str, Error> {
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
    pub(super) fn quoted(&mut self) -> Result<Cow<'a, str>, Error> {
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
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth == DEPTH_MAX {
            return Err(self.error("too deep"));
        }
        self.step();
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// A number or a word as it is written.
    pub(super) fn scalar_text(&mut self) -> Result<&'a str, Error> {
        let from = self.at;
        self.scalar(IgnoredAny)?;
        Ok(self.slice(from, self.at))
    }

    pub(super) fn scalar<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Error> {
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
