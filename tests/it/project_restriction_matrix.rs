//! The operator's project allow-list by kind of value: whatever names an issue is held back at
//! every door and in every form, and what issues of other projects are called is not shown.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, NOW_MS};

/// An issue outside, by key and by id.
const OUTSIDE: &str = "MOB-1";
const OUTSIDE_ID: &str = "10100";

const SETTINGS: [(&str, &str); 3] = [
    ("TOOLSETS", "core,bulk,agile,collab"),
    ("PROJECTS_ALLOW", "ACME"),
    ("STRUCTURED_CONTENT", "true"),
];

/// Fields that name issues in one way or another: id, name, schema.
fn fields() -> Vec<(&'static str, &'static str, Value)> {
    let custom = |kind: &str, custom: &str| json!({"type": kind, "custom": custom, "customId": 1});
    let list =
        |items: &str, custom: &str| json!({"type": "array", "items": items, "custom": custom});
    vec![
        ("customfield_20001", "Old Epic", custom("any", "com.pyxis.greenhopper.jira:gh-epic-link")),
        (
            "customfield_20002",
            "Parent Link",
            custom("any", "com.atlassian.jpo:jpo-custom-field-parent"),
        ),
        ("customfield_20003", "Related", custom("issuelink", "com.example.app:picker")),
        ("customfield_20004", "Relatives", list("issuelink", "com.example.app:pickers")),
        ("customfield_20005", "Keys", list("string", "com.example.app:issue-keys")),
        ("customfield_20006", "Reference", custom("string", "com.example.app:issue-reference")),
        (
            "customfield_20009",
            "Connected",
            custom(
                "string",
                "com.atlassian.plugins.atlassian-connect-plugin:com.example.app__issue",
            ),
        ),
        ("customfield_20007", "Anything", custom("any", "com.example.app:any")),
        ("customfield_20008", "Object", custom("object", "com.example.app:object")),
        (
            "issuelinks",
            "Linked Issues",
            json!({"type": "array", "items": "issuelinks", "system": "issuelinks"}),
        ),
        ("parent", "Parent", json!({"type": "issuelink", "system": "parent"})),
    ]
}

/// The ways in which people, agents and REST documents write that a field names an issue.
fn forms() -> Vec<Value> {
    let list = json!([{"add": {"outwardIssue": {"key": OUTSIDE}, "type": {"name": "Blocks"}}}]);
    vec![
        json!(OUTSIDE),
        json!(OUTSIDE.to_lowercase()),
        json!(format!("  {OUTSIDE}\n")),
        json!(OUTSIDE_ID),
        json!(10_100),
        json!({"key": OUTSIDE}),
        json!({"id": OUTSIDE_ID}),
        json!({"id": 10_100}),
        json!({"key": "ACME-1", "id": OUTSIDE_ID}),
        json!({"value": OUTSIDE}),
        json!({"name": OUTSIDE}),
        json!({"data": {"key": OUTSIDE}}),
        json!({"data": OUTSIDE}),
        json!({"set": OUTSIDE}),
        json!({"set": {"key": OUTSIDE}}),
        json!({"add": OUTSIDE}),
        json!([{"set": OUTSIDE}]),
        json!([{"add": {"key": OUTSIDE}}]),
        json!([OUTSIDE]),
        json!([{"key": OUTSIDE}]),
        json!(["ACME-1", OUTSIDE]),
        json!(format!("ACME-1, {OUTSIDE}")),
        json!(format!("https://acme.example/browse/{OUTSIDE}")),
        json!(json!({"key": OUTSIDE}).to_string()),
        json!({"issueKey": OUTSIDE, "summary": "x"}),
        json!(format!("{OUTSIDE}/ACME-1")),
        json!(format!("({OUTSIDE})")),
        json!(format!("key={OUTSIDE}")),
        json!(format!("\"{OUTSIDE}\"")),
        json!("MOB-\u{200B}1"),
        json!("MOB\u{2011}1"),
        json!(format!("ari:cloud:jira:x:issue/{OUTSIDE_ID}")),
        list,
    ]
}

fn described(id: &str, name: &str, schema: &Value) -> Value {
    json!({"fieldId": id, "key": id, "name": name, "schema": schema, "required": false, "operations": ["set", "add"]})
}

/// A Jira whose screens have these fields, and whose issues hold them when `holding` says what.
fn with_fields(sandbox: Router, holding: Value, writes: Writes) -> Router {
    let add = move |request: Request, next: Next| {
        let (path, holding, writes) =
            (request.uri().path().to_owned(), holding.clone(), Writes::clone(&writes));
        async move {
            let (parts, body) = request.into_parts();
            let sent = to_bytes(body, 1 << 20).await.unwrap();
            let is_question = ["/search/", "/bulkfetch", "/jql/", "/permissions"]
                .iter()
                .any(|part| path.contains(part));
            if parts.method != Method::GET && !is_question {
                writes.lock().unwrap().push(String::from_utf8(sent.to_vec()).unwrap());
            }
            let (mut parts, body) =
                next.run(Request::from_parts(parts, Body::from(sent))).await.into_parts();
            let bytes = to_bytes(body, 1 << 24).await.unwrap();
            let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else {
                return Response::from_parts(parts, Body::from(bytes));
            };
            for (id, name, schema) in fields() {
                let meta = described(id, name, &schema);
                if path.ends_with("/field") {
                    let mut entry = meta.clone();
                    entry["id"] = json!(id);
                    entry["clauseNames"] = json!([name]);
                    answer.as_array_mut().unwrap().push(entry);
                }
                if path.contains("/createmeta/")
                    && answer.get("fields").is_some_and(Value::is_array)
                {
                    answer["fields"].as_array_mut().unwrap().push(meta.clone());
                }
                if path.ends_with("/editmeta") {
                    answer["fields"][id] = meta.clone();
                }
                for transition in answer
                    .get_mut("transitions")
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    transition["fields"][id] = meta.clone();
                }
            }
            let hold = |issue: &mut Value| {
                for (id, value) in holding.as_object().into_iter().flatten() {
                    issue["fields"][id] = value.clone();
                }
            };
            answer
                .get_mut("issues")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
                .for_each(hold);
            if answer.get("fields").is_some_and(Value::is_object)
                && answer.get("key").is_some_and(Value::is_string)
            {
                hold(&mut answer);
                let names = fields()
                    .into_iter()
                    .map(|(id, name, _)| (id.to_owned(), json!(name)))
                    .collect();
                if answer.get("names").is_some_and(Value::is_object) {
                    answer["names"].as_object_mut().unwrap().extend::<serde_json::Map<_, _>>(names);
                }
            }
            parts.headers.remove("content-length");
            Response::from_parts(parts, Body::from(answer.to_string()))
        }
    };
    sandbox.layer(from_fn(add))
}

/// The bodies of all requests that change something.
type Writes = Arc<Mutex<Vec<String>>>;

async fn bridge(holding: Value) -> (Bridge, Writes) {
    let (sandbox, writes) = (Sandbox::seeded(NOW_MS), Writes::default());
    let router = with_fields(sandbox.router(), holding, Writes::clone(&writes));
    (Bridge::over(router, sandbox.tokens(), &SETTINGS).await, writes)
}

/// The doors through which a field's value is written.
fn doors(field: &str, value: &Value) -> Vec<(&'static str, Value)> {
    let fields = json!({ field: value });
    let issue =
        json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "fields": fields});
    vec![
        ("jira_update_issue", json!({"issue_key": "ACME-2", "fields": fields})),
        (
            "jira_transition_issue",
            json!({"issue_key": "ACME-3", "transition": "In Progress", "fields": fields}),
        ),
        ("jira_create_issue", issue.clone()),
        ("jira_create_issues", json!({"issues": [issue]})),
        ("jira_bulk_edit", json!({"issue_keys": ["ACME-4"], "fields": fields})),
    ]
}

#[tokio::test]
async fn no_value_of_any_field_in_any_form_names_an_issue_outside() {
    let (bridge, writes) = bridge(Value::Null).await;
    let (mut tried, mut passed) = (0, Vec::new());
    for (id, name, _) in fields() {
        for value in forms() {
            for field in [name, id] {
                for (tool, arguments) in doors(field, &value) {
                    let result = bridge.call("anna", tool, arguments).await;
                    tried += 1;
                    let sent: Vec<String> = std::mem::take(&mut *writes.lock().unwrap());
                    let named = sent.iter().any(|body| names_outside(body));
                    let previewed = tool == "jira_bulk_edit" && !result.is_error;
                    if named || previewed {
                        passed.push(format!("{tool} {field} {value}: {}", result.value));
                    }
                }
            }
        }
    }
    assert!(passed.is_empty(), "{} of {tried} passed:\n{}", passed.len(), passed.join("\n"));
}

fn names_outside(body: &str) -> bool {
    let text = body.to_uppercase();
    text.contains(OUTSIDE)
        || text.contains(&format!("\"{OUTSIDE_ID}\""))
        || text.contains(&format!(":{OUTSIDE_ID}"))
}

#[tokio::test]
async fn however_many_issues_a_field_names_jira_is_asked_once() {
    let (bridge, _) = bridge(Value::Null).await;
    let many =
        |count: usize| (1..=count).map(|n| format!("ACME-{n}")).collect::<Vec<_>>().join(" ");
    for (count, asked_max) in [(40, 8), (2_000, 8)] {
        let before = bridge.upstream.seen().len();
        let fields =
            json!({"Reference": json!({"a": many(count)}).to_string(), "Keys": [many(count)]});
        bridge
            .call("anna", "jira_update_issue", json!({"issue_key": "ACME-2", "fields": fields}))
            .await;
        let asked = bridge.upstream.seen().len() - before;
        assert!(asked <= asked_max, "{count} keys: {asked} requests");
    }
}

#[tokio::test]
async fn texts_that_mention_an_issue_outside_are_texts() {
    let (bridge, _) = bridge(Value::Null).await;
    for fields in [
        json!({"summary": format!("as in {OUTSIDE}")}),
        json!({"description": format!("see {OUTSIDE}")}),
        json!({"labels": ["mob"]}),
    ] {
        let done = bridge
            .anna("jira_update_issue", json!({"issue_key": "ACME-2", "fields": fields}))
            .await;
        assert_eq!(done["updated"], true, "{fields}: {done}");
    }
    for field in ["Old Epic", "Parent Link", "parent", "Reference", "Keys"] {
        let inside = json!({"issue_key": "ACME-2", "fields": {field: "ACME-1"}});
        let result = bridge.call("anna", "jira_update_issue", inside).await;
        assert_ne!(result.value["error"], "forbidden", "{field}: {}", result.value);
    }
}

#[tokio::test]
async fn what_issues_outside_are_called_is_not_shown() {
    let nested = json!({"id": OUTSIDE_ID, "key": OUTSIDE, "self": "https://x/rest/api/3/issue/10100",
        "fields": {"summary": "Hush-hush", "status": {"name": "Open"}}});
    let holding = json!({
        "customfield_20001": OUTSIDE,
        "customfield_20002": {"hasEpicLinkFieldDependency": false, "showField": true, "data": nested},
        "customfield_20003": nested,
        "customfield_20004": [nested, {"key": "ACME-1", "fields": {"summary": "Fine"}}],
        "customfield_20005": [OUTSIDE, "ACME-1"],
        "customfield_20006": format!("{OUTSIDE}, ACME-1"),
        "customfield_20007": {"data": OUTSIDE, "more": [{"issueKey": OUTSIDE, "title": "Hush-hush"}]},
        "customfield_20008": {"id": OUTSIDE_ID, "fields": {"summary": "Hush-hush"}},
        "customfield_20009": [
            {"data": OUTSIDE, "summary": "Hush-hush"}, {"issue": OUTSIDE, "title": "Hush-hush"},
            {"issueId": OUTSIDE_ID, "title": "Hush-hush"}, {"id": OUTSIDE_ID, "renderedFields": {"summary": "Hush-hush"}},
            {OUTSIDE: "Hush-hush"}, format!("[{OUTSIDE}]"), "MOB-\u{200B}1", format!("{OUTSIDE}/ACME-1"),
            json!({"key": OUTSIDE, "summary": "Hush-hush"}).to_string(),
            format!("https://jira.example.com/browse/{OUTSIDE}?focusedId=1"),
            {"id": "10002", "key": "MOB", "name": "Hush-hush"}, {"name": "Hush-hush", "projectTypeKey": "software"},
        ],
        "parent": nested,
        "subtasks": [nested],
        "issuelinks": [{"id": "1", "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}, "outwardIssue": nested}],
    });
    let (bridge, _) = bridge(holding).await;
    let names: Vec<&str> = fields().into_iter().map(|(_, name, _)| name).collect();
    for (tool, arguments) in [
        ("jira_get_issue", json!({"issue_key": "ACME-2"})),
        ("jira_get_issue", json!({"issue_key": "ACME-2", "fields": ["*all"]})),
        ("jira_get_issue", json!({"issue_key": "ACME-2", "fields": names})),
        ("jira_search", json!({"jql": "project = ACME", "fields": names, "max_results": 2})),
        ("jira_search", json!({"jql": "project = ACME", "fields": ["*all"], "max_results": 2})),
        ("jira_get_issues", json!({"issue_keys": ["ACME-1", "ACME-2"], "fields": names})),
        ("jira_get_sprint_issues", json!({"sprint_id": 1, "fields": names})),
        ("jira_list_links", json!({"issue_key": "ACME-2"})),
    ] {
        let shown = bridge.call("anna", tool, arguments.clone()).await;
        let text = shown.value.to_string();
        assert!(!shown.is_error, "{tool} {arguments}: {text}");
        for hidden in [OUTSIDE, "Hush-hush"] {
            assert!(!text.contains(hidden), "{tool} {arguments}: {hidden} in {text}");
        }
        if tool == "jira_get_issue"
            && arguments["fields"].as_array().is_some_and(|fields| fields.len() > 1)
        {
            assert!(text.contains("ACME-1") && text.contains("[hidden]"), "{text}");
        }
    }
}
