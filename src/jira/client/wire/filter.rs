//! Saved searches.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::people::Person;

/// `GET /filter/search`.
#[derive(Debug, Deserialize)]
pub struct FilterPage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub values: List<Filter<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// A saved search; `GET /filter/favourite` answers a bare list of them.
#[derive(Debug, Deserialize)]
pub struct Filter<'a> {
    /// Its id, which JQL takes as `filter = 10050`.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// Its query.
    #[serde(borrow, default)]
    pub jql: Text<'a>,
    /// Who keeps it.
    #[serde(borrow, default)]
    pub owner: Lenient<Person<'a>>,
}
