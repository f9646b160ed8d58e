//! Single sign-on: an OAuth card that asks for a token of the user is answered with one, once.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout};

use super::{
    access::DirectLine,
    post::{Posted, judge},
    request::{self, Sender},
};
use crate::agent::client::{
    activity::{Activity, Role},
    asker::Asker,
    content::Message,
    mark::client_mark,
};

/// From asking for the token to the agent's word about it.
const TIME_MAX: Duration = Duration::from_secs(20);

/// What a card asks for: the id to name in the answer, the connection, the resource.
pub(super) struct Wanted {
    id: String,
    connection: Option<String>,
    uri: String,
}

/// The token that an activity of the agent asks for, if it asks for one.
pub(super) fn wanted(activity: &Activity) -> Option<Wanted> {
    if activity.role() != Role::Agent {
        return None;
    }
    let sign_in = Message::of(activity, Role::Agent)?.sign_in?;
    let exchange = sign_in.exchange?;
    Some(Wanted { id: exchange.id, connection: sign_in.connection, uri: exchange.uri })
}

impl DirectLine {
    /// Gets the token and posts it. The id of the post if the agent took it, which may be none;
    /// whatever else happens, the user is shown the link.
    pub(super) async fn exchange(
        &self,
        (id, bearer): (&str, &str),
        wanted: &Wanted,
        sender: Sender<'_>,
        asker: &Asker<'_>,
        limit: Instant,
    ) -> Option<Option<String>> {
        let deadline = limit.min(Instant::now() + TIME_MAX);
        let left = deadline.saturating_duration_since(Instant::now());
        let token = timeout(left, asker.exchange?.token_for(&wanted.uri)).await.ok().flatten()?;
        let mark = client_mark();
        let answer = (wanted.id.as_str(), wanted.connection.as_deref(), token.expose_secret());
        let activity = request::token_exchange(sender, &mark, answer);
        let operation = request::post(&self.address(), id, &activity);
        // A refusal of the token comes back as 502 too, so only a good answer is one.
        let result = self.send(&operation, Some(bearer), asker, deadline).await;
        let is_good = matches!(&result, Ok(answer) if answer.status.is_success());
        match judge(result) {
            Posted::Delivered(id) if is_good => Some(id),
            _ => None,
        }
    }
}
