//! The sandbox's agent service: alone, for any client of Direct Line 3.0 and direct to engine, or
//! behind the demo's own tools.

use std::{
    io::{self, Write},
    net::Ipv4Addr,
};

use jira_sandbox::{AgentSettings, Sandbox};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tool_kit::Toolset;

use crate::{
    cli::failure::Failure,
    config::{Config, Source},
};

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

/// The service behind the demo's tools.
pub(super) struct Service {
    listener: TcpListener,
    settings: AgentSettings,
}

/// Where it is, and the secret that opens it.
pub(super) struct Urls {
    directline_url: String,
    d2e_url: String,
    secret: String,
}

impl Urls {
    /// What `stdio` needs to speak to it.
    pub(super) fn local_settings(&self) -> [(&'static str, &str); 2] {
        [("DIRECT_LINE_ENDPOINT", &self.directline_url), ("DIRECT_LINE_SECRET", &self.secret)]
    }

    /// For the line that programs read.
    pub(super) fn members(&self) -> Map<String, Value> {
        let members = [
            ("directline_url", &self.directline_url),
            ("directline_secret", &self.secret),
            ("d2e_url", &self.d2e_url),
        ];
        members.map(|(name, value)| (name.to_owned(), json!(value))).into_iter().collect()
    }
}

impl Service {
    /// Takes a free port, if the tools for agents are on and no agent is named.
    pub(super) async fn if_wanted(source: &Source) -> Result<Option<Self>, Failure> {
        let is_on = Config::policy(source)?.toolsets.contains(&Toolset::Agent);
        if !is_on || Config::names_an_agent(source) {
            return Ok(None);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let settings = AgentSettings::new(&format!("http://{}", listener.local_addr()?));
        Ok(Some(Self { listener, settings }))
    }

    /// What makes the bridge speak to it: over Direct Line, or directly where a schema is named.
    pub(super) fn add_settings(&self, sandbox: &Sandbox, source: Source) -> Source {
        if Config::names_a_schema(&source) {
            return source.or("COPILOT_DIRECT_URL", &self.settings.d2e_url());
        }
        let [secret, _] = sandbox.agent().secrets();
        source
            .or("DIRECT_LINE_ENDPOINT", &self.settings.directline_url())
            .or("DIRECT_LINE_SECRET", &secret)
    }

    /// Where it is.
    pub(super) fn urls(&self, sandbox: &Sandbox) -> Urls {
        let [secret, _] = sandbox.agent().secrets();
        Urls {
            directline_url: self.settings.directline_url(),
            d2e_url: self.settings.d2e_url(),
            secret: secret.clone(),
        }
    }

    /// Serves it until the demo ends.
    pub(super) async fn serve(self, sandbox: &Sandbox) -> io::Result<()> {
        axum::serve(self.listener, sandbox.agent_router(self.settings)).await
    }
}

/// What a newcomer says first.
pub(super) fn instructions(out: &mut impl Write, urls: &Urls) -> io::Result<()> {
    writeln!(
        out,
        "\nTools for agents are on, and a sandbox agent answers them ({}). Ask your client to call \
         send_message with \"hello\"; \"/help\" tells what else it can do.",
        urls.directline_url
    )
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
