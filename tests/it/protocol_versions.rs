//! What each era of clients is promised, rule by rule; docs/PROTOCOL.md names the tests.

use serde_json::{Value, json};

use crate::support::{Bridge, Modern};

const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

fn initialize(version: &str) -> Value {
    json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
}

#[tokio::test]
async fn a_version_is_echoed_or_the_newest_with_a_handshake_is_offered() {
    let bridge = Bridge::start().await;
    for version in LEGACY {
        let result = bridge.rpc("anna", "initialize", initialize(version)).await["result"].clone();
        assert_eq!(result["protocolVersion"], version);
        assert!(
            result["capabilities"]["tools"].is_object() && result["instructions"].is_string(),
            "{result}"
        );
        assert_eq!(result["serverInfo"]["name"], "jira-mcp-bridge");
    }
    for version in ["2026-07-28", "2099-01-01", "1.0", ""] {
        let result = bridge.rpc("anna", "initialize", initialize(version)).await["result"].clone();
        assert_eq!(result["protocolVersion"], "2025-11-25", "{version:?}");
    }
}

/// Every reply that an old client can get, searched for words of the new era.
#[tokio::test]
async fn no_reply_to_an_old_client_holds_a_field_of_the_new_era() {
    let bridge =
        Bridge::with(&[("TOOLSETS", "core,bulk,destructive"), ("STRUCTURED_CONTENT", "true")])
            .await;
    let call = |name: &str, arguments: Value| json!({"name": name, "arguments": arguments});
    for version in [None, Some("2025-03-26"), Some("2025-06-18"), Some("2025-11-25")] {
        let headers: Vec<(&str, &str)> =
            version.map(|version| ("mcp-protocol-version", version)).into_iter().collect();
        for (method, params) in [
            ("initialize", initialize(version.unwrap_or("2024-11-05"))),
            ("ping", json!({})),
            ("tools/list", json!({})),
            ("tools/list", json!({"extra": 1})),
            ("prompts/list", json!({})),
            ("resources/list", json!({})),
            ("resources/templates/list", json!({})),
            ("skills/list", json!({})),
            ("skills/get", json!({"uri": "skill://jira-my-day/SKILL.md"})),
            ("resources/read", json!({"uri": "skill://jira-my-day/SKILL.md"})),
            ("logging/setLevel", json!({"level": "info"})),
            ("tools/call", call("jira_whoami", json!({}))),
            ("tools/call", call("jira_get_issue", json!({"issue_key": "NO-1"}))),
            ("tools/call", call("jira_delete_issue", json!({"issue_key": "MOB-1"}))),
            ("tools/call", call("nothing", json!({}))),
            ("server/discover", json!({})),
            ("no/such", json!({})),
        ] {
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            let reply = bridge.post_to("/mcp", "anna", &headers, &body).await;
            for new in [
                "resultType",
                "ttlMs",
                "cacheScope",
                "io.modelcontextprotocol/",
                "inputRequests",
                "requestState",
            ] {
                // Discovery belongs to the new era; its refusal names the fields that are missing.
                // Extensions are named so in both eras.
                let names_it = matches!(method, "server/discover" | "initialize")
                    && new == "io.modelcontextprotocol/";
                assert!(
                    names_it || !reply.text.contains(new),
                    "{method} answers {new}: {}",
                    reply.text
                );
            }
        }
    }
}

#[tokio::test]
async fn every_result_of_the_new_era_says_what_it_is_and_from_whom() {
    let bridge = Bridge::start().await;
    for request in [
        Modern::new("server/discover", json!({})),
        Modern::new("tools/list", json!({})),
        Modern::new("tools/list", json!({"extra": 1})),
        Modern::call("jira_whoami", json!({})),
        Modern::call("jira_get_issue", json!({"issue_key": "NO-1"})),
    ] {
        let reply = request.send(&bridge).await;
        let result = reply.json()["result"].clone();
        assert_eq!(result["resultType"], "complete", "{}", reply.text);
        let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(info["name"], "jira-mcp-bridge", "{}", reply.text);
    }
}

#[tokio::test]
async fn lists_and_discovery_say_how_long_they_hold_and_for_whom() {
    let bridge = Bridge::start().await;
    for request in [Modern::new("server/discover", json!({})), Modern::new("tools/list", json!({}))]
    {
        let result = request.send(&bridge).await.json()["result"].clone();
        assert!(result["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0), "{result}");
        assert_eq!(result["cacheScope"], "private", "the list depends on the caller: {result}");
    }
}

#[tokio::test]
async fn discovery_tells_versions_and_only_what_there_is() {
    let bridge = Bridge::start().await;
    let found =
        Modern::new("server/discover", json!({})).send(&bridge).await.json()["result"].clone();
    let versions = found["supportedVersions"].as_array().unwrap();
    for version in LEGACY.iter().chain(&["2026-07-28"]) {
        assert!(versions.contains(&json!(version)), "{found}");
    }
    let capabilities = found["capabilities"].as_object().unwrap();
    assert!(capabilities.contains_key("tools"), "{found}");
    for (capability, methods) in [
        ("prompts", &["prompts/list", "prompts/get"][..]),
        ("resources", &["resources/list", "resources/read", "resources/templates/list"]),
        ("completions", &["completion/complete"]),
        ("logging", &["logging/setLevel"]),
    ] {
        if !capabilities.contains_key(capability) {
            for method in methods {
                let reply = Modern::new(method, json!({})).send(&bridge).await;
                assert_eq!(
                    (reply.status, &reply.json()["error"]["code"]),
                    (404, &json!(-32601)),
                    "{method}"
                );
            }
        }
    }
}

#[tokio::test]
async fn methods_that_the_new_era_dropped_are_gone() {
    let bridge = Bridge::start().await;
    for method in
        ["initialize", "ping", "logging/setLevel", "resources/subscribe", "tasks/get", "no/such"]
    {
        let reply = Modern::new(method, json!({})).send(&bridge).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (404, &json!(-32601)),
            "{method}: {}",
            reply.text
        );
    }
    assert_eq!(bridge.rpc("anna", "ping", json!({})).await["result"], json!({}));
    assert_eq!(bridge.rpc("anna", "no/such", json!({})).await["error"]["code"], -32601);
}

#[tokio::test]
async fn faults_of_the_protocol_and_of_tools_are_told_apart() {
    let bridge = Bridge::start().await;
    let unknown = Modern::call("jira_nothing", json!({})).send(&bridge).await;
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (200, &json!(-32602)));
    for arguments in [json!({}), json!({"issue_key": "../x"}), json!({"issue_key": "ACME-99999"})] {
        let reply = Modern::call("jira_get_issue", arguments).send(&bridge).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["result"]["isError"], true, "{}", reply.text);
    }
}

#[tokio::test]
async fn no_error_has_a_code_that_the_specification_keeps_for_itself() {
    let bridge = Bridge::start().await;
    let known = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022];
    for (method, params) in [
        ("no/such", json!({})),
        ("tools/call", json!({"name": "none"})),
        ("tools/call", json!({"arguments": {}})),
        ("tools/list", json!({"cursor": "x"})),
        ("prompts/get", json!({"name": "none"})),
        ("completion/complete", json!({})),
    ] {
        for reply in [
            bridge.rpc("anna", method, params.clone()).await,
            Modern::new(method, params).send(&bridge).await.json(),
        ] {
            let code = reply["error"]["code"].as_i64();
            assert!(code.is_none_or(|code| known.contains(&code)), "{method}: {reply}");
        }
    }
    // The one code that the older revisions give a meaning (2025-11-25, server/resources) and the
    // newer keeps free.
    let missing = json!({"uri": "jira://none"});
    let old = bridge.rpc("anna", "resources/read", missing.clone()).await;
    let new = Modern::new("resources/read", missing)
        .with("Mcp-Name", "jira://none")
        .send(&bridge)
        .await
        .json();
    assert_eq!(
        (&old["error"]["code"], &new["error"]["code"]),
        (&json!(-32002), &json!(-32602)),
        "{new}"
    );
}

#[tokio::test]
async fn nothing_is_remembered_between_requests() {
    let bridge = Bridge::start().await;
    // No handshake, no notification: each request stands for itself, in any order and era.
    let reply =
        bridge.rpc("anna", "tools/call", json!({"name": "jira_whoami", "arguments": {}})).await;
    assert!(reply["result"]["content"].is_array(), "{reply}");
    assert_eq!(Modern::call("jira_whoami", json!({})).send(&bridge).await.status, 200);
    bridge.rpc("anna", "initialize", initialize("2024-11-05")).await;
    let found = Modern::new("server/discover", json!({})).send(&bridge).await;
    assert_eq!(found.status, 200, "an old handshake binds nobody: {}", found.text);
}

#[tokio::test]
async fn structured_content_is_the_text_as_an_object() {
    let bridge = Bridge::with(&[("STRUCTURED_CONTENT", "true")]).await;
    let listed = bridge.rpc("anna", "tools/list", json!({})).await;
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["outputSchema"], json!({"type": "object"}), "{tool}");
    }
    for (tool, arguments) in [
        ("jira_whoami", json!({})),
        ("jira_search", json!({"jql": "project = ACME"})),
        ("jira_get_projects", json!({})),
    ] {
        let reply =
            bridge.rpc("anna", "tools/call", json!({"name": tool, "arguments": arguments})).await;
        let result = &reply["result"];
        let text: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert!(text.is_object(), "{text}");
        assert_eq!(result["structuredContent"], text, "{tool}");
    }
}
