//! Searching: the only POSTs that change nothing.

use serde::Serialize;

use super::builder::Request;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Search<'a> {
    jql: &'a str,
    max_results: u32,
    /// Without this list Jira answers ids only.
    fields: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<&'a str>,
    /// Keys of entity properties, at most 5.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    properties: &'a [&'a str],
    /// Display names, where nobody named the fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    expand: Option<&'a str>,
}

impl<'a> Search<'a> {
    fn new(jql: &'a str, fields: &'a [String], max_results: u32) -> Self {
        let expand = fields.iter().any(|field| field == "*all").then_some("names");
        Self { jql, max_results, fields, next_page_token: None, properties: &[], expand }
    }
}

/// `POST /search/jql`. The page token holds the query in clear and must not be logged.
pub fn search(
    jql: &str,
    fields: &[String],
    max_results: u32,
    next_page_token: Option<&str>,
) -> Request {
    Request::read_by_post(["search", "jql"])
        .json(&Search { next_page_token, ..Search::new(jql, fields, max_results) })
}

/// `POST /search/jql` for the first page with these entity properties of each issue.
pub fn search_properties(
    jql: &str,
    fields: &[String],
    max_results: u32,
    properties: &[&str],
) -> Request {
    Request::read_by_post(["search", "jql"])
        .json(&Search { properties, ..Search::new(jql, fields, max_results) })
}

/// `POST /search/approximate-count`.
pub fn approximate_count(jql: &str) -> Request {
    Request::read_by_post(["search", "approximate-count"]).json(&serde_json::json!({ "jql": jql }))
}
