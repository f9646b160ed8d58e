//! The contract with agents: laws over every tool, and the list itself as a snapshot.

use serde_json::{Value, json};

use crate::support::Bridge;

/// Agents' platforms refuse or silently drop tools whose schemas hold any of these.
const FORBIDDEN: &[&str] = &[
    "$ref",
    "$defs",
    "definitions",
    "$schema",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "if",
    "const",
    "enum",
    "format",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "additionalProperties",
];

async fn listed(settings: &[(&str, &str)]) -> (Vec<Value>, usize) {
    let bridge = Bridge::with(settings).await;
    let reply =
        bridge.post("anna", &json!({"jsonrpc": "2.0", "id": "1", "method": "tools/list"})).await;
    (reply.json()["result"]["tools"].as_array().unwrap().clone(), reply.text.len())
}

#[tokio::test]
async fn every_schema_is_flat_and_every_tool_annotated() {
    let sets = "core,context,collab,agile,bulk,manage,destructive,jsm";
    let (tools, _) = listed(&[("TOOLSETS", sets)]).await;
    for tool in &tools {
        let name = tool["name"].as_str().unwrap();
        assert!(name.starts_with("jira_") && name.len() <= 64, "{name}");
        assert!(
            tool["title"].is_string() && tool["description"].as_str().unwrap().len() > 20,
            "{name}"
        );
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name} lacks {hint}");
        }
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object");
        for (argument, shape) in schema["properties"].as_object().unwrap() {
            for (key, value) in shape.as_object().unwrap() {
                assert!(!FORBIDDEN.contains(&key.as_str()), "{name}.{argument} holds {key}");
                assert!(
                    ["type", "description", "items"].contains(&key.as_str()),
                    "{name}.{argument} holds {key}"
                );
                assert!(
                    value.is_string() || *value == json!({"type": "string"}),
                    "{name}.{argument}: {value}"
                );
            }
            assert_eq!(shape["type"] == "array", shape.get("items").is_some(), "{name}.{argument}");
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(
                schema["properties"].get(required.as_str().unwrap()).is_some(),
                "{name} requires {required}"
            );
        }
    }
}

#[tokio::test]
async fn the_lists_stay_within_their_bytes() {
    let (_, default) = listed(&[]).await;
    assert!(default <= 16_384, "default sets: {default} bytes");
    let (_, core) = listed(&[("TOOLSETS", "core")]).await;
    assert!(core <= 10_240, "core: {core} bytes");
    let (read_only, bytes) = listed(&[("READ_ONLY", "true")]).await;
    assert!(bytes <= 12_288, "read-only: {bytes} bytes");
    assert!(read_only.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
}

#[tokio::test]
async fn the_core_list_is_as_recorded() {
    let (tools, _) = listed(&[("TOOLSETS", "core")]).await;
    insta::assert_json_snapshot!("core_tools", tools);
}

#[tokio::test]
async fn read_only_refuses_every_tool_that_writes_by_name() {
    let sets = ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm");
    let (all, _) = listed(&[sets]).await;
    let writing: Vec<&str> = all
        .iter()
        .filter(|tool| tool["annotations"]["readOnlyHint"] == false)
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert!(writing.len() >= 20, "{writing:?}");
    let open = Bridge::with(&[sets]).await;
    let closed = Bridge::with(&[sets, ("READ_ONLY", "true")]).await;
    let header = [("x-mcp-readonly", "true")];
    for (bridge, path, headers) in [
        (&closed, "/mcp", &[][..]),
        (&open, "/mcp/readonly", &[][..]),
        (&open, "/mcp", &header[..]),
    ] {
        let names = bridge.tool_names(path, headers).await;
        for tool in &writing {
            assert!(!names.iter().any(|name| name == tool), "{tool} is listed on {path}");
            let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}});
            let reply = bridge.post_to(path, "anna", headers, &call).await.json();
            assert_eq!(reply["error"]["code"], -32602, "{tool} on {path}: {reply}");
        }
    }
    for bridge in [&open, &closed] {
        assert!(bridge.upstream.seen().iter().all(|seen| seen.method == http::Method::GET));
    }
}
