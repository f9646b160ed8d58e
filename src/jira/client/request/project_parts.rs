//! One project and what belongs to it.

use crate::jira::client::allowed::AllowedProject;

use super::builder::Request;

/// `GET /project/{key}`, with lead, description and issue types.
pub fn project(key: &AllowedProject) -> Request {
    of(key).query("expand", "description,lead,issueTypes")
}

/// `GET /project/{key}/statuses`: the statuses of each issue type.
pub fn project_statuses(key: &AllowedProject) -> Request {
    of(key).segment("statuses")
}

/// `GET /project/{key}/component`, by name.
pub fn project_components(key: &AllowedProject, max_results: u32) -> Request {
    of(key).segment("component").query("maxResults", max_results).query("orderBy", "name")
}

/// `GET /project/{key}/version`, the last of Jira's order first: those are the ones people plan
/// with.
pub fn project_versions(key: &AllowedProject, max_results: u32) -> Request {
    of(key).segment("version").query("maxResults", max_results).query("orderBy", "-sequence")
}

/// `GET /project/{key}/role`: the names of its roles, each with an address.
pub fn project_roles(key: &AllowedProject) -> Request {
    of(key).segment("role")
}

fn of(key: &AllowedProject) -> Request {
    Request::read(["project"]).segment(key.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::allowed::Projects;

    #[test]
    fn each_part_has_its_endpoint() {
        let p = Projects::default().project("P").unwrap();
        for (request, path, query) in [
            (project(&p), "project/P", "expand=description,lead,issueTypes"),
            (project_statuses(&p), "project/P/statuses", ""),
            (project_roles(&p), "project/P/role", ""),
            (project_components(&p, 50), "project/P/component", "maxResults=50&orderBy=name"),
            (project_versions(&p, 50), "project/P/version", "maxResults=50&orderBy=-sequence"),
        ] {
            assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
            let pairs: Vec<String> = request
                .query_pairs()
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert_eq!(pairs.join("&"), query);
        }
    }
}
