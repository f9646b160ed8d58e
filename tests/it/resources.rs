//! `jira://` resources: read with the caller's own token, below the same rules as the tools that
//! show the same.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};

use crate::support::Bridge;

async fn read(bridge: &Bridge, user: &str, uri: &str) -> Value {
    bridge.rpc(user, "resources/read", json!({ "uri": uri })).await
}

async fn templates(bridge: &Bridge, path: &str) -> Vec<String> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/templates/list" });
    let reply = bridge.post_to(path, "anna", &[], &body).await;
    assert!(reply.text.len() <= 1_024, "{} bytes", reply.text.len());
    let listed = reply.json()["result"]["resourceTemplates"].as_array().unwrap().clone();
    listed.iter().map(|template| template["uriTemplate"].as_str().unwrap().to_owned()).collect()
}

/// An attachment of `issue`, made for the test.
async fn attached(bridge: &Bridge, issue: &str, name: &str, bytes: &[u8]) -> String {
    let arguments =
        json!({ "issue_key": issue, "file_name": name, "base64": STANDARD.encode(bytes) });
    bridge.anna("jira_add_attachment", arguments).await["attachment_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

#[tokio::test]
async fn an_issue_is_read_as_its_tool_shows_it() {
    let bridge = Bridge::start().await;
    let reply = read(&bridge, "anna", "jira://issue/acme-5").await;
    let contents = &reply["result"]["contents"][0];
    assert_eq!(contents["uri"], "jira://issue/acme-5", "{reply}");
    assert_eq!(contents["mimeType"], "application/json");
    assert_eq!(contents["_meta"]["jira-mcp-bridge/provenance"]["untrusted"], true);
    let shown: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    let asked = json!({ "issue_key": "ACME-5", "include": ["comments"] });
    assert_eq!(shown, bridge.anna("jira_get_issue", asked).await);
    for new in ["resultType", "ttlMs", "cacheScope", "io.modelcontextprotocol"] {
        assert!(!reply.to_string().contains(new), "{new}");
    }
    let listed = bridge.rpc("anna", "resources/list", json!({})).await;
    assert_eq!(listed["result"]["resources"], json!([]));
}

#[tokio::test]
async fn each_kind_of_file_comes_in_its_own_way() {
    let bridge = Bridge::start().await;
    let text = attached(&bridge, "ACME-5", "notes.txt", "Grüße \"quoted\"".as_bytes()).await;
    let picture = attached(&bridge, "ACME-5", "dot.png", PNG).await;
    let archive = attached(&bridge, "ACME-5", "files.zip", b"PK\x03\x04\0\0\0\0").await;
    let contents = async |id: &str| {
        let uri = format!("jira://attachment/{id}");
        let reply = read(&bridge, "anna", &uri).await;
        let contents = reply["result"]["contents"][0].clone();
        assert_eq!(contents["uri"], uri.as_str(), "{reply}");
        contents
    };
    let shown = contents(&text).await;
    assert_eq!(
        (&shown["text"], &shown["mimeType"]),
        (&json!("Grüße \"quoted\""), &json!("text/plain"))
    );
    let shown = contents(&picture).await;
    assert_eq!(
        (&shown["blob"], &shown["mimeType"]),
        (&json!(STANDARD.encode(PNG)), &json!("image/png"))
    );
    let shown = contents(&archive).await;
    assert_eq!(shown["mimeType"], "application/json");
    let described: Value = serde_json::from_str(shown["text"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&described["name"], &described["omitted"]),
        (&json!("files.zip"), &json!("binary"))
    );
}

#[tokio::test]
async fn what_does_not_exist_for_the_caller_is_not_found() {
    let bridge = Bridge::start().await;
    for uri in [
        "jira://issue/ACME-99999",
        "jira://project/ACME",
        "jira://issue/",
        "file:///etc/hosts",
        "x",
    ] {
        let reply = read(&bridge, "anna", uri).await;
        assert_eq!(reply["error"]["code"], -32002, "{uri}: {reply}");
    }
    let reply = read(&bridge, "anna", "jira://issue/no%20key").await;
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
    assert_eq!(reply["error"]["data"]["error"], "invalid_argument");
    // The token of one user opens nothing to another: this one may not see the project.
    assert!(read(&bridge, "anna", "jira://issue/OPS-1").await["result"].is_object());
    let reply = read(&bridge, "carla", "jira://issue/OPS-1").await;
    assert_eq!(reply["error"]["code"], -32002, "{reply}");
    let several = read(&bridge, "femi", "jira://issue/OPS-1").await;
    assert_eq!(several["error"]["data"]["error"], "ambiguous_site", "{several}");
    let named = read(&bridge, "femi", "jira://issue/OPS-1?site=sandbox.atlassian.net").await;
    assert!(named["result"]["contents"][0]["text"].is_string(), "{named}");
}

#[tokio::test]
async fn resources_hold_to_the_policy_of_their_tools() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "OPS")]).await;
    let id = attached(&bridge, "OPS-1", "files.zip", b"PK\x03\x04\0\0\0\0").await;
    let reply = read(&bridge, "anna", "jira://issue/ACME-1").await;
    assert_eq!(reply["error"]["data"]["error"], "forbidden", "{reply}");
    let reply = read(&bridge, "anna", &format!("jira://attachment/{id}")).await;
    assert_eq!(reply["error"]["data"]["error"], "invalid_argument", "{reply}");
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-1"), 0);
    // The link that a tool shows in place of a file leads to it here too.
    let params = json!({ "name": "jira_get_attachment", "arguments": { "attachment_id": id, "issue_key": "OPS-1" } });
    let shown = bridge.rpc("anna", "tools/call", params).await;
    let uri = shown["result"]["content"][1]["uri"].as_str().unwrap().to_owned();
    assert_eq!(uri, format!("jira://attachment/{id}?issue_key=OPS-1"));
    assert!(read(&bridge, "anna", &uri).await["result"]["contents"][0]["text"].is_string());
    bridge.anna("jira_get_attachment", json!({ "attachment_id": uri, "issue_key": "OPS-1" })).await;
    assert_eq!(
        templates(&bridge, "/mcp").await,
        ["jira://issue/{issue_key}{?site}", "jira://attachment/{attachment_id}{?issue_key,site}"]
    );
    assert_eq!(templates(&bridge, "/mcp/x/core").await, ["jira://issue/{issue_key}{?site}"]);
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": { "uri": uri } });
    let narrowed = bridge.post_to("/mcp/x/core", "anna", &[], &body).await.json();
    assert_eq!(narrowed["error"]["code"], -32002, "{narrowed}");
}

#[tokio::test]
async fn a_resource_fits_the_byte_budget() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "3000")]).await;
    let id = attached(&bridge, "ACME-5", "long.txt", "\"ü\" ".repeat(5_000).as_bytes()).await;
    for uri in ["jira://issue/ACME-5".to_owned(), format!("jira://attachment/{id}")] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": { "uri": uri } });
        let reply = bridge.post("anna", &body).await;
        assert!(reply.json()["result"]["contents"][0]["text"].is_string(), "{}", reply.text);
        assert!(reply.text.len() <= 3_000, "{uri}: {} bytes", reply.text.len());
    }
}

#[tokio::test]
async fn new_clients_get_their_own_fields() {
    let bridge = Bridge::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    for (method, name, mut params) in [
        ("prompts/list", None, json!({})),
        ("prompts/get", Some("my_day"), json!({ "name": "my_day" })),
        ("resources/list", None, json!({})),
        ("resources/templates/list", None, json!({})),
        ("resources/read", Some("jira://issue/ACME-1"), json!({ "uri": "jira://issue/ACME-1" })),
        (
            "completion/complete",
            None,
            json!({ "ref": { "type": "ref/prompt", "name": "my_day" }, "argument": { "name": "project_key", "value": "" } }),
        ),
    ] {
        params["_meta"] = meta.clone();
        let mut headers = vec![("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)];
        headers.extend(name.map(|name| ("Mcp-Name", name)));
        let body = json!({ "jsonrpc": "2.0", "id": 3, "method": method, "params": params });
        let reply = bridge.post_to("/mcp", "anna", &headers, &body).await;
        assert_eq!(
            (reply.status, &reply.json()["result"]["resultType"]),
            (200, &json!("complete")),
            "{}",
            reply.text
        );
        let is_cacheable = !matches!(method, "prompts/get" | "completion/complete");
        assert_eq!(
            reply.json()["result"]["cacheScope"].is_string(),
            is_cacheable,
            "{method}: {}",
            reply.text
        );
    }
    let mut params = json!({ "uri": "jira://issue/ACME-99999" });
    params["_meta"] = meta;
    let headers = [
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "resources/read"),
        ("Mcp-Name", "jira://issue/ACME-99999"),
    ];
    let body = json!({ "jsonrpc": "2.0", "id": 3, "method": "resources/read", "params": params });
    let missing = bridge.post_to("/mcp", "anna", &headers, &body).await.json();
    assert_eq!(missing["error"]["code"], -32602, "{missing}");
}
