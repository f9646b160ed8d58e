//! Single parts of the configuration, for commands that need no more than these.

use std::{net::SocketAddr, path::PathBuf};

use crate::policy;

use super::{
    edge::listen, exposure::HANDLER_PORT, policy::policy_settings, problem::Problem,
    reader::Reader, server::Config, source::Source,
};

impl Config {
    /// Only where to listen.
    pub fn listen_address(source: &Source) -> Result<SocketAddr, Vec<Problem>> {
        let mut reader = Reader::new(source);
        let listen = listen(&mut reader);
        if reader.problems.is_empty() { Ok(listen) } else { Err(reader.problems) }
    }

    /// Only what may be called.
    pub fn policy(source: &Source) -> Result<policy::Settings, Vec<Problem>> {
        let mut reader = Reader::new(source);
        let policy = policy_settings(&mut reader);
        if reader.problems.is_empty() { Ok(policy) } else { Err(reader.problems) }
    }

    /// Where the gateway's secrets are read from, if from a file.
    pub fn gateway_file(source: &Source) -> Option<PathBuf> {
        Reader::new(source).filled("GATEWAY_SHARED_SECRET_FILE").map(PathBuf::from)
    }

    /// Whether the settings say which agent is spoken to.
    pub fn names_an_agent(source: &Source) -> bool {
        let reader = Reader::new(source);
        let names = [
            "AGENTS_FILE",
            "DIRECT_LINE_SECRET",
            "DIRECT_LINE_SECRET_FILE",
            "DIRECT_LINE_TOKEN_ENDPOINT",
            "COPILOT_ENVIRONMENT_ID",
            "COPILOT_DIRECT_URL",
        ];
        names.into_iter().any(|name| reader.filled(name).is_some())
    }

    /// Whether the settings name an agent's schema.
    pub fn names_a_schema(source: &Source) -> bool {
        Reader::new(source).filled("COPILOT_AGENT_SCHEMA").is_some()
    }

    /// The port that an Azure Functions host forwards to, where another name of the port takes
    /// precedence over it: what the host sends then reaches nobody.
    pub fn forwarded_past(source: &Source) -> Option<u16> {
        let reader = Reader::new(source);
        let port: u16 = reader.given(HANDLER_PORT)?.parse().ok()?;
        let listen = Self::listen_address(source).ok()?;
        (listen.port() != port).then_some(port)
    }

    /// Whether the settings name two sites, of which one counts.
    pub fn names_two_sites(source: &Source) -> bool {
        let reader = Reader::new(source);
        reader.filled("JIRA_CLOUD_ID").is_some() && reader.filled("JIRA_SITE_URL").is_some()
    }
}
