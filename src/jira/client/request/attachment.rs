//! Files on issues: what they are, their bytes, and adding one.

use http::Method;

use crate::jira::client::allowed::AllowedIssue;

use super::{
    builder::{Request, Safety},
    form::Form,
};

/// `GET /attachment/{id}`: name, type and size. The answer does not say which issue the file
/// belongs to.
pub fn attachment(id: u64) -> Request {
    Request::read(["attachment"]).segment(id.to_string())
}

/// `GET /attachment/content/{id}`: a redirect to the bytes, which lie on another host.
pub fn attachment_content(id: u64) -> Request {
    Request::read(["attachment", "content"]).segment(id.to_string())
}

/// `POST /issue/{key}/attachments` with one file. Jira takes it only in a part named `file`.
pub fn add_attachment(
    key: &AllowedIssue,
    name: &str,
    content_type: &'static str,
    content: &[u8],
) -> Request {
    Request::write(Method::POST, Safety::Write, ["issue"])
        .segment(key.to_string())
        .segment("attachments")
        .form(Form::file("file", name, content_type, content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::allowed::Projects;

    fn check(request: &Request, method: &Method, path: &str, safety: Safety, scope: &str) {
        assert_eq!(request.method(), method);
        assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
        assert!(request.query_pairs().is_empty());
        assert_eq!((request.safety(), request.scope()), (safety, scope));
    }

    fn issue() -> AllowedIssue {
        Projects::default().told("P-1").unwrap()
    }

    #[test]
    fn requests_name_their_endpoint() {
        check(&attachment(7), &Method::GET, "attachment/7", Safety::Read, "read:jira-work");
        let content = attachment_content(7);
        check(&content, &Method::GET, "attachment/content/7", Safety::Read, "read:jira-work");
        let upload = add_attachment(&issue(), "a.txt", "text/plain", b"hi");
        check(&upload, &Method::POST, "issue/P-1/attachments", Safety::Write, "write:jira-work");
    }

    #[test]
    fn only_an_upload_is_a_form() {
        assert_eq!(attachment(7).form_boundary(), None);
        assert_eq!(attachment_content(7).form_boundary(), None);
        let upload = add_attachment(&issue(), "a.txt", "text/plain", b"hi");
        let boundary = upload.form_boundary().unwrap();
        assert!(upload.body().unwrap().starts_with(format!("--{boundary}\r\n").as_bytes()));
    }
}
