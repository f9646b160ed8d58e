//! What the handlers of the agent service share.

use std::sync::Arc;

use axum::{body::Body, http::Response};
use serde_json::{Map, Value as Json};

use crate::world::World;

use super::{
    conversation::Conversation,
    faults::{AgentCall, AgentFault},
    refusal::Refusal,
    settings::AgentSettings,
    state::State,
};

#[derive(Clone)]
pub(super) struct Server {
    pub(super) world: Arc<World>,
    pub(super) settings: Arc<AgentSettings>,
}

impl Server {
    pub(super) fn now(&self) -> i64 {
        (self.world.clock)()
    }

    pub(super) fn state(&self) -> &State {
        &self.world.agent
    }

    /// Reads or changes a conversation.
    ///
    /// # Errors
    /// 404 if there is none of this id.
    pub(super) fn with<T>(
        &self,
        id: &str,
        work: impl FnOnce(&mut Conversation, i64) -> T,
    ) -> Result<T, Refusal> {
        let now = self.now();
        let found = self.state().conversations.with(id, now, |known| work(known, now));
        found.ok_or_else(Refusal::no_conversation)
    }

    /// The answer to a call, counted, with what a test wants to go wrong there.
    pub(super) async fn answer(
        &self,
        call: AgentCall,
        work: impl Future<Output = Result<Response<Body>, Refusal>>,
    ) -> Response<Body> {
        let faults = &self.state().faults;
        // Before the fault is taken: a healing in between must not be missed.
        let healed = faults.watch();
        let fault = faults.next(call);
        if let Some(response) = fault.as_ref().and_then(AgentFault::answer) {
            return response;
        }
        let response = work.await.unwrap_or_else(Refusal::into_response);
        match fault {
            Some(fault) => fault.deliver(response, healed).await,
            None => response,
        }
    }
}

/// A body that is a JSON object.
///
/// # Errors
/// 400 for any other.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Json>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad("The body is not a JSON object"))
}

/// A body that may be left out.
///
/// # Errors
/// 400 if there is one, and it is no JSON object.
pub(super) fn optional_object(body: &[u8]) -> Result<Map<String, Json>, Refusal> {
    if body.trim_ascii().is_empty() { Ok(Map::new()) } else { object(body) }
}

/// A parameter of the query.
pub(super) fn parameter(uri: &axum::http::Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
