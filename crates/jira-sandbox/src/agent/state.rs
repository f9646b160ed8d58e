//! What all agent routers of one sandbox share.

use std::sync::atomic::AtomicBool;

use super::{conversations, faults, secrets, tokens};

/// The agent's conversations, who may take part in them, and what is to go wrong.
#[derive(Default)]
pub(crate) struct State {
    pub(super) secrets: secrets::Secrets,
    pub(super) tokens: tokens::Tokens,
    pub(super) conversations: conversations::Conversations,
    pub(super) faults: faults::Faults,
    /// Whether the token endpoint is shut.
    pub(super) secured: AtomicBool,
}
