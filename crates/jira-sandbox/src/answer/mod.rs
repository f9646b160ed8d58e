//! What a request gets: a reply, or a refusal in Jira's words.

mod error_collection;
mod fault;
mod reply;

pub(crate) use error_collection::ErrorCollection;
pub(crate) use fault::{Answer, Fault};
pub(crate) use reply::{Content, Reply};
