//! Saved searches.

use super::Request;

/// `GET /filter/search` by part of a name, in the order of names. Jira answers no JQL and no owner unless asked.
pub fn filters(name_part: Option<&str>, start_at: u32, max_results: u32) -> Request {
    Request::read(["filter", "search"])
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query("orderBy", "name")
        .query("expand", "jql,owner")
        .query_if("filterName", name_part)
        .query_if("isSubstringMatch", name_part.map(|_| true))
}

/// `GET /filter/favourite`: all of the caller's favourites at once.
pub fn favourite_filters() -> Request {
    Request::read(["filter", "favourite"])
}
