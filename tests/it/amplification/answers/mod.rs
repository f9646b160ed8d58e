//! Answers of a Jira that says far too much, each with a call that reads it.

mod fields;
mod lists;
mod names;
mod texts;
mod tiny;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use serde_json::{Value, json};

/// A call, and what Jira answers to the paths that end so; all other answers are small.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    pub(crate) answers: Vec<(&'static str, u16, String)>,
}

/// The answers of the case at hand, by the end of the path.
pub(crate) type Held = Arc<Mutex<HashMap<&'static str, (u16, String)>>>;

const SCOPES: &str = r#"["read:jira-work","write:jira-work","read:jira-user","manage:jira-project","read:board-scope:jira-software","read:project:jira","read:issue-details:jira","read:sprint:jira-software"]"#;

pub(crate) fn router(held: &Held) -> Router {
    Router::new().fallback(answer).with_state(Arc::clone(held))
}

async fn answer(State(held): State<Held>, request: Request) -> Response {
    let path = request.uri().path();
    let own = held
        .lock()
        .unwrap()
        .iter()
        .find(|(end, _)| path.ends_with(*end))
        .map(|(_, own)| own.clone());
    let (status, text) = own.unwrap_or_else(|| (200, usual(path).to_string()));
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(text))
        .unwrap()
}

fn usual(path: &str) -> Value {
    if path.ends_with("accessible-resources") {
        return serde_json::from_str(&sites(1)).unwrap();
    }
    if path.ends_with("/myself") {
        return json!({"accountId": "a", "displayName": "A", "active": true, "timeZone": "UTC"});
    }
    json!({"id": "1", "key": "P-1", "total": 1, "values": [], "comments": [], "worklogs": [], "transitions": [],
        "issueLinkTypes": [], "fields": {"summary": "s", "status": {"name": "To Do"}, "created": "2026-11-20T10:00:00.000+0000"}})
}

pub(crate) fn sites(count: usize) -> String {
    list(count, |at| {
        format!(
            r#"{{"id":"0000-{at}","url":"https://s{at}.atlassian.net","name":"s{at}","scopes":{SCOPES}}}"#
        )
    })
}

pub(super) fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}

/// Every kind of answer.
pub(crate) fn cases() -> Vec<Case> {
    let of_text = texts::documents().into_iter().flat_map(|(name, document)| {
        let read = Case {
            name,
            tool: "jira_get_issue",
            arguments: json!({"issue_key": "P-1", "fields": ["description"]}),
            answers: vec![("/issue/P-1", 200, texts::issue(&document))],
        };
        let write = Case {
            name,
            tool: "jira_update_issue",
            arguments: json!({"issue_key": "P-1", "append_description": "more", "dry_run": true}),
            answers: vec![("/issue/P-1", 200, texts::issue(&document))],
        };
        [read, write]
    });
    of_text
        .chain(fields::cases())
        .chain(lists::cases())
        .chain(tiny::cases())
        .chain(names::cases())
        .collect()
}
