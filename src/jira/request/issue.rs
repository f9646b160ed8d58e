//! One issue: reading it and its sections, creating, editing, commenting, moving.

use http::Method;
use serde_json::Value;

use super::{Effect, Request};

/// `GET /issue/{key}` with only these fields.
pub fn issue<S: AsRef<str>>(key: &str, fields: &[S], expand: &[&str]) -> Request {
    let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
    let request = of(key).query("fields", fields.join(","));
    if expand.is_empty() { request } else { request.query("expand", expand.join(",")) }
}

/// `POST /issue`.
pub fn create_issue(body: &Value) -> Request {
    Request::write(Method::POST, Effect::Write, ["issue"]).json(body)
}

/// `PUT /issue/{key}`; `notify: Some(false)` silences mails and needs administrator rights.
pub fn update_issue(key: &str, body: &Value, notify: Option<bool>) -> Request {
    Request::write(Method::PUT, Effect::IdempotentWrite, ["issue"])
        .segment(key.to_owned())
        .query_if("notifyUsers", notify)
        .json(body)
}

/// `PUT /issue/{key}/assignee`: nobody without an id. It asks for the right to assign, not to edit.
pub fn assign(key: &str, account_id: Option<&str>) -> Request {
    Request::write(Method::PUT, Effect::IdempotentWrite, ["issue"])
        .segment(key.to_owned())
        .segment("assignee")
        .json(&serde_json::json!({ "accountId": account_id }))
}

/// `GET /issue/{key}/editmeta`: the fields that this user may edit on this issue.
pub fn edit_fields(key: &str) -> Request {
    of(key).segment("editmeta")
}

/// `GET /issue/{key}/transitions` with the fields each one asks for.
pub fn transitions(key: &str) -> Request {
    of(key).segment("transitions").query("expand", "transitions.fields")
}

/// `POST /issue/{key}/transitions`.
pub fn transition(key: &str, body: &Value) -> Request {
    Request::write(Method::POST, Effect::Write, ["issue"])
        .segment(key.to_owned())
        .segment("transitions")
        .json(body)
}

/// `GET /issue/{key}/comment`.
pub fn comments(key: &str, start_at: u32, max_results: u32, newest_first: bool) -> Request {
    of(key)
        .segment("comment")
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query("orderBy", if newest_first { "-created" } else { "created" })
}

/// `POST /issue/{key}/comment`.
pub fn add_comment(key: &str, body: &Value) -> Request {
    Request::write(Method::POST, Effect::Write, ["issue"])
        .segment(key.to_owned())
        .segment("comment")
        .json(body)
}

/// `GET /issue/{key}/changelog`.
pub fn changelog(key: &str, start_at: u32, max_results: u32) -> Request {
    of(key).segment("changelog").query("startAt", start_at).query("maxResults", max_results)
}

/// `GET /issue/{key}/worklog`.
pub fn worklogs(key: &str, start_at: u32, max_results: u32) -> Request {
    of(key).segment("worklog").query("startAt", start_at).query("maxResults", max_results)
}

/// `GET /issue/{key}/remotelink`.
pub fn remote_links(key: &str) -> Request {
    of(key).segment("remotelink")
}

fn of(key: &str) -> Request {
    Request::read(["issue"]).segment(key.to_owned())
}
