//! `call`: a tool from a shell, in this process or at a running server; and what it keeps to
//! itself.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use axum::{Router, response::Response};
use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Upstream, basic, sandbox};

struct Run {
    code: Option<i32>,
    out: String,
    complaint: String,
}

impl Run {
    fn value(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.complaint))
    }

    fn said(&self, code: i32, part: &str) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.complaint);
        let said = format!("{}{}", self.out, self.complaint);
        assert!(said.contains(part), "no {part} in {said}");
    }
}

/// The command with these variables and no others, and this on its standard input; no variable's
/// value may come back.
async fn call(arguments: &[&str], variables: &[(&'static str, String)], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
    command.arg("call").args(arguments).current_dir(std::env::temp_dir()).env_clear();
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let input = input.to_owned();
    let work = move || {
        let mut child = command.spawn().unwrap();
        // Who does not read it closes it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    };
    let done = tokio::task::spawn_blocking(work).await.unwrap();
    let run = Run {
        code: done.status.code(),
        out: String::from_utf8(done.stdout).unwrap(),
        complaint: String::from_utf8(done.stderr).unwrap(),
    };
    for (name, value) in variables.iter().filter(|(name, _)| name.contains("TOKEN")) {
        assert!(!format!("{}{}", run.out, run.complaint).contains(value), "{name} is shown");
    }
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_answers_in_this_process_and_nothing_else_is_printed() {
    let (upstream, settings) = basic().await;
    let run = call(&["jira_get_issue", "issue_key=ACME-1"], &settings, "").await;
    run.said(0, "ACME-1");
    assert_eq!(run.value()["key"], "ACME-1");
    assert_eq!((run.out.lines().count(), run.complaint.as_str()), (1, ""));
    let comment = ["jira_add_comment", "issue_key=ACME-1", "body=-"];
    let run = call(&comment, &settings, "from *a pipe*\n").await;
    assert!(run.value()["comment_id"].is_string(), "{}", run.out);
    assert_eq!(upstream.count(&Method::POST, "/issue/ACME-1/comment"), 1);
    let run = call(&["jira_get_issue", "issue_key=ACME-99999"], &settings, "").await;
    run.said(1, "not_found");
    let run = call(&["--list"], &settings, "").await;
    run.said(0, "jira_search");
    let run = call(&["jira_get_issue", "--list"], &settings, "").await;
    run.said(0, "issue_key!");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirm_token_of_one_command_is_good_in_the_next() {
    for (_upstream, mut settings) in [basic().await, sandbox().await] {
        settings.push(("TOOLSETS", "core,destructive".to_owned()));
        let delete = async |more: &[&str]| {
            let arguments = [&["jira_delete_issue", "issue_key=ACME-3"][..], more].concat();
            call(&arguments, &settings, "").await
        };
        let preview = delete(&[]).await;
        let token = preview.value()["confirm"].as_str().unwrap().to_owned();
        delete(&["confirm=bm90aGluZw"]).await.said(1, "confirmation_required");
        let confirm = format!("confirm={token}");
        delete(&[confirm.as_str()]).await.said(0, "deleted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_user_it_says_what_to_set() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap().to_owned();
    let run = call(&["jira_whoami"], &[("HOME", home)], "").await;
    run.said(64, "JIRA_ACCESS_TOKEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_answered_with_the_nearest_and_no_call() {
    let (upstream, settings) = sandbox().await;
    let check = async |arguments: &[&str], part: &str| {
        call(arguments, &settings, "").await.said(64, part);
    };
    check(&["jira_get_isue", "issue_key=ACME-1"], "did you mean jira_get_issue?").await;
    check(&["jira_get_issue", "isue_key=ACME-1"], "did you mean issue_key?").await;
    check(&["jira_list_boards"], "a tool of the set agile").await;
    check(&["jira_get_issue", "issue_key"], "a name, = and a value").await;
    check(&["jira_get_issue", "--json", "{"], "one JSON object").await;
    check(&["jira_get_issue", "issue_key=-", "fields=-"], "read once").await;
    check(&["jira_get_issue", "issue_key=@/nowhere"], "/nowhere").await;
    check(&["jira_whoami", "--token-env", "TOKEN"], "--url").await;
    assert!(upstream.seen().is_empty(), "{:?}", upstream.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_another_server_are_called_and_its_settings_are_no_silent_loss() {
    let (_upstream, mut settings) = basic().await;
    call(&["getJiraIssue", "issueIdOrKey=ACME-1"], &settings, "").await.said(0, "ACME-1");
    settings.extend([
        ("READ_ONLY_MODE", "true".to_owned()),
        ("JIRA_PROJECTS_FILTER", "MOB".to_owned()),
    ]);
    let run = call(&["jira_get_transitions", "issue_key=ACME-1"], &settings, "").await;
    run.said(0, "did you mean READ_ONLY?");
    run.said(0, "did you mean PROJECTS_ALLOW?");
    assert!(run.value()["transitions"].is_array(), "{}", run.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_no_bridge_hears_where_and_what_to_do() {
    let page = async || "<html>sign in</html>";
    let other = Upstream::start(Router::new().fallback(page)).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, part) in [
        (closed, "Is the server running, and is that its address?"),
        (other.address, "without JSON"),
    ] {
        let url = format!("http://{address}/mcp");
        let run = call(&["--url", &url, "jira_whoami"], &[], "").await;
        run.said(2, part);
        run.said(2, &url);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_answers_as_this_process_does() {
    let bridge = Bridge::start().await;
    let url = format!("{}/mcp", bridge.url);
    let token = [("TOKEN", bridge.token("anna").to_owned())];
    let at = ["--url", &url, "--token-env", "TOKEN"];
    let there = async |arguments: &[&str]| call(&[&at[..], arguments].concat(), &token, "").await;
    there(&["jira_whoami"]).await.said(0, "Anna Admin");
    let many = r#"{"issue_key": "ACME-1", "include": ["comments"]}"#;
    there(&["jira_get_issue", "--json", many]).await.said(0, "comments");
    there(&["jira_get_issue", "issue_key=ACME-99999"]).await.said(1, "not_found");
    there(&["jira_list_boards"]).await.said(64, "a tool of the set agile");
    there(&["--list"]).await.said(0, "jira_search");
    // Without a token, with a wrong one, and where nobody listens, no tool has answered.
    call(&["--url", &url, "jira_whoami"], &[], "").await.said(2, "401");
    let closed = ["--url", "http://127.0.0.1:1/mcp", "--token-env", "TOKEN", "jira_whoami"];
    call(&closed, &token, "").await.said(2, "connection");
    let open = ["--url", "http://bridge.example.com/mcp", "--token-env", "TOKEN", "jira_whoami"];
    call(&open, &token, "").await.said(64, "http only to loopback");
    let named = ["--url", &url, "--token-env", "NONE", "jira_whoami"];
    call(&named, &token, "").await.said(64, "--token-env");
}

/// Whatever a server answers, the token stays with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_token_follows_no_redirect_and_comes_back_from_nobody() {
    let elsewhere = Upstream::start(Router::new().fallback(|| async { "{}" })).await;
    let to = format!("http://{}/mcp", elsewhere.address);
    let redirect = move || {
        let to = to.clone();
        async move {
            Response::builder().status(307).header("location", to).body(String::new()).unwrap()
        }
    };
    let echo = |headers: http::HeaderMap| async move {
        let token = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let error = json!({ "error": { "message": format!("you sent {token:?}\u{1b}[2J") } });
        Response::builder().status(401).body(error.to_string()).unwrap()
    };
    let router = Router::new().route("/redirect", axum::routing::any(redirect));
    let router = router.route("/echo", axum::routing::any(echo));
    let server = Upstream::start(router).await;
    let token = [("TOKEN", "token-that-nobody-repeats-0123456789".to_owned())];
    for (path, said) in [("redirect", "307"), ("echo", "you sent")] {
        let url = format!("http://{}/{path}", server.address);
        let run = call(&["--url", &url, "--token-env", "TOKEN", "jira_whoami"], &token, "").await;
        run.said(2, said);
        assert!(!run.complaint.contains('\u{1b}'), "{}", run.complaint);
    }
    assert!(elsewhere.seen().is_empty(), "followed");
}
