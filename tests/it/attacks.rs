//! What a hostile look at the product found, so that it stays mended.

use std::{
    process::Command,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::Request,
    http::HeaderMap,
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use http::{Method, StatusCode};
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, Modern, NOW_MS, gateway_secret};

#[tokio::test]
async fn a_moved_issue_gets_into_no_sprint_under_its_old_key() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let sets = ("TOOLSETS", "core,agile,manage");
    let open = Bridge::over(sandbox.router(), sandbox.tokens(), &[sets]).await;
    let made = json!({"project_key": "ACME", "issue_type": "Task", "summary": "on the move"});
    let key = open.anna("jira_create_issue", made).await["key"].clone();
    let mut asked = json!({"issue_key": key, "target_project_key": "MOB"});
    asked["confirm"] = open.anna("jira_move_issue", asked.clone()).await["confirm"].clone();
    assert_eq!(open.anna("jira_move_issue", asked).await["old_key"], key);

    let fenced =
        Bridge::over(sandbox.router(), sandbox.tokens(), &[sets, ("PROJECTS_ALLOW", "ACME")]).await;
    for arguments in [
        json!({"issue_keys": [key], "sprint_id": "1"}),
        json!({"issue_keys": ["ACME-2", key], "sprint_id": "backlog"}),
        json!({"issue_keys": ["ACME-2"], "rank_before": key}),
    ] {
        let refused = fenced.refused("jira_move_to_sprint", arguments.clone()).await;
        assert_eq!(refused["error"], "forbidden", "{arguments}: {refused}");
    }
    assert_eq!(fenced.upstream.count(&Method::POST, "/rest/agile/"), 0);
    assert_eq!(fenced.upstream.count(&Method::PUT, "/rest/agile/"), 0);
}

#[tokio::test]
async fn a_request_id_is_of_one_tool_on_one_site() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,bulk")]).await;
    let issue = json!({"project_key": "ACME", "issue_type": "Task", "summary": "once"});
    let mut single = issue.clone();
    single["request_id"] = json!("many a");
    let many = json!({"issues": [issue], "request_id": "a"});
    assert_eq!(bridge.anna("jira_create_issue", single.clone()).await["created"], true);
    let made = bridge.anna("jira_create_issues", many).await;
    assert!(made.get("repeated_request_id").is_none() && made["created"].is_array(), "{made}");
    single["request_id"] = json!("a");
    assert_eq!(bridge.anna("jira_create_issue", single).await["created"], true);
}

/// Two sites, on each of which the next issue is `A-1`.
fn two_sites() -> Router {
    let site = |id: &str| json!({"id": id, "url": format!("https://{id}.atlassian.net"), "name": id, "scopes": ["read:jira-work", "write:jira-work", "read:jira-user"]});
    let sites = json!([site("one"), site("two")]);
    let types = json!({"issueTypes": [{"id": "1", "name": "Task"}], "total": 1});
    let fields = json!({"fields": [{"fieldId": "summary", "name": "Summary", "required": true, "schema": {"type": "string", "system": "summary"}}], "total": 1});
    Router::new()
        .route("/oauth/token/accessible-resources", get(async || Json(sites)))
        .route(
            "/ex/jira/{cloud}/rest/api/3/issue/createmeta/A/issuetypes",
            get(async || Json(types)),
        )
        .route(
            "/ex/jira/{cloud}/rest/api/3/issue/createmeta/A/issuetypes/1",
            get(async || Json(fields)),
        )
        .route(
            "/ex/jira/{cloud}/rest/api/3/search/jql",
            axum::routing::post(async || Json(json!({"issues": []}))),
        )
        .route(
            "/ex/jira/{cloud}/rest/api/3/issue",
            axum::routing::post(async || Json(json!({"id": "1", "key": "A-1"}))),
        )
}

#[tokio::test]
async fn the_same_request_id_on_another_site_is_another_request() {
    let tokens = vec![("anna".to_owned(), "token-of-anna-for-a-stub".to_owned())];
    let bridge = Bridge::over(two_sites(), tokens, &[]).await;
    for site in ["one", "two"] {
        let asked = json!({"project_key": "A", "issue_type": "Task", "summary": "s", "request_id": "r", "site": site});
        let made = bridge.anna("jira_create_issue", asked).await;
        assert_eq!(
            (&made["created"], &made["url"]),
            (&json!(true), &json!(format!("https://{site}.atlassian.net/browse/A-1")))
        );
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/rest/api/3/issue"), 2);
}

#[tokio::test]
async fn an_upstream_that_echoes_the_token_does_not_get_it_to_the_agent() {
    let sites = json!([{"id": "c-1", "url": "https://echo.atlassian.net", "name": "echo", "scopes": ["read:jira-work", "write:jira-work"]}]);
    let echo = async |headers: HeaderMap| {
        let bearer = headers["authorization"].to_str().unwrap().to_owned();
        Json(json!({"key": "A-1", "fields": {"summary": format!("you sent {bearer}")}}))
    };
    let refusal = async |headers: HeaderMap| {
        let bearer = headers["authorization"].to_str().unwrap().to_owned();
        (StatusCode::BAD_REQUEST, Json(json!({"errorMessages": [format!("you sent {bearer}")]})))
    };
    let router = Router::new()
        .route("/oauth/token/accessible-resources", get(async || Json(sites)))
        .route("/ex/jira/{cloud}/rest/api/3/issue/A-1", get(echo))
        .route("/ex/jira/{cloud}/rest/api/3/issue/A-2", get(refusal))
        .route("/ex/jira/{cloud}/rest/api/3/issue/A-2/comment", get(refusal))
        .route("/ex/jira/{cloud}/rest/api/3/myself", get(async || Json(json!({"accountId": "a"}))));
    let tokens = vec![("anna".to_owned(), "token-of-anna-for-a-stub".to_owned())];
    let bridge = Bridge::over(router, tokens, &[("TOOLSETS", "core,destructive")]).await;
    // The bridge of the tests refuses every answer that holds a token.
    let shown =
        bridge.anna("jira_get_issue", json!({"issue_key": "A-1", "fields": "summary"})).await;
    assert_eq!(shown["summary"], "you sent Bearer ***");
    let refused = bridge.refused("jira_get_issue", json!({"issue_key": "A-2"})).await;
    assert!(refused["message"].as_str().unwrap().contains("***"), "{refused}");
    let refused = bridge.rpc("anna", "resources/read", json!({"uri": "jira://issue/A-2"})).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains("***"), "{refused}");
    assert!(refused["error"]["data"]["message"].as_str().unwrap().contains("***"), "{refused}");
    let question = Modern::call("jira_delete_issue", json!({"issue_key": "A-1"}))
        .meta("io.modelcontextprotocol/clientCapabilities", Some(json!({"elicitation": {}})))
        .send_to(&bridge, "/mcp", "anna")
        .await;
    let question = question.json();
    assert_eq!(question["result"]["resultType"], "input_required", "{question}");
    assert!(question.to_string().contains("you sent Bearer ***"), "{question}");
}

#[tokio::test]
async fn resources_and_prompts_do_not_swell() {
    let bridge = Arc::new(Bridge::with(&[("MAX_RESPONSE_BYTES", "4096")]).await);
    for uri in
        [format!("{}jira://issue/ACME-1", "\u{1}".repeat(1000)), "jira://issue/ACME-1\n".to_owned()]
    {
        let reply = bridge.rpc("anna", "resources/read", json!({"uri": uri})).await;
        assert_eq!(reply["error"]["code"], -32002, "{reply}");
        assert!(reply.to_string().len() < 4096);
    }
    let long = "\u{e0041}".repeat(501);
    let arguments = json!({"issue_key": "ACME-1", "transition": long, "person": long});
    let reply = bridge
        .rpc("anna", "prompts/get", json!({"name": "hand_over", "arguments": arguments}))
        .await;
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
}

fn said(arguments: &[&str], settings: &[(&str, &str)]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    assert_ne!(done.status.code(), Some(0), "{arguments:?} must be refused");
    String::from_utf8(done.stderr).unwrap() + &String::from_utf8(done.stdout).unwrap()
}

#[test]
fn what_stands_in_a_wrong_place_is_not_repeated() {
    let word = "hidden".repeat(4);
    let url = format!("ftp://user:{word}@example.com/a?key={word}");
    for name in [
        "JIRA_API_BASE_URL",
        "PUBLIC_BASE_URL",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "ALLOWED_ORIGINS",
        "ALLOWED_HOSTS",
    ] {
        let text = said(&["serve"], &[(name, &url)]);
        assert!(text.contains(name) && !text.contains("hidden"), "{name}: {text}");
    }
    let secret = format!("ATOA{word}");
    let text =
        said(&["connector", "--host", "a.example.com", "--client-id", &secret, "--out", "x"], &[]);
    assert!(text.contains("--client-id") && !text.contains("hidden"), "{text}");
    let text = said(&["smoke", "--url", "http://127.0.0.1:9/mcp", "--token-env", &word], &[]);
    assert!(text.contains("--token-env") && !text.contains("hidden"), "{text}");
    let text = said(&["smoke", "--url", &format!("https://user:{word}@example.com/mcp")], &[]);
    assert!(text.contains("--url") && !text.contains("hidden"), "{text}");
}

/// A Jira in which somebody copies the mark of every create to all issues that others find.
fn copying(sandbox: Router) -> Router {
    let copied = Arc::new(Mutex::new(Value::Null));
    let copy = move |request: Request, next: Next| {
        let copied = Arc::clone(&copied);
        async move {
            let is_create =
                request.method() == Method::POST && request.uri().path().ends_with("/issue");
            let is_search = request.uri().path().ends_with("/search/jql");
            let (parts, body) = request.into_parts();
            let bytes = to_bytes(body, 1 << 20).await.unwrap();
            if is_create {
                let sent: Value = serde_json::from_slice(&bytes).unwrap();
                if let Some(mark) = sent.pointer("/properties/0/value") {
                    *copied.lock().unwrap() = mark.clone();
                }
            }
            let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            if !is_search {
                return response;
            }
            let (mut parts, body) = response.into_parts();
            let mut found: Value =
                serde_json::from_slice(&to_bytes(body, 1 << 24).await.unwrap()).unwrap();
            for issue in found["issues"].as_array_mut().into_iter().flatten() {
                issue["properties"] = json!({ "jira-mcp-bridge.request": *copied.lock().unwrap() });
            }
            parts.headers.remove("content-length");
            Response::from_parts(parts, Body::from(found.to_string()))
        }
    };
    sandbox.layer(from_fn(copy))
}

#[tokio::test]
async fn a_mark_that_was_copied_from_another_account_swallows_no_create() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let secret = gateway_secret();
    for settings in [vec![], vec![("GATEWAY_SHARED_SECRET", secret.as_str())]] {
        let bridge = Bridge::over(copying(sandbox.router()), sandbox.tokens(), &settings).await;
        let create = async |user: &str, summary: &str, id: Option<&str>| {
            let asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": summary, "request_id": id});
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": {"name": "jira_create_issue", "arguments": asked}});
            let reply =
                bridge.post_to("/mcp", user, &[("x-gateway-token", &secret)], &body).await.json();
            let text = reply["result"]["content"][0]["text"].as_str().unwrap().to_owned();
            serde_json::from_str::<Value>(&text).unwrap()
        };
        assert_eq!(create("anna", "one of the victim's", None).await["created"], true);
        assert_eq!(create("ben", "an attacker's", Some("r-1")).await["created"], true);
        let made = create("anna", "the victim's next", Some("r-1")).await;
        assert_eq!(made["created"], true, "{made}");
    }
}
