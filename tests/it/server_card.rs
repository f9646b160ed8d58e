//! The server card (SEP-2127): readable by everybody, cached, and never at odds with what the
//! server itself says.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Modern, Reply};

async fn card(bridge: &Bridge, path: &str, headers: &[(&str, &str)]) -> Reply {
    bridge.send(Method::GET, path, headers, "").await
}

#[tokio::test]
async fn everybody_may_read_the_card_and_it_agrees_with_the_server() {
    let settings = [
        ("PUBLIC_BASE_URL", "https://mcp.example.com/jira"),
        ("GATEWAY_SHARED_SECRET", &crate::support::gateway_secret()),
    ];
    let bridge = Bridge::with(&settings).await;
    for (path, endpoint) in [
        ("/mcp/server-card", "/mcp"),
        ("/mcp/server-card/", "/mcp"),
        ("/mcp/readonly/server-card", "/mcp/readonly"),
        ("/mcp/x/core,agile/server-card", "/mcp/x/core,agile"),
    ] {
        let reply = card(&bridge, path, &[("origin", "https://elsewhere.example")]).await;
        assert_eq!(reply.status, 200, "{path}");
        for (name, value) in [
            ("content-type", "application/mcp-server-card+json"),
            ("access-control-allow-origin", "*"),
            ("cache-control", "public, max-age=3600"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(reply.header(name), value, "{path}: {name}");
        }
        let card = reply.json();
        assert_eq!(card["name"], "com.example.mcp/jira-mcp-bridge");
        let remote = &card["remotes"][0];
        assert_eq!(remote["type"], "streamable-http");
        assert_eq!(remote["url"], format!("https://mcp.example.com/jira{endpoint}"));
        let text = card["description"].as_str().unwrap();
        assert!((1..=100).contains(&text.len()), "{text}");
        assert_eq!(
            card["$schema"],
            "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json"
        );
    }
}

#[tokio::test]
async fn the_card_says_what_discovery_says() {
    let bridge = Bridge::with(&[("SERVER_NAME", "our-jira")]).await;
    let card = card(&bridge, "/mcp/server-card", &[]).await.json();
    let found = Modern::new("server/discover", json!({})).send(&bridge).await.json();
    let result = &found["result"];
    let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(card["version"], info["version"]);
    assert_eq!(card["title"], info["title"]);
    let name = card["name"].as_str().unwrap().split_once('/').unwrap();
    assert_eq!((name.0, &json!(name.1)), ("127.0.0.1", &info["name"]));
    let versions = |list: &Value| -> Vec<String> {
        let mut all: Vec<String> =
            list.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(
        versions(&card["remotes"][0]["supportedProtocolVersions"]),
        versions(&result["supportedVersions"])
    );
}

#[tokio::test]
async fn a_card_that_is_known_is_not_sent_again() {
    let bridge = Bridge::start().await;
    let first = card(&bridge, "/mcp/server-card", &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    let again = card(&bridge, "/mcp/server-card", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", &*tag));
    let other = card(&bridge, "/mcp/server-card", &[("if-none-match", "\"other\"")]).await;
    assert_eq!((other.status, &other.text), (200, &first.text));
    let head = bridge.send(Method::HEAD, "/mcp/server-card", &[], "").await;
    assert_eq!((head.status, head.header("etag")), (200, &*tag));
    let post = bridge.send(Method::POST, "/mcp/server-card", &[], "{}").await;
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
    let foreign = card(&bridge, "/mcp/server-card", &[("host", "evil.test")]).await;
    assert_eq!(foreign.status, 403, "the card would repeat the foreign name");
}
