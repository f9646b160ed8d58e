//! Who is asking, who else there is, and what the caller may do.

use crate::jira::client::allowed::{AllowedIssue, AllowedProject};

use super::builder::{Base, Request, scope};

/// `GET /me` of Atlassian's API host: the account itself, outside any site.
pub fn me() -> Request {
    Request::read(["me"]).at(Base::Host).needing(scope::READ_ME)
}

/// `GET /myself`.
pub fn myself() -> Request {
    Request::read(["myself"]).needing(scope::READ_USER)
}

/// `GET /user`: somebody by account id.
pub fn user(account_id: &str) -> Request {
    Request::read(["user"]).needing(scope::READ_USER).query("accountId", account_id)
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
    Request::read(["user", "search"])
        .needing(scope::READ_USER)
        .query("query", query)
        .query("maxResults", max_results)
}

/// `GET /user/assignable/search`: people who can be assigned in a project or to an issue.
pub fn assignable_users(
    query: &str,
    project: Option<&AllowedProject>,
    issue: Option<&AllowedIssue>,
    max_results: u32,
) -> Request {
    Request::read(["user", "assignable", "search"])
        .needing(scope::READ_USER)
        .query_if("query", Some(query).filter(|query| !query.is_empty()))
        .query_if("project", project.map(AllowedProject::as_str))
        .query_if("issueKey", issue.map(|issue| issue.as_str()))
        .query("maxResults", max_results)
}
