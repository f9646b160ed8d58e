//! Links between issues, and from issues to pages elsewhere.

use http::Method;
use serde_json::{Value, json};

use crate::jira::client::allowed::AllowedIssue;

use super::builder::{Request, Safety};

/// Jira's limit for a remote link's global id. Source: `RemoteIssueLinkRequest.globalId`.
const GLOBAL_ID_CHARS_MAX: usize = 255;

/// `GET /issueLinkType`: the kinds of links of the site.
pub fn link_types() -> Request {
    Request::read(["issueLinkType"]).metadata()
}

/// `POST /issueLink`. The answer has no body. In words, `source` OUTWARD-phrase `destination`: "A
/// blocks B".
///
/// Jira calls the source `inwardIssue`, although its own document says the opposite in one place.
/// What is made reads right on both issues only this way round.
pub fn link_issues(type_id: &str, source: &AllowedIssue, destination: &AllowedIssue) -> Request {
    Request::write(Method::POST, Safety::Write, ["issueLink"]).json(&json!({
        "type": { "id": type_id }, "inwardIssue": named(source), "outwardIssue": named(destination),
    }))
}

/// `POST /issue/{key}/remotelink`: makes the link, or updates the one with the same address.
pub fn add_remote_link(key: &AllowedIssue, url: &str, title: &str) -> Request {
    Request::write(Method::POST, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .segment("remotelink")
        .json(&json!({ "globalId": global_id(url), "object": { "url": url, "title": title } }))
}

/// The address itself, or its beginning and a hash where it is too long: the same for the same
/// address.
fn global_id(url: &str) -> String {
    if url.chars().count() <= GLOBAL_ID_CHARS_MAX {
        return url.to_owned();
    }
    let hash = blake3::hash(url.as_bytes()).to_hex();
    let start: String = url.chars().take(GLOBAL_ID_CHARS_MAX - 1 - hash.len()).collect();
    format!("{start}#{hash}")
}

fn named(key: &AllowedIssue) -> Value {
    let name = if key.as_str().bytes().all(|byte| byte.is_ascii_digit()) { "id" } else { "key" };
    json!({ name: key.as_str() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::allowed::Projects;

    fn issue(key: &str) -> AllowedIssue {
        Projects::default().told(key).unwrap()
    }

    fn body(request: &Request) -> Value {
        serde_json::from_slice(request.body().unwrap()).unwrap()
    }

    #[test]
    fn the_source_is_what_jira_calls_inward() {
        let request = link_issues("10000", &issue("A-1"), &issue("10002"));
        assert_eq!(request.path().collect::<Vec<_>>(), ["issueLink"]);
        assert_eq!((request.safety(), request.scope()), (Safety::Write, "write:jira-work"));
        assert_eq!(
            body(&request),
            json!({"type": {"id": "10000"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": {"id": "10002"}})
        );
    }

    #[test]
    fn the_same_address_is_the_same_link() {
        let request = add_remote_link(&issue("A-1"), "https://x.example/a", "X");
        assert_eq!(request.path().collect::<Vec<_>>().join("/"), "issue/A-1/remotelink");
        assert_eq!(request.safety(), Safety::IdempotentWrite);
        assert_eq!(body(&request)["globalId"], "https://x.example/a");
        let long = format!("https://x.example/{}", "ä".repeat(400));
        assert_eq!(global_id(&long).chars().count(), GLOBAL_ID_CHARS_MAX);
        assert_eq!(global_id(&long), global_id(&long));
        assert_ne!(global_id(&long), global_id(&format!("{long}b")));
    }
}
