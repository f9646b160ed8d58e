//! The law of reading: any text that Jira may hold stands in the answer, cleaned, or the answer
//! says that it is cut.

use std::{
    fmt::Write,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;

use proptest::prelude::*;
use serde_json::{Value, json};
use tool_kit::clean;

use crate::support::Bridge;

const TOKEN: &str = "the-token-of-a-law";

/// Stands for the text in the stub's answers.
const MARK: &str = "@@text@@";

/// The text as Jira writes it: JSON without its quotes.
type Held = Arc<Mutex<String>>;

fn issue() -> Value {
    let document = |text: &str| {
        json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": format!("x{text}x")}]}]})
    };
    let user = |name: &str| json!({"accountId": "712020:0a1b2c3d-0000-4000-8000-00000000a001", "displayName": name, "active": true});
    json!({"id": "10001", "key": "P-1", "names": {"customfield_1": "One", "customfield_2": "Two"}, "fields": {
        "summary": MARK, "description": document(MARK), "environment": document("y"),
        "status": {"id": "1", "name": "To Do"}, "issuetype": {"id": "1", "name": "Task"},
        "labels": ["a", MARK], "assignee": user(MARK), "customfield_1": {"id": "7", "value": MARK},
        "customfield_2": MARK, "created": "2026-11-20T10:00:00.000+0100",
        "comment": {"total": 1, "comments": [{"id": "5", "author": user(MARK), "body": document(MARK),
            "created": "2026-11-20T10:00:00.000+0100"}]},
        "attachment": [{"id": "9", "filename": MARK, "size": 1, "mimeType": "text/plain", "author": user("Anna")}],
        "issuelinks": [{"id": "3", "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
            "outwardIssue": {"key": "P-2", "fields": {"summary": MARK, "status": {"name": "Done"}}}}],
    }})
}

async fn stub(State(held): State<Held>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches("/ex/jira/c-1/rest/").to_owned();
    let issue = issue();
    let comment = issue["fields"]["comment"].clone();
    let answer = match path.as_str() {
        "/oauth/token/accessible-resources" => {
            json!([{"id": "c-1", "url": "https://example.atlassian.net", "name": "example",
            "scopes": ["read:jira-work", "read:jira-user", "read:board-scope:jira-software", "read:project:jira",
                       "read:issue-details:jira", "read:sprint:jira-software"]}])
        }
        "api/3/issue/P-1" => issue,
        "api/3/search/jql" => json!({"issues": [issue], "isLast": true}),
        "api/3/issue/P-1/comment" => json!({"total": 1, "comments": comment["comments"]}),
        "api/3/issue/P-1/worklog" => {
            json!({"total": 1, "worklogs": [{"id": "4", "timeSpent": "1h", "timeSpentSeconds": 3600,
            "started": "2026-11-20T10:00:00.000+0100", "author": comment["comments"][0]["author"],
            "comment": comment["comments"][0]["body"]}]})
        }
        "api/3/project/search" => {
            json!({"total": 1, "isLast": true, "values": [{"id": "1", "key": "P", "name": MARK}]})
        }
        "api/3/field" => {
            json!([{"id": "customfield_1", "name": MARK, "schema": {"type": "option"}}])
        }
        "api/3/user/search" => json!([{"accountId": "a", "displayName": MARK, "active": true}]),
        "agile/1.0/board/1/sprint" => {
            json!({"isLast": true, "values": [{"id": 7, "name": MARK, "state": "active", "goal": MARK}]})
        }
        "agile/1.0/board" => {
            json!({"isLast": true, "values": [{"id": 1, "name": MARK, "type": "scrum"}]})
        }
        "api/3/issue/P-1/remotelink" => {
            json!([{"id": 2, "object": {"url": "https://example.com", "title": MARK}}])
        }
        "api/3/issueLinkType" => json!({"issueLinkTypes": []}),
        "api/3/issue/P-1/changelog" => {
            json!({"total": 1, "values": [{"id": "1", "created": "2026-11-20T10:00:00.000+0100",
            "author": comment["comments"][0]["author"],
            "items": [{"field": "summary", "fromString": MARK, "toString": MARK}]}]})
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let text = answer.to_string().replace(MARK, &held.lock().unwrap());
    Response::builder().header("content-type", "application/json").body(Body::from(text)).unwrap()
}

struct World {
    runtime: tokio::runtime::Runtime,
    bridge: Bridge,
    held: Held,
}

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let held = Held::default();
    let router = Router::new().fallback(stub).with_state(Arc::clone(&held));
    let tokens = vec![("anna".to_owned(), TOKEN.to_owned())];
    let settings = [("TOOLSETS", "core,context,collab,agile"), ("MAX_TEXT_CHARS", "200")];
    let bridge = runtime.block_on(Bridge::over(router, tokens, &settings));
    Mutex::new(World { runtime, bridge, held })
});

/// Every read that shows the text, and how often its answer has to.
fn reads() -> Vec<(&'static str, Value, usize)> {
    let key = || json!({"issue_key": "P-1"});
    vec![
        ("jira_get_issue", json!({"issue_key": "P-1", "fields": ["summary"]}), 1),
        ("jira_get_issue", json!({"issue_key": "P-1", "fields": ["description"]}), 1),
        ("jira_get_issue", json!({"issue_key": "P-1", "fields": ["labels"]}), 1),
        ("jira_get_issue", json!({"issue_key": "P-1", "fields": ["assignee"]}), 1),
        (
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": ["customfield_1", "customfield_2"]}),
            2,
        ),
        ("jira_get_issue", json!({"issue_key": "P-1", "fields": ["links"]}), 1),
        (
            "jira_search",
            json!({"jql": "project = P", "fields": ["summary", "description", "assignee"]}),
            3,
        ),
        ("jira_get_comments", key(), 2),
        ("jira_list_worklogs", key(), 2),
        ("jira_list_attachments", key(), 1),
        ("jira_list_links", key(), 2),
        ("jira_get_changelog", key(), 2),
        ("jira_get_projects", json!({}), 1),
        ("jira_find_users", json!({"query": "x"}), 1),
        ("jira_list_boards", json!({}), 1),
        ("jira_get_sprints", json!({"board_id": "1"}), 2),
    ]
}

/// As JSON may write any text, half a pair included.
fn escaped(units: &[u16]) -> String {
    units.iter().fold(String::new(), |mut text, unit| {
        write!(text, "\\u{unit:04x}").unwrap();
        text
    })
}

/// Letters and digits, and what stands for a sign that cannot be read: marks of Markdown and white
/// space may change.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '\u{fffd}').collect()
}

/// How many texts of an answer hold the letters, or their beginning and the word that they are cut.
fn shown(answer: &Value, wanted: &str) -> usize {
    match answer {
        Value::String(text) => {
            let (start, is_cut) = match text.rfind("… [+") {
                Some(at) => (&text[..at], true),
                None => match text.strip_suffix('…') {
                    Some(start) => (start, true),
                    None => (text.as_str(), false),
                },
            };
            let found = letters(start);
            usize::from(
                found.contains(wanted)
                    || (is_cut && wanted.starts_with(found.trim_start_matches('x'))),
            )
        }
        Value::Array(items) => items.iter().map(|item| shown(item, wanted)).sum(),
        Value::Object(map) => map.values().map(|item| shown(item, wanted)).sum(),
        _ => 0,
    }
}

fn any_units() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop_oneof![
        4 => any::<char>().prop_map(|c| { let mut pair = [0; 2]; c.encode_utf16(&mut pair).to_vec() }),
        3 => "[a-zA-Z0-9 *_\\[\\]<>#|-]".prop_map(|text| text.encode_utf16().collect()),
        1 => (0xd800_u16..=0xdfff).prop_map(|unit| vec![unit]),
        1 => prop_oneof![Just(0_u16), Just(0x1b), Just(0x202e), Just(0x200b), Just(0xfeff)].prop_map(|unit| vec![unit]),
    ];
    proptest::collection::vec(unit, 0..40).prop_map(|units| units.concat())
}

proptest! {
    #[test]
    fn any_text_of_jiras_is_shown_or_said_to_be_cut(units in any_units(), at in 0..16_usize, longer in 0..8_usize) {
        // Every text begins with a letter of its own, so that it is never nothing.
        let units: Vec<u16> = "q7".encode_utf16().chain(units.repeat(1 + longer * longer)).collect();
        let reads = reads();
        let (tool, arguments, times) = &reads[at % reads.len()];
        let world = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
        *world.held.lock().unwrap() = escaped(&units);
        let answer = world.runtime.block_on(world.bridge.call("anna", tool, arguments.clone()));
        prop_assert!(!answer.is_error, "{} {:?}", tool, answer.value);
        let text = String::from_utf16_lossy(&units);
        // Some letters are invisible, and are cleaned away as such.
        let wanted = letters(&clean(&text));
        let found = shown(&answer.value, &wanted);
        prop_assert!(found >= *times, "{tool}: {wanted:?} stands {found} times in {}", answer.value);
    }
}
