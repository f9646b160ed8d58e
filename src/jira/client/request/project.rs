//! Projects, their issue types and the fields they ask for.

use crate::jira::client::allowed::AllowedProject;

use super::builder::Request;

/// `GET /project/search`, by key; only those of `keys` when any are given, of which Jira takes 50.
pub fn projects<'a>(
    query: Option<&str>,
    keys: impl IntoIterator<Item = &'a str>,
    start_at: u32,
    max_results: u32,
) -> Request {
    let request = Request::read(["project", "search"])
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query("orderBy", "key")
        .query("expand", "lead")
        .query_if("query", query);
    keys.into_iter().fold(request, |request, key| request.query("keys", key))
}

/// `GET /issue/createmeta/{project}/issuetypes`: the types this user may create there.
pub fn create_issue_types(project: &AllowedProject) -> Request {
    Request::read(["issue", "createmeta"])
        .segment(project.as_str().to_owned())
        .segment("issuetypes")
        .query("maxResults", 200)
        .metadata()
}

/// `GET /issue/createmeta/{project}/issuetypes/{type}`: the fields of one type. Pages hold at most
/// 200.
pub fn create_fields(project: &AllowedProject, issue_type_id: &str, start_at: u32) -> Request {
    Request::read(["issue", "createmeta"])
        .segment(project.as_str().to_owned())
        .segment("issuetypes")
        .segment(issue_type_id.to_owned())
        .query("startAt", start_at)
        .query("maxResults", 200)
        .metadata()
}

/// `GET /status`: every status of the site's workflows.
pub fn statuses() -> Request {
    Request::read(["status"]).metadata()
}

/// `GET /field`: every field this user may see. Large sites answer well over a megabyte.
pub fn fields() -> Request {
    Request::read(["field"]).metadata()
}
