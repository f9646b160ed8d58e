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

/// `GET /project/{key}/role`: the names of its roles, each with an address.
pub fn project_roles(key: &str) -> Request {
    of(key).segment("role")
}

fn of(key: &str) -> Request {
    Request::read(["project"]).segment(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_its_endpoint() {
        for (request, path, query) in [
            (project("P"), "project/P", "expand=description,lead,issueTypes"),
            (project_statuses("P"), "project/P/statuses", ""),
            (project_roles("P"), "project/P/role", ""),
            (project_components("P", 50), "project/P/component", "maxResults=50&orderBy=name"),
            (project_versions("P", 50), "project/P/version", "maxResults=50&orderBy=-sequence"),
        ] {
            assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
            let pairs: Vec<String> =
                request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(pairs.join("&"), query);
        }
    }
}
