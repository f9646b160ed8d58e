//! MCP as real clients speak it: both eras, and what Copilot Studio really sends.

use http::Method;
use serde_json::{Value, json};

use crate::support::Bridge;

#[tokio::test]
async fn copilot_studios_sequence_works_as_captured() {
    let bridge = Bridge::start().await;
    let init = bridge
        .post(
            "anna",
            &json!({"jsonrpc": "2.0", "id": "1", "method": "initialize", "params": {
                "protocolVersion": "2024-11-05", "capabilities": {}, "sessionContext": {},
                "clientInfo": {"name": "mcs", "version": "1.0.0", "agentName": "A", "appId": "x", "cdsBotId": "y",
                    "channelId": "pva-studio", "agentAuthenticationMode": "m", "lcat": "c"},
            }}),
        )
        .await;
    assert_eq!(init.header("content-type"), "application/json");
    assert_eq!(init.header("mcp-session-id"), "");
    let init = init.json();
    assert_eq!((&init["id"], &init["result"]["protocolVersion"]), (&json!("1"), &json!("2024-11-05")));
    for note in [
        json!({"jsonrpc": "2.0", "id": null, "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
    ] {
        let reply = bridge.post("anna", &note).await;
        assert_eq!((reply.status, reply.text.as_str()), (202, ""), "{note}");
    }
    for params in [json!(null), json!({}), json!({"extra": 1})] {
        let body = json!({"jsonrpc": "2.0", "id": "2", "method": "tools/list", "params": params});
        let list = bridge.post("anna", &body).await.json();
        assert_eq!(list["id"], "2");
        assert!(list["result"]["tools"].as_array().is_some_and(|tools| !tools.is_empty()), "{list}");
    }
    assert!(!bridge.call("anna", "jira_whoami", json!({})).await.is_error);
}

#[tokio::test]
async fn old_clients_never_see_fields_of_the_new_era() {
    let bridge = Bridge::start().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        assert_eq!(bridge.rpc("anna", "initialize", params).await["result"]["protocolVersion"], version);
    }
    for method in ["tools/list", "ping", "prompts/list", "resources/list", "resources/templates/list"] {
        let text = bridge.rpc("anna", method, json!({})).await.to_string();
        for new in ["resultType", "ttlMs", "cacheScope", "io.modelcontextprotocol"] {
            assert!(!text.contains(new), "{method} answers {new}");
        }
    }
    let call = bridge.rpc("anna", "tools/call", json!({"name": "jira_whoami", "arguments": {}})).await;
    let text = call.to_string();
    assert!(!text.contains("io.modelcontextprotocol") && !text.contains("resultType"), "{call}");
}

async fn modern(bridge: &Bridge, method: &str, name: Option<&str>, mut params: Value) -> (u16, Value) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut headers = vec![("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)];
    headers.extend(name.map(|name| ("Mcp-Name", name)));
    let body = json!({"jsonrpc": "2.0", "id": 3, "method": method, "params": params});
    let reply = bridge.post_to("/mcp", "anna", &headers, &body).await;
    (reply.status, reply.json())
}

#[tokio::test]
async fn new_clients_get_their_own_era() {
    let bridge = Bridge::start().await;
    let (status, found) = modern(&bridge, "server/discover", None, json!({})).await;
    assert_eq!((status, &found["result"]["resultType"]), (200, &json!("complete")), "{found}");
    assert!(found["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")));
    let (_, list) = modern(&bridge, "tools/list", None, json!({})).await;
    assert_eq!(list["result"]["cacheScope"], "private", "{list}");
    assert!(list["result"]["ttlMs"].as_u64().unwrap() > 0);
    let (_, call) =
        modern(&bridge, "tools/call", Some("jira_whoami"), json!({"name": "jira_whoami", "arguments": {}}))
            .await;
    assert_eq!(call["result"]["resultType"], "complete", "{call}");
    assert_eq!(call["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "jira-mcp-bridge");
    for method in ["ping", "no/such", "resources/subscribe", "logging/setLevel"] {
        let (status, reply) = modern(&bridge, method, None, json!({})).await;
        assert_eq!((status, &reply["error"]["code"]), (404, &json!(-32601)), "{method}: {reply}");
    }
    let (status, reply) =
        modern(&bridge, "tools/call", Some("jira_search"), json!({"name": "jira_whoami"})).await;
    assert_eq!((status, &reply["error"]["code"]), (400, &json!(-32020)), "{reply}");
}

#[tokio::test]
async fn unknown_methods_and_tools_are_protocol_errors() {
    let bridge = Bridge::start().await;
    assert_eq!(bridge.rpc("anna", "no/such", json!({})).await["error"]["code"], -32601);
    let unknown = bridge.rpc("anna", "tools/call", json!({"name": "jira_serch", "arguments": {}})).await;
    assert_eq!(unknown["error"]["code"], -32602);
    assert!(unknown["error"]["message"].as_str().unwrap().contains("jira_search"), "{unknown}");
    let odd = bridge.rpc("anna", "tools/call", json!({"name": "jira_search", "arguments": "x"})).await;
    assert_eq!(odd["error"]["code"], -32602, "{odd}");
    let lenient = bridge
        .rpc("anna", "initialize", json!({"protocolVersion": "2025-06-18", "capabilities": null}))
        .await;
    assert_eq!(lenient["result"]["protocolVersion"], "2025-06-18", "{lenient}");
}

#[tokio::test]
async fn wrong_arguments_are_explained_to_the_agent() {
    let bridge = Bridge::start().await;
    for (tool, arguments, part) in [
        ("jira_get_issue", json!({}), "`issue_key` is required"),
        ("jira_get_issue", json!({"issue_kee": "ACME-1"}), "did you mean `issue_key`"),
        ("jira_get_issue", json!({"issue_key": ["ACME-1"]}), "must be text"),
        ("jira_get_issue", json!({"issue_key": "../../admin"}), "must be an issue key"),
        ("jira_get_issue", json!({"issue_key": "ACME-1\r\nX: y"}), "must be an issue key"),
        ("jira_search", json!({"jql": "project = ACME", "max_results": "many"}), "whole number"),
        ("jira_search", json!({"jql": "project = ACME", "max_results": 1.5}), "whole number"),
        ("jira_search", json!({"jql": "a\u{0}b"}), "control characters"),
        ("jira_search", json!({"jql": {"a": 1}}), "must be text"),
    ] {
        let fault = bridge.refused(tool, arguments).await;
        assert_eq!(fault["error"], "invalid_argument");
        assert!(fault["message"].as_str().unwrap().contains(part), "{part} is missing in {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/"), 0);
}

#[tokio::test]
async fn no_other_verb_does_anything() {
    let bridge = Bridge::start().await;
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH] {
        let bearer = format!("Bearer {}", bridge.token("anna"));
        let reply = bridge.send(method.clone(), "/mcp", &[("authorization", &bearer)], "").await;
        assert_eq!((reply.status, reply.header("allow")), (405, "POST"), "{method}");
        assert_eq!(bridge.send(method.clone(), "/mcp", &[], "").await.status, 401, "{method}");
    }
}
