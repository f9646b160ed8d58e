//! The client of Copilot Studio agents: one face over Direct Line 3.0 and direct to engine.
//!
//! | Row | What |
//! |---|---|
//! | `agents` | all agents, and a user's conversations with them |
//! | `directline`, `engine` | the two protocols |
//! | `turn`, `content` | the answer to one message, collected; what its activities say |
//! | `conversation_id`, `address`, `secrets`, `settings` | whose, where, by what |
//! | all others | what those share |
//!
//! A message is sent once. Whatever happens to it after that, an answer and an error both say
//! whether it was delivered.

mod activity;
mod activity_set;
mod address;
mod agents;
mod asker;
mod content;
mod conversation_id;
mod delivery;
mod directline;
mod engine;
mod error;
mod exchange;
mod mark;
mod memory;
mod secrets;
mod settings;
#[cfg(test)]
mod tests;
mod tls;
mod turn;

pub use self::{
    address::{AddressFault, DirectLineAddress, EngineAddress, TokenEndpoint},
    agents::{Agent, Agents, AgentsBuildError, Conversation},
    asker::{Asker, ExchangeToken, History, Outgoing, Reply, Report, Waiting},
    content::{
        AgentCode, Attachment, Choice, Citation, From, Input, InputChoice, Message, SignIn,
        TokenExchange,
    },
    delivery::Delivery,
    directline::SOCKET_BYTES,
    engine::{
        NoAddress,
        environment::{Cloud, EnvironmentFault, EnvironmentId, SchemaName},
    },
    error::{AgentError, AgentErrorKind},
    memory::REMEMBERED_BYTES_MAX,
    secrets::{DirectLineSecret, Secrets, SecretsFault},
    settings::{
        AgentName, AgentSettings, AgentsSettings, BackEndSettings, DirectLineAccess,
        DirectLineSettings, EnginePlace, EngineSettings, NameFault,
    },
    turn::{HELD_BYTES_MAX, SOCKETS_MAX, TurnEnd, TurnProgress},
};
