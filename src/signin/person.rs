//! Who signed in, by an id of their account that stays the same.

use serde::{Deserialize, Serialize};

/// A person at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) at: Directory,
    /// Atlassian: the account id. Entra ID: tenant and object id, for `sub` is another one in each
    /// app.
    pub(super) subject: String,
    /// For pages only: names change, and two people may share one.
    pub(super) name: String,
}

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Directory {
    Atlassian,
    Entra,
}

impl Person {
    /// What a keyed hash stands for this person by.
    pub(super) fn id(&self) -> Vec<u8> {
        let directory: &[u8] = match self.at {
            Directory::Atlassian => b"atlassian:",
            Directory::Entra => b"entra:",
        };
        [directory, self.subject.as_bytes()].concat()
    }

    /// Whether both are one account.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.at, &self.subject) == (other.at, &other.subject)
    }
}
