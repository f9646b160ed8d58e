//! One odd value in an answer of Jira's costs that value only, wherever it stands.
//!
//! The sandbox's own answers are changed on their way: at one place after the other stands half a
//! surrogate pair, null, or something of another shape.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, NOW_MS};

/// What is put where, and how many places there were.
#[derive(Default)]
struct Change {
    path: &'static str,
    place: usize,
    /// JSON text, for half a pair is no text of Rust's.
    value: &'static str,
    places: usize,
    /// The names of the members that lead to the place.
    at: String,
}

#[derive(Clone, Default)]
struct Changed(Arc<Mutex<Change>>);

const MARK: &str = "@@the changed value@@";

async fn change(State(changed): State<Changed>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let mut change = changed.0.lock().unwrap().take_if(&path);
    let Some(change) = change.as_mut() else { return response };
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let mut count = 0;
    mark(&mut json, change.place, &mut count, "", &mut change.at);
    let text = json.to_string().replace(&format!("\"{MARK}\""), change.value);
    let mut kept = changed.0.lock().unwrap();
    (kept.places, kept.at) = (count, change.at.clone());
    Response::from_parts(without_length(parts), Body::from(text))
}

impl Change {
    /// The change for an answer from this path, if it is meant.
    fn take_if(&self, path: &str) -> Option<Self> {
        let is_meant = !self.path.is_empty() && path.ends_with(self.path);
        is_meant.then(|| Self {
            path: self.path,
            place: self.place,
            value: self.value,
            ..Self::default()
        })
    }
}

fn without_length(mut parts: http::response::Parts) -> http::response::Parts {
    parts.headers.remove(http::header::CONTENT_LENGTH);
    parts
}

/// Puts the mark at the place that is the `wanted`th text.
fn mark(value: &mut Value, wanted: usize, count: &mut usize, at: &str, found: &mut String) {
    match value {
        Value::String(text) => {
            if *count == wanted {
                MARK.clone_into(text);
                at.clone_into(found);
            }
            *count += 1;
        }
        Value::Array(items) => {
            for item in items {
                mark(item, wanted, count, at, found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                mark(member, wanted, count, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// What makes an answer one of this issue, or finds what was asked for: without it the call may end
/// in an error.
fn is_essential(at: &str) -> bool {
    [
        "/key",
        "/id",
        "/issues/key",
        "/issues/id",
        "/accountId",
        "/name",
        "/values/key",
        "/nextPageToken",
    ]
    .contains(&at)
}

/// Each place in turn, but no more than these of one answer.
const PLACES_MAX: usize = 25;

async fn check(tool: &'static str, arguments: Value, path: &'static str) {
    check_after(&[], tool, arguments, path).await;
}

/// The same where these calls made what is read.
async fn check_after(
    before: &[(&str, Value)],
    tool: &'static str,
    arguments: Value,
    path: &'static str,
) {
    let (sandbox, changed) = (Sandbox::seeded(NOW_MS), Changed::default());
    let tokens = sandbox.tokens();
    let router: Router = sandbox.router().layer(from_fn_with_state(changed.clone(), change));
    let sets = ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm");
    let bridge = Bridge::over(router, tokens, &[sets, ("MAX_RESPONSE_BYTES", "60000")]).await;
    for (tool, arguments) in before {
        bridge.anna(tool, arguments.clone()).await;
    }
    let ask = |place: usize, value: &'static str| {
        *changed.0.lock().unwrap() = Change { path, place, value, ..Change::default() };
        let (bridge, arguments) = (&bridge, arguments.clone());
        async move {
            let reply = bridge.call("anna", tool, arguments).await;
            (reply.is_error, reply.value.to_string())
        }
    };
    let (is_error, whole) = ask(usize::MAX, "0").await;
    assert!(!is_error, "{tool}: {whole}");
    let places = changed.0.lock().unwrap().places;
    assert!(places > 0, "{tool} asks nobody at {path}");
    for place in (0..places).step_by(places.div_ceil(PLACES_MAX)) {
        let (_, plain) = ask(place, r#""Quixotic7""#).await;
        let at = changed.0.lock().unwrap().at.clone();
        // A token of Jira's goes back to Jira as it is.
        let is_shown = plain.contains("Quixotic7") && at != "/nextPageToken";
        for value in [
            r#""Quixotic7 \ud83d!""#,
            "null",
            r#"{"a":[1]}"#,
            "7",
            r#""\u202eQuix\u0007otic7\udc00""#,
            r#""""#,
        ] {
            let (is_error, shown) = ask(place, value).await;
            assert!(!is_error || is_essential(&at), "{tool}: {value} at {at}: {shown}");
            let is_said = shown.contains("Quixotic7") || shown.contains("unreadable");
            assert!(
                !(is_shown && value.contains("\\ud")) || is_said || is_error,
                "{tool}: {value} at {at} is lost: {shown}\n{plain}"
            );
            // An object is shown as one or said to be unreadable; rich text takes it for what it
            // most likely means.
            let is_told =
                ["unreadable", "\"a\"", r#"\"a\""#].iter().any(|sign| shown.contains(sign));
            let is_rich = at.contains("/content/");
            assert!(
                !(is_shown && value.contains('{')) || is_told || is_error || is_rich,
                "{tool}: {value} at {at} is lost: {shown}"
            );
        }
    }
}

#[tokio::test]
async fn an_issue_with_one_odd_value_is_read() {
    check("jira_get_issue", json!({"issue_key": "ACME-2"}), "/issue/ACME-2").await;
    check("jira_get_issue", json!({"issue_key": "ACME-2", "fields": ["*all"]}), "/issue/ACME-2")
        .await;
    check("jira_search", json!({"jql": "project = ACME", "max_results": 3}), "/search/jql").await;
    check(
        "jira_search",
        json!({"jql": "project = ACME", "max_results": 2, "fields": ["*all"]}),
        "/search/jql",
    )
    .await;
    check("jira_get_issues", json!({"issue_keys": ["ACME-1", "ACME-2"]}), "/issue/bulkfetch").await;
}

#[tokio::test]
async fn what_people_did_is_read_in_spite_of_one_odd_value() {
    let issue = || json!({"issue_key": "ACME-2"});
    check("jira_get_comments", issue(), "/comment").await;
    check("jira_get_changelog", issue(), "/changelog").await;
    let work =
        ("jira_add_worklog", json!({"issue_key": "ACME-2", "time_spent": "1h", "comment": "done"}));
    check_after(&[work], "jira_list_worklogs", issue(), "/worklog").await;
    let file =
        ("jira_add_attachment", json!({"issue_key": "ACME-2", "file_name": "a.txt", "text": "x"}));
    check_after(&[file], "jira_list_attachments", issue(), "/issue/ACME-2").await;
    check("jira_list_links", json!({"issue_key": "ACME-1"}), "/issue/ACME-1").await;
    let page = (
        "jira_add_remote_link",
        json!({"issue_key": "ACME-2", "url": "https://example.com", "title": "x"}),
    );
    check_after(&[page], "jira_list_links", issue(), "/remotelink").await;
    check("jira_list_transitions", issue(), "/issue/ACME-2").await;
    let sections = json!({"issue_key": "ACME-2", "include": ["comments", "changelog", "worklogs", "watchers"]});
    check("jira_get_issue", sections.clone(), "/comment").await;
    check("jira_get_issue", sections, "/watchers").await;
}

#[tokio::test]
async fn what_a_site_offers_is_read_in_spite_of_one_odd_value() {
    check("jira_get_projects", json!({}), "/project/search").await;
    check("jira_get_project", json!({"project_key": "ACME"}), "/project/ACME").await;
    check("jira_find_users", json!({"query": "a"}), "/user/search").await;
    check("jira_get_filters", json!({}), "/filter/search").await;
    check("jira_list_boards", json!({}), "/board").await;
    check("jira_get_sprints", json!({"board_id": 1}), "/board/1/sprint").await;
    check("jira_get_sprint_issues", json!({"sprint_id": 1}), "/sprint/1/issue").await;
}
