//! The sandbox's agent: a Copilot Studio agent behind Direct Line 3.0 and direct to engine.
//!
//! A request comes in by `routes.rs` and is answered by one function of `directline/` or `d2e/`.
//! What a user says is read by `orders/`: as an order to misbehave, or as words to repeat. The
//! agent's steps are played by `play.rs` into the log of the conversation, from which pollers,
//! sockets and event streams read.

mod activity;
mod conversation;
mod conversations;
mod d2e;
mod directline;
mod exchange;
mod faults;
mod handle;
mod hear;
mod ids;
mod orders;
mod play;
mod refusal;
mod routes;
mod secrets;
mod server;
mod settings;
pub(crate) mod state;
mod tokens;

pub use conversation::AgentProtocol;
pub use faults::{AgentCall, AgentFault};
pub use handle::{Agent, AgentConversation};
pub(crate) use routes::router;
pub use settings::AgentSettings;

#[cfg(test)]
mod tests;
