//! What is asked of Direct Line: plain values, signed elsewhere.

use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value, json};
use upstream::Safety;
use url::Url;

use crate::agent::client::{address::DirectLineAddress, asker::Outgoing, exchange::INVOKE_NAME};

/// The most that the service takes for one activity.
/// Source: Microsoft, "API reference - Direct Line API 3.0", "Send an activity".
pub(super) const ACTIVITY_BYTES_MAX: usize = 262_144;

/// One operation without its credential.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Bytes>,
    pub(super) safety: Safety,
    /// Whether it hands a message to the agent.
    pub(super) is_post: bool,
}

impl Operation {
    fn new(method: Method, url: Url, safety: Safety) -> Self {
        Self { method, url, body: None, safety, is_post: false }
    }
}

/// Who the messages are from, towards the agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    /// Begins with `dl_`.
    pub(super) user_id: &'a str,
    pub(super) locale: Option<&'a str>,
}

/// Opens a conversation; with a secret a new one, with a token its own.
pub(super) fn open(address: &DirectLineAddress, sender: Option<Sender<'_>>) -> Operation {
    let url = address.operation(&["conversations"]);
    let mut operation = Operation::new(Method::POST, url, Safety::IdempotentWrite);
    operation.body = sender.map(|sender| {
        let user = json!({ "user": { "id": sender.user_id } });
        Bytes::from(user.to_string())
    });
    operation
}

/// Gives a new token and a new address to listen at for a conversation that stands.
///
/// No read, although nothing changes: a repeat would ask for tokens more often than once a second.
pub(super) fn reconnect(
    address: &DirectLineAddress,
    id: &str,
    watermark: Option<&str>,
) -> Operation {
    let mut url = address.operation(&["conversations", id]);
    set_watermark(&mut url, watermark);
    Operation::new(Method::GET, url, Safety::Write)
}

/// Renews the token that signs it.
pub(super) fn refresh(address: &DirectLineAddress) -> Operation {
    Operation::new(Method::POST, address.operation(&["tokens", "refresh"]), Safety::Write)
}

/// The activities behind a watermark; all of them without one.
pub(super) fn activities(
    address: &DirectLineAddress,
    id: &str,
    watermark: Option<&str>,
) -> Operation {
    let mut url = address.operation(&["conversations", id, "activities"]);
    set_watermark(&mut url, watermark);
    Operation::new(Method::GET, url, Safety::Read)
}

/// Hands one activity over, once.
pub(super) fn post(address: &DirectLineAddress, id: &str, activity: &Value) -> Operation {
    let url = address.operation(&["conversations", id, "activities"]);
    let mut operation = Operation::new(Method::POST, url, Safety::Write);
    operation.body = Some(Bytes::from(activity.to_string()));
    operation.is_post = true;
    operation
}

fn set_watermark(url: &mut Url, watermark: Option<&str>) {
    if let Some(watermark) = watermark {
        url.query_pairs_mut().append_pair("watermark", watermark);
    }
}

/// The user's message, with a mark by which its echo is known.
pub(super) fn message(sender: Sender<'_>, outgoing: &Outgoing, client_id: &str) -> Value {
    let mut members = activity("message", sender, client_id);
    members.insert("text".to_owned(), outgoing.text.clone().into());
    members.insert("textFormat".to_owned(), "plain".into());
    if let Some(value) = &outgoing.value {
        members.insert("value".to_owned(), value.clone().into());
    }
    members.into()
}

/// Asks the agent to begin. Source: Copilot Studio samples, `startConversation`.
pub(super) fn start_event(sender: Sender<'_>, client_id: &str) -> Value {
    let mut members = activity("event", sender, client_id);
    members.insert("name".to_owned(), START_EVENT.into());
    members.into()
}

/// The name of the event that asks an agent to begin.
pub(super) const START_EVENT: &str = "startConversation";

/// Ends the conversation.
pub(super) fn end(sender: Sender<'_>, client_id: &str) -> Value {
    activity("endOfConversation", sender, client_id).into()
}

/// Answers an OAuth card with a token of the user.
/// Source: Bot Framework, "Single sign-on overview".
pub(super) fn token_exchange(sender: Sender<'_>, client_id: &str, value: Value) -> Value {
    let mut members = activity("invoke", sender, client_id);
    members.insert("name".to_owned(), INVOKE_NAME.into());
    members.insert("value".to_owned(), value);
    members.into()
}

fn activity(kind: &str, sender: Sender<'_>, client_id: &str) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("type".to_owned(), kind.into());
    members.insert("from".to_owned(), json!({ "id": sender.user_id, "role": "user" }));
    if let Some(locale) = sender.locale {
        members.insert("locale".to_owned(), locale.into());
    }
    members.insert("channelData".to_owned(), json!({ "clientActivityID": client_id }));
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: Sender<'_> = Sender { user_id: "dl_ann", locale: None };

    fn address() -> DirectLineAddress {
        DirectLineAddress::parse("https://line.example/v3/directline").unwrap()
    }

    /// Defect 18 of the program that this one replaces: it sent the user's address and tenant.
    #[test]
    fn a_message_is_its_words_and_no_name() {
        let outgoing = Outgoing { text: "grüße".to_owned(), value: None };
        let posted = message(ANN, &outgoing, "m1");
        let expected = json!({
            "type": "message",
            "from": { "id": "dl_ann", "role": "user" },
            "channelData": { "clientActivityID": "m1" },
            "text": "grüße",
            "textFormat": "plain",
        });
        assert_eq!(posted, expected);
    }

    #[test]
    fn ids_and_watermarks_cannot_change_the_path() {
        let operation = activities(&address(), "a/../b?c#d", Some("1&x=2"));
        assert_eq!(
            operation.url.as_str(),
            "https://line.example/v3/directline/conversations/a%2F..%2Fb%3Fc%23d/activities\
             ?watermark=1%26x%3D2"
        );
        assert_eq!(operation.safety, Safety::Read);
    }

    #[test]
    fn a_message_is_a_write_and_is_known_as_a_post() {
        let operation = post(&address(), "c", &start_event(ANN, "m1"));
        assert_eq!((operation.safety, operation.is_post), (Safety::Write, true));
        assert!(!open(&address(), Some(ANN)).is_post);
    }
}
