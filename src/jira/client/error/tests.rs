//! How answers that are no success become errors.

use bytes::Bytes;
use http::StatusCode;

use crate::jira::client::request;

use http::HeaderMap;

use super::*;

fn answer(status: u16, body: &str) -> Response {
    Response {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_owned()),
        rate_limit: Limits::default(),
        attempts: 1,
        bytes_read: 0,
    }
}

fn check(status: u16, body: &str, expected: &str) {
    let error = JiraError::from_answer(&request::myself(), &answer(status, body));
    assert_eq!(error.to_string(), expected, "{status} {body}");
}

#[test]
fn each_shape_of_body_is_read() {
    check(
        400,
        r#"{"errorMessages":["No."],"errors":{"summary":"Required."}}"#,
        "Jira did not accept the request: No. summary: Required.",
    );
    check(400, "<html>bad</html>", "Jira did not accept the request: it gave no reason.");
    check(
        404,
        r#"{"timestamp":1,"status":404,"error":"Not Found","message":"No route","path":"/x"}"#,
        "Not found, or the signed-in user may not see it: No route",
    );
    check(
        401,
        r#"{"code":401,"message":"Unauthorized"}"#,
        "Jira does not accept the sign-in any more.",
    );
    check(
        401,
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        "The Jira connection lacks an OAuth scope that this action needs (read:jira-user).",
    );
    check(
        400,
        r#"{"errors":[{"message":"Some of the issues are not valid"}]}"#,
        "Jira did not accept the request: Some of the issues are not valid",
    );
    check(302, "", "Jira's API answered with a redirect, which is not followed.");
    check(503, "", "Jira is not available at the moment.");
}

#[test]
fn texts_are_cleaned_and_bounded() {
    let body =
        serde_json::json!({"errorMessages": ["a\u{0}\u{1b}[31mb", "x".repeat(5_000)]}).to_string();
    let error = JiraError::from_answer(&request::myself(), &answer(400, &body));
    let JiraError::Invalid { texts, .. } = error else { panic!("{error:?}") };
    assert_eq!(texts[0], "a[31mb");
    assert_eq!(texts[1].len(), 400);
}

#[test]
fn a_lost_write_is_not_called_undone() {
    let issue = crate::jira::client::Projects::default().told("P-1").unwrap();
    let write = request::add_comment(&issue, &request::Body::default());
    let lost = JiraError::from_answer(&write, &answer(502, ""));
    assert_eq!(lost, JiraError::Unavailable { status: Some(502), applied: Applied::Maybe });
    let read = JiraError::from_answer(&request::myself(), &answer(502, ""));
    assert_eq!(read, JiraError::Unavailable { status: Some(502), applied: Applied::No });
}
