//! Searching: the query language of `jql/` put to the issues a person may browse.

mod complete;
mod links;
mod row;
mod saved;
mod view;

pub(super) use complete::{reference_data, suggestions};
use row::IssueRow;
use view::View;

use super::{
    jql,
    model::{Access, Issue, Site, Who},
};

/// All matching issues in order.
///
/// # Errors
/// Jira's `errorMessages`: syntax, unknown names, and queries that restrict nothing.
pub(super) fn find<'a>(
    site: &'a Site,
    who: Who,
    now: i64,
    text: &str,
) -> Result<Vec<&'a Issue>, Vec<String>> {
    if !jql::parse(&saved::expanded(site, text))?.is_bounded() {
        return Err(vec![jql::UNBOUNDED.to_owned()]);
    }
    all(site, who, now, text)
}

/// The same for a query that need not restrict anything, because its caller does.
///
/// # Errors
/// Jira's `errorMessages`.
pub(super) fn all<'a>(
    site: &'a Site,
    who: Who,
    now: i64,
    text: &str,
) -> Result<Vec<&'a Issue>, Vec<String>> {
    let plan = jql::parse(&saved::expanded(site, text))?.plan(&View { site, who, now })?;
    let seen = site.issues.values().filter(|issue| site.may(who, issue, Access::Viewer));
    let mut rows: Vec<_> =
        seen.map(|issue| IssueRow { site, issue }).filter(|row| plan.matches(row)).collect();
    rows.sort_by(|a, b| plan.compare(a, b));
    Ok(rows.into_iter().map(|row| row.issue).collect())
}

/// What is wrong with a query; nothing when it could run. With `strict`, names are looked up, too.
pub(super) fn judge(site: &Site, who: Who, now: i64, text: &str, strict: bool) -> Vec<String> {
    match jql::parse(&saved::expanded(site, text)) {
        Err(errors) => errors,
        Ok(query) if strict => query.plan(&View { site, who, now }).err().unwrap_or_default(),
        Ok(_) => Vec::new(),
    }
}
