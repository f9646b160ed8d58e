//! One project and what belongs to it.

use super::Request;

/// `GET /project/{key}`, with lead, description and issue types.
pub fn project(key: &str) -> Request {
    of(key).query("expand", "description,lead,issueTypes")
}

/// `GET /project/{key}/statuses`: the statuses of each issue type.
pub fn project_statuses(key: &str) -> Request {
    of(key).segment("statuses")
}

/// `GET /project/{key}/component`, by name.
pub fn project_components(key: &str, max_results: u32) -> Request {
    of(key).segment("component").query("maxResults", max_results).query("orderBy", "name")
}

/// `GET /project/{key}/version`, the last of Jira's order first: those are the ones people plan with.
pub fn project_versions(key: &str, max_results: u32) -> Request {
    of(key).segment("version").query("maxResults", max_results).query("orderBy", "-sequence")
}

fn of(key: &str) -> Request {
    Request::read(["project"]).segment(key.to_owned())
}
