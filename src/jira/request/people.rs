//! Who is asking, who else there is, and what the caller may do.

use super::{Request, scope};
use crate::jira::{AllowedIssue, AllowedProject};

/// `GET /myself`.
pub fn myself() -> Request {
    Request { scope: scope::READ_USER, ..Request::read(["myself"]) }
}

/// `GET /user`: somebody by account id.
pub fn user(account_id: &str) -> Request {
    Request { scope: scope::READ_USER, ..Request::read(["user"]) }.query("accountId", account_id)
}

/// `GET /mypermissions` for these permission keys, in a project or on an issue when one is named.
pub fn my_permissions(
    permissions: &[&str],
    project: Option<&AllowedProject>,
    issue: Option<&AllowedIssue>,
) -> Request {
    Request::read(["mypermissions"])
        .query("permissions", permissions.join(","))
        .query_if("projectKey", project.map(AllowedProject::as_str))
        .query_if("issueKey", issue.map(|issue| issue.as_str()))
}

/// `GET /user/search` by name or e-mail.
pub fn users(query: &str, max_results: u32) -> Request {
    Request { scope: scope::READ_USER, ..Request::read(["user", "search"]) }
        .query("query", query)
        .query("maxResults", max_results)
}

impl Request {
    /// The same, from this place on.
    #[must_use]
    pub fn starting_at(self, place: u32) -> Self {
        self.query_if("startAt", Some(place).filter(|place| *place > 0))
    }
}

/// `GET /user/assignable/search`: people who can be assigned in a project or to an issue.
pub fn assignable_users(
    query: &str,
    project: Option<&AllowedProject>,
    issue: Option<&AllowedIssue>,
    max_results: u32,
) -> Request {
    Request { scope: scope::READ_USER, ..Request::read(["user", "assignable", "search"]) }
        .query_if("query", Some(query).filter(|query| !query.is_empty()))
        .query_if("project", project.map(AllowedProject::as_str))
        .query_if("issueKey", issue.map(|issue| issue.as_str()))
        .query("maxResults", max_results)
}
