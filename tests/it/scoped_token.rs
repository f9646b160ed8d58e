//! An API token with scopes over `stdio`: its site refuses it, Atlassian's API host takes it below
//! the site's cloud id.

use axum::{Json, Router, extract::Request, http::StatusCode, response::IntoResponse};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Stdio, Upstream};

const CLOUD: &str = "11111111-2222-3333-4444-555555555555";

/// Site and API host in one: the site takes no token at all, the host the one below the cloud id.
async fn upstream(tells_id: bool, host_status: StatusCode) -> Upstream {
    let handle = move |request: Request| async move {
        let path = request.uri().path().to_owned();
        if path == "/_edge/tenant_info" && tells_id {
            return Json(json!({ "cloudId": CLOUD })).into_response();
        }
        let Some(path) = path.strip_prefix(&format!("/ex/jira/{CLOUD}/rest/api/3")) else {
            return StatusCode::UNAUTHORIZED.into_response();
        };
        if host_status != StatusCode::OK {
            let body = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
            let body =
                if host_status == StatusCode::FORBIDDEN { body } else { json!({ "code": 401 }) };
            return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
        }
        match path {
            "/myself" => {
                Json(json!({ "accountId": "5b1", "displayName": "Anna Admin", "active": true }))
                    .into_response()
            }
            "/issue/P-1" => {
                Json(json!({ "id": "1", "key": "P-1", "fields": { "summary": "Taken" } }))
                    .into_response()
            }
            "/issue/P-1/worklog" if request.method() == Method::POST => {
                (StatusCode::CREATED, Json(json!({ "id": "7" }))).into_response()
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    Upstream::start(Router::new().fallback(handle)).await
}

/// Starts `stdio` before it, calls these tools, and gives back what they said.
fn talk(upstream: &Upstream, more: &[(&'static str, &str)], calls: &[(&str, Value)]) -> Vec<Value> {
    let address = format!("http://{}", upstream.address);
    let mut settings = vec![
        ("JIRA_EMAIL", "anna@example.com".to_owned()),
        ("JIRA_API_TOKEN", "scoped-token".to_owned()),
        ("JIRA_SITE_URL", format!("{address}/jira/your-work")),
        ("JIRA_API_BASE_URL", address),
    ];
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let mut stdio = Stdio::start(&settings);
    let calls = calls.iter().zip(1..).map(|((tool, arguments), id)| {
        let params = json!({ "name": tool, "arguments": arguments });
        let reply = stdio
            .ask(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }));
        serde_json::from_str(reply["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
    });
    calls.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_site_refuses_goes_to_the_api_host() {
    for (tells_id, more) in [(true, &[][..]), (false, &[("JIRA_CLOUD_ID", CLOUD)])] {
        let upstream = upstream(tells_id, StatusCode::OK).await;
        let issue = json!({ "issue_key": "P-1" });
        let work =
            json!({ "issue_key": "P-1", "time_spent": "1h", "started": "2026-11-19T10:00Z" });
        let said = talk(&upstream, more, &[("jira_add_worklog", work), ("jira_get_issue", issue)]);
        assert_eq!(said[0]["worklog_id"], "7", "{said:?}");
        assert_eq!(said[1]["summary"], "Taken", "{said:?}");
        assert_eq!(said[1]["url"], format!("http://{}/browse/P-1", upstream.address));
        // Found out once, with one write refused and one done.
        assert_eq!(upstream.count(&Method::GET, "/myself"), 1);
        assert_eq!(upstream.count(&Method::POST, "/worklog"), 2);
        for seen in upstream.seen() {
            assert_eq!(
                seen.authorization.is_empty(),
                seen.path.contains("tenant_info"),
                "{}",
                seen.path
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_takes_names_its_settings() {
    let issue = || [("jira_get_issue", json!({ "issue_key": "P-1" }))];
    for (upstream, more) in [
        (upstream(true, StatusCode::UNAUTHORIZED).await, &[][..]),
        (upstream(false, StatusCode::OK).await, &[]),
        (
            upstream(false, StatusCode::OK).await,
            &[("JIRA_CLOUD_ID", "00000000-2222-3333-4444-555555555555")],
        ),
    ] {
        let said = talk(&upstream, more, &issue()).remove(0);
        assert_eq!(said["error"], "unauthenticated", "{said}");
        let hint = said["hint"].as_str().unwrap();
        for part in ["JIRA_EMAIL", "JIRA_API_TOKEN", "scopes", "api.atlassian.com", "JIRA_CLOUD_ID"]
        {
            assert!(hint.contains(part), "{hint}");
        }
        assert!(!hint.contains("connection"), "{hint}");
    }
    let lacking = upstream(true, StatusCode::FORBIDDEN).await;
    let said = talk(&lacking, &[], &issue()).remove(0);
    assert_eq!(
        (&said["error"], &said["scope"]),
        (&json!("insufficient_scope"), &json!("read:jira-work")),
        "{said}"
    );
    assert!(said["hint"].as_str().unwrap().contains("JIRA_API_TOKEN"), "{said}");
}
