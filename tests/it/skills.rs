//! Skills (SEP-2640): listed, described and read, each with a digest that fits, and only with the
//! tools that they speak of.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::support::{Bridge, Modern};

async fn listed(bridge: &Bridge, path: &str, headers: &[(&str, &str)]) -> Vec<Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "skills/list" });
    let reply = bridge.post_to(path, "anna", headers, &body).await;
    reply.json()["result"]["skills"].as_array().unwrap_or_else(|| panic!("{}", reply.text)).clone()
}

fn names(skills: &[Value]) -> Vec<&str> {
    skills.iter().map(|skill| skill["frontmatter"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_skill_is_listed_described_and_read_as_its_digest_says() {
    let bridge = Bridge::start().await;
    let skills = listed(&bridge, "/mcp", &[]).await;
    assert_eq!(skills.len(), 9, "one for each prompt");
    for skill in &skills {
        let uri = skill["uri"].as_str().unwrap();
        let got = bridge.rpc("anna", "skills/get", json!({ "uri": uri })).await;
        assert_eq!(got["result"]["skill"], *skill);
        let read = bridge.rpc("anna", "resources/read", json!({ "uri": uri })).await;
        let contents = &read["result"]["contents"][0];
        assert_eq!(
            (&contents["uri"], &contents["mimeType"]),
            (&json!(uri), &json!("text/markdown"))
        );
        let text = contents["text"].as_str().unwrap();
        let hash = digest(&SHA256, text.as_bytes());
        let mut hex = String::new();
        for byte in hash.as_ref() {
            write!(hex, "{byte:02x}").unwrap();
        }
        assert_eq!(
            skill["resources"],
            json!([{ "uri": uri, "digest": format!("sha256:{hex}"), "size": text.len() }])
        );
        let front = &skill["frontmatter"];
        let written = format!(
            "---\nname: {}\ndescription: {}\n---\n",
            front["name"].as_str().unwrap(),
            front["description"]
        );
        assert!(text.starts_with(&written), "{text}");
        assert_eq!(front.as_object().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_skill_goes_with_its_tools() {
    let bridge = Bridge::with(&[("TOOLS_DENY", "jira_create_issue")]).await;
    let all = listed(&bridge, "/mcp", &[]).await;
    assert!(!names(&all).contains(&"jira-report-bug") && names(&all).contains(&"jira-triage"));
    for (path, headers) in [("/mcp/readonly", &[][..]), ("/mcp", &[("x-mcp-readonly", "true")])] {
        let skills = listed(&bridge, path, headers).await;
        let names = names(&skills);
        assert!(names.contains(&"jira-standup") && !names.contains(&"jira-triage"), "{names:?}");
    }
    for uri in ["skill://jira-report-bug/SKILL.md", "skill://jira-nothing/SKILL.md", "skill://x"] {
        let got = bridge.rpc("anna", "skills/get", json!({ "uri": uri })).await;
        assert_eq!(got["error"]["code"], -32602, "{got}");
        let read = bridge.rpc("anna", "resources/read", json!({ "uri": uri })).await;
        assert_eq!(read["error"]["code"], -32002, "{read}");
    }
    for params in [json!({}), json!({ "uri": 1 })] {
        assert_eq!(bridge.rpc("anna", "skills/get", params).await["error"]["code"], -32602);
    }
    for cursor in [json!("x"), json!(5)] {
        let listed = bridge.rpc("anna", "skills/list", json!({ "cursor": cursor })).await;
        assert_eq!(listed["error"]["code"], -32602, "{listed}");
    }
}

#[tokio::test]
async fn what_a_token_is_known_to_lack_takes_prompts_and_skills_away() {
    let bridge = Bridge::start().await;
    let both = async || {
        let skills = bridge.rpc("dana", "skills/list", json!({})).await["result"]["skills"].clone();
        let prompts = bridge.rpc("dana", "prompts/list", json!({})).await;
        let prompts = prompts["result"]["prompts"].as_array().unwrap().len();
        (skills.as_array().unwrap().len(), prompts)
    };
    assert_eq!(both().await, (9, 9));
    bridge.call("dana", "jira_whoami", json!({})).await;
    let (skills, prompts) = both().await;
    assert!(skills < 9, "the token may not write");
    assert_eq!(skills, prompts);
}

#[tokio::test]
async fn new_clients_see_the_extension_and_its_fields() {
    let bridge = Bridge::start().await;
    let found = Modern::new("server/discover", json!({})).send(&bridge).await.json();
    let extensions = &found["result"]["capabilities"]["extensions"];
    assert_eq!(extensions["io.modelcontextprotocol/skills"], json!({}), "{found}");
    let uri = "skill://jira-my-day/SKILL.md";
    for request in
        [Modern::new("skills/list", json!({})), Modern::new("skills/get", json!({ "uri": uri }))]
    {
        let result = request.send(&bridge).await.json()["result"].clone();
        assert_eq!(
            (&result["resultType"], &result["cacheScope"]),
            (&json!("complete"), &json!("private")),
            "{result}"
        );
        assert!(result["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0), "{result}");
    }
    let old = bridge
        .rpc(
            "anna",
            "initialize",
            json!({
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": { "name": "t", "version": "1" },
            }),
        )
        .await;
    let extensions = &old["result"]["capabilities"]["extensions"];
    assert_eq!(extensions["io.modelcontextprotocol/skills"], json!({}), "{old}");
}
