//! What is asked of an engine: plain values.

use serde_json::{Map, Value, json};

use crate::agent::client::{asker::Outgoing, exchange::INVOKE_NAME};

/// Begins a conversation; whether the agent is asked to speak first.
pub(super) fn create(speaks_first: bool, locale: Option<&str>) -> Value {
    let mut members = Map::new();
    members.insert("emitStartConversationEvent".to_owned(), speaks_first.into());
    if let Some(locale) = locale {
        members.insert("locale".to_owned(), locale.into());
    }
    members.into()
}

/// The user's message.
pub(super) fn turn(id: &str, outgoing: &Outgoing, locale: Option<&str>) -> Value {
    let mut activity = Map::new();
    activity.insert("type".to_owned(), "message".into());
    activity.insert("text".to_owned(), outgoing.text.clone().into());
    activity.insert("conversation".to_owned(), json!({ "id": id }));
    if let Some(value) = &outgoing.value {
        activity.insert("value".to_owned(), value.clone().into());
    }
    if let Some(locale) = locale {
        activity.insert("locale".to_owned(), locale.into());
    }
    json!({ "activity": activity })
}

/// Answers an OAuth card with a token of the user.
pub(super) fn token_exchange(id: &str, value: &Value) -> Value {
    let conversation = json!({ "id": id });
    json!({ "activity": {
        "type": "invoke", "name": INVOKE_NAME, "value": value, "conversation": conversation,
    } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_are_those_of_the_official_client() {
        let expected = json!({ "emitStartConversationEvent": true, "locale": "en-US" });
        assert_eq!(create(true, Some("en-US")), expected);
        let outgoing = Outgoing { text: "hi".to_owned(), value: None };
        let expected = json!({ "activity": { "type": "message", "text": "hi", "conversation": { "id": "c" } } });
        assert_eq!(turn("c", &outgoing, None), expected);
    }
}
