//! What the agent does, one thing after another.

use std::time::Duration;

use serde_json::Value as Json;

use crate::agent::conversation::SignIn;

/// Something that happens so long after the step before it.
#[derive(Clone, Debug)]
pub(in crate::agent) struct Step {
    pub(in crate::agent) after: Duration,
    pub(in crate::agent) act: Act,
}

#[derive(Clone, Debug)]
pub(in crate::agent) enum Act {
    Say(Json),
    /// A part of a streamed message, numbered within its stream.
    Chunk {
        activity: Json,
        sequence: u64,
    },
    /// What was said last, once more.
    Repeat,
    /// A card that waits for an answer.
    AskToSignIn {
        card: Json,
        sign_in: SignIn,
    },
    /// Event streams end, though the turn goes on.
    EndStream,
    /// Sockets and event streams break.
    Cut,
    /// Sockets are closed for another client.
    Collide,
    /// The tokens of the conversation end.
    Expire,
}

/// At once.
pub(super) fn now(act: Act) -> Step {
    Step { after: Duration::ZERO, act }
}

/// After so many milliseconds.
pub(super) fn after(ms: u64, act: Act) -> Step {
    Step { after: Duration::from_millis(ms), act }
}
