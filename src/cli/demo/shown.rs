//! What the demo prints: where everything is, and lines to paste.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use tool_kit::Toolset;

use crate::policy;

use super::agent;

/// Which tools the server has.
pub(super) struct Tools<'a> {
    pub(super) listed: usize,
    pub(super) policy: &'a policy::Settings,
}

/// What stands behind the addresses that are printed.
pub(super) struct World<'a> {
    pub(super) mcp_url: String,
    /// The authorization server, where clients can sign in.
    pub(super) issuer: Option<String>,
    pub(super) tools: Tools<'a>,
    /// The sandbox agent, where tools for agents are on.
    pub(super) agent: Option<agent::Urls>,
    /// Whether any tool of Jira's is on.
    pub(super) has_jira: bool,
    pub(super) jira_url: &'a str,
    pub(super) tokens: &'a [(String, String)],
    /// Name, e-mail address, API token.
    pub(super) api_tokens: &'a [(String, String, String)],
}

impl World<'_> {
    /// What clients call the server.
    pub(super) fn server(&self) -> &'static str {
        if self.has_jira { "jira" } else { "agent" }
    }

    /// The token of the one who sees everything.
    pub(super) fn token(&self) -> &str {
        self.tokens.first().map(|(_, token)| token.as_str()).unwrap_or_default()
    }
}

/// Prints it for a person or, in one line, for a program.
pub(super) fn print(as_json: bool, jira_only: bool, world: &World<'_>) -> io::Result<()> {
    let World { mcp_url, issuer, agent, jira_url, tokens, api_tokens, .. } = world;
    let mut out = io::stdout().lock();
    if as_json {
        let tokens: Map<String, Value> =
            tokens.iter().map(|(name, token)| (name.clone(), json!(token))).collect();
        let api_tokens: Map<String, Value> = api_tokens
            .iter()
            .map(|(name, email, token)| (name.clone(), json!({ "email": email, "token": token })))
            .collect();
        let mut line = json!({ "mcp_url": mcp_url, "jira_url": jira_url, "tokens": tokens, "api_tokens": api_tokens });
        if let (false, Some(members)) = (jira_only, line.as_object_mut()) {
            members.insert("window_url".to_owned(), json!(jira_url));
        }
        if let (Some(issuer), Some(members)) = (issuer, line.as_object_mut()) {
            members.insert("issuer".to_owned(), json!(issuer));
        }
        if let (Some(agent), Some(members)) = (agent, line.as_object_mut()) {
            members.extend(agent.members());
        }
        // Standard output may be read by a program line by line.
        writeln!(out, "{line}")?;
    } else if jira_only {
        writeln!(out, "Sandbox Jira: {jira_url}\n\nTokens:")?;
        for (name, token) in *tokens {
            writeln!(out, "  {name:<22} {token}")?;
        }
    } else {
        instructions(&mut out, world)?;
    }
    out.flush()
}

/// What is special about a person of the sandbox.
pub(super) fn about(name: &str) -> &'static str {
    match name {
        "anna" => "administrator, all projects, every scope",
        "ben" => "developer in ACME and MOB, no agile scopes",
        "carla" => "may look at ACME only",
        "dana" => "all projects, a token that may only read",
        "emil" => "an expired token, to see the error",
        "femi" => "two sites, so calls must name one",
        "greta" => "a German profile in ACME and MOB",
        _ => "",
    }
}

fn instructions(out: &mut impl Write, world: &World<'_>) -> io::Result<()> {
    let World { mcp_url, jira_url, tokens, .. } = world;
    let (server, token) = (world.server(), world.token());
    writeln!(
        out,
        "jira-mcp-bridge demo\n\n  MCP     {mcp_url}\n  Window  {jira_url} (open it in a browser: the board, and each call of your agent as it happens)\n  \
         Jira    {jira_url} (built-in sandbox; nothing leaves this machine, nothing is kept)\n"
    )?;
    first_step(out, world)?;
    writeln!(out, "{}\n", which_tools(&world.tools))?;
    writeln!(out, "Tokens of the sandbox, one for each kind of user:")?;
    for (name, token) in *tokens {
        writeln!(out, "  {name:<6} {:<46} {token}", about(name))?;
    }
    if let Some(agent) = &world.agent {
        agent::instructions(out, agent)?;
    }
    if let Some(issuer) = &world.issuer {
        writeln!(
            out,
            "\nSign-in is on. Paste the MCP URL into a client that signs in by itself, and press a person's button:\n\n\
             claude mcp add --transport http {server} {mcp_url}\n\n\
             Which programs act for whom, and sign-out: {issuer}/auth/status"
        )?;
    }
    writeln!(out, "\nPaste into another terminal:\n")?;
    for (what, method, params) in calls(world) {
        let body = json!({ "jsonrpc": "2.0", "id": "1", "method": method, "params": params });
        writeln!(out, "# {what}")?;
        writeln!(
            out,
            "curl -s {mcp_url} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{body}'\n"
        )?;
    }
    writeln!(out, "MCP Inspector, with Node 22.19 or newer:\n")?;
    writeln!(
        out,
        "npx --yes @modelcontextprotocol/inspector@latest --cli {mcp_url} --transport http --header 'Authorization: Bearer {token}' --method tools/list\n"
    )?;
    writeln!(out, "VS Code, .vscode/mcp.json:\n")?;
    writeln!(out, "{:#}\n", servers_over_http(world))?;
    writeln!(
        out,
        "Claude Desktop and other clients that start a server, over standard input and output:\n"
    )?;
    writeln!(out, "{:#}\n\nStop with Ctrl-C.", servers_over_stdio(world))
}

/// VS Code's file.
pub(super) fn servers_over_http(world: &World<'_>) -> Value {
    json!({ "servers": { world.server(): {
        "type": "http", "url": world.mcp_url, "headers": { "Authorization": format!("Bearer {}", world.token()) }
    } } })
}

/// The file of clients that start the server. Where the system does not tell the program's path, as
/// in a container without /proc, its name stands there.
pub(super) fn servers_over_stdio(world: &World<'_>) -> Value {
    let command = std::env::current_exe().unwrap_or_else(|_| env!("CARGO_PKG_NAME").into());
    json!({ "mcpServers": { world.server(): {
        "command": command, "args": ["stdio"], "env": local_settings(world)
    } } })
}

/// What shows in a minute what this is.
fn first_step(out: &mut impl Write, world: &World<'_>) -> io::Result<()> {
    if world.has_jira {
        writeln!(
            out,
            "First step: open the window, connect a client as its page Connect says, and ask it \"What is open in ACME?\", or paste \
             the curl line of \"read an issue\".\n"
        )
    } else {
        writeln!(
            out,
            "First step: connect a client with one of the lines below and let it say hello to the agent.\n"
        )
    }
}

/// The tools that are on, and how one has the others.
pub(super) fn which_tools(tools: &Tools<'_>) -> String {
    let names = |is_on: bool| {
        let sets = Toolset::ALL.iter().filter(|set| tools.policy.toolsets.contains(set) == is_on);
        sets.map(|set| set.name()).collect::<Vec<_>>()
    };
    let (on, off) = (names(true), names(false));
    let kept_back = if tools.policy.read_only {
        "; READ_ONLY keeps back those that change something"
    } else {
        ""
    };
    let said = format!("Tools: {} are on, of {}{kept_back}.", tools.listed, on.join(", "));
    if off.is_empty() {
        return said;
    }
    let (all, off) = ([on, off.clone()].concat().join(","), off.join(", "));
    format!("{said}\nOff: {off}. With all of them: TOOLSETS={all} jira-mcp-bridge demo")
}

/// What `stdio` needs to work in the same sandbox.
fn local_settings(world: &World<'_>) -> Map<String, Value> {
    let mut settings = Map::new();
    let mut set = |name: &str, value: &str| settings.insert(name.to_owned(), json!(value));
    if world.has_jira {
        let first = world.api_tokens.first();
        let (email, token) = first.map_or(("", ""), |(_, email, token)| (email, token));
        set("JIRA_SITE_URL", world.jira_url);
        set("JIRA_EMAIL", email);
        set("JIRA_API_TOKEN", token);
    }
    if let Some(agent) = &world.agent {
        let sets = if world.has_jira { "core,context,collab,agent" } else { "agent" };
        set("TOOLSETS", sets);
        for (name, value) in agent.local_settings() {
            set(name, value);
        }
    }
    settings
}

/// What a newcomer tries first; each line works as pasted, in any order.
fn calls(world: &World<'_>) -> Vec<(&'static str, &'static str, Value)> {
    let tool = |what, name: &str, arguments: Value| {
        (what, "tools/call", json!({ "name": name, "arguments": arguments }))
    };
    let mut calls = vec![
        (
            "shake hands",
            "initialize",
            json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "curl", "version": "8" } }),
        ),
        ("list the tools", "tools/list", json!({})),
    ];
    if world.agent.is_some() {
        let hello = json!({ "message": "hello" });
        calls.push(tool("talk to the agent", "send_message", hello));
    }
    if !world.has_jira {
        return calls;
    }
    calls.extend([
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
    ]);
    calls
}
