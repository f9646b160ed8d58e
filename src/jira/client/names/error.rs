//! Why a name did not lead to one thing.

use thiserror::Error;

use crate::jira::client::error::JiraError;

/// Why a name did not lead to one thing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing of that name.
    #[error("'{given}' is no {what}.")]
    Unknown {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        given: String,
        /// What there is instead: the nearest names, or all of a short list.
        known: Vec<String>,
    },
    /// Nobody of just that name, but people who are like it: a guess that nobody makes before a
    /// write.
    #[error("Nobody is called just '{given}'. There is: {}.", candidates.join("; "))]
    Inexact {
        /// What was asked for.
        given: String,
        /// Who may be meant, each so that they can be told apart.
        candidates: Vec<String>,
    },
    /// What is no field to write, though it has the name of one.
    #[error("'{given}' is not written as a field.")]
    Elsewhere {
        /// What was asked for.
        given: String,
        /// How it is done.
        how: &'static str,
    },
    /// Several things of that name.
    #[error("'{given}' fits several: {}.", candidates.join("; "))]
    Ambiguous {
        /// What was asked for.
        given: String,
        /// All that fit, each so that it can be told apart.
        candidates: Vec<String>,
    },
    /// Jira could not be asked.
    #[error(transparent)]
    Jira(#[from] JiraError),
}

impl NameError {
    /// Nothing of that name, and nothing like it either.
    pub fn unknown(what: &'static str, given: &str) -> Self {
        Self::Unknown { what, given: given.to_owned(), known: Vec::new() }
    }

    /// Several fields of that name, each given as its name and id.
    pub(super) fn ambiguous_field<'n>(
        given: &str,
        several: impl Iterator<Item = (&'n str, &'n str)>,
    ) -> Self {
        let candidates = several.map(|(name, id)| format!("{name} ({id})")).collect();
        Self::Ambiguous { given: given.to_owned(), candidates }
    }
}
