//! A setting that cannot be used, in the words that an operator reads.

use std::fmt;

/// Its name, what was found, what is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, or the file it stands in.
    pub name: &'static str,
    /// What was found; never a secret.
    pub found: String,
    /// What is accepted instead.
    pub accepted: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found.as_str() {
            "" => write!(f, "{}: {}", self.name, self.accepted),
            found => write!(f, "{}: found '{found}'; {}", self.name, self.accepted),
        }
    }
}
