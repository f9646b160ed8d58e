//! What an operator says about the agents, read and checked; texts become these types elsewhere.

use std::{fmt, time::Duration};

use keyring::KeyRing;

use super::{
    address::{DirectLineAddress, EngineAddress, TokenEndpoint},
    engine::environment::{Cloud, EnvironmentId, SchemaName},
    secrets::Secrets,
};

const NAME_CHARS_MAX: usize = 64;

/// All agents, and what holds for each.
#[derive(Clone, Debug)]
pub struct AgentsSettings {
    /// At least one; names differ.
    pub agents: Vec<AgentSettings>,
    /// How long a call waits for an answer. 1 to 120 seconds.
    pub reply_timeout: Duration,
    /// After how long without any activity a conversation ends. From 1 second.
    pub idle_time: Duration,
    /// How this server calls itself.
    pub user_agent: String,
    /// The session keys, if there are any: they seal the ids of conversations.
    pub session_keys: Option<KeyRing>,
}

impl AgentsSettings {
    /// The scopes of the users' tokens that these agents are asked with.
    pub fn token_scopes(&self) -> impl Iterator<Item = String> {
        self.agents.iter().filter_map(|agent| match &agent.back_end {
            BackEndSettings::Engine(engine) => Some(engine.token_scope.clone()),
            BackEndSettings::DirectLine(_) => None,
        })
    }
}

/// One agent.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// Its name: the argument `agent`, the breaker's key, part of each id.
    pub name: AgentName,
    /// How it is spoken to.
    pub back_end: BackEndSettings,
}

/// How an agent is spoken to.
#[derive(Clone, Debug)]
pub enum BackEndSettings {
    /// Over Direct Line 3.0.
    DirectLine(DirectLineSettings),
    /// Direct to engine, with the user's own token.
    Engine(EngineSettings),
}

/// An agent behind Direct Line.
#[derive(Clone, Debug)]
pub struct DirectLineSettings {
    /// Where Direct Line is.
    pub address: DirectLineAddress,
    /// How it is opened.
    pub access: DirectLineAccess,
    /// The language that the agent is told, such as `en-US`.
    pub locale: Option<String>,
}

/// How Direct Line is opened.
#[derive(Clone, Debug)]
pub enum DirectLineAccess {
    /// By the channel's secrets.
    Secrets(Secrets),
    /// By a token of the agent's token endpoint. A conversation then lives on one replica only: its
    /// token is all that opens it.
    TokenEndpoint(TokenEndpoint),
}

/// An agent that is spoken to directly.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Where it is.
    pub place: EnginePlace,
    /// The scope of a token of the user for it.
    pub token_scope: String,
    /// The language that the agent is told, such as `en-US`.
    pub locale: Option<String>,
}

/// Where an agent is that is spoken to directly.
#[derive(Clone, Debug)]
pub enum EnginePlace {
    /// By its environment; its operations are discovered.
    Environment {
        /// The environment.
        id: EnvironmentId,
        /// The agent in it.
        schema: SchemaName,
        /// The cloud of both.
        cloud: Cloud,
    },
    /// By an address of its own.
    Address(EngineAddress),
}

/// The name of an agent: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentName(String);

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an agent's name has 1 to 64 of the characters A-Z a-z 0-9 . _ -")]
pub struct NameFault;

impl AgentName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let fits = (1..=NAME_CHARS_MAX).contains(&text.len());
        (fits && text.chars().all(is_name)).then(|| Self(text.to_owned())).ok_or(NameFault)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
