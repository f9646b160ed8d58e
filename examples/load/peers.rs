//! A server that people use today, installed from its package registry when asked for:
//! mcp-atlassian (Python).

use std::{
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
    time::Instant,
};

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::{
    client::{self, Call},
    process::{Process, free_port},
    servers::{self, SEARCH_SIZE, Server},
};

const PACKAGE: &str = "mcp-atlassian==0.23.1";

/// How a peer is spoken to.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) get_issue: &'static str,
    pub(crate) search: &'static str,
    pub(crate) issue_arguments: fn() -> Value,
    pub(crate) search_arguments: fn() -> Value,
}

const MCP_ATLASSIAN: Peer = Peer {
    name: "mcp-atlassian 0.23.1",
    path: "/mcp",
    get_issue: "jira_get_issue",
    search: "jira_search",
    issue_arguments: || json!({"issue_key": "LOAD-1"}),
    search_arguments: || json!({"jql": "project = LOAD ORDER BY updated DESC", "limit": SEARCH_SIZE}),
};

/// Installs it below `folder` once; none, with the reason on stderr, where that cannot be done.
pub(crate) fn install(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("bin/mcp-atlassian");
    if !program.exists() {
        let run = |program: &Path, args: &[&str]| {
            Command::new(program).args(args).status().is_ok_and(|s| s.success())
        };
        let made = run(Path::new("python3"), &["-m", "venv", &folder.to_string_lossy()]);
        if !made || !run(&folder.join("bin/pip"), &["install", "-q", PACKAGE]) {
            crate::say("mcp-atlassian cannot be installed here, so it is left out");
            return None;
        }
    }
    Some(program)
}

/// Starts it and opens its session.
pub(crate) async fn start(core: usize, program: &Path, upstream_port: u16) -> Server {
    let port = free_port();
    let settings = [
        // It takes only such a name for Jira Cloud. Nobody asks for its address: the upstream is
        // named as the proxy.
        ("JIRA_URL", "http://load.atlassian.net".to_owned()),
        ("JIRA_USERNAME", "anna@example.com".to_owned()),
        ("JIRA_API_TOKEN", "load-token-of-a-person".to_owned()),
        ("HTTP_PROXY", format!("http://127.0.0.1:{upstream_port}")),
        ("TRANSPORT", "streamable-http".to_owned()),
        ("PORT", port.to_string()),
        ("HOST", "127.0.0.1".to_owned()),
    ];
    let args = ["--transport", "streamable-http", "--port", &port.to_string(), "--stateless"];
    let process = Process::start(core, program, &args, &settings);
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
        "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}});
    let call = Call {
        port,
        method: Method::POST,
        target: MCP_ATLASSIAN.path.to_owned(),
        body: Bytes::from(hello.to_string()),
        headers: Vec::new(),
        expected: b"serverInfo",
        bearers: Rc::default(),
    };
    client::until_answered(&call, Instant::now()).await;
    servers::peer(
        process,
        port,
        &MCP_ATLASSIAN,
        vec![("mcp-protocol-version", "2025-06-18".to_owned())],
    )
}
