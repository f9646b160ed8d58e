//! What is wrong with a JSON text, without its content: that may be anybody's.

use std::fmt;

use serde::de;

/// A text that is no JSON, or not what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    what: &'static str,
    at: Option<usize>,
}

impl Error {
    pub(super) fn new(what: &'static str, at: usize) -> Self {
        Self { what, at: Some(at) }
    }

    /// The byte of the text at which it was noticed, counted from 0; none where JSON is well-formed
    /// but of another shape.
    pub fn at(&self) -> Option<usize> {
        self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(f, "{} at byte {at}", self.what),
            None => f.write_str(self.what),
        }
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    // serde's texts quote what was found; making and dropping one for each odd value would cost as
    // well.
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self { what: "JSON of another shape", at: None }
    }
}
