//! `demo`: the server in front of a built-in sandbox Jira, in one process, with lines to paste.

use std::{
    io::{self, Write},
    net::Ipv4Addr,
    sync::Arc,
};

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::{
    config::{Config, Source},
    demo::{self, Sandbox},
    run, telemetry,
};

use super::{Failure, finished};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON line with the addresses and tokens instead of instructions.
    #[arg(long)]
    json: bool,
    /// Only the sandbox Jira, so that anything can stand between it and a bridge.
    #[arg(long)]
    jira_only: bool,
}

pub(super) async fn run(source: Source, args: Args) -> Result<(), Failure> {
    let stop = run::asked_to_stop();
    let sandbox = Sandbox::with_clock(Arc::new(|| jiff::Timestamp::now().as_millisecond()));
    let jira = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let jira_url = format!("http://{}", jira.local_addr()?);
    let tokens = sandbox.tokens();
    if args.jira_only {
        telemetry::start(&Config::read(&source)?.telemetry);
        print(&args, "", &jira_url, &tokens)?;
        return Ok(demo::serve(jira, sandbox, stop).await?);
    }
    let config = Config::read(&source.or("JIRA_API_BASE_URL", &jira_url).or("ADMIN_ADDR", ""))?;
    telemetry::start(&config.telemetry);
    let bound = run::bind(config).await?;
    print(&args, &format!("http://{}/mcp", bound.address()), &jira_url, &tokens)?;
    let serving = bound.serve(stop);
    // The sandbox outlives the drain, so that running calls still find it.
    let drain = tokio::select! {
        drain = serving => drain,
        ended = demo::serve(jira, sandbox, std::future::pending()) => {
            ended?;
            return Err(Failure::Running("the sandbox Jira stopped".to_owned()));
        }
    };
    finished(drain)
}

fn print(args: &Args, mcp_url: &str, jira_url: &str, tokens: &[(String, String)]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        let tokens: Map<String, Value> =
            tokens.iter().map(|(name, token)| (name.clone(), json!(token))).collect();
        // Standard output may be read by a program line by line.
        writeln!(out, "{}", json!({ "mcp_url": mcp_url, "jira_url": jira_url, "tokens": tokens }))?;
    } else if args.jira_only {
        writeln!(out, "Sandbox Jira: {jira_url}\n\nTokens:")?;
        for (name, token) in tokens {
            writeln!(out, "  {name:<22} {token}")?;
        }
    } else {
        instructions(&mut out, mcp_url, jira_url, tokens)?;
    }
    out.flush()
}

fn instructions(
    out: &mut impl Write,
    mcp_url: &str,
    jira_url: &str,
    tokens: &[(String, String)],
) -> io::Result<()> {
    let token = tokens.first().map(|(_, token)| token.as_str()).unwrap_or_default();
    writeln!(
        out,
        "jira-mcp-bridge demo\n\n  MCP   {mcp_url}\n  Jira  {jira_url} (built-in sandbox; nothing leaves this machine, nothing is kept)\n"
    )?;
    writeln!(out, "Tokens of the sandbox, one for each way of seeing it:")?;
    for (name, token) in tokens {
        writeln!(out, "  {name:<22} {token}")?;
    }
    writeln!(out, "\nPaste into another terminal:\n")?;
    for (what, method, params) in calls() {
        let body = json!({ "jsonrpc": "2.0", "id": "1", "method": method, "params": params });
        writeln!(out, "# {what}")?;
        writeln!(
            out,
            "curl -s {mcp_url} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{body}'\n"
        )?;
    }
    writeln!(out, "MCP Inspector:\n")?;
    writeln!(
        out,
        "npx @modelcontextprotocol/inspector --cli {mcp_url} --transport http --header 'Authorization: Bearer {token}' --method tools/list\n"
    )?;
    writeln!(out, "VS Code, .vscode/mcp.json:\n")?;
    let servers = json!({ "servers": { "jira": {
        "type": "http", "url": mcp_url, "headers": { "Authorization": format!("Bearer {token}") }
    } } });
    writeln!(out, "{servers:#}\n\nStop with Ctrl-C.")
}

/// What a newcomer tries first; each line works as pasted, in any order.
fn calls() -> Vec<(&'static str, &'static str, Value)> {
    let tool = |what, name: &str, arguments: Value| {
        (what, "tools/call", json!({ "name": name, "arguments": arguments }))
    };
    vec![
        (
            "shake hands",
            "initialize",
            json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "curl", "version": "8" } }),
        ),
        ("list the tools", "tools/list", json!({})),
        tool(
            "search",
            "jira_search",
            json!({ "jql": "project = ACME AND statusCategory != Done ORDER BY updated DESC", "max_results": 5 }),
        ),
        tool("read an issue", "jira_get_issue", json!({ "issue_key": "ACME-5" })),
        tool(
            "create an issue",
            "jira_create_issue",
            json!({ "project_key": "ACME", "issue_type": "Task", "summary": "Try the bridge", "description": "- [ ] it **works**" }),
        ),
        tool(
            "move an issue",
            "jira_transition_issue",
            json!({ "issue_key": "ACME-5", "transition": "In Progress" }),
        ),
        tool(
            "comment on it",
            "jira_add_comment",
            json!({ "issue_key": "ACME-5", "body": "Moved by the *bridge*." }),
        ),
    ]
}
