//! The agent service as clients meet it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, header},
};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::{Agent, AgentSettings};
use crate::{Sandbox, Seed};

mod access;
mod directline;
mod engine;
mod engine_orders;
mod faults;
mod orders;
mod sign_in;
mod sockets;
mod uploads;

const NOW: i64 = 1_795_168_800_000;
const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const BASE: &str = "http://127.0.0.1:4000";
const DL: &str = "/v3/directline";
const CLASSIC: &str = "/copilotstudio/dataverse-backed/authenticated/bots/cr123_sandbox";

/// A sandbox on a clock that tests move, and its agent.
struct World {
    sandbox: Sandbox,
    agent: Agent,
    now: Arc<AtomicI64>,
    router: Router,
    secret: String,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    /// As far as it came.
    text: String,
    /// Whether the connection broke in the middle of the body.
    broken: bool,
}

impl Reply {
    fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }

    /// Status and code of a refusal.
    fn refusal(&self) -> (u16, String) {
        let json = self.json();
        let code = json["error"]["code"].as_str().unwrap_or_default();
        if self.status >= 400 {
            assert!(json["error"]["message"].is_string(), "{self:?}");
        }
        (self.status, code.to_owned())
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

fn say(text: &str) -> Json {
    json!({ "type": "message", "from": { "id": "dl_me" }, "text": text })
}

/// The texts of the agent's messages.
fn said(activities: &[Json]) -> Vec<&str> {
    let of_agent = activities
        .iter()
        .filter(|activity| activity["type"] == "message" && activity["from"]["role"] == "bot");
    of_agent.map(|activity| activity["text"].as_str().unwrap()).collect()
}

impl World {
    fn open() -> Self {
        Self::of(AgentSettings::new(&format!("{BASE}/")))
    }

    fn of(settings: AgentSettings) -> Self {
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now);
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(move || clock.load(Ordering::Relaxed)));
        let agent = sandbox.agent();
        let [secret, _] = agent.secrets();
        let router = sandbox.agent_router(settings);
        Self { sandbox, agent, now, router, secret }
    }

    /// Moves the clock of the sandbox.
    fn later(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        let (mut text, mut broken) = (Vec::new(), false);
        loop {
            let frame = std::future::poll_fn(|context| {
                axum::body::HttpBody::poll_frame(std::pin::Pin::new(&mut body), context)
            });
            match frame.await {
                Some(Ok(frame)) => text.extend(frame.into_data().unwrap()),
                Some(Err(_)) => {
                    broken = true;
                    break;
                }
                None => break,
            }
        }
        let text = String::from_utf8(text).unwrap();
        Reply { status: parts.status.as_u16(), headers: parts.headers, text, broken }
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: Option<Json>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str, token: &str) -> Reply {
        self.call(Method::GET, path, token, None).await
    }

    async fn post(&self, path: &str, token: &str, body: Json) -> Reply {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// Opens a conversation with the secret; its id.
    async fn start(&self) -> String {
        let path = format!("{DL}/conversations");
        let reply = self.call(Method::POST, &path, &self.secret, None).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()["conversationId"].as_str().unwrap().to_owned()
    }

    async fn say(&self, id: &str, text: &str) -> Reply {
        self.post(&format!("{DL}/conversations/{id}/activities"), &self.secret, say(text)).await
    }

    /// All that a poller sees.
    async fn read(&self, id: &str) -> Vec<Json> {
        let reply = self.get(&format!("{DL}/conversations/{id}/activities"), &self.secret).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["activities"].as_array().unwrap().clone()
    }

    /// The access token of one of the sandbox's people.
    fn token(&self, name: &str) -> String {
        let mut tokens = self.sandbox.tokens().into_iter();
        tokens.find(|(known, _)| known == name).unwrap().1
    }

    /// A token of Entra's with these claims beside those that make it good now.
    fn entra(&self, claims: &Json) -> String {
        let mut all = json!({ "exp": NOW / 1000 + 3600 });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        self.sandbox.world.identity.entra_token(&all).unwrap()
    }
}

/// Lets so much time pass, in a runtime whose time stands still otherwise.
async fn pass(ms: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
}
