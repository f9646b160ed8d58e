//! What a search answers.

use json_borrow::{List, Raw, Text};
use serde::Deserialize;

use super::issue::Issue;

/// `POST /search/jql`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage<'a> {
    /// One page of issues; it may be short or even empty before the end.
    #[serde(borrow, default)]
    pub issues: List<Issue<'a>>,
    /// Absent on the last page.
    #[serde(borrow, default)]
    pub next_page_token: Option<Text<'a>>,
    /// Display names by field id, with `expand=names`.
    #[serde(borrow, default)]
    pub names: Option<Raw<'a>>,
}

/// `POST /search/approximate-count`.
#[derive(Debug, Deserialize)]
pub struct ApproximateCount {
    /// About how many issues match.
    pub count: u64,
}
