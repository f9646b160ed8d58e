//! Field values between Jira's JSON and the model: one rule per kind of field, for every route that
//! needs it.

mod changelog_value;
mod duration;
mod edit;
mod parse_value;

pub(crate) use changelog_value::changelog_value;
pub(crate) use duration::{parse_duration, pretty_duration};
pub(crate) use edit::{Edit, Screen, apply, read_edit, touch};
pub(crate) use parse_value::{ValueError, WriteContext, parse_value};
