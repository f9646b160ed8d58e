//! The versions of a project. Writing them needs a scope of its own and administrator rights in the
//! project.

use http::Method;
use serde_json::Value;

use super::{Effect, Request, scope};
use crate::jira::AllowedProject;

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
    let request = Request::write(Method::POST, Effect::Write, ["version"]);
    Request { scope: scope::MANAGE_PROJECT, ..request }.json(body)
}

/// `PUT /version/{id}`.
pub fn update_version(id: &str, body: &Value) -> Request {
    let request =
        Request::write(Method::PUT, Effect::IdempotentWrite, ["version"]).segment(id.to_owned());
    Request { scope: scope::MANAGE_PROJECT, ..request }.json(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writing_a_version_needs_the_scope_of_project_managers() {
        for (request, method, path, effect) in [
            (create_version(&json!({})), Method::POST, "version", Effect::Write),
            (update_version("7", &json!({})), Method::PUT, "version/7", Effect::IdempotentWrite),
        ] {
            assert_eq!((request.method(), request.effect()), (&method, effect));
            assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
            assert_eq!(request.scope(), "manage:jira-project");
        }
        let project = crate::jira::Projects::default().project("P").unwrap();
        assert_eq!(versions(&project).path().collect::<Vec<_>>(), ["project", "P", "versions"]);
        assert_eq!(project_head(&project).scope(), "read:jira-work");
    }
}
