//! All settings of the server, read together.

use std::net::SocketAddr;

use limit::LimiterSettings;

use crate::{
    agent::client::AgentsSettings,
    http::{self, AllowedOrigin, ConnectionSettings, StreamSettings},
    jira::{self, tools},
    mcp, policy, telemetry,
};

use super::{
    agents::agents,
    edge::{check_exposure, gateway, http_settings, listen},
    entra::announce,
    exposure::Exposure,
    jira::{jira_settings, upstream_settings},
    policy::{policy_settings, tools_settings},
    problem::Problem,
    reader::{DAY_MS, Reader},
    signin::{Bearers, bearers, keys},
    source::Source,
    telemetry::{admin, custom_events, telemetry_settings},
};

/// Everything that `serve` needs.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who can reach that.
    pub exposure: Exposure,
    /// Which bearers are taken.
    pub bearers: Bearers,
    /// Who may come in.
    pub http: http::Settings,
    /// How many connections, and the drain.
    pub connections: ConnectionSettings,
    /// What is said to MCP clients.
    pub mcp: mcp::Settings,
    /// What may be called.
    pub policy: policy::Settings,
    /// What tools may touch, and how much they show.
    pub tools: tools::Settings,
    /// How much one user may call.
    pub limits: LimiterSettings,
    /// The agents that are spoken to, if any.
    pub agents: Option<AgentsSettings>,
    /// Where Jira is.
    pub jira: jira::Settings,
    /// How it is called.
    pub upstream: upstream::Settings,
    /// Where operators read metrics, if anywhere.
    pub admin: Option<SocketAddr>,
    /// What is logged and sent.
    pub telemetry: telemetry::Settings,
}

impl Config {
    /// Reads all settings, or says everything that is wrong with them.
    pub fn read(source: &Source) -> Result<Self, Vec<Problem>> {
        let unresolved = source.unresolved();
        if !unresolved.is_empty() {
            return Err(unresolved);
        }
        let mut reader = Reader::new(source);
        let listen = listen(&mut reader);
        let gateway = gateway(&mut reader);
        let exposure = Exposure::of(&reader, listen);
        check_exposure(&mut reader, exposure, gateway.is_some());
        let mcp = mcp_settings(&mut reader);
        let mut policy = policy_settings(&mut reader);
        let tool_settings = tools_settings(&mut reader);
        let mut http = http::Settings {
            scopes: policy::Policy::new(policy.clone()).scopes(tools::all(), tools::BASE_SCOPES),
            ..http_settings(&mut reader, gateway, mcp.call_deadline)
        };
        let (mut bearers, roles) = bearers(&mut reader, &http.scopes, !exposure.is_public());
        policy.roles = roles;
        if let Some(entra) = &bearers.entra {
            announce(&mut http, entra, (bearers.signin.is_some(), bearers.atlassian));
        }
        // Nobody but this machine can reach it then, and local tools such as an inspector's page
        // must.
        if !exposure.is_public() {
            http.allowed_origins.extend(AllowedOrigin::loopback());
        }
        let connections = ConnectionSettings {
            connections_max: reader.size("MAX_CONNECTIONS", 1..=1_000_000),
            drain_grace: reader.millis("SHUTDOWN_GRACE_MS", 0..=DAY_MS),
            ..ConnectionSettings::default()
        };
        http.streams.all = StreamSettings::all_of(connections.connections_max);
        let limits = LimiterSettings {
            concurrent_max: reader.count("MAX_CONCURRENT_PER_USER", 1..=100_000),
            calls_per_minute: reader.count("RATE_LIMIT_PER_USER_PER_MINUTE", 1..=1_000_000),
            ..LimiterSettings::default()
        };
        let session_keys = keys(&mut reader);
        http.streams.keys.clone_from(&session_keys);
        let agents = agents(&mut reader, &policy, mcp.call_deadline, session_keys);
        if let Some(entra) =
            bearers.signin.as_mut().and_then(|signin| signin.providers.entra.as_mut())
        {
            // Agents are asked, or ask, with a token of the user.
            entra.has_on_behalf = agents.is_some();
        }
        let jira = jira_settings(&mut reader);
        let upstream = upstream_settings(&mut reader);
        let admin = admin(&mut reader);
        let telemetry = telemetry_settings(&mut reader);
        match jira {
            Some(jira) if reader.problems.is_empty() => Ok(Self {
                listen,
                exposure,
                bearers,
                http,
                connections,
                mcp,
                policy,
                tools: tool_settings,
                limits,
                agents,
                jira,
                upstream,
                admin,
                telemetry,
            }),
            _ => Err(reader.problems),
        }
    }
}

fn mcp_settings(reader: &mut Reader<'_>) -> mcp::Settings {
    mcp::Settings {
        server_name: reader.text("SERVER_NAME").to_owned(),
        call_deadline: reader.millis("CALL_DEADLINE_MS", 100..=600_000),
        reply_bytes_max: reader.size("MAX_RESPONSE_BYTES", 2_000..=450_000),
        structured_content: reader.flag("STRUCTURED_CONTENT"),
        custom_events: custom_events(reader),
        watch: None,
    }
}
