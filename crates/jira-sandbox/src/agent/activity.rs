//! Activities as the agent sends them, and as the service shows those of users.
//!
//! Source: the definition of `Activity` in `directline-3.0.json`,
//! <https://github.com/microsoft/botframework-sdk>.

use serde_json::{Map, Value as Json, json};

use crate::json::put;

/// Sent by the agent, and the last one of its turn.
pub(super) fn message(text: &str) -> Json {
    json!({
        "type": "message", "from": agent(), "text": text, "textFormat": "markdown",
        "inputHint": "acceptingInput", "attachments": [], "entities": [],
    })
}

/// The same with more to come after it.
pub(super) fn first_message(text: &str) -> Json {
    let mut message = message(text);
    put(&mut message, "inputHint", "ignoringInput");
    message
}

/// The agent is at work.
pub(super) fn typing() -> Json {
    json!({ "type": "typing", "from": agent() })
}

/// Something for programs, not for people.
pub(super) fn event(name: &str, value: Json) -> Json {
    let mut event = json!({ "type": "event", "from": agent(), "name": name });
    put(&mut event, "value", value);
    event
}

/// The agent has no more to say.
pub(super) fn end() -> Json {
    json!({ "type": "endOfConversation", "from": agent(), "code": "completedSuccessfully" })
}

pub(super) fn is_of_agent(activity: &Json) -> bool {
    activity.pointer("/from/role").and_then(Json::as_str) == Some("bot")
}

fn agent() -> Json {
    json!({ "id": "5a9db0c1-0000-4000-8000-0000000a6e27", "name": "Sandbox agent", "role": "bot" })
}

/// A user's activity as the service shows it: whose it is says the token, if one was made for a
/// user, and nobody becomes an agent by saying so.
pub(super) fn of_user(mut posted: Map<String, Json>, user: Option<&str>) -> Json {
    let mut from = match posted.remove("from") {
        Some(Json::Object(from)) => from,
        _ => Map::new(),
    };
    if from.get("role").is_some_and(|role| role != "user") {
        from.remove("role");
    }
    if let Some(user) = user {
        from.insert("id".to_owned(), json!(user));
    }
    posted.insert("from".to_owned(), Json::Object(from));
    Json::Object(posted)
}
