//! A Jira whose pages are not as its documents say: a call stays within its bounds, and what it did
//! not read it does not take for absent.

use std::sync::{Arc, Mutex};

use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, NOW_MS};

const SETS: (&str, &str) = ("TOOLSETS", "core,context,collab,agile,bulk,jsm");

/// What becomes of an answer: its path and the request's body decide.
type Bend = dyn Fn(&str, &str, &mut Value) + Send + Sync;

#[derive(Clone)]
struct Bent(Arc<Bend>);

async fn bend(State(Bent(bend)): State<Bent>, request: Request, next: Next) -> Response {
    let path = request.uri().to_string();
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(http::header::CONTENT_LENGTH);
    let asked: Bytes = to_bytes(body, usize::MAX).await.unwrap();
    let said = String::from_utf8_lossy(&asked).into_owned();
    let response = next.run(Request::from_parts(parts, Body::from(without_token(&asked)))).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    bend(&path, &said, &mut value);
    let status = parts.status;
    (status, Json(value)).into_response()
}

/// The sandbox refuses tokens that it did not make.
fn without_token(asked: &Bytes) -> Bytes {
    let Ok(Value::Object(mut members)) = serde_json::from_slice::<Value>(asked) else {
        return asked.clone();
    };
    members.remove("nextPageToken");
    Bytes::from(Value::Object(members).to_string())
}

async fn bent(bend_one: impl Fn(&str, &str, &mut Value) + Send + Sync + 'static) -> Bridge {
    let sandbox = Sandbox::seeded(NOW_MS);
    let tokens = sandbox.tokens();
    let bent = Bent(Arc::new(bend_one));
    let router = sandbox.router().layer(from_fn_with_state(bent, bend));
    Bridge::over(router, tokens, &[SETS, ("MAX_RESPONSE_BYTES", "60000")]).await
}

fn is_search(path: &str) -> bool {
    path.contains("/search/jql")
}

/// An issue with twenty comments that mention somebody.
fn mentioning(number: usize, account_id: &str) -> Value {
    let mention = json!({ "type": "mention", "attrs": { "id": account_id, "text": "@A" } });
    let text = json!({ "type": "text", "text": "long ".repeat(80) });
    let body = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [mention, text] }] });
    let comment = |id: usize| json!({ "id": id.to_string(), "body": body, "created": "2026-11-20T10:00:00.000+0000" });
    let comments: Vec<Value> = (1..=20).map(comment).collect();
    json!({
        "id": number.to_string(), "key": format!("ACME-{number}"),
        "fields": { "summary": "s", "comment": { "comments": comments, "total": 20 } },
    })
}

#[tokio::test]
async fn mentions_end_though_a_page_holds_more_than_was_asked_for() {
    let anna = Arc::new(Mutex::new(String::new()));
    let (who, page) = (Arc::clone(&anna), Mutex::new(0_usize));
    let bridge = bent(move |path, _, answer| {
        if is_search(path) {
            let mut page = page.lock().unwrap();
            *page += 1;
            let who = who.lock().unwrap();
            let issues: Vec<Value> = (1..=25).map(|number| mentioning(number, &who)).collect();
            *answer = json!({ "issues": issues, "nextPageToken": format!("p{page}") });
        }
    })
    .await;
    let me = bridge.anna("jira_whoami", json!({})).await;
    me["account_id"].as_str().unwrap().clone_into(&mut anna.lock().unwrap());
    let before = bridge.upstream.seen().len();
    let found = bridge.anna("jira_get_mentions", json!({"since": "2026-11-01"})).await;
    let calls = bridge.upstream.seen().len() - before;
    assert!(calls <= 34, "{calls} calls");
    assert!(!found["mentions"].as_array().unwrap().is_empty(), "{found}");
    assert_eq!(found["complete"], false, "{found}");
}

#[tokio::test]
async fn a_token_that_comes_back_again_is_no_end() {
    let bridge = bent(|path, _, answer| {
        if is_search(path) || path.contains("/changelog/bulkfetch") {
            answer["nextPageToken"] = json!("again");
            answer["isLast"] = json!(false);
        }
    })
    .await;
    let counted = json!({"jql": "project = ACME", "group_by": "status"});
    let counts = bridge.anna("jira_search", counted).await;
    assert_eq!(counts.get("exact"), Some(&json!(false)), "{counts}");
    let told = bridge.anna("jira_get_dependencies", json!({"jql": "key = ACME-1"})).await;
    assert_eq!(told["complete"], false, "{told}");
    let report = bridge.anna("jira_get_sprint_report", json!({"sprint_id": 7})).await;
    assert_eq!(report["history_complete"], false, "{report}");
    assert!(report.get("issues_cut_at").is_some(), "{report}");
    let edit = json!({"jql": "key = ACME-1", "fields": {"priority": "High"}});
    let fault = bridge.refused("jira_bulk_edit", edit).await;
    assert!(fault.to_string().contains("did not come to an end"), "{fault}");
    let mentions = bridge.anna("jira_get_mentions", json!({"since": "2020-01-01"})).await;
    assert_eq!(mentions["complete"], false, "{mentions}");
}

#[tokio::test]
async fn parents_in_a_circle_are_listed_and_keys_stand_in_quotes() {
    let bridge = bent(|path, asked, answer| {
        if !is_search(path) || !asked.contains("parent in (") {
            return;
        }
        assert!(asked.contains(r#"parent in (\""#), "{asked}");
        let issues = answer["issues"].as_array_mut().unwrap();
        let keys: Vec<Value> = issues.iter().map(|issue| issue["key"].clone()).collect();
        for (issue, key) in issues.iter_mut().zip(keys.iter().rev()) {
            issue["fields"]["parent"]["key"] = key.clone();
        }
    })
    .await;
    let made = async |kind: &str, parent: Option<&Value>| {
        let mut asked = json!({"project_key": "ACME", "issue_type": kind, "summary": "x"});
        if let Some(parent) = parent {
            asked["parent_key"] = parent.clone();
        }
        bridge.anna("jira_create_issue", asked).await["key"].clone()
    };
    let epic = made("Epic", None).await;
    for _ in 0..2 {
        made("Story", Some(&epic)).await;
    }
    let tree = bridge.anna("jira_get_epic_tree", json!({"issue_key": epic})).await;
    let listed = tree["issues"].as_array().unwrap();
    assert_eq!((&tree["progress"]["total"], listed.len()), (&json!(2), 2), "{tree}");
}

#[tokio::test]
async fn a_desk_is_looked_for_up_to_its_page_and_a_cut_list_is_no_proof() {
    let bridge = bent(|path, _, answer| {
        let Some((_, query)) = path.split_once("/servicedeskapi/servicedesk?") else { return };
        let start = query.split('&').find_map(|pair| pair.strip_prefix("start="));
        let start: usize = start.map_or(0, |text| text.parse().unwrap());
        let desk = |at| json!({ "id": at, "projectKey": format!("P{at}"), "projectName": format!("Desk {at}") });
        let desks: Vec<Value> = (start + 1..=start + 50).map(|at| desk(at.to_string())).collect();
        *answer = json!({ "values": desks, "isLastPage": false });
    })
    .await;
    let all = bridge.refused("jira_list_queues", json!({"service_desk": "No such desk"})).await;
    assert!(all["message"].as_str().unwrap().contains("among the first 2000"), "{all}");
    let before = bridge.upstream.seen().len();
    for given in ["60", "P70"] {
        bridge.call("anna", "jira_list_request_types", json!({"service_desk": given})).await;
    }
    let lists = bridge.upstream.seen();
    let lists = lists.iter().skip(before).filter(|one| one.path.ends_with("/servicedesk")).count();
    assert!(lists <= 4, "{lists} pages for two desks of the second page");
}

#[tokio::test]
async fn an_approval_that_cannot_be_read_may_be_the_one_that_is_meant() {
    let bridge = bent(|path, _, answer| {
        if path.contains("/approval")
            && let Some(all) = answer["values"].as_array_mut()
        {
            all.push(json!(7));
        }
    })
    .await;
    let jql = "project = OPS AND issuetype = Change AND statusCategory != Done ORDER BY key";
    let found = bridge.anna("jira_search", json!({"jql": jql, "max_results": 50})).await;
    let mut refused = 0;
    for issue in found["issues"].as_array().unwrap() {
        let asked = json!({"issue_key": issue["key"], "decision": "approve", "dry_run": true});
        let answer = bridge.call("anna", "jira_answer_approval", asked).await.value;
        assert!(answer.get("would").is_none(), "{answer}");
        refused += usize::from(answer.to_string().contains("could not be read"));
    }
    assert!(refused > 0, "no change has one approval");
}

#[tokio::test]
async fn a_comment_is_not_edited_where_nobody_knows_whether_customers_read_it() {
    let bridge = bent(|path, _, answer| {
        if path.contains("/comment/") {
            answer["jsdPublic"] = json!("perhaps");
        }
    })
    .await;
    for (project, is_written) in [("OPS", false), ("ACME", true)] {
        let jql = format!("project = {project} ORDER BY key");
        let found = bridge.anna("jira_search", json!({"jql": jql, "max_results": 1})).await;
        let key = &found["issues"][0]["key"];
        let asked = json!({"issue_key": key, "body": "before"});
        let id = &bridge.anna("jira_add_comment", asked).await["comment_id"];
        let asked = json!({"issue_key": key, "comment_id": id, "body": "after"});
        let reply = bridge.call("anna", "jira_update_comment", asked).await;
        assert_eq!(reply.is_error, !is_written, "{project}: {}", reply.value);
    }
}
