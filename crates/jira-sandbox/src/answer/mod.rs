//! What a request gets: a reply, or a refusal in Jira's words.

mod fault;
mod problems;
mod reply;

pub(crate) use fault::{Answer, Fault};
pub(crate) use problems::Problems;
pub(crate) use reply::{Content, Reply};
