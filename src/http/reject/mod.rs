//! Every way the edge says no.
//!
//! A [`Reject`] travels typed through the stack; `observe` turns it into an answer once, by
//! [`render`], which knows the request's id. All that is fixed about a kind stands in its `Spec`.

mod kind;
mod render;
mod spec;

pub(super) use kind::Reject;
pub use kind::errors;
pub(super) use render::{Format, RejectCode, render};
