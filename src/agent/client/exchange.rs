//! Single sign-on: what an OAuth card asks for, and the token that it gets. How that is sent, each
//! back end knows.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::{
    activity::{Activity, Role},
    asker::Asker,
    content::Message,
};

/// From asking for the token to the agent's word about it.
const TIME_MAX: Duration = Duration::from_secs(20);

/// The activity that brings the token. Source: Bot Framework, "Single sign-on overview".
pub(super) const INVOKE_NAME: &str = "signin/tokenExchange";

/// What a card asks for: the id to name in the answer, the connection, the resource.
pub(super) struct Wanted {
    id: String,
    connection: Option<String>,
    uri: String,
}

impl Wanted {
    /// What an activity of this sender asks for, if it asks for a token.
    pub(super) fn of(activity: &Activity, role: Role) -> Option<Self> {
        if role != Role::Agent {
            return None;
        }
        let sign_in = Message::of(activity, Role::Agent)?.sign_in?;
        let exchange = sign_in.exchange?;
        Some(Self { id: exchange.id, connection: sign_in.connection, uri: exchange.uri })
    }

    /// The token of the user for it, if there is one.
    pub(super) async fn token(&self, asker: &Asker<'_>, deadline: Instant) -> Option<SecretString> {
        timeout_at(deadline, asker.exchange?.token_for(&self.uri)).await.ok().flatten()
    }

    /// The `value` of the activity that brings it.
    pub(super) fn value(&self, token: &SecretString) -> Value {
        json!({
            "id": self.id, "connectionName": self.connection, "token": token.expose_secret(),
        })
    }
}

/// When an exchange that begins now has to be over.
pub(super) fn deadline(limit: Instant) -> Instant {
    limit.min(Instant::now() + TIME_MAX)
}
