//! For clients that do OAuth themselves: where to sign in, with which scopes, and what to do when
//! one is missing.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, Modern};

const BASE: &str = "https://api.example.com/jira";

async fn bridge(upstream_401: &str) -> Bridge {
    Bridge::with(&[("UPSTREAM_401", upstream_401), ("PUBLIC_BASE_URL", BASE)]).await
}

fn comment() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "jira_add_comment", "arguments": {"issue_key": "ACME-1", "body": "x"}}})
}

/// What a client of RFC 9728 does: call, read the challenge, load the document it names, compare
/// the resource.
#[tokio::test]
async fn the_challenge_of_each_path_leads_to_its_own_document() {
    let bridge = bridge("http_401").await;
    for path in ["/mcp", "/mcp/readonly", "/mcp/x/core", "/mcp/x/core,agile"] {
        let reply =
            bridge.send(Method::POST, path, &[("content-type", "application/json")], "{}").await;
        assert_eq!(reply.status, 401, "{path}");
        let challenge = reply.header("www-authenticate");
        assert!(!challenge.contains("error="), "no token, no error code: {challenge}");
        assert!(
            challenge.contains(r#"scope="read:jira-user read:jira-work write:jira-work""#),
            "{challenge}"
        );
        let (_, url) = challenge.split_once("resource_metadata=\"").unwrap();
        let (url, _) = url.split_once('"').unwrap();
        let well_known = url.strip_prefix(BASE).unwrap();
        let document = bridge.send(Method::GET, well_known, &[], "").await;
        assert_eq!(
            (document.status, document.header("content-type")),
            (200, "application/json"),
            "{url}"
        );
        let document = document.json();
        assert_eq!(document["resource"], format!("{BASE}{path}"));
        assert_eq!(document["authorization_servers"], json!(["https://auth.atlassian.com"]));
        assert_eq!(document["bearer_methods_supported"], json!(["header"]));
        let scopes = document["scopes_supported"].as_array().unwrap();
        assert!(
            scopes.contains(&json!("read:jira-work")) && !scopes.contains(&json!("offline_access"))
        );
    }
    // Whoever knows no path asks at the root.
    let root =
        bridge.send(Method::GET, "/.well-known/oauth-protected-resource", &[], "").await.json();
    assert_eq!(root["resource"], format!("{BASE}/mcp"));
    assert_eq!(
        bridge
            .send(Method::GET, "/.well-known/oauth-protected-resource/other", &[], "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_missing_scope_is_a_403_that_names_all_the_call_needs() {
    let bridge = bridge("http_401").await;
    // Cold: Jira says it. Warm: the bridge knows it and asks nobody.
    for path in ["/mcp", "/mcp/x/core"] {
        let reply = bridge.post_to(path, "dana", &[], &comment()).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["data"]["error"]),
            (403, &json!("insufficient_scope")),
            "{}",
            reply.text
        );
        let expected = format!(
            "Bearer error=\"insufficient_scope\", resource_metadata=\"{BASE}/.well-known/oauth-protected-resource{path}\", \
             scope=\"write:jira-work\""
        );
        assert_eq!(reply.header("www-authenticate"), expected);
    }
    let modern = Modern::call("jira_add_comment", json!({"issue_key": "ACME-1", "body": "x"}));
    let reply = modern.send_to(&bridge, "/mcp", "dana").await;
    assert_eq!(reply.status, 403, "{}", reply.text);
    assert_eq!(
        bridge
            .post("dana", &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
            .await
            .status,
        200
    );
    assert!(!bridge.call("dana", "jira_search", json!({"jql": "project = ACME"})).await.is_error);
}

#[tokio::test]
async fn copilot_studio_never_sees_these_statuses() {
    let bridge = bridge("tool_error").await;
    let fault =
        bridge.call("dana", "jira_add_comment", json!({"issue_key": "ACME-1", "body": "x"})).await;
    assert_eq!((fault.is_error, &fault.value["error"]), (true, &json!("insufficient_scope")));
    bridge.upstream.fail("/issue/", Fault::Status(401, ""));
    let fault = bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    assert_eq!((fault.is_error, &fault.value["error"]), (true, &json!("unauthenticated")));
}

#[tokio::test]
async fn an_expired_token_is_a_401_that_leads_to_a_new_one() {
    let bridge = bridge("http_401").await;
    bridge.upstream.fail("/issue/", Fault::Status(401, ""));
    let get = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "jira_get_issue", "arguments": {"issue_key": "ACME-1"}}});
    let reply = bridge.post_to("/mcp/readonly", "anna", &[], &get).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["data"]["error"]),
        (401, &json!("unauthenticated")),
        "{}",
        reply.text
    );
    let challenge = reply.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\", resource_metadata="),
        "{challenge}"
    );
    assert!(challenge.contains("/mcp/readonly\""), "{challenge}");
    // A new token is a new call; nothing is held against the user.
    assert_eq!(bridge.post_to("/mcp/readonly", "anna", &[], &get).await.status, 200);
}

#[tokio::test]
async fn calls_of_one_token_at_once_each_have_their_own_answer() {
    let bridge = bridge("http_401").await;
    let get = |key: &str| {
        json!({"jsonrpc": "2.0", "id": key, "method": "tools/call",
            "params": {"name": "jira_get_issue", "arguments": {"issue_key": key}}})
    };
    bridge.upstream.fail_always("/issue/ACME-1", Fault::Status(401, ""));
    for path in ["/mcp", "/mcp/readonly"] {
        let (one, two) = (get("ACME-1"), get("ACME-2"));
        let (refused, accepted) = tokio::join!(
            bridge.post_to(path, "anna", &[], &one),
            bridge.post_to(path, "anna", &[], &two),
        );
        assert_eq!((refused.status, accepted.status), (401, 200), "{}", accepted.text);
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_no_token() {
    let bridge = bridge("http_401").await;
    let path = format!("/mcp?access_token={}", "x".repeat(20));
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let reply =
        bridge.send(Method::POST, &path, &[("content-type", "application/json")], list).await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_refused_token_is_refused_at_the_handshake_too() {
    let bridge = bridge("http_401").await;
    let stranger = [("authorization", "Bearer made-up-by-nobody")];
    let ask = async |method: &str, params: Value| {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let headers =
            [stranger[0], ("content-type", "application/json"), ("accept", "application/json")];
        bridge.send(Method::POST, "/mcp", &headers, body.to_string()).await
    };
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}});
    assert_eq!(ask("initialize", hello.clone()).await.status, 200, "nobody was asked yet");
    let whoami = json!({"name": "jira_whoami", "arguments": {}});
    assert_eq!(ask("tools/call", whoami.clone()).await.status, 401);
    for (method, params) in
        [("initialize", hello.clone()), ("tools/list", json!({})), ("prompts/list", json!({}))]
    {
        let reply = ask(method, params).await;
        assert_eq!(reply.status, 401, "{method}: {}", reply.text);
        assert!(reply.headers.contains_key("www-authenticate"));
        assert_eq!(reply.json()["error"]["data"]["error"], "unauthenticated");
    }
    let asked = bridge.upstream.seen().len();
    assert_eq!(ask("tools/call", whoami).await.status, 401);
    assert!(
        bridge.upstream.seen().len() > asked,
        "a refusal is never believed where Jira can be asked"
    );
    // Others are not touched, and the default says nothing before a call.
    let reply =
        bridge.post("anna", &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await;
    assert_eq!(reply.status, 200);
}
