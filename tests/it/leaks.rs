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
        // Nobody listens there: what cannot be sent must not end up in the log instead.
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        .env(
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "InstrumentationKey=quietword;IngestionEndpoint=http://127.0.0.1:9/",
        )
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    // Read all the while: a full pipe would stop the server.
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    });
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let info: Value = serde_json::from_str(&line).unwrap();
    let tokens: Vec<String> = info["tokens"]
        .as_object()
        .unwrap()
        .values()
        .map(|token| token.as_str().unwrap().to_owned())
        .collect();
    let files_read = talk(info["mcp_url"].as_str().unwrap(), &tokens, &secret).await;
    assert!(files_read > 0, "a file's bytes must have come from the media host");
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let log = log.join().unwrap();
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
    for hidden in
        [secret.as_str(), "quietword", "sandbox-media", "@example.com", "Anna Admin", "Bearer sandbox"]
    {
        assert!(!log.contains(hidden), "{hidden} is in the log");
    }
}

/// Makes every user call tools with words that must not be logged; how often a file's bytes came back.
async fn talk(url: &str, tokens: &[String], secret: &str) -> usize {
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
        (
            "jira_add_attachment",
            json!({"issue_key": "ACME-5", "file_name": "quietword.txt", "text": "quietword in a file"}),
        ),
        // Its id follows from the call before it.
        ("jira_get_attachment", json!({})),
        ("jira_transition_issue", json!({"issue_key": "ACME-5", "transition": "quietword"})),
    ];
    let mut files_read = 0;
    for token in tokens {
        let mut file = String::new();
        for (tool, arguments) in &calls {
            let mut arguments = arguments.clone();
            if *tool == "jira_get_attachment" {
                arguments["attachment_id"] = json!(file);
            }
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
            let request = client
                .post(url)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("x-gateway-token", secret);
            let answer = request.body(body.to_string()).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let answer = answer.text().await.unwrap();
            if let Some((_, rest)) = answer.split_once("\\\"attachment_id\\\":\\\"") {
                file = rest.chars().take_while(char::is_ascii_digit).collect();
            }
            files_read += usize::from(answer.contains("quietword in a file"));
        }
        let refused = client.post(url).header("authorization", format!("Bearer {token}"));
        assert_eq!(refused.header("x-gateway-token", "wrong-quietword").send().await.unwrap().status(), 403);
    }
    files_read
}
