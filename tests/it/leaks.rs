//! Nothing secret and nothing of Jira's content is ever written, at any level: the real binary, at trace.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::gateway_secret;

#[tokio::test]
async fn no_secret_and_no_content_at_trace_level() {
    let secret = gateway_secret();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
        .args(["demo", "--json"])
        .env_clear()
        .envs([("LOG_LEVEL", "trace"), ("LOG_FORMAT", "json"), ("PORT", "0"), ("RETRY_BASE_MS", "1")])
        .env("GATEWAY_SHARED_SECRET", &secret)
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let info: Value = serde_json::from_str(&line).unwrap();
    let tokens: Vec<String> = info["tokens"]
        .as_object()
        .unwrap()
        .values()
        .map(|token| token.as_str().unwrap().to_owned())
        .collect();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let calls = [
        ("jira_whoami", json!({"include_permissions": true})),
        ("jira_search", json!({"jql": "project = ACME AND summary ~ \"quietword\"", "max_results": 50})),
        ("jira_get_issue", json!({"issue_key": "ACME-5", "include": "comments,changelog,worklogs"})),
        (
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "quietword in a summary"}),
        ),
        ("jira_add_comment", json!({"issue_key": "ACME-5", "body": "quietword in a comment"})),
        ("jira_find_users", json!({"query": "quietword"})),
        ("jira_get_issue", json!({"issue_key": "quietword"})),
        ("jira_transition_issue", json!({"issue_key": "ACME-5", "transition": "quietword"})),
    ];
    for token in &tokens {
        for (tool, arguments) in &calls {
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
            let request = client
                .post(info["mcp_url"].as_str().unwrap())
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("x-gateway-token", &secret);
            assert_eq!(request.body(body.to_string()).send().await.unwrap().status(), 200);
        }
        let refused =
            client.post(info["mcp_url"].as_str().unwrap()).header("authorization", format!("Bearer {token}"));
        assert_eq!(refused.header("x-gateway-token", "wrong-quietword").send().await.unwrap().status(), 403);
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "SIGTERM ends with 0");
    assert!(log.lines().count() > 50, "trace must have written something: {log}");
    for token in &tokens {
        // Eight characters of the random part would be enough to recognise a token.
        let random = token.rsplit('-').next().unwrap();
        for piece in random.as_bytes().windows(8) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!log.contains(piece), "part of a token is in the log");
        }
    }
    for hidden in [secret.as_str(), "quietword", "@example.com", "Anna Admin", "Bearer sandbox"] {
        assert!(!log.contains(hidden), "{hidden} is in the log");
    }
}
