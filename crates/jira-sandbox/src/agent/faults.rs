//! How often each call was made, and what a test wants to go wrong there.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use crate::fault_plans::{FaultPlans, cut};

/// The plans of all calls.
pub(super) type Faults = FaultPlans<AgentCall, AgentFault>;

/// A call that a client makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentCall {
    /// Direct Line: `POST /tokens/generate`.
    Generate,
    /// Direct Line: `POST /tokens/refresh`.
    Refresh,
    /// Direct Line: `POST /conversations`.
    Open,
    /// Direct Line: `GET /conversations/{id}`.
    Reconnect,
    /// Direct Line: `GET /conversations/{id}/activities`.
    Read,
    /// Direct Line: `POST /conversations/{id}/activities`.
    Post,
    /// Direct Line: `POST /conversations/{id}/upload`.
    Upload,
    /// Direct Line: the socket at a `streamUrl`.
    Stream,
    /// Direct Line: `GET /session/getsessionid`.
    Session,
    /// The agent's token endpoint.
    AgentToken,
    /// `regionalchannelsettings`.
    Region,
    /// Direct to engine: `conversation-endpoints`.
    Discovery,
    /// Direct to engine: the start of a conversation.
    Start,
    /// Direct to engine: a turn.
    Turn,
    /// Direct to engine: the rest of a turn.
    Subscribe,
}

/// One way to fail. With an `Answer` nothing happens in the conversation; with all others the call
/// takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentFault {
    /// This instead of the answer.
    Answer {
        /// Such as 503.
        status: u16,
        /// In seconds.
        retry_after: Option<u64>,
        /// Such as `text/html`.
        content_type: &'static str,
        /// Sent as it is.
        body: String,
    },
    /// The call takes effect, and then this is answered, which must be an `Answer`.
    Delivered(Box<AgentFault>),
    /// The answer comes so much later.
    Late(Duration),
    /// The answer comes when the faults are healed.
    Held,
    /// The connection ends in the middle of the answer; a socket ends at once.
    Cut,
}

impl AgentFault {
    /// A refusal in Direct Line's form, such as 403 with `TokenExpired`.
    #[must_use]
    pub fn refusal(status: u16, code: &str) -> Self {
        let body = json!({ "error": { "code": code, "message": "As the test wants it" } });
        let (content_type, body) = ("application/json; charset=utf-8", body.to_string());
        Self::Answer { status, retry_after: None, content_type, body }
    }

    /// Too many calls; with the seconds to wait, if the service says them.
    #[must_use]
    pub fn rate_limit(retry_after: Option<u64>) -> Self {
        let body = json!({ "error": { "code": "TooManyRequests", "message": "Slow down" } });
        let (content_type, body) = ("application/json; charset=utf-8", body.to_string());
        Self::Answer { status: 429, retry_after, content_type, body }
    }

    /// A page of a gateway instead of JSON.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = "<!doctype html><title>Sorry</title><h1>We will be back</h1>".to_owned();
        let content_type = "text/html; charset=utf-8";
        Self::Answer { status, retry_after: None, content_type, body }
    }

    /// The agent takes more than 15 seconds: the message is delivered, and will be answered, but
    /// the sender hears of an error.
    #[must_use]
    pub fn bot_timed_out(status: u16) -> Self {
        Self::Delivered(Box::new(Self::refusal(status, "BotError")))
    }

    /// What stands instead of the call's own answer.
    pub(super) fn answer(&self) -> Option<Response<Body>> {
        let Self::Answer { status, retry_after, content_type, body } = self else { return None };
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = (*status).try_into().unwrap_or_default();
        let kind = HeaderValue::from_static(content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        Some(response)
    }

    /// Sends an answer in the way of the fault.
    pub(super) async fn deliver(
        self,
        response: Response<Body>,
        mut healed: watch::Receiver<u64>,
    ) -> Response<Body> {
        match self {
            Self::Delivered(instead) => instead.answer().unwrap_or(response),
            Self::Late(time) => {
                sleep(time).await;
                response
            }
            Self::Held => {
                // The sandbox that would heal may be gone; then nobody waits, either.
                let _ = healed.changed().await;
                response
            }
            Self::Cut => cut(response).await,
            Self::Answer { .. } => response,
        }
    }
}
