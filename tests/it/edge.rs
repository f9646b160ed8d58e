//! Who may come in: one request with everything wrong, repaired one thing at a time, and the
//! probes.

use http::Method;
use serde_json::json;

use crate::support::{Bridge, gateway_secret};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

#[tokio::test]
async fn everything_wrong_is_repaired_one_thing_at_a_time() {
    let secret = gateway_secret();
    let bridge = Bridge::with(&[("GATEWAY_SHARED_SECRET", &secret)]).await;
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let mut headers = vec![
        ("host", "evil.example"),
        ("origin", "https://evil.example"),
        ("x-gateway-token", "wrong"),
        ("authorization", "Basic abc"),
        ("content-type", "text/plain"),
    ];
    let mut answers = Vec::new();
    let repairs = [
        ("host", "localhost"),
        ("origin", "https://copilotstudio.microsoft.com"),
        ("x-gateway-token", secret.as_str()),
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    answers.push(bridge.send(Method::POST, "/mcp", &headers, LIST).await);
    for (name, good) in repairs {
        let line = headers.iter_mut().find(|(known, _)| *known == name).unwrap();
        line.1 = good;
        answers.push(bridge.send(Method::POST, "/mcp", &headers, LIST).await);
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [403, 403, 403, 401, 415, 200]);
    for answer in &answers {
        assert!(answer.json().is_object());
    }
    assert_eq!(bridge.upstream.seen().len(), 0);
}

#[tokio::test]
async fn without_a_bearer_comes_the_challenge() {
    let bridge = Bridge::with(&[("PUBLIC_BASE_URL", "https://api.example.com/jira")]).await;
    let reply =
        bridge.send(Method::POST, "/mcp", &[("content-type", "application/json")], LIST).await;
    assert_eq!(reply.status, 401);
    let challenge = reply.header("www-authenticate");
    assert!(
        challenge
            .starts_with("Bearer resource_metadata=\"https://api.example.com/jira/.well-known/"),
        "{challenge}"
    );
    let document =
        bridge.send(Method::GET, "/.well-known/oauth-protected-resource/mcp", &[], "").await.json();
    assert_eq!(document["resource"], "https://api.example.com/jira/mcp");
    assert_eq!(document["authorization_servers"], json!(["https://auth.atlassian.com"]));
}

#[tokio::test]
async fn the_previous_secret_still_counts() {
    let (new, old) = ("new-".repeat(10), gateway_secret());
    let settings =
        [("GATEWAY_SHARED_SECRET", new.as_str()), ("GATEWAY_SHARED_SECRET_PREVIOUS", old.as_str())];
    let bridge = Bridge::with(&settings).await;
    for secret in [&new, &old] {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let reply =
            bridge.post_to("/mcp", "anna", &[("x-gateway-token", secret.as_str())], &list).await;
        assert_eq!(reply.status, 200);
    }
    assert_eq!(
        bridge
            .post("anna", &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn probes_answer_without_any_secret() {
    let secret = gateway_secret();
    let bridge =
        Bridge::with(&[("GATEWAY_SHARED_SECRET", &secret), ("ALLOWED_HOSTS", "api.example.com")])
            .await;
    let health = bridge.send(Method::GET, "/healthz", &[], "").await;
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("ok")));
    let ready = bridge.send(Method::GET, "/readyz", &[], "").await;
    assert_eq!((ready.status, &ready.json()["server"]), (200, &json!("jira-mcp-bridge")));
}

#[tokio::test]
async fn bodies_that_are_no_message_are_refused_in_jsonrpc() {
    let bridge = Bridge::start().await;
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (body, status, code) in [
        ("{\"jsonrpc\":".to_owned(), 400, -32700),
        ("<html>".to_owned(), 400, -32700),
        ("[]".to_owned(), 400, -32600),
        (format!("[{LIST}]"), 400, -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}".to_owned(), 400, -32600),
        (format!("{}{}", "{\"a\":".repeat(500), "}".repeat(500)), 400, -32700),
    ] {
        let reply = bridge.send(Method::POST, "/mcp", &headers, body.clone()).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (status, &json!(code)),
            "{body:.40}"
        );
    }
    let oversize = bridge.send(Method::POST, "/mcp", &headers, "x".repeat((1 << 20) + 1)).await;
    assert_eq!(oversize.status, 413);
}

#[tokio::test]
async fn paths_and_headers_narrow_what_exists() {
    let bridge = Bridge::start().await;
    let all = bridge.tool_names("/mcp", &[]).await;
    assert!(all.contains(&"jira_create_issue".to_owned()));
    for (path, headers) in [("/mcp/readonly", &[][..]), ("/mcp", &[("x-mcp-readonly", "true")][..])]
    {
        let names = bridge.tool_names(path, headers).await;
        assert!(
            names.contains(&"jira_search".to_owned())
                && !names.contains(&"jira_create_issue".to_owned()),
            "{names:?}"
        );
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "jira_add_comment", "arguments": {"issue_key": "ACME-1", "body": "x"}}});
        let reply = bridge.post_to(path, "anna", headers, &call).await.json();
        assert_eq!(reply["error"]["code"], -32602, "{reply}");
    }
    assert_eq!(
        bridge.tool_names("/mcp/x/agile,core", &[("x-mcp-toolsets", "agile")]).await,
        [""; 0]
    );
    assert_eq!(
        bridge.tool_names("/mcp/x/core,destructive", &[]).await,
        bridge.tool_names("/mcp/x/core", &[]).await
    );
}

#[tokio::test]
async fn local_pages_may_call_a_server_on_loopback() {
    let bridge = Bridge::start().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    for (origin, status) in [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1:1", 200),
        ("http://[::1]", 200),
        ("https://localhost", 403),
        ("http://localhost.evil.example", 403),
        ("http://127.0.0.1.evil.example:80", 403),
        ("null", 403),
    ] {
        let reply = bridge.post_to("/mcp", "anna", &[("origin", origin)], &list).await;
        assert_eq!(reply.status, status, "{origin}");
        let asked = [("origin", origin), ("access-control-request-method", "POST")];
        let preflight = bridge.send(Method::OPTIONS, "/mcp", &asked, "").await;
        let allowed = if status == 200 { (204, origin) } else { (403, "") };
        assert_eq!(
            (preflight.status, preflight.header("access-control-allow-origin")),
            allowed,
            "{origin}"
        );
    }
}
