//! Plays the steps of the agent into the log of a conversation.

use std::sync::Arc;

use serde_json::Value as Json;
use tokio::time::sleep;

use crate::{json::put, world::World};

use super::{
    conversation::{Conversation, Kind},
    orders::{Act, Step, tag},
};

/// One turn of the agent.
pub(super) struct Turn {
    pub(super) world: Arc<World>,
    pub(super) conversation: String,
    /// The id of what the agent answers to.
    pub(super) reply_to: Option<String>,
}

impl Turn {
    /// Plays what is to happen at once before it returns, and the rest in a task of its own, in
    /// which time passes by the clock of the runtime. A conversation that is forgotten meanwhile
    /// ends the turn.
    #[expect(
        clippy::disallowed_methods,
        reason = "the agent goes on when the one who asked has left; nothing of it is drained"
    )]
    pub(super) fn play(self, steps: Vec<Step>) {
        let begun = self.change(|conversation, _| conversation.running += 1);
        if begun.is_none() {
            return;
        }
        let mut stream = None;
        let mut steps = steps.into_iter().peekable();
        while let Some(step) = steps.next_if(|step| step.after.is_zero()) {
            self.act(step.act, &mut stream);
        }
        if steps.peek().is_none() {
            return self.finish();
        }
        tokio::spawn(async move {
            for step in steps {
                sleep(step.after).await;
                self.act(step.act, &mut stream);
            }
            self.finish();
        });
    }

    fn finish(&self) {
        self.change(|conversation, _| {
            conversation.running = conversation.running.saturating_sub(1);
            conversation.wake();
        });
    }

    fn change<T>(&self, work: impl FnOnce(&mut Conversation, i64) -> T) -> Option<T> {
        let now = (self.world.clock)();
        let conversations = &self.world.agent.conversations;
        conversations.with(&self.conversation, now, |conversation| work(conversation, now))
    }

    fn say(&self, mut said: Json) -> Option<String> {
        if let Some(reply_to) = &self.reply_to {
            put(&mut said, "replyToId", reply_to.as_str());
        }
        self.change(|conversation, now| {
            // Once it has ended, nobody says anything.
            (!conversation.ended).then(|| conversation.add(said, now))
        })?
    }

    /// `stream` is the id of the first chunk of the stream that is going on.
    fn act(&self, act: Act, stream: &mut Option<String>) {
        match act {
            Act::Say(said) => {
                self.say(said);
            }
            Act::Chunk { mut activity, sequence } => {
                if sequence == 1 {
                    *stream = self.say(activity);
                } else {
                    tag(&mut activity, stream.as_deref().unwrap_or_default());
                    self.say(activity);
                }
            }
            Act::Repeat => {
                self.change(Conversation::repeat);
            }
            Act::AskToSignIn { card, sign_in } => {
                self.say(card);
                self.change(|conversation, _| conversation.sign_in = Some(sign_in));
            }
            Act::EndStream => {
                self.change(|conversation, now| conversation.mark(Kind::StreamEnd, now));
            }
            Act::Cut => {
                self.change(|conversation, now| {
                    conversation.mark(Kind::StreamCut, now);
                    conversation.break_sockets();
                });
            }
            Act::Collide => {
                self.change(|conversation, _| conversation.collide_sockets());
            }
            Act::Expire => self.world.agent.tokens.expire(Some(&self.conversation)),
        }
    }
}
