//! Two ways lead to a tool: the short one, and rmcp's for whatever the short one leaves to it. Both
//! must answer alike.

use serde_json::{Value, json};

use crate::support::{Bridge, Reply};

/// The same message twice: as clients write it, and with an escape in the method's name, which only
/// rmcp reads.
async fn both_ways(bridge: &Bridge, headers: &[(&str, &str)], body: &Value) -> (Reply, Reply) {
    let text = body.to_string();
    let escaped = text.replacen("tools/call", "tools\\u002fcall", 1);
    assert_ne!(text, escaped);
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let mut all = vec![
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("x-request-id", "the-same"),
    ];
    all.extend(headers);
    let short = bridge.send(http::Method::POST, "/mcp", &all, text).await;
    (short, bridge.send(http::Method::POST, "/mcp", &all, escaped).await)
}

async fn check(bridge: &Bridge, headers: &[(&str, &str)], body: &Value) {
    let (mut short, mut long) = both_ways(bridge, headers, body).await;
    for reply in [&mut short, &mut long] {
        reply.headers.remove("date");
    }
    assert_eq!(short.text, long.text, "{body}");
    assert_eq!((short.status, &short.headers), (long.status, &long.headers), "{body}");
}

#[tokio::test]
async fn both_ways_answer_alike() {
    let bridge = Bridge::start().await;
    let whoami = json!({"name": "jira_whoami", "arguments": {}});
    for params in [
        whoami.clone(),
        json!({"name": "jira_whoami"}),
        json!({"name": "jira_whoami", "arguments": null}),
        json!({"name": "jira_whoami", "arguments": {}, "_meta": {"progressToken": 7}}),
        json!({"name": "jira_whoami", "arguments": {}, "_meta": {"io.modelcontextprotocol/protocolVersion": 7}}),
        json!({"name": "jira_whoami", "arguments": {}, "other": [1]}),
        json!({"name": "jira_get_issue", "arguments": {"issue_key": "ACME-30", "include": "comments"}}),
        json!({"name": "jira_get_issue", "arguments": {"issue_key": "NONE-1"}}),
        json!({"name": "jira_search", "arguments": {"jql": "project = ACME", "max_results": 50}}),
        json!({"name": "jira_serch", "arguments": {}}),
        json!({"name": "jira_search", "arguments": "x"}),
        json!({"name": "jira_get_issue", "arguments": "{\"issue_key\":\"ACME-30\"}"}),
        json!({"name": "jira_whoami", "arguments": ""}),
        json!({"name": 7}),
        json!({}),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": "7", "method": "tools/call", "params": params});
        check(&bridge, &[], &body).await;
        check(&bridge, &[("mcp-protocol-version", "2025-06-18")], &body).await;
    }
    for id in [json!("a \"b\" ü"), json!(5), json!(-1), json!(1.0)] {
        check(
            &bridge,
            &[],
            &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": whoami}),
        )
        .await;
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": whoami});
    for version in ["2024-11-05", "2025-03-26", "2025-11-25", "2026-07-28", "1999-01-01", ""] {
        check(&bridge, &[("mcp-protocol-version", version)], &body).await;
    }
    check(
        &bridge,
        &[("mcp-protocol-version", "2025-06-18"), ("mcp-protocol-version", "2026-07-28")],
        &body,
    )
    .await;
}

#[tokio::test]
async fn structured_content_goes_both_ways() {
    let bridge = Bridge::with(&[("STRUCTURED_CONTENT", "true")]).await;
    let params = json!({"name": "jira_get_issue", "arguments": {"issue_key": "ACME-30"}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let (short, long) = both_ways(&bridge, &[], &body).await;
    assert_eq!(short.text, long.text);
    assert_eq!(short.json()["result"]["structuredContent"]["key"], "ACME-30");
}
