//! Takes an activity of a user: into the log, and to the agent.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    agent::{
        activity::of_user,
        hear::{Heard, hear},
        ids,
        orders::{Order, Reception},
        play::Turn,
        refusal::{Refusal, json_response},
        server::Server,
    },
    fault_plans::cut,
    json::put,
};

/// The answer to a post of this activity.
///
/// # Errors
/// 400 for one without `type` or `from.id`, 404 in a conversation that has ended, and what the
/// text orders.
pub(super) async fn receive(
    server: &Server,
    id: &str,
    posted: Map<String, Json>,
) -> Result<Response<Body>, Refusal> {
    let kind = posted.get("type").and_then(Json::as_str).unwrap_or_default();
    if kind.is_empty() {
        return Err(Refusal::missing("type"));
    }
    let sender = posted.get("from").and_then(|from| from.get("id")).and_then(Json::as_str);
    if sender.unwrap_or_default().is_empty() {
        return Err(Refusal::missing("from.id"));
    }
    let Heard { order, reception, steps } = hear(server, id, &posted)?;
    // Such activities are for the agent only.
    let is_shown = !matches!(kind, "conversationUpdate" | "invoke");
    let activity = server.with(id, |conversation, now| {
        let mut shown = of_user(posted, conversation.user.as_deref());
        if order == Order::Echo {
            put(&mut shown, "from", json!({ "id": ids::guid() }));
        }
        let activity = conversation.next_id();
        if is_shown {
            conversation.add_as(&activity, shown, now);
        }
        activity
    })?;
    let turn = Turn {
        world: Arc::clone(&server.world),
        conversation: id.to_owned(),
        reply_to: Some(activity.clone()),
    };
    turn.play(steps);
    let answer = json_response(StatusCode::OK, &json!({ "id": activity }));
    match reception {
        Reception::TimedOut => Err(Refusal::bot_timed_out()),
        Reception::Lost => Ok(cut(answer).await),
        _ => Ok(answer),
    }
}
