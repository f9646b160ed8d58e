//! A client that breaks each rule of the transport, one at a time, and the answer that the
//! specification names.
//!
//! Bodies that are no message at all (UTF-16, a byte order mark, bytes that are no UTF-8, trailing
//! garbage, depth, nothing) are in `src/http/tests/messages.rs`, sockets that misbehave in
//! `src/http/tests/sockets.rs`.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Modern, Reply};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

async fn raw(bridge: &Bridge, more: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Reply {
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let mut headers = vec![("authorization", bearer.as_str())];
    if !more.iter().any(|(name, _)| *name == "content-type") {
        headers.push(("content-type", "application/json"));
    }
    headers.extend(more);
    bridge.send(Method::POST, "/mcp", &headers, body).await
}

fn error(reply: &Reply) -> (u16, Value) {
    assert_eq!(reply.header("content-type"), "application/json", "{}", reply.text);
    (reply.status, reply.json()["error"]["code"].clone())
}

#[tokio::test]
async fn accept_decides_what_comes_back() {
    let bridge = Bridge::start().await;
    for (accept, status, kind) in [
        (&["application/json, text/event-stream"][..], 200, "application/json"),
        (&["application/json", "text/event-stream"], 200, "application/json"),
        (&["*/*"], 200, "application/json"),
        (&["Application/Json"], 200, "application/json"),
        (&["application/json"], 200, "application/json"),
        (&["text/event-stream"], 200, "text/event-stream"),
        (&["text/html"], 406, "application/json"),
        (&["application/xml;q=0.9, image/*"], 406, "application/json"),
        (&["*/*;q=0"], 406, "application/json"),
    ] {
        let lines: Vec<(&str, &str)> = accept.iter().map(|line| ("accept", *line)).collect();
        let reply = raw(&bridge, &lines, LIST).await;
        assert_eq!((reply.status, reply.header("content-type")), (status, kind), "{accept:?}");
    }
}

#[tokio::test]
async fn only_plain_json_in_utf_8_is_read() {
    let bridge = Bridge::start().await;
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ("text/plain", 415),
        ("application/json; charset=utf-16", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json-patch+json", 415),
    ] {
        assert_eq!(raw(&bridge, &[("content-type", kind)], LIST).await.status, status, "{kind}");
    }
    assert_eq!(raw(&bridge, &[("content-encoding", "gzip")], LIST).await.status, 415);
}

#[tokio::test]
async fn a_batch_is_refused_as_one() {
    let bridge = Bridge::start().await;
    for version in [None, Some("2025-03-26"), Some("2025-06-18"), Some("2025-11-25")] {
        let header: Vec<(&str, &str)> =
            version.map(|version| ("mcp-protocol-version", version)).into_iter().collect();
        for body in [format!("[{LIST}]"), format!("[{LIST},{LIST}]"), "[]".to_owned()] {
            let reply = raw(&bridge, &header, body).await;
            assert_eq!(error(&reply), (400, json!(-32600)));
            assert_eq!(reply.json()["id"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_version_that_nobody_knows_is_refused() {
    let bridge = Bridge::start().await;
    for version in ["1.0", "2025-11-26", "2099-01-01", "draft", ""] {
        let reply = raw(&bridge, &[("mcp-protocol-version", version)], LIST).await;
        assert_eq!(reply.status, 400, "{version}: {}", reply.text);
    }
    let future = Modern::new("tools/list", json!({}))
        .without("MCP-Protocol-Version")
        .with("MCP-Protocol-Version", "2099-01-01")
        .meta("io.modelcontextprotocol/protocolVersion", Some(json!("2099-01-01")));
    let reply = future.send(&bridge).await;
    assert_eq!(error(&reply), (400, json!(-32022)));
    let data = reply.json()["error"]["data"].clone();
    assert_eq!(data["requested"], "2099-01-01");
    assert!(data["supported"].as_array().unwrap().contains(&json!("2026-07-28")), "{data}");
    assert_eq!(reply.json()["id"], 3);
}

/// Missing, contradicting and doubled headers of 2026-07-28; for a list, which has a way of its
/// own, and for a call.
#[tokio::test]
async fn headers_must_say_what_the_body_says() {
    let bridge = Bridge::start().await;
    let list = || Modern::new("tools/list", json!({}));
    let call = || Modern::call("jira_whoami", json!({}));
    for (wrong, what) in [
        (list().without("Mcp-Method"), "no Mcp-Method"),
        (list().without("Mcp-Method").with("Mcp-Method", "tools/call"), "another Mcp-Method"),
        (
            list().without("Mcp-Method").with("Mcp-Method", "Tools/List"),
            "Mcp-Method in another case",
        ),
        (list().with("Mcp-Method", "tools/list"), "Mcp-Method twice"),
        (list().without("MCP-Protocol-Version"), "no version header"),
        (
            list().without("MCP-Protocol-Version").with("MCP-Protocol-Version", "2025-11-25"),
            "an older version header",
        ),
        (call().without("Mcp-Method"), "no Mcp-Method for a call"),
        (call().without("Mcp-Name"), "no Mcp-Name"),
        (call().without("Mcp-Name").with("Mcp-Name", "jira_search"), "another Mcp-Name"),
        (call().with("Mcp-Name", "jira_whoami"), "Mcp-Name twice"),
        (call().without("Mcp-Name").with("Mcp-Name", "=?base64?!!!?="), "broken base64"),
        (
            call().without("Mcp-Name").with("Mcp-Name", "=?base64?amlyYV9zZWFyY2g=?="),
            "another name in base64",
        ),
    ] {
        let reply = wrong.send(&bridge).await;
        assert_eq!(error(&reply), (400, json!(-32020)), "{what}: {}", reply.text);
    }
    let encoded = call().without("Mcp-Name").with("Mcp-Name", "=?base64?amlyYV93aG9hbWk=?=");
    assert_eq!(encoded.send(&bridge).await.status, 200);
}

#[tokio::test]
async fn what_meta_must_hold_is_asked_for() {
    let bridge = Bridge::start().await;
    let version = "io.modelcontextprotocol/protocolVersion";
    let capabilities = "io.modelcontextprotocol/clientCapabilities";
    for (wrong, what) in [
        (Modern::new("tools/list", json!({})).meta(capabilities, None), "no capabilities"),
        (
            Modern::new("tools/list", json!({})).meta(capabilities, Some(json!(1))),
            "odd capabilities",
        ),
        (Modern::new("tools/list", json!({})).meta(version, None), "no version"),
        (
            Modern::new("server/discover", json!({})).meta(version, None),
            "no version to discover with",
        ),
    ] {
        let reply = wrong.send(&bridge).await;
        assert_eq!(error(&reply), (400, json!(-32602)), "{what}: {}", reply.text);
    }
}

#[tokio::test]
async fn initialize_agrees_with_its_header_or_is_refused() {
    let bridge = Bridge::start().await;
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
        "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}})
        .to_string();
    assert_eq!(
        raw(&bridge, &[("mcp-protocol-version", "2025-11-25")], body.clone()).await.status,
        200
    );
    let reply = raw(&bridge, &[("mcp-protocol-version", "2025-06-18")], body).await;
    assert_eq!(error(&reply), (400, json!(-32600)));
}

#[tokio::test]
async fn an_id_that_is_used_twice_gets_two_answers() {
    let bridge = Bridge::start().await;
    let ask = |key: &'static str| {
        bridge.rpc(
            "anna",
            "tools/call",
            json!({"name": "jira_get_issue", "arguments": {"issue_key": key}}),
        )
    };
    let (one, two) = tokio::join!(ask("ACME-1"), ask("ACME-2"));
    for (reply, key) in [(one, "ACME-1"), (two, "ACME-2")] {
        assert_eq!(reply["id"], "7");
        assert!(reply["result"]["content"][0]["text"].as_str().unwrap().contains(key), "{reply}");
    }
}

#[tokio::test]
async fn an_id_must_be_a_string_or_a_whole_number_of_sane_size() {
    let bridge = Bridge::start().await;
    for (id, status) in [
        ("9223372036854775807", 200),
        ("9223372036854775808", 400),
        ("1e400", 400),
        ("1.5", 400),
        ("null", 400),
        ("true", 400),
        ("[1]", 400),
        ("{}", 400),
        (&format!("\"{}\"", "x".repeat(1000)), 200),
        (&format!("\"{}\"", "x".repeat(2000)), 400),
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#);
        let reply = raw(&bridge, &[], body).await;
        assert_eq!(reply.status, status, "{id:.40}: {:.200}", reply.text);
        if status == 400 {
            assert_eq!(error(&reply), (400, json!(-32600)));
        }
    }
}

#[tokio::test]
async fn a_notification_with_an_id_is_a_request_that_nobody_knows() {
    let bridge = Bridge::start().await;
    for method in ["notifications/initialized", "notifications/cancelled", "notifications/none"] {
        let reply = bridge.rpc("anna", method, json!({"requestId": 1})).await;
        assert_eq!(
            (&reply["id"], &reply["error"]["code"]),
            (&json!("7"), &json!(-32601)),
            "{reply}"
        );
        let modern = Modern::new(method, json!({})).send(&bridge).await;
        assert_eq!(error(&modern), (404, json!(-32601)));
    }
}

#[tokio::test]
async fn a_notification_is_taken_in_silence() {
    let bridge = Bridge::start().await;
    for body in [
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "7", "reason": "x"}}),
        json!({"jsonrpc": "2.0", "method": "notifications/of/tomorrow", "params": {"a": 1}}),
        json!({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "jira_add_comment",
            "arguments": {"issue_key": "ACME-1", "body": "x"}}}),
    ] {
        let reply = bridge.post("anna", &body).await;
        assert_eq!((reply.status, reply.text.as_str()), (202, ""), "{body}");
    }
    assert!(bridge.upstream.seen().is_empty(), "a call without an id is no call");
}

#[tokio::test]
async fn responses_are_dropped_from_old_clients_and_refused_from_new_ones() {
    let bridge = Bridge::start().await;
    for body in [
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "x"}}),
    ] {
        for version in ["2025-03-26", "2025-11-25"] {
            let reply = raw(&bridge, &[("mcp-protocol-version", version)], body.to_string()).await;
            assert_eq!((reply.status, reply.text.as_str()), (202, ""), "{version}");
        }
        let reply = raw(&bridge, &[("mcp-protocol-version", "2026-07-28")], body.to_string()).await;
        assert_eq!(error(&reply), (400, json!(-32600)));
    }
}

#[tokio::test]
async fn a_member_sent_twice_is_refused_wherever_it_stands() {
    let bridge = Bridge::start().await;
    let call = |params: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{params}}}"#)
    };
    for params in [
        r#"{"name":"jira_whoami","name":"jira_add_comment"}"#,
        r#"{"name":"jira_whoami","Name":"jira_add_comment"}"#,
        r#"{"name":"jira_whoami","\u006eame":"jira_add_comment"}"#,
        r#"{"name":"jira_get_issue","arguments":{"issue_key":"ACME-1","issue_key":"ACME-2"}}"#,
        r#"{"name":"jira_get_issue","arguments":{},"ARGUMENTS":{"issue_key":"ACME-1"}}"#,
    ] {
        let reply = raw(&bridge, &[], call(params)).await;
        assert_eq!(error(&reply), (400, json!(-32600)), "{params}");
        assert_eq!(reply.json()["id"], 5, "the request can be told from others");
    }
    // A name in another case is another name, and so an unknown one.
    let reply = raw(&bridge, &[], call(r#"{"Name":"jira_whoami"}"#)).await;
    assert_eq!(error(&reply), (200, json!(-32602)));
    let reply = raw(&bridge, &[], r#"{"jsonrpc":"2.0","id":5,"METHOD":"tools/list"}"#).await;
    assert_eq!(error(&reply), (400, json!(-32600)));
    assert!(bridge.upstream.seen().is_empty());
}

#[tokio::test]
async fn a_session_id_or_an_event_id_changes_nothing() {
    let bridge = Bridge::start().await;
    let reply = raw(&bridge, &[("mcp-session-id", "abc"), ("last-event-id", "7")], LIST).await;
    assert_eq!((reply.status, reply.header("mcp-session-id")), (200, ""));
    for method in [Method::GET, Method::DELETE] {
        let bearer = format!("Bearer {}", bridge.token("anna"));
        let headers = [
            ("accept", "text/event-stream"),
            ("last-event-id", "7"),
            ("mcp-session-id", "abc"),
            ("authorization", bearer.as_str()),
        ];
        let reply = bridge.send(method.clone(), "/mcp", &headers, "").await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"), "{method}");
    }
}
