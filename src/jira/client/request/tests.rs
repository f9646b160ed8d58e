//! Requests name their endpoint, and say whether they may be repeated.

use http::Method;
use serde_json::{Value, json};

use crate::jira::client::allowed::{AllowedIssue, Projects};

use super::*;

fn p1() -> AllowedIssue {
    Projects::default().told("P-1").unwrap()
}

fn check(request: &Request, method: &Method, path: &str, query: &str, body: Option<&Value>) {
    assert_eq!(request.method(), method);
    assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
    let shown: Vec<String> =
        request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(shown.join("&"), query);
    assert_eq!(request.body().map(|body| serde_json::from_slice(body).unwrap()).as_ref(), body);
}

#[test]
fn requests_name_their_endpoint() {
    check(&accessible_resources(), &Method::GET, "oauth/token/accessible-resources", "", None);
    check(
        &issue(&p1(), &["summary", "status"], &[]),
        &Method::GET,
        "issue/P-1",
        "fields=summary,status",
        None,
    );
    check(
        &search("project = P", &["summary".to_owned()], 10, Some("t")),
        &Method::POST,
        "search/jql",
        "",
        Some(
            &json!({"jql": "project = P", "maxResults": 10, "fields": ["summary"], "nextPageToken": "t"}),
        ),
    );
    check(
        &comments(&p1(), 50, 10, true),
        &Method::GET,
        "issue/P-1/comment",
        "startAt=50&maxResults=10&orderBy=-created",
        None,
    );
    check(
        &update_issue(&p1(), &IssueBody::default(), Some(false)),
        &Method::PUT,
        "issue/P-1",
        "notifyUsers=false",
        Some(&json!({})),
    );
}

#[test]
fn only_what_cannot_be_repeated_counts_as_a_plain_write() {
    let new = NewIssue::new(&Projects::default().project("P").unwrap(), "1", Body::default());
    assert_eq!(search("x", &[], 1, None).safety(), Safety::Read);
    assert_eq!(approximate_count("x").safety(), Safety::Read);
    assert_eq!(update_issue(&p1(), &IssueBody::default(), None).safety(), Safety::IdempotentWrite);
    assert_eq!(add_comment(&p1(), &Body::default()).safety(), Safety::Write);
    assert_eq!(create_issue(&new).safety(), Safety::Write);
    assert_eq!(transition(&p1(), &IssueBody::default()).safety(), Safety::Write);
}
