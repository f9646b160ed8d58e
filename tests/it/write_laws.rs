//! The law of writes: for any JSON given for any field through any door, what is sent to Jira means it, or nothing is sent.

use std::sync::{Arc, LazyLock, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::Bridge;

const TOKEN: &str = "the-token-of-a-law";

/// The people of the stub: one is called by a word of another's name.
const PEOPLE: [(&str, &str); 3] = [
    ("712020:0a1b2c3d-0000-4000-8000-00000000a001", "Anna Admin"),
    ("712020:0a1b2c3d-0000-4000-8000-00000000a002", "Doe, Jane"),
    ("712020:0a1b2c3d-0000-4000-8000-00000000a003", "Doe"),
];

type Written = Arc<Mutex<Vec<Value>>>;

/// The fields of every screen, by kind: id, name, schema, allowed values.
fn fields() -> Vec<Value> {
    let options =
        json!([{"id": "7", "value": "Red"}, {"id": "8", "value": "Blue"}, {"id": "9", "value": "None"}]);
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
async fn stub(State(written): State<Written>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = body.collect().await.unwrap().to_bytes();
    let path = head.uri.path().trim_start_matches("/ex/jira/c-1/rest/api/3/").to_owned();
    let query = head.uri.query().unwrap_or_default();
    let issue = json!({"id": "10001", "key": "P-1", "fields": {
        "status": {"name": "To Do"}, "issuetype": {"id": "1", "name": "Task"}, "summary": "s"}});
    let transition =
        json!({"id": "11", "name": "Go", "to": {"name": "Done"}, "hasScreen": true, "fields": by_id()});
    let answer = match (&head.method, path.as_str()) {
        (&Method::GET, "/oauth/token/accessible-resources") => {
            json!([{"id": "c-1", "url": "https://example.atlassian.net", "name": "example",
                    "scopes": ["read:jira-work", "write:jira-work", "read:jira-user"]}])
        }
        (&Method::GET, "myself") => {
            json!({"accountId": PEOPLE[0].0, "displayName": PEOPLE[0].1, "timeZone": "Europe/Berlin"})
        }
        (&Method::GET, "user") => json!({"accountId": PEOPLE[0].0, "displayName": PEOPLE[0].1}),
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
            return (StatusCode::NOT_FOUND, axum::Json(json!({"errorMessages": ["no"], "errors": {}})))
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
    let fits = |name: &str| asked.iter().all(|part| words(name).iter().any(|word| word.starts_with(part)));
    let found = PEOPLE.iter().filter(|(_, name)| !asked.is_empty() && fits(name));
    found.map(|(id, name)| json!({"accountId": id, "displayName": name, "active": true})).collect()
}

struct World {
    runtime: tokio::runtime::Runtime,
    bridge: Bridge,
    written: Written,
}

/// One bridge for all cases, which run one after the other.
static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let written = Written::default();
    let router = Router::new().fallback(stub).with_state(Arc::clone(&written));
    let tokens = vec![("anna".to_owned(), TOKEN.to_owned())];
    let bridge = runtime.block_on(Bridge::over(router, tokens, &[("TOOLSETS", "core,bulk")]));
    Mutex::new(World { runtime, bridge, written })
});

#[derive(Debug, Clone, Copy)]
enum Door {
    Update,
    Create,
    CreateMany,
    Transition,
    Bulk,
}

/// What came of one value through one door.
struct Outcome {
    /// What Jira was sent for the field: the value that replaces, or the operations.
    sent: Option<Value>,
    /// What a preview showed before, and what the acknowledgement said.
    shown: Option<(Value, Value)>,
    refusal: Option<Value>,
}

fn through(door: Door, field: &str, value: &Value) -> Outcome {
    let world = WORLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    world.written.lock().unwrap().clear();
    let call =
        |tool: &str, arguments: Value| world.runtime.block_on(world.bridge.call("anna", tool, arguments));
    let values = json!({ field: value }).to_string();
    let new = |more: Value| {
        let mut all = json!({"project_key": "P", "issue_type": "Task"});
        if field != "summary" {
            all["summary"] = json!("x");
        }
        all["fields"] = more;
        all
    };
    let (preview, done) = match door {
        Door::Update => {
            let preview =
                call("jira_update_issue", json!({"issue_key": "P-1", "fields": values, "dry_run": true}));
            (Some(preview), call("jira_update_issue", json!({"issue_key": "P-1", "fields": values})))
        }
        Door::Create => (None, call("jira_create_issue", new(json!(values)))),
        Door::CreateMany => {
            let issues = json!([new(json!({ field: value }))]).to_string();
            (None, call("jira_create_issues", json!({ "issues": issues })))
        }
        Door::Transition => (
            None,
            call("jira_transition_issue", json!({"issue_key": "P-1", "transition": "Go", "fields": values})),
        ),
        Door::Bulk => {
            let mut arguments = json!({"issue_keys": ["P-1"], "fields": values});
            let preview = call("jira_bulk_edit", arguments.clone());
            if preview.is_error {
                (None, preview)
            } else {
                arguments["confirm"] = preview.value["confirm"].clone();
                (None, call("jira_bulk_edit", arguments))
            }
        }
    };
    let body = world.written.lock().unwrap().pop();
    if done.is_error {
        assert!(body.is_none(), "{door:?} {field} {value}: refused, but {body:?} was sent");
        return Outcome { sent: None, shown: None, refusal: Some(done.value) };
    }
    let body = body
        .unwrap_or_else(|| panic!("{door:?} {field} {value}: done, but nothing was sent: {:?}", done.value));
    let body = if matches!(door, Door::CreateMany) { body["issueUpdates"][0].clone() } else { body };
    let sent = match door {
        Door::Bulk => Some(body["editedFieldsInput"].clone()),
        _ => [&body["fields"], &body["update"]].into_iter().find_map(|part| part.get(field)).cloned(),
    };
    let shown = preview.map(|preview| (preview.value["after"].clone(), done.value["changed"].clone()));
    Outcome { sent, shown, refusal: None }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,10}",
        prop_oneof![
            Just("Red"),
            Just("red"),
            Just("Blue"),
            Just("None"),
            Just("none"),
            Just("Red, dark"),
            Just("Red > Blue"),
            Just("7"),
            Just("17"),
            Just("Doe, Jane"),
            Just("Doe"),
            Just("Jane"),
            Just("Anna Admin"),
            Just("me"),
            Just("P-2"),
            Just("2026-12-24"),
            Just("tomorrow 9:00"),
            Just("2d"),
            Just("5"),
            Just("P"),
            Just("712020:0a1b2c3d-0000-4000-8000-00000000a001"),
        ]
        .prop_map(str::to_owned),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9..99_i64).prop_map(Value::from),
        any_text().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let name = prop_oneof![
            Just("add"),
            Just("remove"),
            Just("set"),
            Just("id"),
            Just("name"),
            Just("value"),
            Just("accountId"),
            Just("displayName"),
            Just("key"),
            Just("child"),
            Just("originalEstimate"),
            Just("x"),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..3).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

fn any_door() -> impl Strategy<Value = Door> {
    prop_oneof![
        Just(Door::Update),
        Just(Door::Create),
        Just(Door::CreateMany),
        Just(Door::Transition),
        Just(Door::Bulk),
    ]
}

fn any_field() -> impl Strategy<Value = String> {
    proptest::sample::select(fields()).prop_map(|field| field["key"].as_str().unwrap().to_owned())
}

/// Whether somebody who gave this asked for nothing to be there.
fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let word = text.trim().to_ascii_lowercase();
            matches!(word.as_str(), "" | "none" | "null" | "unassigned" | "nobody")
                || serde_json::from_str::<Value>(text)
                    .is_ok_and(|value| !value.is_string() && asks_for_nothing(&value))
        }
        Value::Array(items) => {
            items.is_empty()
                || matches!(items.as_slice(), [Value::Object(map)] if map.get("set").is_some_and(asks_for_nothing))
        }
        Value::Object(map) => map.len() == 1 && map.get("set").is_some_and(asks_for_nothing),
        _ => false,
    }
}

/// The texts and numbers of a value, small letters, without the names of members.
fn words(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            all.push(text.to_lowercase());
            if text.trim_start().starts_with(['[', '{'])
                && let Ok(inner) = serde_json::from_str(text)
            {
                words(&inner, all);
            }
        }
        Value::Number(number) => all.push(number.to_string()),
        Value::Bool(flag) => all.push(flag.to_string()),
        Value::Array(items) => items.iter().for_each(|item| words(item, all)),
        Value::Object(map) => map.values().for_each(|item| words(item, all)),
        Value::Null => {}
    }
}

/// The words for which an id of the stub stands.
fn names_of(id: &str) -> Vec<String> {
    let mut names = vec![id.to_lowercase()];
    for field in fields() {
        let allowed = field["allowedValues"].as_array().cloned().unwrap_or_default();
        let below =
            allowed.iter().flat_map(|value| value["children"].as_array().cloned().unwrap_or_default());
        for value in allowed.iter().cloned().chain(below) {
            if value["id"] == id {
                names.extend(
                    ["name", "value"].iter().filter_map(|name| value[*name].as_str()).map(str::to_lowercase),
                );
            }
        }
    }
    names.extend(PEOPLE.iter().filter(|(known, _)| *known == id).map(|(_, name)| name.to_lowercase()));
    if id == PEOPLE[0].0 {
        names.extend(["me".to_owned(), "myself".to_owned()]);
    }
    names
}

/// Whether everything that is sent was said: every id stands for a name that was given, every text was given.
fn was_said(sent: &Value, given: &[String]) -> Result<(), String> {
    match sent {
        Value::String(text) => {
            let is_moment =
                text.len() >= 10 && text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('-');
            let said = names_of(text).iter().any(|name| {
                let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                given.iter().any(|given| line(given).contains(&line(name)) && !name.is_empty())
            });
            if said || is_moment { Ok(()) } else { Err(format!("'{text}' was not said")) }
        }
        Value::Number(number) => {
            let said = given.iter().any(|given| {
                given.trim() == number.to_string() || given.trim().parse::<f64>().ok() == number.as_f64()
            });
            if said { Ok(()) } else { Err(format!("{number} was not said")) }
        }
        Value::Array(items) => items.iter().try_for_each(|item| was_said(item, given)),
        Value::Object(map) => map.values().try_for_each(|item| was_said(item, given)),
        Value::Bool(_) | Value::Null => Ok(()),
    }
}

fn is_hollow(sent: &Value) -> bool {
    match sent {
        Value::Null => true,
        Value::Array(items) => items.is_empty() || items.iter().any(is_hollow),
        Value::Object(map) => map.is_empty() || map.values().any(is_hollow),
        _ => false,
    }
}

/// How many things a list means, where it is given as one.
fn elements(value: &Value) -> Option<usize> {
    let items = value.as_array()?;
    let is_operation = |item: &Value| {
        item.as_object().is_some_and(|map| {
            map.keys().any(|name| ["add", "remove", "set", "edit"].contains(&name.as_str()))
        })
    };
    let distinct: std::collections::HashSet<String> = items.iter().map(Value::to_string).collect();
    (!items.iter().any(is_operation) && distinct.len() == items.len()).then_some(items.len())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sent_means_what_was_given(door in any_door(), field in any_field(), value in any_value()) {
        let outcome = through(door, &field, &value);
        if let Some(refusal) = outcome.refusal {
            prop_assert!(refusal["message"].as_str().is_some_and(|said| !said.is_empty()), "{refusal}");
            return Ok(());
        }
        let Some(sent) = outcome.sent else {
            return Err(TestCaseError::fail(format!("{door:?} {field} {value}: done, but the field was not sent")));
        };
        let is_rich = field == "customfield_3";
        let is_bulk = matches!(door, Door::Bulk);
        // The groups of a bulk edit say in words of their own that a field is cleared.
        if !is_rich && !is_bulk {
            prop_assert!(!is_hollow(&sent) || asks_for_nothing(&value), "{door:?} {field}: {value} became {sent}");
            let mut said = Vec::new();
            words(&value, &mut said);
            if let Err(fault) = was_said(&sent, &said) {
                prop_assert!(false, "{door:?} {field}: {value} became {sent}: {fault}");
            }
            if let (Some(given), Some(sent_items)) = (elements(&value), sent.as_array()) {
                prop_assert!(sent_items.len() >= given.min(1) && (given < 2 || sent_items.len() == given),
                    "{door:?} {field}: {value} became {sent}");
            }
        }
        if let Some((preview, acknowledged)) = outcome.shown
            && !is_rich
            // Who is given by id is named in a preview, where a person agrees to it.
            && !acknowledged.to_string().contains("712020:")
        {
            prop_assert_eq!(preview, acknowledged, "{} {}", field, value);
        }
    }
}
