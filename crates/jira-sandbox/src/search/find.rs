//! Runs a query on the issues a person may browse.

use super::{issue_row::IssueRow, query_site::QuerySite, saved_filters};
use crate::{
    jql,
    model::{Access, Issue, Site, Who},
};

/// What `POST /rest/api/3/search/jql` answers to a query that restricts nothing.
const UNBOUNDED: &str =
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";

/// All matching issues in order, for the searches that refuse a query that restricts nothing.
///
/// # Errors
/// Jira's `errorMessages`: syntax, unknown names, no restriction.
pub(crate) fn find_bounded<'a>(
    site: &'a Site,
    who: Who,
    now: i64,
    text: &str,
) -> Result<Vec<&'a Issue>, Vec<String>> {
    if !jql::parse(&saved_filters::expanded(site, text))?.is_bounded() {
        return Err(vec![UNBOUNDED.to_owned()]);
    }
    find(site, who, now, text)
}

/// All matching issues in order.
///
/// # Errors
/// Jira's `errorMessages`.
pub(crate) fn find<'a>(
    site: &'a Site,
    who: Who,
    now: i64,
    text: &str,
) -> Result<Vec<&'a Issue>, Vec<String>> {
    let plan =
        jql::parse(&saved_filters::expanded(site, text))?.plan(&QuerySite { site, who, now })?;
    let seen = site.issues.values().filter(|issue| site.may(who, issue, Access::Viewer));
    let mut rows: Vec<_> =
        seen.map(|issue| IssueRow { site, issue }).filter(|row| plan.matches(row)).collect();
    rows.sort_by(|a, b| plan.compare(a, b));
    Ok(rows.into_iter().map(|row| row.issue).collect())
}

/// What is wrong with a query; nothing when it could run. With `strict`, names are looked up, too.
pub(crate) fn validate(site: &Site, who: Who, now: i64, text: &str, strict: bool) -> Vec<String> {
    match jql::parse(&saved_filters::expanded(site, text)) {
        Err(errors) => errors,
        Ok(query) if strict => query.plan(&QuerySite { site, who, now }).err().unwrap_or_default(),
        Ok(_) => Vec::new(),
    }
}
