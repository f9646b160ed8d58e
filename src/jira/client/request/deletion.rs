//! Deleting, and reading the one thing that is about to be deleted.
//!
//! A deletion whose answer was lost may be repeated: the second one finds nothing and changes
//! nothing.

use http::Method;

use crate::jira::client::allowed::AllowedIssue;

use super::builder::{Request, Safety};

/// `DELETE /issue/{key}`; Jira refuses an issue with subtasks unless they may go too.
pub fn delete_issue(key: &AllowedIssue, with_subtasks: bool) -> Request {
    delete(["issue"])
        .segment(key.to_string())
        .query_if("deleteSubtasks", with_subtasks.then_some(true))
}

/// `DELETE /issue/{key}/comment/{id}`.
pub fn delete_comment(key: &AllowedIssue, id: &str) -> Request {
    part(delete(["issue"]), key, "comment", id)
}

/// `GET /issue/{key}/worklog/{id}`.
pub fn worklog(key: &AllowedIssue, id: &str) -> Request {
    part(Request::read(["issue"]), key, "worklog", id)
}

/// `DELETE /issue/{key}/worklog/{id}`; Jira gives the time back to the remaining estimate.
pub fn delete_worklog(key: &AllowedIssue, id: &str) -> Request {
    part(delete(["issue"]), key, "worklog", id)
}

/// `GET /attachment/{id}`, without its content.
pub fn attached_file(id: &str) -> Request {
    Request::read(["attachment"]).segment(id.to_owned())
}

/// `DELETE /attachment/{id}`.
pub fn delete_attachment(id: &str) -> Request {
    delete(["attachment"]).segment(id.to_owned())
}

/// `GET /issueLink/{id}`, with both of its ends.
pub fn issue_link(id: &str) -> Request {
    Request::read(["issueLink"]).segment(id.to_owned())
}

/// `DELETE /issueLink/{id}`.
pub fn delete_issue_link(id: &str) -> Request {
    delete(["issueLink"]).segment(id.to_owned())
}

fn delete<const N: usize>(path: [&'static str; N]) -> Request {
    Request::write(Method::DELETE, Safety::IdempotentWrite, path)
}

fn part(request: Request, key: &AllowedIssue, kind: &'static str, id: &str) -> Request {
    request.segment(key.to_string()).segment(kind).segment(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::allowed::Projects;

    #[test]
    fn requests_name_what_they_delete() {
        let issue = Projects::default().told("P-1").unwrap();
        for (request, method, shown) in [
            (delete_issue(&issue, false), Method::DELETE, "issue/P-1 []"),
            (
                delete_issue(&issue, true),
                Method::DELETE,
                r#"issue/P-1 [("deleteSubtasks", "true")]"#,
            ),
            (delete_comment(&issue, "7"), Method::DELETE, "issue/P-1/comment/7 []"),
            (worklog(&issue, "7"), Method::GET, "issue/P-1/worklog/7 []"),
            (delete_worklog(&issue, "7"), Method::DELETE, "issue/P-1/worklog/7 []"),
            (attached_file("7"), Method::GET, "attachment/7 []"),
            (delete_attachment("7"), Method::DELETE, "attachment/7 []"),
            (issue_link("7"), Method::GET, "issueLink/7 []"),
            (delete_issue_link("7"), Method::DELETE, "issueLink/7 []"),
        ] {
            let path: Vec<&str> = request.path().collect();
            assert_eq!(format!("{} {:?}", path.join("/"), request.query_pairs()), shown);
            assert_eq!(*request.method(), method);
            let (safety, scope) = match method {
                Method::GET => (Safety::Read, "read:jira-work"),
                _ => (Safety::IdempotentWrite, "write:jira-work"),
            };
            assert_eq!((request.safety(), request.scope()), (safety, scope));
        }
    }
}
