//! The versions of a project. Writing them needs a scope of its own and administrator rights in the
//! project.

use http::Method;
use serde_json::Value;

use crate::jira::client::allowed::AllowedProject;

use super::builder::{Request, Safety, scope};

/// `GET /project/{key}/versions`: all of them.
pub fn versions(project: &AllowedProject) -> Request {
    Request::read(["project"]).segment(project.as_str().to_owned()).segment("versions")
}

/// `GET /project/{key}`.
pub fn project_head(project: &AllowedProject) -> Request {
    Request::read(["project"]).segment(project.as_str().to_owned())
}

/// `POST /version`.
pub fn create_version(body: &Value) -> Request {
    let request = Request::write(Method::POST, Safety::Write, ["version"]);
    request.needing(scope::MANAGE_PROJECT).json(body)
}

/// `PUT /version/{id}`.
pub fn update_version(id: &str, body: &Value) -> Request {
    let request =
        Request::write(Method::PUT, Safety::IdempotentWrite, ["version"]).segment(id.to_owned());
    request.needing(scope::MANAGE_PROJECT).json(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writing_a_version_needs_the_scope_of_project_managers() {
        for (request, method, path, safety) in [
            (create_version(&json!({})), Method::POST, "version", Safety::Write),
            (update_version("7", &json!({})), Method::PUT, "version/7", Safety::IdempotentWrite),
        ] {
            assert_eq!((request.method(), request.safety()), (&method, safety));
            assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
            assert_eq!(request.scope(), "manage:jira-project");
        }
        let project = crate::jira::client::allowed::Projects::default().project("P").unwrap();
        assert_eq!(versions(&project).path().collect::<Vec<_>>(), ["project", "P", "versions"]);
        assert_eq!(project_head(&project).scope(), "read:jira-work");
    }
}
