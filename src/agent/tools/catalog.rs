//! The four tools, as agents read about them.

use tool_kit::{Effect, Tool, Toolset, args::Arguments};

use super::arguments::{End, History, SYNONYMS, Send, Start};

/// Each tool, in the order in which they are listed.
pub fn all() -> impl Iterator<Item = &'static Tool> {
    [&START, &SEND, &HISTORY, &END].into_iter()
}

/// The tool of that name.
pub fn named(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name == name)
}

pub(super) static START: Tool = Tool {
    name: "start_conversation",
    title: "Start a conversation with the agent",
    about: "Start a conversation with the Copilot Studio agent. Gives the conversationId that the \
            other tools take, and the agent's greeting or its answer to initialMessage.",
    effect: Effect::Write,
    args: Start::SPECS,
    sample: "{}",
    read: |given| Start::read(given).map(drop),
    ..BASE
};

pub(super) static SEND: Tool = Tool {
    name: "send_message",
    title: "Send the agent a message",
    about: "Send the Copilot Studio agent a message and wait for its whole answer. status pending: \
            the message was delivered and the answer is not complete; never send it again, read \
            get_conversation_history later.",
    effect: Effect::Write,
    args: Send::SPECS,
    sample: r#"{"message": "hello"}"#,
    read: |given| Send::read(given).map(drop),
    ..BASE
};

pub(super) static HISTORY: Tool = Tool {
    name: "get_conversation_history",
    title: "Read a conversation with the agent",
    about: "What was said in a conversation, by both sides, the newest page first. Late answers are \
            here.",
    effect: Effect::Read,
    args: History::SPECS,
    sample: r#"{"conversationId": "c1_AAAAAAAAAAAAAAAAAAAAAA_x"}"#,
    read: |given| History::read(given).map(drop),
    ..BASE
};

pub(super) static END: Tool = Tool {
    name: "end_conversation",
    title: "End a conversation with the agent",
    about: "End a conversation: the agent is told, and nothing can be said in it any more.",
    effect: Effect::Destructive,
    args: End::SPECS,
    sample: r#"{"conversationId": "c1_AAAAAAAAAAAAAAAAAAAAAA_x"}"#,
    read: |given| End::read(given).map(drop),
    ..BASE
};

/// What all four have in common. No scope of a token opens or closes them: who may speak to the
/// agent is its own, or the operator's, to say.
const BASE: Tool = Tool {
    name: "",
    title: "",
    about: "",
    set: Toolset::Agent,
    effect: Effect::Read,
    scopes: &[],
    also: &[],
    serves: |granted, needed| granted == needed,
    args: &[],
    sample: "{}",
    synonyms: &SYNONYMS,
    read: |_| Ok(()),
};
