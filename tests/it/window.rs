//! The demo's window: what an agent's calls look like there, and nowhere else.

use serde_json::{Value, json};

use crate::support::{Process, until};

#[tokio::test]
async fn calls_are_shown_there_and_their_arguments_are_in_no_log() {
    let settings = [("LOG_LEVEL", "trace"), ("RATE_LIMIT_PER_USER_PER_MINUTE", "1000")];
    let mut demo = Process::start(&["demo", "--json"], &settings);
    let printed: Value = serde_json::from_str(&demo.first_line()).unwrap();
    let (mcp, window) =
        (printed["mcp_url"].as_str().unwrap(), printed["window_url"].as_str().unwrap());
    let token = printed["tokens"]["anna"].as_str().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "jira_create_issue",
        "arguments": {"project_key": "ACME", "issue_type": "Task", "summary": "Zebra crossing", "labels": [token]},
    }});
    let request = client.post(mcp).bearer_auth(token).header("content-type", "application/json");
    let answer = request.body(call.to_string()).send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let made: Value =
        serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
    let calls = client.get(format!("{window}/calls")).send().await.unwrap().text().await.unwrap();
    assert!(calls.contains("jira_create_issue") && calls.contains("Zebra crossing"), "{calls}");
    assert!(!calls.contains(token), "the token that the agent repeated");
    // The agent is told an address that people can open.
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{window}/browse/ACME-")), "{made}");
    let issue = client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(issue.contains("Zebra crossing"), "{issue}");
    until("the call is logged", async || !demo.lines("tool call").is_empty()).await;
    assert!(!demo.log().contains("Zebra"), "{}", demo.log());
}
