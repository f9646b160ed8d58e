//! Searches, saved ones, and help for whoever writes them.

pub(crate) mod autocomplete;
pub(crate) mod filters;
pub(crate) mod search;
