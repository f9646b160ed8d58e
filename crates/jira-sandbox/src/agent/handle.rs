//! A hand on the agent service, for tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use serde_json::{Value as Json, json};

use crate::world::World;

use super::{
    conversation::{AgentProtocol, Conversation},
    faults::{AgentCall, AgentFault},
};

/// The agent of a sandbox, seen and moved from outside. Cheap to clone; clones share one state with
/// the sandbox.
#[derive(Clone)]
pub struct Agent(Arc<World>);

/// A conversation as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentConversation {
    /// As clients know it.
    pub id: String,
    /// How it was begun.
    pub protocol: AgentProtocol,
    /// Direct Line: the id of the user that its token was made for. Direct to engine: whose token
    /// it was begun with, the Atlassian account id or Entra's object id.
    pub user: Option<String>,
    /// A conversation for which there is a token only is not opened.
    pub opened: bool,
    /// Somebody sent `endOfConversation`.
    pub ended: bool,
    /// How many sockets are connected to it.
    pub sockets: usize,
    /// All that users and the agent said, in order; each once more for each time it is shown again.
    pub activities: Vec<Json>,
}

impl AgentConversation {
    /// The texts of the messages that users sent: each text as often as it arrived.
    #[must_use]
    pub fn heard(&self) -> Vec<&str> {
        self.messages(false)
    }

    /// The texts of the agent's messages.
    #[must_use]
    pub fn said(&self) -> Vec<&str> {
        self.messages(true)
    }

    fn messages(&self, of_agent: bool) -> Vec<&str> {
        let is_meant = |activity: &&Json| {
            activity.get("type").is_some_and(|kind| kind == "message")
                && super::activity::is_of_agent(activity) == of_agent
        };
        let activities = self.activities.iter().filter(is_meant);
        activities.filter_map(|activity| activity.get("text")?.as_str()).collect()
    }
}

impl Agent {
    pub(crate) fn of(world: Arc<World>) -> Self {
        Self(world)
    }

    /// The two secrets of Direct Line that are good now, the older first.
    #[must_use]
    pub fn secrets(&self) -> [String; 2] {
        self.0.agent.secrets.all()
    }

    /// Replaces the older secret; the new one.
    pub fn rotate_secret(&self) -> String {
        self.0.agent.secrets.rotate()
    }

    /// Shuts the agent's token endpoint, or opens it again.
    pub fn require_secured_access(&self, secured: bool) {
        self.0.agent.secured.store(secured, Ordering::Relaxed);
    }

    /// A good token of Entra's for a program, in whose name no user stands; direct to engine
    /// refuses it with 405. `None` when the system cannot make keys.
    #[must_use]
    pub fn app_only_token(&self) -> Option<String> {
        let seconds = (self.0.clock)().div_euclid(1000);
        let id = "5a9db0c1-0000-4000-8000-00000000da30";
        let claims = json!({
            "ver": "2.0", "aud": "https://api.powerplatform.com", "iat": seconds, "nbf": seconds,
            "exp": seconds.saturating_add(3600), "azp": id, "azpacr": "1", "oid": id, "sub": id,
            "idtyp": "app", "roles": ["CopilotStudio.Copilots.Invoke"],
        });
        self.0.identity.entra_token(&claims)
    }

    /// How often each call was made, spoiled ones too; those that never were are left out.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<AgentCall, u64> {
        self.0.agent.faults.calls()
    }

    /// How often one call was made.
    #[must_use]
    pub fn count(&self, call: AgentCall) -> u64 {
        self.calls().get(&call).copied().unwrap_or(0)
    }

    /// Spoils the next answer to a call, after those that wait to be spoiled already.
    pub fn fail_next(&self, call: AgentCall, fault: AgentFault) {
        self.0.agent.faults.add(call, fault);
    }

    /// Spoils all answers to a call behind the waiting ones, until [`Self::heal`].
    pub fn fail_always(&self, call: AgentCall, fault: AgentFault) {
        self.0.agent.faults.add_always(call, fault);
    }

    /// Ends all faults, and sends the answers that [`AgentFault::Held`] holds back.
    pub fn heal(&self) {
        self.0.agent.faults.heal();
    }

    /// All conversations that are not forgotten, in the order of their ids.
    #[must_use]
    pub fn conversations(&self) -> Vec<AgentConversation> {
        let mut all = self.0.agent.conversations.map(|id, known| AgentConversation {
            id: id.to_owned(),
            protocol: known.protocol,
            user: known.user.clone(),
            opened: known.opened,
            ended: known.ended,
            sockets: known.connected(),
            activities: known.activities(),
        });
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// One of them.
    #[must_use]
    pub fn conversation(&self, id: &str) -> Option<AgentConversation> {
        self.conversations().into_iter().find(|known| known.id == id)
    }

    /// Ends the tokens of one conversation, or of all, before their time.
    pub fn expire_tokens(&self, conversation: Option<&str>) {
        self.0.agent.tokens.expire(conversation);
    }

    /// Forgets a conversation, as the service does after weeks; false if there is none of this id.
    pub fn forget(&self, id: &str) -> bool {
        self.0.agent.conversations.forget(id)
    }

    /// Lets the agent say something unasked, as it is: an activity with `type`, `from` and the
    /// rest; false if there is no conversation of this id.
    pub fn say(&self, id: &str, activity: Json) -> bool {
        let now = (self.0.clock)();
        self.0.agent.conversations.with(id, now, |known| known.add(activity, now)).is_some()
    }

    /// Breaks the sockets of a conversation without a word; false if there is none of this id.
    pub fn cut_sockets(&self, id: &str) -> bool {
        let now = (self.0.clock)();
        self.0.agent.conversations.with(id, now, Conversation::break_sockets).is_some()
    }
}
