//! Field values between Jira's JSON and the model: one rule per kind of field, for every route that
//! needs it.

mod describe;
mod duration;
mod edit;
mod parse;
mod show;

pub(super) use describe::describe;
pub(super) use duration::{parse_duration, pretty_duration};
pub(super) use edit::{Edit, Screen, apply, read_edit, touch};
pub(super) use parse::{Bad, Scene, parse};
pub(super) use show::{show, show_option};
