//! What the agent hears in an activity: an order, words, or the answer to a card.

use std::time::Duration;

use serde_json::{Map, Value as Json};
use tokio::time::Instant;

use super::{
    conversation::Conversation,
    exchange,
    orders::{self, Order, Reception, Step},
    refusal::Refusal,
    server::Server,
};

/// How the sender is answered, and what the agent does then.
pub(super) struct Heard {
    pub(super) order: Order,
    pub(super) reception: Reception,
    pub(super) steps: Vec<Step>,
}

impl Heard {
    fn taken(steps: Vec<Step>) -> Self {
        Self { order: Order::Say, reception: Reception::Taken, steps }
    }
}

/// # Errors
/// 404 if the conversation is gone or has ended; and whatever was ordered that keeps the activity
/// from the agent.
pub(super) fn hear(
    server: &Server,
    id: &str,
    posted: &Map<String, Json>,
) -> Result<Heard, Refusal> {
    let text_of = |name: &str| posted.get(name).and_then(Json::as_str).unwrap_or_default();
    server.with(id, |conversation, _| may_speak(conversation))??;
    match text_of("type") {
        "message" => message(server, id, posted),
        "event" if text_of("name") == "startConversation" => Ok(Heard::taken(orders::greeting())),
        "invoke" if text_of("name") == "signin/tokenExchange" => {
            let wanted = server.with(id, |conversation, _| conversation.sign_in.take())?;
            if exchange::is_accepted(server, wanted.as_ref(), posted.get("value")) {
                return Ok(Heard::taken(orders::signed_in()));
            }
            // The card still waits for the user.
            server.with(id, |conversation, _| conversation.sign_in = wanted)?;
            Err(Refusal::bot_refused())
        }
        "invoke" => Err(Refusal::bot_refused()),
        _ => Ok(Heard::taken(Vec::new())),
    }
}

fn may_speak(conversation: &mut Conversation) -> Result<(), Refusal> {
    if conversation.ended {
        return Err(Refusal::ended());
    }
    let now = Instant::now();
    match conversation.limited_until {
        Some(until) if now < until => {
            Err(Refusal::too_many(Some(whole_seconds(until.duration_since(now)))))
        }
        _ => Ok(()),
    }
}

fn message(server: &Server, id: &str, posted: &Map<String, Json>) -> Result<Heard, Refusal> {
    let text = posted.get("text").and_then(Json::as_str).unwrap_or_default();
    let order = Order::read(text);
    let reception = Reception::of(&order);
    let now = Instant::now();
    let asked = server.with(id, |conversation, _| {
        let refused_before = conversation.limited_until.is_some();
        match reception {
            // The same post after its time is taken.
            Reception::RateLimited(_) if refused_before => conversation.limited_until = None,
            Reception::RateLimited(wait) => {
                conversation.limited_until = Some(now + wait.unwrap_or_default());
                return Err(Refusal::too_many(wait.map(whole_seconds)));
            }
            Reception::Broken => return Err(Refusal::broken()),
            Reception::Refused => return Err(Refusal::bot_refused()),
            // Its time is over.
            _ => conversation.limited_until = None,
        }
        Ok(conversation.sign_in.clone())
    })??;
    if reception == Reception::Gone {
        server.state().conversations.forget(id);
        return Err(Refusal::no_conversation());
    }
    let is_code = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if asked.is_some() && is_code {
        server.with(id, |conversation, _| conversation.sign_in = None)?;
        return Ok(Heard::taken(orders::signed_in()));
    }
    let steps = orders::steps(&order, &said(posted, text), &server.settings);
    Ok(Heard { order, reception, steps })
}

/// Rounded up: who waits as long as is said must be let in.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The words to repeat: the text, what a card was filled in with, or the names of files.
fn said(posted: &Map<String, Json>, text: &str) -> String {
    if !text.is_empty() {
        return text.to_owned();
    }
    if let Some(value) = posted.get("value").filter(|value| !value.is_null()) {
        return value.to_string();
    }
    let files = posted.get("attachments").and_then(Json::as_array);
    let names = files.into_iter().flatten().filter_map(|file| file.get("name")?.as_str());
    names.collect::<Vec<_>>().join(", ")
}
