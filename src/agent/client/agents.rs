//! All agents of a process, and the conversations of a user with one of them: one face over both
//! back ends.

use std::time::Duration;

use metrics::Signals;
use tokio::time::Instant;
use upstream::{BuildError, Settings, Upstream};

use super::{
    asker::{Asker, History, Outgoing, Reply, Waiting},
    content::Message,
    conversation_id::{IdKeys, Owner, open, seal},
    directline::{DirectLine, Shared},
    engine::{Engine, NoAddress, StreamClient},
    error::{AgentError, AgentErrorKind},
    settings::{AgentName, AgentsSettings, BackEndSettings},
    tls::Tls,
    turn::Room,
};

/// The largest answer that is read whole: a day's activities.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The service waits 15 seconds for an agent; its own answer takes a little longer.
const CALL_TIME_MAX: Duration = Duration::from_secs(20);

/// Why the agents cannot be spoken to at all.
#[derive(Debug, thiserror::Error)]
pub enum AgentsBuildError {
    /// The HTTP client.
    #[error(transparent)]
    Upstream(#[from] BuildError),
    /// The client for streams.
    #[error("the client for streams could not be built")]
    Streams(#[source] http_client::BuildError),
    /// TLS.
    #[error("TLS could not be set up")]
    Tls(#[from] rustls::Error),
    /// The system has no randomness.
    #[error("the system has no random numbers")]
    Random(#[from] getrandom::Error),
    /// An agent's address.
    #[error("agent {name}: {fault}")]
    Address {
        /// The agent.
        name: AgentName,
        /// What is wrong.
        fault: NoAddress,
    },
}

/// All agents.
#[derive(Debug)]
pub struct Agents {
    agents: Vec<Agent>,
    reply_timeout: Duration,
}

/// One agent.
#[derive(Debug)]
pub struct Agent {
    name: AgentName,
    keys: IdKeys,
    back_end: BackEnd,
}

#[derive(Debug)]
enum BackEnd {
    DirectLine(Box<DirectLine>),
    Engine(Box<Engine>),
}

impl Agents {
    /// Reads the system's roots, which blocks; opens no connection.
    pub fn new(settings: AgentsSettings, signals: Signals) -> Result<Self, AgentsBuildError> {
        let upstream = Upstream::with_signals(
            &Settings {
                timeout: CALL_TIME_MAX,
                body_bytes_max: BODY_BYTES_MAX,
                ..Settings::new(settings.user_agent.clone())
            },
            signals.clone(),
        )?;
        let room = Room::default();
        let streams = StreamClient::new(&settings.user_agent, room.clone())
            .map_err(AgentsBuildError::Streams)?;
        let keys = IdKeys::new(settings.session_keys)?;
        let idle_time = settings.idle_time;
        let shared = Shared {
            upstream,
            keys: keys.clone(),
            tls: Tls::load()?,
            idle_time,
            signals,
            room: room.clone(),
        };
        let mut agents = Vec::new();
        for agent in settings.agents {
            let name = agent.name.clone();
            let back_end = match agent.back_end {
                BackEndSettings::DirectLine(settings) => {
                    BackEnd::DirectLine(Box::new(DirectLine::new(agent.name, settings, &shared)))
                }
                BackEndSettings::Engine(settings) => {
                    let clients = (shared.upstream.clone(), streams.clone(), room.clone());
                    let engine = Engine::new(agent.name, settings, clients, idle_time);
                    let engine = engine
                        .map_err(|fault| AgentsBuildError::Address { name: name.clone(), fault })?;
                    BackEnd::Engine(Box::new(engine))
                }
            };
            agents.push(Agent { name, keys: keys.clone(), back_end });
        }
        Ok(Self { agents, reply_timeout: settings.reply_timeout })
    }

    /// How long a call waits for an answer, as it is set.
    pub fn reply_timeout(&self) -> Duration {
        self.reply_timeout
    }

    /// The names, in the order of the settings.
    pub fn names(&self) -> impl Iterator<Item = &AgentName> {
        self.agents.iter().map(|agent| &agent.name)
    }

    /// The agent of this name; without one the first.
    pub fn agent(&self, name: Option<&str>) -> Result<&Agent, AgentError> {
        let mut agents = self.agents.iter();
        let found = match name {
            Some(name) => agents.find(|agent| agent.name.as_str() == name),
            None => agents.next(),
        };
        found.ok_or_else(|| AgentErrorKind::NoSuchAgent.into())
    }

    /// The conversation that an id opens for this user, with the agent of this name or with
    /// whichever it is. Asks nobody: whether it still stands, each call finds out.
    pub async fn conversation(
        &self,
        id: &str,
        agent: Option<&str>,
        asker: &Asker<'_>,
    ) -> Result<Conversation<'_>, AgentError> {
        let named = |found: &&Agent| agent.is_none_or(|name| found.name.as_str() == name);
        for agent in self.agents.iter().filter(named) {
            let secrets = agent.secrets().await;
            let owner = Owner { agent: agent.name.as_str(), principal: asker.principal };
            if let Some(service_id) = open(&agent.keys, &secrets, owner, id) {
                return Ok(Conversation { agent, service_id, id: id.to_owned() });
            }
        }
        Err(AgentError::not_found())
    }
}

impl Agent {
    /// Its name.
    pub fn name(&self) -> &AgentName {
        &self.name
    }

    /// Whether the service keeps what was said. Where it does not, [`Conversation::history`] is
    /// refused, and whether a conversation has ended is known to one replica only.
    pub fn keeps_history(&self) -> bool {
        matches!(self.back_end, BackEnd::DirectLine(_))
    }

    /// The scope of the user's own token that it is asked with, if it is asked with one.
    pub fn token_scope(&self) -> Option<&str> {
        match &self.back_end {
            BackEnd::DirectLine(_) => None,
            BackEnd::Engine(engine) => Some(engine.token_scope()),
        }
    }

    /// Starts a conversation and lets the agent speak first, for at most 3 seconds.
    pub async fn start(
        &self,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<(Conversation<'_>, Vec<Message>), AgentError> {
        let started = match &self.back_end {
            BackEnd::DirectLine(line) => line.start(asker, waiting).await?,
            BackEnd::Engine(engine) => engine.start(true, asker, waiting).await?,
        };
        Ok((self.sealed(started.service_id, asker).await?, started.greeting))
    }

    /// Opens a conversation for a message that is about to be sent; the agent is not asked to
    /// speak.
    pub async fn open(
        &self,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Conversation<'_>, AgentError> {
        let service_id = match &self.back_end {
            BackEnd::DirectLine(line) => line.open_silently(asker, waiting.limit).await?,
            BackEnd::Engine(engine) => engine.start(false, asker, waiting).await?.service_id,
        };
        self.sealed(service_id, asker).await
    }

    async fn sealed(
        &self,
        service_id: String,
        asker: &Asker<'_>,
    ) -> Result<Conversation<'_>, AgentError> {
        let secrets = self.secrets().await;
        let owner = Owner { agent: self.name.as_str(), principal: asker.principal };
        let id = seal(&self.keys, &secrets, owner, &service_id);
        let id = id.ok_or_else(|| AgentError::unreadable("the conversation's id is too long"))?;
        Ok(Conversation { agent: self, service_id, id })
    }

    async fn secrets(&self) -> std::sync::Arc<[super::secrets::DirectLineSecret]> {
        match &self.back_end {
            BackEnd::DirectLine(line) => line.secrets().await,
            BackEnd::Engine(_) => std::sync::Arc::default(),
        }
    }
}

/// A conversation of one user with one agent: its id was proved.
#[derive(Debug)]
pub struct Conversation<'a> {
    agent: &'a Agent,
    service_id: String,
    id: String,
}

impl Conversation<'_> {
    /// The id that the user sees: at most 200 ASCII characters.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whom it is with.
    pub fn agent(&self) -> &Agent {
        self.agent
    }

    /// Sends a message, once, and collects its answer until the agent is done or time is up. Every
    /// failure says what is known about the message.
    pub async fn send(
        &self,
        outgoing: &Outgoing,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Reply, AgentError> {
        match &self.agent.back_end {
            BackEnd::DirectLine(line) => line.ask(&self.service_id, outgoing, asker, waiting).await,
            BackEnd::Engine(engine) => engine.ask(&self.service_id, outgoing, asker, waiting).await,
        }
    }

    /// A page of at most `limit` messages: the newest, or those before message number `before` as
    /// the page before said it.
    pub async fn history(
        &self,
        limit: usize,
        before: Option<usize>,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<History, AgentError> {
        match &self.agent.back_end {
            BackEnd::DirectLine(line) => {
                line.history(&self.service_id, (limit, before), asker, deadline).await
            }
            BackEnd::Engine(engine) => match engine.history(&self.service_id, deadline).await? {},
        }
    }

    /// Ends it, and says how many messages there were.
    pub async fn end(&self, asker: &Asker<'_>, deadline: Instant) -> Result<usize, AgentError> {
        match &self.agent.back_end {
            BackEnd::DirectLine(line) => line.end(&self.service_id, asker, deadline).await,
            BackEnd::Engine(engine) => engine.end(&self.service_id, deadline).await,
        }
    }
}
