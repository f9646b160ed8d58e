//! The start of a conversation, its turns, and what is left of one.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, Response},
};
use serde_json::Value as Json;

use crate::{
    agent::{
        activity::of_user,
        conversation::AgentProtocol,
        hear::{Heard, hear},
        orders::{self, Reception},
        play::Turn,
        refusal::Refusal,
        server::{Server, object, optional_object},
    },
    fault_plans::cut,
};

use super::events::{Reader, response};

/// A new conversation; with `emitStartConversationEvent` the agent begins it with a greeting.
///
/// # Errors
/// 400 for a body that is no object.
pub(super) fn start(server: &Server, user: String, body: &[u8]) -> Result<Response<Body>, Refusal> {
    let body = optional_object(body)?;
    let conversations = &server.state().conversations;
    let id = conversations.add(AgentProtocol::DirectToEngine, Some(user), server.now());
    server.with(&id, |conversation, _| conversation.opened = true)?;
    if body.get("emitStartConversationEvent") == Some(&Json::Bool(true)) {
        play(server, &id, None, orders::greeting());
    }
    Ok(response(&id, Reader::of_turn(server, &id, 0)?))
}

/// One activity for the agent, and what it does about it.
///
/// # Errors
/// 400 for a body without an activity, 404 for another user's conversation or none, and what the
/// text orders.
pub(super) async fn turn(
    server: &Server,
    user: &str,
    id: &str,
    body: &[u8],
) -> Result<Response<Body>, Refusal> {
    check_owner(server, user, id)?;
    let mut body = object(body)?;
    let Some(Json::Object(posted)) = body.remove("activity") else {
        return Err(Refusal::missing("activity"));
    };
    if !posted.get("type").is_some_and(Json::is_string) {
        return Err(Refusal::missing("activity.type"));
    }
    let Heard { reception, steps, .. } = hear(server, id, &posted)?;
    let (from, activity) = server.with(id, |conversation, now| {
        let activity = conversation.add(of_user(posted, None), now);
        (conversation.len(), activity)
    })?;
    let reader = Reader::of_turn(server, id, from)?;
    play(server, id, Some(activity), steps);
    match reception {
        Reception::TimedOut => Err(Refusal::bot_timed_out()),
        Reception::Lost => Ok(cut(response(id, reader)).await),
        _ => Ok(response(id, reader)),
    }
}

/// What came after the event that the client saw last, until no turn is going on.
///
/// # Errors
/// 404 for another user's conversation or none, 400 for an event that never was.
pub(super) fn subscribe(
    server: &Server,
    user: &str,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response<Body>, Refusal> {
    check_owner(server, user, id)?;
    let last = match headers.get("last-event-id").map(|last| last.to_str()) {
        None | Some(Ok("")) => 0,
        Some(Ok(text)) => {
            text.parse().map_err(|_| Refusal::bad("Last-Event-ID is no event of this service"))?
        }
        Some(Err(_)) => return Err(Refusal::bad("Last-Event-ID is not readable")),
    };
    Ok(response(id, Reader::of_rest(server, id, last)?))
}

/// Somebody else's conversation is not told from one that does not exist.
fn check_owner(server: &Server, user: &str, id: &str) -> Result<(), Refusal> {
    let is_own = server.with(id, |conversation, _| {
        conversation.protocol == AgentProtocol::DirectToEngine
            && conversation.user.as_deref() == Some(user)
    })?;
    if is_own { Ok(()) } else { Err(Refusal::no_conversation()) }
}

fn play(server: &Server, id: &str, reply_to: Option<String>, steps: Vec<orders::Step>) {
    let turn = Turn { world: Arc::clone(&server.world), conversation: id.to_owned(), reply_to };
    turn.play(steps);
}
