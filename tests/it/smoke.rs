//! The smoke test of a deployment: green for a good one, red and plain for each kind of broken one,
//! and silent about secrets.

use std::process::{Command, Output};

use axum::{Router, extract::Request, response::Response};
use http::header;
use serde_json::json;

use crate::support::{Bridge, Upstream, gateway_secret};

const TOKEN: &str = "token-of-the-smoke-test-0123456789";

struct Run {
    code: Option<i32>,
    table: String,
    complaint: String,
}

impl Run {
    /// The line of a step.
    fn step(&self, name: &str) -> &str {
        let found = self.table.lines().find(|line| line.starts_with(&format!("{name}  ")));
        found.unwrap_or_else(|| panic!("no {name} in\n{}{}", self.table, self.complaint))
    }

    fn check(&self, name: &str, verdict: &str, detail: &str) {
        let line = self.step(name);
        assert!(line.contains(&format!("  {verdict}")) && line.contains(detail), "{line}");
    }
}

/// The command with exactly these arguments and variables; nothing secret may come back.
async fn smoke(arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
    command.arg("smoke").args(arguments).env_clear().envs(variables.iter().copied());
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let run = Run {
        code: status.code(),
        table: String::from_utf8(stdout).unwrap(),
        complaint: String::from_utf8(stderr).unwrap(),
    };
    for (name, value) in variables {
        let said = format!("{}{}", run.table, run.complaint);
        assert!(value.len() < 8 || !said.contains(value.trim()), "{name} is shown:\n{said}");
    }
    run
}

/// A server that answers everything alike.
async fn stub(answer: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static) -> Upstream {
    let handle = move |request: Request| {
        let answer = answer(&request);
        async move { answer }
    };
    Upstream::start(Router::new().fallback(handle)).await
}

fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

#[tokio::test]
async fn a_good_deployment_is_green() {
    let bridge = Bridge::with(&[("GATEWAY_SHARED_SECRET", &gateway_secret())]).await;
    let url = format!("{}/mcp", bridge.url);
    let variables = [("USER", bridge.token("anna")), ("GATEWAY", &gateway_secret())];
    let arguments = [
        "--url",
        &url,
        "--token-env",
        "USER",
        "--gateway-secret-env",
        "GATEWAY",
        "--direct-url",
        &url,
    ];
    let run = smoke(&arguments, &variables).await;
    assert_eq!(run.code, Some(0), "{}{}", run.table, run.complaint);
    run.check("health", "ok", env!("CARGO_PKG_VERSION"));
    run.check("ready", "ok", "jira-mcp-bridge");
    run.check("no bearer", "ok", "401");
    run.check("GET refused", "ok", "405");
    run.check("initialize", "ok", "2024-11-05");
    run.check("notification", "ok", "202");
    run.check("tools/list", "ok", "tools");
    run.check("jira_whoami", "ok", "site");
    run.check("jira_search", "ok", "Jira answered");
    run.check("direct, no gateway token", "ok", "403 by the app");
    run.check("direct, wrong one", "ok", "403 by the app");
    assert!(!run.table.contains("Anna"), "names of people stay out: {}", run.table);
    let searched = bridge.upstream.seen();
    assert!(searched.iter().all(|seen| !seen.path.contains("issue/")), "read-only: {searched:?}");
}

#[tokio::test]
async fn without_a_token_the_rest_is_skipped_and_said() {
    let bridge = Bridge::start().await;
    let run = smoke(&["--url", &format!("{}/mcp", bridge.url)], &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.complaint);
    for step in ["initialize", "notification", "tools/list", "jira_whoami", "jira_search"] {
        run.check(step, "skipped", "--token-env");
    }
    run.check("direct, no gateway token", "skipped", "--direct-url");
    run.check("GET refused", "ok", "401");
    let run = smoke(&["--url", &bridge.url], &[]).await;
    run.check("health", "FAILED", &format!("did you mean {}/mcp?", bridge.url));
    for step in ["ready", "no bearer", "GET refused", "initialize"] {
        run.check(step, "skipped", "the URL is not that of the endpoint");
    }
}

#[tokio::test]
async fn who_has_several_sites_is_told_to_name_one() {
    let bridge = Bridge::start().await;
    let url = format!("{}/mcp", bridge.url);
    let variables = [("USER", bridge.token("femi"))];
    let run = smoke(&["--url", &url, "--token-env", "USER"], &variables).await;
    run.check("jira_search", "FAILED", "give --site");
}

#[tokio::test]
async fn a_bridge_without_a_gateway_check_is_red() {
    let bridge = Bridge::start().await;
    let url = format!("{}/mcp", bridge.url);
    let run = smoke(&["--url", &url, "--direct-url", &url], &[]).await;
    assert_eq!(run.code, Some(1));
    run.check("direct, no gateway token", "FAILED", "GATEWAY_SHARED_SECRET");
    assert!(run.complaint.contains("2 steps failed"), "{}", run.complaint);
}

#[tokio::test]
async fn what_the_token_cannot_do_is_said() {
    let bridge = Bridge::start().await;
    let url = format!("{}/mcp", bridge.url);
    let arguments = ["--url", &url, "--token-env", "USER"];
    let run = smoke(&arguments, &[("USER", bridge.token("dana"))]).await;
    assert_eq!(run.code, Some(0), "{}{}", run.table, run.complaint);
    run.check("jira_whoami", "warning", "write:jira-work");
    let run = smoke(&arguments, &[("USER", bridge.token("emil"))]).await;
    assert_eq!(run.code, Some(1), "{}", run.table);
    run.check("jira_search", "FAILED", "");
    let run = smoke(&arguments, &[("USER", bridge.token("femi"))]).await;
    run.check("jira_search", "FAILED", "site");
    let narrow = Bridge::with(&[("TOOLS_DENY", "jira_search")]).await;
    let url = format!("{}/mcp", narrow.url);
    let run =
        smoke(&["--url", &url, "--token-env", "USER"], &[("USER", narrow.token("anna"))]).await;
    run.check("tools/list", "FAILED", "TOOLS_DENY");
}

#[tokio::test]
async fn broken_servers_are_red_and_keep_the_token() {
    let check = async |answer: fn(&Request) -> Response, expected: &[(&str, &str)]| {
        let server = stub(answer).await;
        let url = format!("http://{}/mcp", server.address);
        let arguments = ["--url", &url, "--token-env", "USER", "--direct-url", &url];
        let run = smoke(&arguments, &[("USER", TOKEN)]).await;
        assert_eq!(run.code, Some(1), "{}", run.table);
        for (step, detail) in expected {
            run.check(step, "FAILED", detail);
        }
        server
    };
    check(
        |_| reply(200, &[("content-type", "text/html")], "<html>\u{1b}[2Jhello</html>"),
        &[("health", "hello"), ("no bearer", "200 instead of 401"), ("initialize", "without JSON")],
    )
    .await;
    // Whatever it is sent comes back, in the body and in an error's text.
    check(
        |request| {
            let sent = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap());
            let body = json!({"error": "echo", "message": format!("you sent {}", sent.unwrap_or("nothing"))});
            reply(403, &[("content-type", "application/json")], body.to_string())
        },
        &[("no bearer", "403 instead of 401"), ("initialize", "you sent Bearer ***")],
    )
    .await;
    check(
        |_| reply(401, &[("content-type", "application/json")], "{}"),
        &[("no bearer", "without WWW-Authenticate"), ("GET refused", "401 instead of 405")],
    )
    .await;
    check(
        |_| reply(200, &[], json!({"jsonrpc": "2.0", "id": "another", "result": {}}).to_string()),
        &[("initialize", "id differs")],
    )
    .await;
    check(
        |_| {
            reply(
                200,
                &[],
                json!({"jsonrpc": "2.0", "id": "initialize", "error": {"message": "no such"}})
                    .to_string(),
            )
        },
        &[("initialize", "no such")],
    )
    .await;
    check(|_| reply(200, &[], vec![b'x'; 2 << 20]), &[("tools/list", "larger than")]).await;
    // A redirect is an answer, not a way: the token stays here.
    let elsewhere = stub(|_| reply(200, &[], "{}")).await;
    let to = format!("http://{}/mcp", elsewhere.address);
    let server = stub(move |_| reply(302, &[("location", &to)], "")).await;
    let url = format!("http://{}/mcp", server.address);
    let run = smoke(&["--url", &url, "--token-env", "USER"], &[("USER", TOKEN)]).await;
    assert_eq!(run.code, Some(1));
    assert!(elsewhere.seen().is_empty(), "followed");
}

#[tokio::test]
async fn the_token_never_goes_past_the_gateway() {
    let gateway = Bridge::start().await;
    let app = stub(|_| reply(403, &[], "")).await;
    let (url, direct) = (format!("{}/mcp", gateway.url), format!("http://{}/mcp", app.address));
    let variables = [("USER", gateway.token("anna"))];
    let run =
        smoke(&["--url", &url, "--token-env", "USER", "--direct-url", &direct], &variables).await;
    run.check("direct, no gateway token", "ok", "403 before the app");
    assert!(!app.seen().is_empty());
    for seen in app.seen() {
        assert!(!seen.authorization.contains(gateway.token("anna")), "{}", seen.path);
    }
}

#[tokio::test]
async fn nobody_at_home_is_said_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    drop(listener);
    let run = smoke(&["--url", &url, "--token-env", "USER"], &[("USER", TOKEN)]).await;
    assert_eq!(run.code, Some(1));
    run.check("no bearer", "FAILED", "no connection");
    run.check("jira_search", "skipped", "cannot be reached");
}

#[tokio::test]
async fn wrong_arguments_are_explained() {
    let check = async |arguments: &[&str], variables: &[(&str, &str)], expected: &str| {
        let run = smoke(arguments, variables).await;
        assert_eq!(run.code, Some(64), "{arguments:?}: {}", run.complaint);
        assert!(run.complaint.contains(expected), "{arguments:?}: {}", run.complaint);
    };
    check(&[], &[], "--url").await;
    check(&["--url", "http://bridge.example/mcp"], &[], "http only to loopback").await;
    check(&["--url", "https://user:pass@bridge.example/mcp"], &[], "without user").await;
    check(&["--url", "https://a.example/mcp", "--direct-url", "ftp://a"], &[], "http or https")
        .await;
    check(&["--url", "https://a.example/mcp", "--timeout-secs", "0"], &[], "1..=300").await;
    let url = ["--url", "http://127.0.0.1:1/mcp", "--token-env", "USER"];
    check(&url, &[], "--token-env: found 'USER'; expected the name of an environment variable")
        .await;
    check(
        &["--url", "http://127.0.0.1:1/mcp", "--token-env", "ATATTabc"],
        &[],
        "--token-env: expected",
    )
    .await;
    check(&url, &[("USER", "  ")], "environment variable that is set").await;
    check(&url, &[("USER", "with space and more of it")], "no header can carry").await;
}
