//! Many users at once: nobody ever sees another's data, even when their JSON-RPC ids are equal.

use axum::{
    Json, Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    routing::get,
};
use serde_json::{Value, json};

use crate::support::Bridge;

/// A Jira whose every answer says whose token asked.
fn mirror() -> Router {
    let who = |headers: &HeaderMap| {
        headers[header::AUTHORIZATION].to_str().unwrap()["Bearer ".len()..].to_owned()
    };
    Router::new()
        .route(
            "/oauth/token/accessible-resources",
            get(async || {
                Json(json!([{"id": "c-1", "url": "https://mirror.atlassian.net", "name": "mirror", "scopes": ["read:jira-work"]}]))
            }),
        )
        .route(
            "/ex/jira/{cloud}/rest/api/3/issue/{key}",
            get(async move |Path((_, key)): Path<(String, String)>, headers: HeaderMap| {
                // The name of the user, not the token, which no answer may hold.
                let user = who(&headers).split('-').nth(1).unwrap().to_owned();
                Json(json!({"key": key, "fields": {"summary": format!("of {user}"), "assignee": {"accountId": user, "displayName": user}}}))
            }),
        )
        .fallback(async || StatusCode::NOT_FOUND)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_five_hundred_calls_of_two_hundred_users_do_not_mix() {
    let tokens: Vec<(String, String)> = (0..200)
        .map(|number| (format!("u{number}"), format!("token-u{number}-{}", "f".repeat(24))))
        .collect();
    let bridge = std::sync::Arc::new(Bridge::over(mirror(), tokens, &[]).await);
    let at_once = std::sync::Arc::new(tokio::sync::Semaphore::new(500));
    let calls = (0..2_500).map(|number| {
        let (bridge, at_once) = (bridge.clone(), at_once.clone());
        tokio::spawn(async move {
            let _place = at_once.acquire().await.unwrap();
            let user = format!("u{}", number % 200);
            let result = bridge
                .call(&user, "jira_get_issue", json!({"issue_key": format!("AB-{number}")}))
                .await;
            (user, number, result.value)
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (user, number, value): (String, usize, Value) = call.await.unwrap();
        assert_eq!(value["key"], format!("AB-{number}"));
        assert_eq!(
            (&value["summary"], &value["assignee"]),
            (&json!(format!("of {user}")), &json!(user)),
            "{value}"
        );
    }
    let seen = bridge.upstream.seen();
    assert!(seen.iter().all(|seen| seen.authorization.starts_with("Bearer token-u")));
}
