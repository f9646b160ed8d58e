//! Writes on an issue when Jira misbehaves, when the issue has moved away, and when text would be
//! lost.

use axum::{
    Json, Router,
    extract::{Path, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Method, StatusCode, header};
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, NOW_MS};

/// Does what is asked, and then loses the answer to each of these writes.
async fn lose_answers(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_lost = request.method() == Method::POST
        && ["/issueLink", "/worklog"].iter().any(|end| path.ends_with(end));
    let answer = next.run(request).await;
    if is_lost { StatusCode::BAD_GATEWAY.into_response() } else { answer }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_looked_for_before_it_is_called_lost() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let tokens = sandbox.tokens();
    let bridge = Bridge::over(sandbox.router().layer(from_fn(lose_answers)), tokens, &[]).await;
    let asked = json!({"from_key": "ACME-2", "relation": "clones", "to_key": "ACME-9"});
    let made = bridge.anna("jira_link_issues", asked).await;
    assert_eq!(
        made,
        json!({"linked": true, "from": "ACME-2", "relation": "clones", "to": "ACME-9"})
    );
    let asked =
        json!({"issue_key": "ACME-2", "time_spent": "20m", "started": "2026-11-19T14:00:00Z"});
    let made = bridge.anna("jira_add_worklog", asked).await;
    assert_eq!((&made["time"], made["worklog_id"].is_string()), (&json!("20m"), true));
    for path in ["/issueLink", "/worklog"] {
        let posts = bridge
            .upstream
            .seen()
            .iter()
            .filter(|seen| seen.method == Method::POST && seen.path.ends_with(path))
            .count();
        assert_eq!(posts, 1, "a write is never repeated");
    }
}

#[tokio::test]
async fn a_write_that_did_not_arrive_is_reported_as_unknown() {
    let bridge = Bridge::start().await;
    bridge.upstream.fail("/worklog", Fault::Status(502, ""));
    let fault = bridge
        .refused("jira_add_worklog", json!({"issue_key": "ACME-2", "time_spent": "20m"}))
        .await;
    assert_eq!(
        (&fault["error"], &fault["outcome"]),
        (&json!("upstream_unavailable"), &json!("unknown"))
    );
    assert!(fault["hint"].as_str().unwrap().contains("jira_list_worklogs"), "{fault}");
    assert_eq!(bridge.upstream.count(&Method::POST, "/worklog"), 1);
}

#[tokio::test]
async fn writes_that_change_nothing_twice_are_repeated() {
    let bridge = Bridge::start().await;
    for (path, tool, arguments) in [
        ("/watchers", "jira_watch_issue", json!({"issue_key": "ACME-2"})),
        (
            "/remotelink",
            "jira_add_remote_link",
            json!({"issue_key": "ACME-2", "url": "https://x.example", "title": "x"}),
        ),
    ] {
        bridge.upstream.fail(path, Fault::Header(503, "retry-after", "0".to_owned()));
        bridge.anna(tool, arguments).await;
        assert_eq!(bridge.upstream.count(&Method::POST, path), 2, "{tool}");
    }
}

#[tokio::test]
async fn faults_of_jira_keep_their_words() {
    for (path, tool, arguments) in [
        ("/remotelink", "jira_list_links", json!({"issue_key": "ACME-2"})),
        ("/worklog", "jira_list_worklogs", json!({"issue_key": "ACME-2"})),
        ("/changelog", "jira_get_changelog", json!({"issue_key": "ACME-2"})),
        ("/watchers", "jira_watch_issue", json!({"issue_key": "ACME-2"})),
        ("/worklog", "jira_add_worklog", json!({"issue_key": "ACME-2", "time_spent": "1h"})),
        (
            "/comment/1",
            "jira_update_comment",
            json!({"issue_key": "ACME-2", "comment_id": "1", "body": "x"}),
        ),
    ] {
        for (status, code) in [
            (401, "unauthenticated"),
            (403, "forbidden"),
            (404, "not_found"),
            (413, "payload_too_large"),
        ] {
            let bridge = Bridge::start().await;
            bridge.upstream.fail(path, Fault::Status(status, "{}"));
            let fault = bridge.refused(tool, arguments.clone()).await;
            assert_eq!(fault["error"], code, "{tool} {status}: {fault}");
        }
    }
}

/// A Jira whose every issue was moved to another project and still answers under its old key.
fn moved() -> Router {
    let sites = json!([{"id": "c-1", "url": "https://moved.atlassian.net", "name": "moved", "scopes": ["read:jira-work", "write:jira-work"]}]);
    let page = json!({"total": 0, "values": [], "worklogs": [], "issueLinkTypes": [
        {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
    ]});
    let other = page.clone();
    Router::new()
        .route("/oauth/token/accessible-resources", get(async || Json(sites)))
        .route(
            "/ex/jira/{cloud}/rest/api/3/issue/{key}",
            get(async |Path(_): Path<(String, String)>| {
                Json(json!({"key": "GONE-7", "fields": {}}))
            }),
        )
        .route("/ex/jira/{cloud}/rest/api/3/issue/{key}/remotelink", get(async || Json(json!([]))))
        .route("/ex/jira/{cloud}/rest/api/3/issue/{key}/{part}", get(async || Json(page)))
        .route("/ex/jira/{cloud}/rest/api/3/{list}", get(async || Json(other)))
}

#[tokio::test]
async fn an_issue_that_moved_out_of_the_allowed_projects_is_gone() {
    let tokens = vec![("anna".to_owned(), "token-of-anna-for-a-stub".to_owned())];
    let bridge = Bridge::over(moved(), tokens, &[("PROJECTS_ALLOW", "AB")]).await;
    for (tool, arguments) in [
        ("jira_list_links", json!({"issue_key": "AB-1"})),
        ("jira_link_issues", json!({"from_key": "AB-1", "relation": "blocks", "to_key": "AB-2"})),
        (
            "jira_add_remote_link",
            json!({"issue_key": "AB-1", "url": "https://x.example", "title": "x"}),
        ),
        ("jira_list_worklogs", json!({"issue_key": "AB-1"})),
        ("jira_add_worklog", json!({"issue_key": "AB-1", "time_spent": "1h"})),
        ("jira_watch_issue", json!({"issue_key": "AB-1"})),
        ("jira_get_changelog", json!({"issue_key": "AB-1"})),
        ("jira_update_comment", json!({"issue_key": "AB-1", "comment_id": "1", "body": "x"})),
    ] {
        let fault = bridge.refused(tool, arguments).await;
        assert!(fault["message"].as_str().unwrap().contains("was moved"), "{tool}: {fault}");
    }
    assert!(
        bridge.upstream.seen().iter().all(|seen| seen.method == Method::GET),
        "nothing is written"
    );
}

/// Writes a comment with a node that Markdown cannot say, past the bridge.
async fn rich_comment(bridge: &Bridge) -> Value {
    let cloud = Sandbox::seeded(NOW_MS).cloud_ids().remove(0);
    let url = format!(
        "http://{}/ex/jira/{cloud}/rest/api/3/issue/ACME-2/comment",
        bridge.upstream.address
    );
    let inside = json!({"type": "paragraph", "content": [{"type": "text", "text": "hidden"}]});
    let body = json!({"body": {"type": "doc", "version": 1, "content": [
        {"type": "expand", "attrs": {"title": "More"}, "content": [inside]},
    ]}});
    let request = reqwest::Client::builder().no_proxy().build().unwrap().post(url);
    let request = request
        .header(header::AUTHORIZATION, format!("Bearer {}", bridge.token("anna")))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.to_string());
    let answer = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&answer).unwrap()["id"].clone()
}

#[tokio::test]
async fn a_comment_is_not_flattened_by_accident() {
    let bridge = Bridge::start().await;
    let id = rich_comment(&bridge).await;
    let mut asked = json!({"issue_key": "ACME-2", "comment_id": id, "body": "flat"});
    let fault = bridge.refused("jira_update_comment", asked.clone()).await;
    assert!(fault["message"].as_str().unwrap().contains("expand"), "{fault}");
    assert!(fault["hint"].as_str().unwrap().contains("replace_rich_text"), "{fault}");
    assert_eq!(bridge.upstream.count(&Method::PUT, "/comment"), 0);
    asked["replace_rich_text"] = json!(true);
    assert_eq!(bridge.anna("jira_update_comment", asked).await["updated"], true);
}
