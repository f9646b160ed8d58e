//! Direct to engine: the agent is spoken to with the user's own token, and answers each request
//! with a stream of events.
//!
//! Source: microsoft-agents-copilotstudio-client 1.9.0 (`copilot_client.py`).

mod access;
mod endpoints;
pub(super) mod environment;
mod event_parser;
mod event_stream;
mod exchange;
mod request;
mod turn;

pub(super) use access::Engine;
pub use access::NoAddress;
pub(super) use event_stream::StreamClient;
