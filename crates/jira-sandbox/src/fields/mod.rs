//! Field values between Jira's JSON and the model: one rule per kind of field, for every route that
//! needs it.

mod describe;
mod duration;
mod edit;
mod parse;

pub(crate) use duration::{parse_duration, pretty_duration};
pub(crate) use edit::{Edit, Screen, apply, read_edit, touch};
pub(crate) use parse::{Bad, Scene, parse};
