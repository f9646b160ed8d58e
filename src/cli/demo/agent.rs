//! The sandbox's agent service alone: Direct Line 3.0 and direct to engine, for any client.

use std::{
    io::{self, Write},
    net::Ipv4Addr,
};

use jira_sandbox::{AgentSettings, Sandbox};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::cli::failure::Failure;

/// Serves the agent on a free port of this machine until it is told to stop, after it has printed
/// where that is.
pub(super) async fn serve_alone(
    sandbox: &Sandbox,
    as_json: bool,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let settings = AgentSettings::new(&format!("http://{}", listener.local_addr()?));
    print(sandbox, &settings, as_json)?;
    // Not as the bridge is served: sockets need a server that lets go of a connection.
    let serving = axum::serve(listener, sandbox.agent_router(settings)).into_future();
    tokio::select! {
        ended = serving => Ok(ended?),
        // Nobody waits for the end of a socket, or of an answer that an order holds back.
        () = stop => Ok(()),
    }
}

fn print(sandbox: &Sandbox, settings: &AgentSettings, as_json: bool) -> io::Result<()> {
    let [secret, _] = sandbox.agent().secrets();
    let tokens = sandbox.tokens();
    let mut out = io::stdout().lock();
    if as_json {
        let tokens: Map<String, Value> =
            tokens.into_iter().map(|(name, token)| (name, json!(token))).collect();
        let line = json!({
            "directline_url": settings.directline_url(), "directline_secret": secret,
            "d2e_url": settings.d2e_url(), "tokens": tokens,
        });
        // Standard output may be read by a program line by line.
        writeln!(out, "{line}")?;
    } else {
        writeln!(
            out,
            "Sandbox agent (built in; nothing leaves this machine, nothing is kept)\n\n  \
             Direct Line 3.0   {}\n  its secret        {secret}\n  direct to engine  {}\n  \
             its discovery     {}\n  token endpoint    {}\n\nTokens for direct to engine:",
            settings.directline_url(),
            settings.d2e_url(),
            settings.discovery_url(),
            settings.token_endpoint(),
        )?;
        for (name, token) in tokens {
            writeln!(out, "  {name:<6} {token}")?;
        }
        writeln!(
            out,
            "\nIt repeats what it is told; say /help to it for the rest. Stop with Ctrl-C."
        )?;
    }
    out.flush()
}
