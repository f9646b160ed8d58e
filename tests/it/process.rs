//! The life of the process: what the real binary does with signals, limits and wrong settings.

use std::sync::Arc;

use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Semaphore};

use crate::support::{Fault, NOW_MS, Process, Upstream, until};

/// The binary in front of a sandbox that can misbehave.
async fn serve(settings: &[(&str, &str)]) -> (Process, Upstream, String) {
    let sandbox = Sandbox::seeded(NOW_MS);
    let tokens = sandbox.tokens();
    let upstream = Upstream::start(sandbox.router()).await;
    let base = format!("http://{}", upstream.address);
    let mut all = vec![("JIRA_API_BASE_URL", base.as_str())];
    all.extend(settings);
    let token = tokens.iter().find(|(name, _)| name == "anna").unwrap().1.clone();
    (Process::start(&["serve"], &all), upstream, token)
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn call(
    client: reqwest::Client,
    url: String,
    token: String,
    tool: &str,
    arguments: Value,
) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
    let request =
        client.post(format!("{url}/mcp")).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").body(body.to_string());
    let answer = request.send().await.unwrap().text().await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    serde_json::from_str(answer["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn sigterm_finishes_what_is_in_hand_and_refuses_what_is_new() {
    let (process, upstream, token) = serve(&[]).await;
    let url = process.url().await;
    let gate = Arc::new(Semaphore::new(0));
    upstream.fail("/issue/ACME-1", Fault::Held(Arc::clone(&gate)));
    let asked = json!({"issue_key": "ACME-1"});
    let busy = tokio::spawn(call(client(), url.clone(), token, "jira_get_issue", asked));
    until("the call waits for Jira", async || upstream.waiting() == 1).await;
    process.terminate();
    let probe = client();
    until("the server says that it drains", async || {
        let ready = probe.get(format!("{url}/readyz")).send().await;
        ready.is_ok_and(|answer| answer.status() == 503)
    })
    .await;
    let address = url.trim_start_matches("http://").to_owned();
    until("new connections are refused", async || TcpStream::connect(&address).await.is_err())
        .await;
    gate.add_permits(1);
    assert_eq!(busy.await.unwrap()["key"], "ACME-1");
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
}

#[tokio::test]
async fn a_write_without_a_client_is_finished_before_the_process_ends() {
    let (process, upstream, token) = serve(&[]).await;
    let url = process.url().await;
    let gate = Arc::new(Semaphore::new(0));
    upstream.fail_on(&Method::POST, "/comment", Fault::Held(Arc::clone(&gate)));
    let asked = json!({"issue_key": "ACME-1", "body": "Finished."});
    let writing = tokio::spawn(call(client(), url.clone(), token, "jira_add_comment", asked));
    until("the write is under way", async || upstream.waiting() == 1).await;
    writing.abort();
    until("the client's leaving is noted", async || !process.lines("client_gone").is_empty()).await;
    process.terminate();
    let address = url.trim_start_matches("http://").to_owned();
    until("new connections are refused", async || TcpStream::connect(&address).await.is_err())
        .await;
    assert_eq!(upstream.waiting(), 1, "the process waits for its write");
    gate.add_permits(1);
    let audited = process.lines("tool call");
    let (code, log) = process.end().await;
    assert!(audited.is_empty() && code == Some(0), "{log}");
    let line = log
        .lines()
        .find(|line| line.contains("\"tool\":\"jira_add_comment\""))
        .expect("an audit line");
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["outcome"], &line["subject"]), (&json!("ok"), &json!("ACME-1")));
}

#[tokio::test]
async fn an_idle_server_stops_with_code_0() {
    let (process, _upstream, _) = serve(&[("SHUTDOWN_GRACE_MS", "0")]).await;
    process.url().await;
    process.terminate();
    assert_eq!(process.end().await.0, Some(0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn core_dumps_are_off() {
    let (process, _upstream, _) = serve(&[]).await;
    process.url().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}

#[tokio::test]
async fn every_wrong_setting_is_named_at_once() {
    let wrong = [
        ("PORT", "many"),
        ("HOST", "0.0.0.0"),
        ("GATEWAY_SHARED_SECRET", "too-short"),
        ("ALLOWED_ORIGINS", "*"),
        ("JIRA_API_BASE_URL", "http://jira.example.com"),
        ("MAX_RESULTS_CAP", "0"),
    ];
    let (code, log) = Process::start(&["serve"], &wrong).end().await;
    assert_eq!(code, Some(64), "{log}");
    for (name, _) in wrong.iter().filter(|(name, _)| *name != "HOST") {
        assert!(log.contains(name), "{name} is not named in {log}");
    }
    assert!(!log.contains("too-short"), "a secret was shown");
}
