//! `tools/list`: the same bytes every time, whichever way they are made, and never a tool more than
//! may be called.

use serde_json::{Value, json};

use crate::support::{Bridge, Modern, Reply};

/// The list as most clients ask for it, which is answered from bytes, and with one member more,
/// which rmcp answers.
async fn both(bridge: &Bridge, path: &str, user: &str, headers: &[(&str, &str)]) -> [String; 2] {
    let ask = async |params: Value| {
        let body = json!({"jsonrpc": "2.0", "id": "7", "method": "tools/list", "params": params});
        let reply = bridge.post_to(path, user, headers, &body).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/json"),
            "{}",
            reply.text
        );
        reply.text
    };
    [ask(json!({})).await, ask(json!({"extra": 1})).await]
}

async fn both_modern(bridge: &Bridge, path: &str, user: &str) -> [String; 2] {
    let ask = async |params: Value| {
        let reply: Reply = Modern::new("tools/list", params).send_to(bridge, path, user).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/json"),
            "{}",
            reply.text
        );
        reply.text
    };
    [ask(json!({})).await, ask(json!({"extra": 1})).await]
}

#[tokio::test]
async fn the_bytes_are_those_of_the_protocol_crate() {
    for settings in [
        &[][..],
        &[("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm")],
        &[("STRUCTURED_CONTENT", "true"), ("READ_ONLY", "true"), ("TOOLS_DENY", "jira_search")],
    ] {
        let bridge = Bridge::with(settings).await;
        for path in ["/mcp", "/mcp/readonly", "/mcp/x/core", "/mcp/x/agile,collab", "/mcp/x/none"] {
            for headers in
                [&[][..], &[("mcp-protocol-version", "2025-11-25")], &[("x-mcp-readonly", "true")]]
            {
                let [bytes, rmcp] = both(&bridge, path, "anna", headers).await;
                assert_eq!(bytes, rmcp, "{path} {headers:?}");
            }
            let [bytes, rmcp] = both_modern(&bridge, path, "anna").await;
            assert_eq!(bytes, rmcp, "{path}");
        }
        // Once the scopes of a token are known, its list is narrower, both ways.
        let before = both(&bridge, "/mcp", "dana", &[]).await;
        bridge.call("dana", "jira_whoami", json!({})).await;
        let [bytes, rmcp] = both(&bridge, "/mcp", "dana", &[]).await;
        assert_eq!(bytes, rmcp);
        assert!(bytes.len() <= before[0].len());
        let [bytes, rmcp] = both_modern(&bridge, "/mcp", "dana").await;
        assert_eq!(bytes, rmcp);
    }
}

#[tokio::test]
async fn the_list_is_the_same_bytes_every_time() {
    let bridge = Bridge::start().await;
    let [first, _] = both(&bridge, "/mcp", "anna", &[]).await;
    // More narrowings than are remembered, so that the first has to be made anew.
    let sets = ["core", "context", "collab", "agile", "bulk", "manage", "destructive"];
    for mask in 0..128_u32 {
        let chosen: Vec<&str> =
            (0..).zip(sets).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, set)| set).collect();
        let path = format!("/mcp/x/{}", chosen.join(","));
        let path = if chosen.is_empty() { "/mcp/x/none" } else { path.as_str() };
        let names = bridge.tool_names(path, &[]).await;
        assert!(names.iter().all(|name| first.contains(name.as_str())), "{path}");
        bridge.tool_names(path, &[("x-mcp-readonly", "true")]).await;
    }
    assert_eq!(both(&bridge, "/mcp", "anna", &[]).await[0], first);
    let other = Bridge::start().await;
    assert_eq!(both(&other, "/mcp", "anna", &[]).await[0], first, "another process lists the same");
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    let bridge = Bridge::start().await;
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for id in ["1", "\"1\"", "-9223372036854775808", "\"\\u00e9\\\"\"", "\"\"", "0"] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#);
        let reply = bridge.send(http::Method::POST, "/mcp", &headers, body).await;
        assert_eq!(reply.json()["id"], serde_json::from_str::<Value>(id).unwrap(), "{id}");
    }
}

#[tokio::test]
async fn a_cursor_that_nobody_gave_out_is_refused() {
    let bridge = Bridge::start().await;
    let reply = bridge.rpc("anna", "tools/list", json!({"cursor": "made-up"})).await;
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
    for none in [json!({"cursor": null}), json!({"cursor": ""})] {
        let reply = bridge.rpc("anna", "tools/list", none).await;
        assert!(reply["result"]["tools"].is_array() && reply["result"].get("nextCursor").is_none());
    }
    let modern = Modern::new("tools/list", json!({"cursor": "made-up"})).send(&bridge).await;
    assert_eq!(modern.json()["error"]["code"], -32602, "{}", modern.text);
}

#[tokio::test]
async fn a_list_needs_the_same_papers_as_a_call() {
    let bridge = Bridge::start().await;
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let json = ("content-type", "application/json");
    assert_eq!(bridge.send(http::Method::POST, "/mcp", &[json], body).await.status, 401);
    let evil =
        bridge.post_to("/mcp", "anna", &[("origin", "https://evil.example")], &json!({})).await;
    assert_eq!(evil.status, 403);
}

#[tokio::test]
async fn one_argument_is_repeated_in_a_header_by_new_clients_only() {
    let bridge = Bridge::start().await;
    let shown = |list: &Value| {
        let tools = list["result"]["tools"].as_array().unwrap().clone();
        let whoami = tools.into_iter().find(|tool| tool["name"] == "jira_whoami").unwrap();
        whoami["inputSchema"]["properties"]["project_key"]["x-mcp-header"].clone()
    };
    let new = Modern::new("tools/list", json!({})).send(&bridge).await.json();
    assert_eq!(shown(&new), "Project-Key");
    assert_eq!(new.to_string().matches("x-mcp-header").count(), 1);
    assert_eq!(shown(&bridge.rpc("anna", "tools/list", json!({})).await), Value::Null);
    let asked = || Modern::call("jira_whoami", json!({"project_key": "ACME"}));
    for (request, status) in [
        (asked().with("Mcp-Param-Project-Key", "ACME"), 200),
        (asked().with("Mcp-Param-Project-Key", "OPS"), 400),
        (asked(), 400),
        (Modern::call("jira_whoami", json!({})), 200),
    ] {
        let reply = request.send(&bridge).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        if status == 400 {
            assert_eq!(reply.json()["error"]["code"], -32020);
        }
    }
    let old = bridge.anna("jira_whoami", json!({"project_key": "ACME"})).await;
    assert!(old["can"].is_array() || old["account_id"].is_string(), "{old}");
}
