//! Who asks an agent, and what is asked and answered: plain values, the same for both back ends.

use auth::{BoxFuture, Credentials};
use metrics::Trace;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::time::Instant;
use upstream::CallerId;

use super::{
    content::Message,
    delivery::Delivery,
    turn::{TurnEnd, TurnProgress},
};

/// The user on whose behalf an agent is asked, for one call.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// What names the person for good, such as the account's id; never a token. Conversations
    /// belong to it.
    pub principal: &'a str,
    /// For the breakers: a keyed hash of the person.
    pub caller: CallerId,
    /// The trace of the call.
    pub trace: &'a Trace,
    /// The user's own token for an agent that is spoken to directly.
    pub credentials: Option<&'a dyn Credentials>,
    /// How an agent's request for a token of the user is met, if it is.
    pub exchange: Option<&'a dyn ExchangeToken>,
}

/// Gets a token of the user for a resource that an agent names: on-behalf-of, by one request.
pub trait ExchangeToken: Send + Sync {
    /// The token for this resource (`api://…`); none for whatever reason, and then the user is
    /// asked to sign in.
    fn token_for<'a>(&'a self, resource: &'a str) -> BoxFuture<'a, Option<SecretString>>;
}

/// What is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    /// The text; may be empty beside a value.
    pub text: String,
    /// What a card asks for.
    pub value: Option<Map<String, Value>>,
}

/// Hears how the turn goes on.
pub type Report<'a> = &'a (dyn Fn(TurnProgress) + Send + Sync);

/// How long a call may take, and who listens.
#[derive(Clone, Copy)]
pub struct Waiting<'a> {
    /// When it has to be over.
    pub limit: Instant,
    /// Where progress goes; none if nobody wants to know. Typing is then not looked for.
    pub report: Option<Report<'a>>,
}

impl Waiting<'_> {
    pub(super) fn tell(&self, progress: Option<TurnProgress>) {
        if let (Some(report), Some(progress)) = (self.report, progress) {
            report(progress);
        }
    }
}

/// The answer to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The id of our message at the service, where it is known.
    pub activity_id: Option<String>,
    /// Whether the agent is done.
    pub end: TurnEnd,
    /// What is known about our message.
    pub delivery: Delivery,
    /// The agent's messages of this turn, in order; as many as came in time.
    pub messages: Vec<Message>,
    /// How many activities came that cannot be read; any could have been a message.
    pub unreadable: usize,
}

/// A conversation that was opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Started {
    /// The service's id. It is never shown: see [`conversation_id`](super::conversation_id).
    pub service_id: String,
    /// What the agent said of its own accord.
    pub greeting: Vec<Message>,
}

/// A page of what was said.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// In the order of the conversation; the newest page is the first.
    pub messages: Vec<Message>,
    /// How many there are in all.
    pub total: usize,
    /// How many activities of the conversation cannot be read; any could have been a message.
    pub unreadable: usize,
    /// Where the page before this one ends; none at the beginning of the conversation.
    pub before: Option<usize>,
}
