//! From what people say to what Jira's API takes: names of fields, people, transitions and values
//! become ids.
//!
//! A name that fits several things is an error which lists them; nothing is guessed before a write.

mod boards;
mod bulk;
mod candidates;
mod compare;
mod fields;
mod index;
mod near;
mod people;
mod relations;
mod sprints;
mod system_fields;
mod transitions;
mod values;

use thiserror::Error;

pub use boards::{BoardName, boards, pick_board};
pub use bulk::bulk_values;
pub(super) use candidates::FoundPeople;
pub use compare::{Picked, folded, pick, same as same_name, same_letters};
pub use fields::{FIELDS_MAX, FieldName, field_metas, find_meta, readable_fields};
pub use near::nearest;
pub use people::{Among, name_of, people_like, person, person_seen_from};
pub use relations::{Relation, phrases, pick_relation};
pub use sprints::{
    Keep, SprintName, is_sprint_meant, pick_sprint, quoted, sprint_given, sprint_named,
    sprints_found,
};
pub use system_fields::system_meta;
pub use transitions::pick_transition;
pub use values::{FieldFault, FieldValue, FieldWrite, taught_forms, write_values};

use super::JiraError;

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
}
