//! A Jira with one issue that has a field of every kind, and takes every write.

use std::sync::{Arc, Mutex};

use axum::{
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

/// The people of the stub: one is called by a word of another's name.
pub(super) const PEOPLE: [(&str, &str); 3] = [
    ("712020:0a1b2c3d-0000-4000-8000-00000000a001", "Anna Admin"),
    ("712020:0a1b2c3d-0000-4000-8000-00000000a002", "Doe, Jane"),
    ("712020:0a1b2c3d-0000-4000-8000-00000000a003", "Doe"),
];

pub(super) type Written = Arc<Mutex<Vec<Value>>>;

/// The fields of every screen, by kind: id, name, schema, allowed values.
pub(super) fn fields() -> Vec<Value> {
    let options = json!([{"id": "7", "value": "Red"}, {"id": "8", "value": "Blue"}, {"id": "9", "value": "None"}]);
    let named = json!([{"id": "17", "name": "Red"}, {"id": "18", "name": "Red, dark"}]);
    let levels = json!([{"id": "27", "value": "Red", "children": [{"id": "28", "value": "Blue"}]}]);
    let none = json!([]);
    let custom = |kind: &str, items: &str, tail: &str| json!({"type": kind, "items": items, "custom": format!("x:{tail}")});
    [
        ("summary", json!({"type": "string", "system": "summary"}), &none),
        ("customfield_1", custom("number", "", "float"), &none),
        ("customfield_2", custom("string", "", "textfield"), &none),
        ("customfield_3", custom("string", "", "textarea"), &none),
        ("customfield_4", custom("option", "", "select"), &options),
        ("customfield_5", custom("option-with-child", "", "cascadingselect"), &levels),
        ("customfield_6", custom("array", "option", "multiselect"), &options),
        ("customfield_7", custom("array", "version", "multiversion"), &named),
        ("customfield_8", custom("array", "string", "checklist"), &none),
        ("customfield_9", custom("user", "", "userpicker"), &none),
        ("customfield_10", custom("array", "user", "multiuserpicker"), &none),
        ("customfield_11", custom("date", "", "datepicker"), &none),
        ("customfield_12", custom("datetime", "", "datetime"), &none),
        ("customfield_13", custom("any", "", "atlassian-team"), &none),
        ("customfield_14", custom("project", "", "project"), &none),
        ("priority", json!({"type": "priority", "system": "priority"}), &named),
        ("labels", json!({"type": "array", "items": "string", "system": "labels"}), &none),
        ("assignee", json!({"type": "user", "system": "assignee"}), &none),
        ("parent", json!({"type": "issuelink", "system": "parent"}), &none),
        ("timetracking", json!({"type": "timetracking", "system": "timetracking"}), &none),
    ]
    .into_iter()
    .map(|(id, schema, allowed)| {
        json!({"fieldId": id, "key": id, "name": id, "required": false, "schema": schema, "allowedValues": allowed})
    })
    .collect()
}

fn by_id() -> Value {
    fields()
        .into_iter()
        .map(|field| (field["key"].as_str().unwrap().to_owned(), field))
        .collect::<Map<_, _>>()
        .into()
}

/// A Jira that takes every write and keeps its body.
pub(super) async fn stub(State(written): State<Written>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = body.collect().await.unwrap().to_bytes();
    let path = head.uri.path().trim_start_matches("/ex/jira/c-1/rest/api/3/").to_owned();
    let query = head.uri.query().unwrap_or_default();
    let issue = json!({"id": "10001", "key": "P-1", "fields": {
        "status": {"name": "To Do"}, "issuetype": {"id": "1", "name": "Task"}, "summary": "s"}});
    let transition = json!({"id": "11", "name": "Go", "to": {"name": "Done"}, "hasScreen": true, "fields": by_id()});
    let answer = match (&head.method, path.as_str()) {
        (&Method::GET, "/oauth/token/accessible-resources") => {
            json!([{"id": "c-1", "url": "https://example.atlassian.net", "name": "example",
                    "scopes": ["read:jira-work", "write:jira-work", "read:jira-user"]}])
        }
        (&Method::GET, "myself") => {
            json!({"accountId": PEOPLE[0].0, "displayName": PEOPLE[0].1, "timeZone": "Europe/Berlin"})
        }
        (&Method::GET, "user") if query.contains("00a001") => {
            json!({"accountId": PEOPLE[0].0, "displayName": PEOPLE[0].1})
        }
        (&Method::GET, "user/search" | "user/assignable/search") => people(query),
        (&Method::GET, "issue/P-1/editmeta") => json!({ "fields": by_id() }),
        (&Method::GET, "issue/P-1/transitions") => json!({ "transitions": [transition] }),
        (&Method::GET, "issue/P-1") => {
            let mut issue = issue;
            issue["transitions"] = json!([transition]);
            issue
        }
        (&Method::GET, path) if path.starts_with("issue/") && !path.contains("createmeta") => issue,
        (&Method::GET, "issue/createmeta/P/issuetypes") => {
            json!({"issueTypes": [{"id": "1", "name": "Task"}], "total": 1})
        }
        (&Method::GET, "issue/createmeta/P/issuetypes/1") => {
            let fields = fields();
            json!({"total": fields.len(), "fields": fields})
        }
        (&Method::POST, "issue/bulkfetch") => json!({ "issues": [issue] }),
        (&Method::GET, path) if path.starts_with("bulk/queue/") => {
            json!({"taskId": "1", "status": "COMPLETE", "progressPercent": 100, "totalIssueCount": 1,
                   "processedAccessibleIssues": [10001]})
        }
        (&Method::GET, "field") => json!([]),
        (&Method::PUT | &Method::POST, path) => {
            written.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            match path {
                "issue" => json!({"id": "10002", "key": "P-2"}),
                "issue/bulk" => json!({"issues": [{"id": "10002", "key": "P-2"}], "errors": []}),
                "bulk/issues/fields" => json!({"taskId": "1"}),
                _ => return StatusCode::NO_CONTENT.into_response(),
            }
        }
        _ => {
            return (
                StatusCode::NOT_FOUND,
                axum::Json(json!({"errorMessages": ["no"], "errors": {}})),
            )
                .into_response();
        }
    };
    axum::Json(answer).into_response()
}

/// Found by the beginnings of the words of their names, as Jira does.
fn people(query: &str) -> Value {
    let asked = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "query")
        .map(|(_, value)| value.to_lowercase())
        .unwrap_or_default();
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let asked = words(&asked);
    let fits =
        |name: &str| asked.iter().all(|part| words(name).iter().any(|word| word.starts_with(part)));
    let found = PEOPLE.iter().filter(|(_, name)| !asked.is_empty() && fits(name));
    found.map(|(id, name)| json!({"accountId": id, "displayName": name, "active": true})).collect()
}
