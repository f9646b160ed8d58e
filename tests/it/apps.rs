//! Pages of MCP Apps: seen by clients that declared them, and by nobody else; never without the
//! tools that they call; and results that say the same with them and without.

use serde_json::{Value, json};

use crate::support::{Bridge, Modern, Reply, Stdio, sandbox};

const ALL: (&str, &str) = ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive");
const PAGES: [&str; 4] =
    ["jira_bulk_edit", "jira_create_issue", "jira_get_issue", "jira_get_sprint_issues"];

/// What a client that shows pages can.
fn capabilities() -> Value {
    let settings = json!({ "mimeTypes": ["text/html;profile=mcp-app"] });
    json!({ "extensions": { "io.modelcontextprotocol/ui": settings } })
}

fn declaring(request: Modern) -> Modern {
    request.meta("io.modelcontextprotocol/clientCapabilities", Some(capabilities()))
}

async fn begun(bridge: &Bridge, capabilities: Value) -> Reply {
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": capabilities,
        "clientInfo": { "name": "t", "version": "1" },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
    bridge.post("anna", &body).await
}

/// The tools with a page, by the list of a new client that declares pages.
async fn with_pages(bridge: &Bridge, path: &str) -> Vec<String> {
    let reply = declaring(Modern::new("tools/list", json!({}))).send_to(bridge, path, "anna").await;
    pages_of(&reply.json())
}

fn pages_of(list: &Value) -> Vec<String> {
    let tools = list["result"]["tools"].as_array().unwrap_or_else(|| panic!("{list}"));
    let named = tools.iter().filter(|tool| tool["_meta"]["ui"].is_object()).map(|tool| {
        let name = tool["name"].as_str().unwrap();
        let expected = json!({ "ui": { "resourceUri": format!("ui://jira/{name}") } });
        assert_eq!(tool["_meta"], expected);
        name.to_owned()
    });
    named.collect()
}

async fn read(bridge: &Bridge, path: &str, uri: &str) -> Value {
    let request = Modern::new("resources/read", json!({ "uri": uri })).with("Mcp-Name", uri);
    declaring(request).send_to(bridge, path, "anna").await.json()
}

#[tokio::test]
async fn a_list_names_pages_only_to_those_who_show_them() {
    let bridge = Bridge::with(&[ALL]).await;
    let pages = with_pages(&bridge, "/mcp").await;
    for name in PAGES {
        assert!(pages.iter().any(|page| page == name), "{name} is not among {pages:?}");
    }
    let plain = Modern::new("tools/list", json!({})).send(&bridge).await.text;
    for capabilities in [
        json!({}),
        json!({ "extensions": {} }),
        json!({ "extensions": { "io.modelcontextprotocol/ui": {} } }),
        json!({ "extensions": { "io.modelcontextprotocol/ui": { "mimeTypes": ["text/html"] } } }),
    ] {
        let request = Modern::new("tools/list", json!({}))
            .meta("io.modelcontextprotocol/clientCapabilities", Some(capabilities));
        assert_eq!(request.send(&bridge).await.text, plain);
    }
    assert!(!plain.contains("resourceUri"));
    // Made of bytes or by the protocol crate, it is the same list.
    let [bytes, rmcp] = [json!({}), json!({ "extra": 1 })]
        .map(|params| declaring(Modern::new("tools/list", params)));
    assert_eq!(bytes.send(&bridge).await.text, rmcp.send(&bridge).await.text);
}

#[tokio::test]
async fn an_old_client_brings_its_mark_along() {
    let bridge = Bridge::with(&[ALL]).await;
    let reply = begun(&bridge, capabilities()).await;
    let mark = reply.header("mcp-session-id").to_owned();
    assert!(mark.starts_with("apps-") && mark.len() == 37, "{mark}");
    let extensions = &reply.json()["result"]["capabilities"]["extensions"];
    assert!(extensions["io.modelcontextprotocol/ui"].is_object(), "{extensions}");
    assert_ne!(begun(&bridge, capabilities()).await.header("mcp-session-id"), mark);
    for others in [json!({}), json!({ "sampling": {} })] {
        assert_eq!(begun(&bridge, others).await.header("mcp-session-id"), "");
    }
    let list = async |params: Value, headers: &[(&str, &str)]| {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params });
        bridge.post_to("/mcp", "anna", headers, &body).await
    };
    let marked = [("mcp-session-id", mark.as_str())];
    let shown = list(json!({}), &marked).await;
    assert_eq!(pages_of(&shown.json()), with_pages(&bridge, "/mcp").await);
    assert_eq!(shown.text, list(json!({ "extra": 1 }), &marked).await.text);
    let plain = list(json!({}), &[]).await.text;
    assert!(!plain.contains("resourceUri"));
    // The mark is not remembered, and any other id says nothing.
    assert_eq!(list(json!({}), &[("mcp-session-id", "abc")]).await.text, plain);
    let new = Modern::new("tools/list", json!({})).with("Mcp-Session-Id", &mark);
    assert!(!new.send(&bridge).await.text.contains("resourceUri"), "new clients say it themselves");
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/list" });
    let listed = bridge.post_to("/mcp", "anna", &marked, &body).await.json();
    assert!(listed["result"]["resources"].as_array().unwrap().len() >= PAGES.len(), "{listed}");
}

#[tokio::test]
async fn the_list_with_pages_stays_within_its_bytes() {
    let bridge = Bridge::start().await;
    let reply = declaring(Modern::new("tools/list", json!({}))).send(&bridge).await;
    let plain = Modern::new("tools/list", json!({})).send(&bridge).await;
    let more = reply.text.len() - plain.text.len();
    assert!(more <= 256, "default sets: {more} bytes more for pages");
    let legacy = json!({ "jsonrpc": "2.0", "id": "1", "method": "tools/list" });
    let marked = [("mcp-session-id", "apps-0")];
    let reply = bridge.post_to("/mcp", "anna", &marked, &legacy).await;
    assert!(reply.text.len() <= 16_640, "default sets with pages: {} bytes", reply.text.len());
}

#[tokio::test]
async fn pages_are_listed_and_read_whole_with_nothing_from_elsewhere() {
    let bridge = Bridge::with(&[ALL]).await;
    let listed = declaring(Modern::new("resources/list", json!({}))).send(&bridge).await.json();
    let resources = listed["result"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), with_pages(&bridge, "/mcp").await.len());
    let none = Modern::new("resources/list", json!({})).send(&bridge).await.json();
    assert_eq!(none["result"]["resources"], json!([]));
    let nothing = json!({
        "connectDomains": [], "resourceDomains": [], "frameDomains": [], "baseUriDomains": [],
    });
    for resource in resources {
        assert_eq!(resource["mimeType"], "text/html;profile=mcp-app");
        let uri = resource["uri"].as_str().unwrap();
        let reply = read(&bridge, "/mcp", uri).await;
        let contents = &reply["result"]["contents"][0];
        assert_eq!((&contents["uri"], &contents["mimeType"]), (&json!(uri), &resource["mimeType"]));
        assert_eq!(contents["_meta"]["ui"]["csp"], nothing);
        assert_eq!(resource["_meta"], contents["_meta"]);
        let html = contents["text"].as_str().unwrap();
        assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"));
        let name = uri.strip_prefix("ui://jira/").unwrap();
        assert!(html.contains(&format!("data-tool=\"{name}\"")), "{name}");
        assert!(!html.contains("{tool}") && !html.contains("{title}"), "{name}");
        for elsewhere in ["http://", "https://", "//cdn", "src="] {
            assert!(!html.contains(elsewhere), "{name} holds {elsewhere}");
        }
    }
    // Old clients read what they know the address of.
    let old =
        bridge.rpc("anna", "resources/read", json!({ "uri": "ui://jira/jira_get_issue" })).await;
    assert!(old["result"]["contents"][0]["text"].is_string(), "{old}");
    for uri in ["ui://jira/jira_search", "ui://jira/", "ui://agent/jira_get_issue", "ui://jira"] {
        let reply = bridge.rpc("anna", "resources/read", json!({ "uri": uri })).await;
        assert_eq!(reply["error"]["code"], -32002, "{uri}: {reply}");
    }
}

#[tokio::test]
async fn a_page_goes_with_the_tools_that_it_calls() {
    let bridge =
        Bridge::with(&[ALL, ("TOOLS_DENY", "jira_get_create_fields,jira_delete_issue")]).await;
    let pages = with_pages(&bridge, "/mcp").await;
    let has = |name: &str| pages.iter().any(|page| page == name);
    assert!(has("jira_bulk_edit") && !has("jira_create_issue") && !has("jira_delete_issue"));
    let read_only = with_pages(&bridge, "/mcp/readonly").await;
    assert_eq!(read_only, ["jira_get_issue", "jira_get_sprint_issues"]);
    for (path, name, may) in [
        ("/mcp", "jira_bulk_edit", true),
        ("/mcp", "jira_create_issue", false),
        ("/mcp", "jira_delete_issue", false),
        ("/mcp/readonly", "jira_bulk_edit", false),
        ("/mcp/readonly", "jira_get_issue", true),
        ("/mcp/x/core", "jira_get_sprint_issues", false),
    ] {
        let reply = read(&bridge, path, &format!("ui://jira/{name}")).await;
        assert_eq!(reply["result"].is_object(), may, "{name} on {path}: {reply}");
    }
}

#[tokio::test]
async fn a_result_says_the_same_with_a_page_and_without() {
    let bridge = Bridge::with(&[ALL]).await;
    for (tool, arguments) in [
        ("jira_get_issue", json!({ "issue_key": "ACME-5" })),
        ("jira_get_sprint_issues", json!({ "sprint_id": "active", "project_key": "ACME" })),
        ("jira_get_issue", json!({ "issue_key": "NO-1" })),
    ] {
        let result = async |request: Modern| {
            let mut result = request.send(&bridge).await.json()["result"].clone();
            let text = result["content"][0]["text"].as_str().unwrap();
            let mut said: Value = serde_json::from_str(text).unwrap();
            said.as_object_mut().unwrap().remove("request_id");
            result["content"][0]["text"] = said;
            result
        };
        let plain = result(Modern::call(tool, arguments.clone())).await;
        assert_eq!(result(declaring(Modern::call(tool, arguments))).await, plain, "{tool}");
    }
}

#[tokio::test]
async fn over_stdio_the_handshake_is_remembered() {
    let (_upstream, settings) = sandbox().await;
    for (capabilities, shown) in [(capabilities(), true), (json!({}), false)] {
        let mut stdio = Stdio::start(&settings);
        let params = json!({
            "protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": { "name": "t", "version": "1" },
        });
        stdio.ask(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }));
        let list = stdio.ask(&json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }));
        assert_eq!(!pages_of(&list).is_empty(), shown);
    }
}
