//! `demo`: the server in front of a built-in sandbox Jira, in one process, with lines to paste.

mod agent;
mod serve;
mod signin;

use std::{
    io::{self, Write},
    net::Ipv4Addr,
    sync::Arc,
};

use jira_sandbox::{Sandbox, Seed};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::{
    config::{Config, Source},
    run, telemetry,
};

use super::failure::{Failure, finished};
use serve::serve_sandbox;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// Print one JSON line with the addresses and tokens instead of instructions.
    #[arg(long)]
    json: bool,
    /// Only the sandbox Jira, so that anything can stand between it and a bridge.
    #[arg(long)]
    jira_only: bool,
    /// Only the sandbox agent service: a Copilot Studio agent behind Direct Line and direct to
    /// engine.
    #[arg(long, conflicts_with_all = ["jira_only", "signin"])]
    agent_only: bool,
    /// Also a sandbox identity provider: clients that know only the URL sign in, as any person of
    /// the sandbox. With SIGNIN_PROVIDER=entra it answers like Entra ID.
    #[arg(long, conflicts_with = "jira_only")]
    signin: bool,
    /// The sandbox's site: as documents know it, or with everything that is awkward about real
    /// ones.
    #[arg(long, value_enum, default_value_t = Site::Standard)]
    seed: Site,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Site {
    Standard,
    Awkward,
}

impl From<Site> for Seed {
    fn from(site: Site) -> Self {
        match site {
            Site::Standard => Self::Standard,
            Site::Awkward => Self::Awkward,
        }
    }
}

pub(super) async fn run(source: Source, args: Args) -> Result<(), Failure> {
    let stop = run::asked_to_stop();
    let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond());
    let sandbox = Sandbox::of(args.seed.into(), clock).with_write_limits();
    if args.agent_only {
        return agent::serve_alone(&sandbox, args.json, stop).await;
    }
    let jira = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let jira_url = format!("http://{}", jira.local_addr()?);
    let (tokens, api_tokens) = (sandbox.tokens(), sandbox.api_tokens());
    let world = |mcp_url: &str, issuer: Option<&str>, agent: Option<agent::Urls>| World {
        mcp_url: mcp_url.to_owned(),
        issuer: issuer.map(str::to_owned),
        agent,
        jira_url: &jira_url,
        tokens: &tokens,
        api_tokens: &api_tokens,
    };
    if args.jira_only {
        telemetry::start(&Config::read(&source)?.telemetry);
        print(&args, &world("", None, None))?;
        return finished(serve_sandbox(jira, sandbox.router(), stop).await);
    }
    let provider = if args.signin { Some(signin::Provider::listen().await?) } else { None };
    let mut source = source.or("JIRA_API_BASE_URL", &jira_url).or("ADMIN_ADDR", "");
    let service = agent::Service::if_wanted(&source).await?;
    if let Some(service) = &service {
        source = service.add_settings(&sandbox, source);
    }
    if let Some(provider) = &provider {
        source = provider.add_settings(source);
    }
    let config = Config::read(&source)?;
    telemetry::start(&config.telemetry);
    let bound = run::bind(config).await?;
    let agent_urls = service.as_ref().map(|service| service.urls(&sandbox));
    let issuer = bound.issuer().map(str::to_owned);
    let base = issuer.clone().unwrap_or_else(|| format!("http://{}", bound.address()));
    print(&args, &world(&format!("{base}/mcp"), issuer.as_deref(), agent_urls))?;
    let serving = bound.serve(stop);
    let people_sign_in = async {
        match provider {
            Some(provider) => provider.serve(&sandbox, &base).await,
            None => std::future::pending().await,
        }
    };
    let agent_answers = async {
        match service {
            Some(service) => service.serve(&sandbox).await,
            None => std::future::pending().await,
        }
    };
    // The sandbox outlives the drain, so that running calls still find it.
    let drain = tokio::select! {
        drain = serving => drain,
        _ended = serve_sandbox(jira, sandbox.router(), std::future::pending()) => {
            return Err(Failure::Running("the sandbox Jira stopped".to_owned()));
        }
        _ended = agent_answers => {
            return Err(Failure::Running("the sandbox agent stopped".to_owned()));
        }
        _ended = people_sign_in => {
            return Err(Failure::Running("the sandbox identity provider stopped".to_owned()));
        }
    };
    finished(drain)
}

/// What stands behind the addresses that are printed.
struct World<'a> {
    mcp_url: String,
    /// The authorization server, where clients can sign in.
    issuer: Option<String>,
    agent: Option<agent::Urls>,
    jira_url: &'a str,
    tokens: &'a [(String, String)],
    /// Name, e-mail address, API token.
    api_tokens: &'a [(String, String, String)],
}

fn print(args: &Args, world: &World<'_>) -> io::Result<()> {
    let World { mcp_url, issuer, agent, jira_url, tokens, api_tokens } = world;
    let mut out = io::stdout().lock();
    if args.json {
        let tokens: Map<String, Value> =
            tokens.iter().map(|(name, token)| (name.clone(), json!(token))).collect();
        let api_tokens: Map<String, Value> = api_tokens
            .iter()
            .map(|(name, email, token)| (name.clone(), json!({ "email": email, "token": token })))
            .collect();
        let mut line = json!({ "mcp_url": mcp_url, "jira_url": jira_url, "tokens": tokens, "api_tokens": api_tokens });
        if let (Some(issuer), Some(members)) = (issuer, line.as_object_mut()) {
            members.insert("issuer".to_owned(), json!(issuer));
        }
        if let (Some(agent), Some(members)) = (agent, line.as_object_mut()) {
            members.extend(agent.members());
        }
        // Standard output may be read by a program line by line.
        writeln!(out, "{line}")?;
    } else if args.jira_only {
        writeln!(out, "Sandbox Jira: {jira_url}\n\nTokens:")?;
        for (name, token) in *tokens {
            writeln!(out, "  {name:<22} {token}")?;
        }
    } else {
        instructions(&mut out, world)?;
    }
    out.flush()
}

fn who(name: &str) -> &'static str {
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
    let token = tokens.first().map(|(_, token)| token.as_str()).unwrap_or_default();
    writeln!(
        out,
        "jira-mcp-bridge demo\n\n  MCP   {mcp_url}\n  Jira  {jira_url} (built-in sandbox; nothing leaves this machine, nothing is kept)\n"
    )?;
    writeln!(out, "Tokens of the sandbox, one for each kind of user:")?;
    for (name, token) in *tokens {
        writeln!(out, "  {name:<6} {:<46} {token}", who(name))?;
    }
    if let Some(agent) = &world.agent {
        agent::instructions(out, agent)?;
    }
    if let Some(issuer) = &world.issuer {
        writeln!(
            out,
            "\nSign-in is on. Paste the MCP URL into a client that signs in by itself, and press a person's button:\n\n\
             claude mcp add --transport http jira {mcp_url}\n\n\
             Which programs act for whom, and sign-out: {issuer}/auth/status"
        )?;
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
    writeln!(out, "MCP Inspector, with Node 22.19 or newer:\n")?;
    writeln!(
        out,
        "npx --yes @modelcontextprotocol/inspector@latest --cli {mcp_url} --transport http --header 'Authorization: Bearer {token}' --method tools/list\n"
    )?;
    writeln!(out, "VS Code, .vscode/mcp.json:\n")?;
    let servers = json!({ "servers": { "jira": {
        "type": "http", "url": mcp_url, "headers": { "Authorization": format!("Bearer {token}") }
    } } });
    writeln!(out, "{servers:#}\n")?;
    writeln!(
        out,
        "Claude Desktop and other clients that start a server, over standard input and output:\n"
    )?;
    let (email, api_token) = world
        .api_tokens
        .first()
        .map_or(("", ""), |(_, email, token)| (email.as_str(), token.as_str()));
    let servers = json!({ "mcpServers": { "jira": {
        "command": std::env::current_exe()?, "args": ["stdio"],
        "env": { "JIRA_SITE_URL": jira_url, "JIRA_EMAIL": email, "JIRA_API_TOKEN": api_token }
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
