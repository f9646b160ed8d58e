//! Copilot Studio agents as an upstream, beside Jira and without a word of it.

pub mod client;
