//! From what people say to what Jira's API takes: names of fields, people, transitions and values
//! become ids.
//!
//! A name that fits several things is an error which lists them; nothing is guessed before a write.

mod boards;
mod bulk;
mod candidates;
mod compare;
mod error;
mod field_index;
mod field_name;
mod fields;
mod near;
mod people;
mod person_scope;
mod points;
mod relations;
mod scalar;
mod sprints;
mod system_fields;
mod transitions;
mod values;

pub use boards::{BoardName, boards, pick_board};
pub use bulk::bulk_values;
pub use compare::{Picked, folded, pick, same_letters, same_name};
pub use error::NameError;
pub use field_name::FieldName;
pub use fields::{FIELDS_MAX, field_metas, find_meta, readable_fields};
pub use near::nearest;
pub use people::{name_of, people_like, person, person_seen_from};
pub use person_scope::PersonScope;
pub use points::points_fields;
pub use relations::{Relation, phrases, pick_relation};
pub use sprints::{
    BoardFilter, SprintName, is_sprint_meant, pick_sprint, quoted, sprint_given, sprint_named,
    sprints_found,
};
pub use system_fields::system_meta;
pub use transitions::pick_transition;
pub use values::{FieldFault, FieldValue, FieldWrite, taught_forms, write_values};
