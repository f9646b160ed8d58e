//! MCP as real clients speak it: both eras, and what Copilot Studio really sends.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Modern};

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
    assert_eq!(
        (&init["id"], &init["result"]["protocolVersion"]),
        (&json!("1"), &json!("2024-11-05"))
    );
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
        assert!(
            list["result"]["tools"].as_array().is_some_and(|tools| !tools.is_empty()),
            "{list}"
        );
    }
    assert!(!bridge.call("anna", "jira_whoami", json!({})).await.is_error);
}

#[tokio::test]
async fn old_clients_never_see_fields_of_the_new_era() {
    let bridge = Bridge::start().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        assert_eq!(
            bridge.rpc("anna", "initialize", params).await["result"]["protocolVersion"],
            version
        );
    }
    for method in
        ["tools/list", "ping", "prompts/list", "resources/list", "resources/templates/list"]
    {
        let text = bridge.rpc("anna", method, json!({})).await.to_string();
        for new in ["resultType", "ttlMs", "cacheScope", "io.modelcontextprotocol"] {
            assert!(!text.contains(new), "{method} answers {new}");
        }
    }
    let call =
        bridge.rpc("anna", "tools/call", json!({"name": "jira_whoami", "arguments": {}})).await;
    let text = call.to_string();
    assert!(!text.contains("io.modelcontextprotocol") && !text.contains("resultType"), "{call}");
}

async fn modern(
    bridge: &Bridge,
    method: &str,
    name: Option<&str>,
    mut params: Value,
) -> (u16, Value) {
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
    assert!(
        found["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28"))
    );
    let (_, list) = modern(&bridge, "tools/list", None, json!({})).await;
    assert_eq!(list["result"]["cacheScope"], "private", "{list}");
    assert!(list["result"]["ttlMs"].as_u64().unwrap() > 0);
    let (_, call) = modern(
        &bridge,
        "tools/call",
        Some("jira_whoami"),
        json!({"name": "jira_whoami", "arguments": {}}),
    )
    .await;
    assert_eq!(call["result"]["resultType"], "complete", "{call}");
    assert_eq!(
        call["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "jira-mcp-bridge"
    );
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
    let unknown =
        bridge.rpc("anna", "tools/call", json!({"name": "jira_serch", "arguments": {}})).await;
    assert_eq!(unknown["error"]["code"], -32602);
    assert!(unknown["error"]["message"].as_str().unwrap().contains("jira_search"), "{unknown}");
    for (path, tool, near) in [
        ("/mcp", "jira_show_transitions", Some("jira_list_transitions")),
        ("/mcp", "jira_assign", Some("jira_update_issue")),
        ("/mcp", "jira_list_comments", Some("jira_get_comments")),
        // Only what is listed for the request is named.
        ("/mcp/readonly", "jira_assign", None),
        ("/mcp/readonly", "jira_list_comments", Some("jira_get_comments")),
    ] {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}});
        let reply = bridge.post_to(path, "anna", &[], &call).await.json();
        assert_eq!(reply["error"]["data"]["nearest"].as_str(), near, "{path} {tool}: {reply}");
    }
    let lenient = bridge
        .rpc("anna", "initialize", json!({"protocolVersion": "2025-06-18", "capabilities": null}))
        .await;
    assert_eq!(lenient["result"]["protocolVersion"], "2025-06-18", "{lenient}");
}

#[tokio::test]
async fn arguments_as_text_are_read_and_others_are_explained() {
    let bridge = Bridge::start().await;
    let text = r#"{"issue_key":"ACME-30"}"#;
    let plain = bridge.rpc(
        "anna",
        "tools/call",
        json!({"name": "jira_get_issue", "arguments": {"issue_key": "ACME-30"}}),
    );
    let plain = plain.await["result"].clone();
    assert_eq!(plain["isError"], json!(false), "{plain}");
    let params = json!({"name": "jira_get_issue", "arguments": text});
    assert_eq!(bridge.rpc("anna", "tools/call", params).await["result"], plain);
    let (new, as_text) = (
        Modern::call("jira_get_issue", json!({"issue_key": "ACME-30"})).send(&bridge).await.json(),
        Modern::call("jira_get_issue", json!(text)).send(&bridge).await.json(),
    );
    assert_eq!(new["result"]["resultType"], "complete", "{new}");
    assert_eq!(new["result"], as_text["result"]);
    for nothing in [json!(""), json!("null"), json!(null)] {
        let params = json!({"name": "jira_whoami", "arguments": nothing.clone()});
        let reply = bridge.rpc("anna", "tools/call", params).await;
        assert_eq!(reply["result"]["isError"], false, "{reply}");
        let reply = Modern::call("jira_whoami", nothing).send(&bridge).await;
        assert_eq!(reply.json()["result"]["isError"], false, "{}", reply.text);
    }
    for odd in [
        json!([]),
        json!(5),
        json!("x"),
        json!("[1]"),
        json!(r#"{"issue_key":"P-1","issue_key":"P-2"}"#),
    ] {
        let params = json!({"name": "jira_get_issue", "arguments": odd.clone()});
        let old = bridge.rpc("anna", "tools/call", params).await;
        let new = Modern::call("jira_get_issue", odd.clone()).send(&bridge).await;
        assert_eq!(new.status, 200, "{}", new.text);
        for reply in [old, new.json()] {
            let said = reply["result"]["content"][0]["text"]
                .as_str()
                .unwrap_or_else(|| panic!("{odd}: {reply}"));
            assert!(
                said.contains("invalid_argument")
                    && said.contains("`arguments` must be one JSON object"),
                "{said}"
            );
        }
    }
}

#[tokio::test]
async fn params_of_the_wrong_shape_are_not_an_unknown_method() {
    let bridge = Bridge::start().await;
    for (method, params) in [
        ("tools/call", json!({"arguments": {}})),
        ("tools/call", json!({"name": 7})),
        ("tools/list", json!({"cursor": 5})),
        ("prompts/list", json!({"cursor": []})),
        ("prompts/list", json!({"cursor": "x"})),
        ("prompts/get", json!({"name": "x", "arguments": []})),
        ("prompts/get", json!({})),
        ("resources/read", json!({"uri": 5})),
        ("resources/templates/list", json!({"cursor": {}})),
        ("completion/complete", json!({"ref": "x"})),
    ] {
        let old = bridge.rpc("anna", method, params.clone()).await;
        assert_eq!(old["error"]["code"], -32602, "{method} {params}: {old}");
        let mut request = Modern::new(method, params.clone());
        if method == "resources/read" {
            request = request.with("Mcp-Name", "5");
        }
        let new = request.send(&bridge).await;
        let code = new.json()["error"]["code"].as_i64();
        // A header that has no counterpart in the body is a fault of its own.
        assert!(matches!(code, Some(-32602 | -32020)), "{method} {params}: {}", new.text);
        assert_ne!(new.status, 404, "{method} {params}");
    }
}

#[tokio::test]
async fn half_an_emoji_is_read_with_a_replacement() {
    let bridge = Bridge::start().await;
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (sent, expected) in [
        ("well \\ud83d\\ude00", "well 😀"),
        ("well \\ud83d", "well \u{fffd}"),
        ("\\ude00 well", "\u{fffd} well"),
    ] {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"jira_update_issue_summary","arguments":{{"issue_key":"ACME-30","summary":"{sent}"}}}}}}"#
        );
        let reply = bridge.send(Method::POST, "/mcp", &headers, body).await;
        assert_eq!(
            (reply.status, &reply.json()["result"]["isError"]),
            (200, &json!(false)),
            "{}",
            reply.text
        );
        let read = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-30"})).await;
        assert_eq!(read["summary"], expected);
    }
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
        ("jira_get_issue", json!({"issue_key": "ACME-1", "site": ["x"]}), "`site` must be text"),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "status": "Done"}),
            "jira_transition_issue does that",
        ),
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
