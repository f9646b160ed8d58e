//! What a turn goes by, and what comes of it.

use tokio::time::Instant;

use super::room::Room;

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    /// The agent is done.
    Answered,
    /// The conversation is over.
    Ended,
    /// Time ran out; more may come.
    Pending,
}

/// What is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing before this moment unless an activity comes.
    Wait(Instant),
    /// The turn is over.
    Over(TurnEnd),
}

/// What may be told while the turn goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnProgress {
    /// The agent is at work.
    Typing,
    /// What it has written so far, not cleaned and not whole.
    Writing(String),
    /// One more message has come; how many there are.
    Messages(usize),
}

/// What the collector goes by.
#[derive(Clone, Debug)]
pub(crate) struct TurnRules {
    /// When the time for the answer is over.
    pub limit: Instant,
    /// The mark in our post, by which its echo is known.
    pub client_id: String,
    /// Whether the service shows the user's posts too; then what stands before ours is no answer.
    pub has_echo: bool,
    /// Whether a greeting was asked for and has not come yet.
    pub is_greeting_due: bool,
    /// Where what is collected is held.
    pub room: Room,
}

impl TurnRules {
    /// Those of a stream that holds the agent's activities only.
    pub(crate) fn new(limit: Instant, client_id: String, room: Room) -> Self {
        Self { limit, client_id, has_echo: false, is_greeting_due: false, room }
    }
}
