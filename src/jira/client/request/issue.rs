//! One issue: reading it and its sections, creating, editing, commenting, moving.

use http::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::jira::client::allowed::{AllowedIssue, AllowedProject, NamedIssue};

use super::{
    body::{Body, IssueBody},
    builder::{Request, Safety},
};

/// `GET /issue/{key}` with only these fields.
pub fn issue<S: AsRef<str>>(key: &NamedIssue, fields: &[S], expand: &[&str]) -> Request {
    let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
    let request = of(key).query("fields", fields.join(","));
    if expand.is_empty() { request } else { request.query("expand", expand.join(",")) }
}

/// An issue that is to be created in an allowed project.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct NewIssue(IssueBody);

impl NewIssue {
    /// With these values, by field id.
    pub fn new(project: &AllowedProject, issue_type_id: &str, mut fields: Body) -> Self {
        let is_id = project.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_id { "id" } else { "key" };
        fields.values.insert("project".to_owned(), json!({ name: project.as_str() }));
        fields.values.insert("issuetype".to_owned(), json!({ "id": issue_type_id }));
        Self(IssueBody { fields, ..IssueBody::default() })
    }

    /// With these entity properties.
    pub fn bear(&mut self, properties: Value) {
        self.0.beside.insert("properties".to_owned(), properties);
    }

    /// Its values, by field id.
    pub fn values(&self) -> &Map<String, Value> {
        &self.0.fields.values
    }
}

/// `POST /issue`.
pub fn create_issue(issue: &NewIssue) -> Request {
    Request::write(Method::POST, Safety::Write, ["issue"]).json(issue)
}

/// `PUT /issue/{key}`; `notify: Some(false)` silences mails and needs administrator rights.
pub fn update_issue(key: &AllowedIssue, body: &IssueBody, notify: Option<bool>) -> Request {
    Request::write(Method::PUT, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .query_if("notifyUsers", notify)
        .json(body)
}

/// `PUT /issue/{key}/assignee`: nobody without an id. It asks for the right to assign, not to edit.
pub fn assign(key: &AllowedIssue, account_id: Option<&str>) -> Request {
    Request::write(Method::PUT, Safety::IdempotentWrite, ["issue"])
        .segment(key.to_string())
        .segment("assignee")
        .json(&json!({ "accountId": account_id }))
}

/// `GET /issue/{key}/editmeta`: the fields that this user may edit on this issue.
pub fn edit_fields(key: &AllowedIssue) -> Request {
    of(key).segment("editmeta")
}

/// `GET /issue/{key}/transitions` with the fields each one asks for.
pub fn transitions(key: &AllowedIssue) -> Request {
    of(key).segment("transitions").query("expand", "transitions.fields")
}

/// `POST /issue/{key}/transitions`.
pub fn transition(key: &AllowedIssue, body: &IssueBody) -> Request {
    Request::write(Method::POST, Safety::Write, ["issue"])
        .segment(key.to_string())
        .segment("transitions")
        .json(body)
}

/// `GET /issue/{key}/comment`.
pub fn comments(
    key: &AllowedIssue,
    start_at: u32,
    max_results: u32,
    newest_first: bool,
) -> Request {
    of(key)
        .segment("comment")
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query("orderBy", if newest_first { "-created" } else { "created" })
}

/// `POST /issue/{key}/comment`.
pub fn add_comment(key: &AllowedIssue, body: &Body) -> Request {
    Request::write(Method::POST, Safety::Write, ["issue"])
        .segment(key.to_string())
        .segment("comment")
        .json(body)
}

/// `GET /issue/{key}/changelog`.
pub fn changelog(key: &AllowedIssue, start_at: u32, max_results: u32) -> Request {
    of(key).segment("changelog").query("startAt", start_at).query("maxResults", max_results)
}

/// `POST /changelog/bulkfetch`: the edits of at most 1,000 issues, oldest first, that touch one of
/// at most 10 fields.
pub fn changelogs(
    issue_ids: &[&str],
    field_ids: &[&str],
    max_results: u32,
    next_page_token: Option<&str>,
) -> Request {
    let mut body = json!({
        "issueIdsOrKeys": issue_ids, "fieldIds": field_ids, "maxResults": max_results,
    });
    if let (Some(token), Some(body)) = (next_page_token, body.as_object_mut()) {
        body.insert("nextPageToken".to_owned(), Value::from(token));
    }
    Request::read_by_post(["changelog", "bulkfetch"]).json(&body)
}

/// `GET /issue/{key}/worklog`.
pub fn worklogs(key: &AllowedIssue, start_at: u32, max_results: u32) -> Request {
    of(key).segment("worklog").query("startAt", start_at).query("maxResults", max_results)
}

/// `GET /issue/{key}/remotelink`.
pub fn remote_links(key: &AllowedIssue) -> Request {
    of(key).segment("remotelink")
}

fn of(key: &NamedIssue) -> Request {
    Request::read(["issue"]).segment(key.to_string())
}
