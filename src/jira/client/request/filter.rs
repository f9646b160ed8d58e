//! Saved searches.

use super::builder::Request;

/// `GET /filter/search` by part of a name, in the order of names. Jira answers no JQL and no owner
/// unless asked.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_asked_for_as_a_part() {
        let pairs = |request: Request| -> Vec<String> {
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let page = ["startAt=5", "maxResults=10", "orderBy=name", "expand=jql,owner"];
        assert_eq!(pairs(filters(None, 5, 10)), page);
        assert_eq!(
            pairs(filters(Some("bug"), 5, 10))[4..],
            ["filterName=bug", "isSubstringMatch=true"]
        );
        assert_eq!(favourite_filters().path().collect::<Vec<_>>(), ["filter", "favourite"]);
    }
}
