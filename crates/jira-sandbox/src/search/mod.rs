//! Searching: the query language of `jql/` put to the issues a person may browse.

mod autocomplete;
mod find;
mod issue_row;
mod links;
mod query_site;
mod saved_filters;
mod terms;

pub(crate) use autocomplete::{reference_data, suggestions};
pub(crate) use find::{find, find_bounded, validate};
