//! The router as clients meet it, over a stub that answers with what reached it.

mod admission;
mod authenticators;
mod bodies;
mod cors;
mod events;
mod gateway_secrets;
mod limits;
mod logs;
mod messages;
mod places;
mod rejects;
mod routes;
mod slow;
mod sockets;
mod stream_refusals;
mod streams;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use auth::{Authenticate, Caller, KeyedHasher, PassThroughBearer, TokenVerdict, VerdictSlot};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};
use metrics::Signals;
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::{ServiceExt, service_fn};

use crate::jsonrpc::Subscription;

use super::*;

pub(super) const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// The router and how often its stub was reached.
pub(super) struct Bench {
    pub(super) router: Router,
    pub(super) readiness: Readiness,
    pub(super) signals: Signals,
    reached: Arc<AtomicUsize>,
}

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The envelope of a refusal, which a JSON-RPC error has among its data.
    pub(super) fn refusal(&self) -> Value {
        let said = self.json();
        assert_eq!((&said["jsonrpc"], &said["id"]), (&json!("2.0"), &Value::Null), "{said}");
        assert!(said["error"]["code"].is_i64() && said["error"]["message"].is_string(), "{said}");
        said["error"]["data"].clone()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Bench {
    pub(super) fn new(settings: Settings) -> Self {
        Self::with(settings, PassThroughBearer::new(KeyedHasher::random().unwrap()))
    }

    pub(super) fn with(settings: Settings, authenticate: impl Authenticate + 'static) -> Self {
        Self::among(settings, Callers::trusted(Arc::new(authenticate)))
    }

    pub(super) fn among(settings: Settings, callers: Callers) -> Self {
        let reached = Arc::new(AtomicUsize::new(0));
        let count = reached.clone();
        let stub = service_fn(move |request: Request| {
            count.fetch_add(1, Ordering::SeqCst);
            async move { Ok::<_, Infallible>(stub(request).await) }
        });
        let (readiness, signals) = (Readiness::default(), Signals::default());
        let router = router(
            settings,
            callers,
            KeyedHasher::random().unwrap(),
            readiness.clone(),
            signals.clone(),
            stub,
            Public::default(),
        );
        Self { router, readiness, signals, reached }
    }

    pub(super) fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    pub(super) async fn send(&self, request: Request) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Reply { status: parts.status, headers: parts.headers, text }
    }
}

/// Made at run time, so that no test holds anything that looks like a secret.
pub(super) fn token() -> String {
    "tok3n".repeat(8)
}

pub(super) fn secret(letter: char) -> String {
    letter.to_string().repeat(40)
}

pub(super) fn gateway(letters: &[char]) -> Gateway {
    let secrets = letters.iter().map(|letter| SecretString::from(secret(*letter))).collect();
    Gateway::load(&GatewaySource { secrets, file: None, recheck: Duration::ZERO }).unwrap()
}

/// A call nothing is wrong with, unless the gateway check is on.
pub(super) fn call(path: &str, body: impl Into<Body>) -> Request {
    Request::post(path)
        .header(header::HOST, "localhost:8080")
        .header(header::AUTHORIZATION, format!("Bearer {}", token()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}

/// Holds a slow answer back until the test opens it.
pub(super) type Gate = Arc<tokio::sync::Notify>;

async fn opened(gate: Option<&Gate>) {
    if let Some(gate) = gate {
        gate.notified().await;
    }
}

/// Answers with what it saw; some methods stand for what else can happen behind the edge.
async fn stub(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let message: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let caller = parts.extensions.get::<Caller>().unwrap();
    let slot = parts.extensions.get::<VerdictSlot>().unwrap();
    let said = |verdict| slot.fill(verdict);
    let nothing = TokenVerdict::default();
    match message.get("method").and_then(Value::as_str) {
        Some("panic") => panic!("a secret detail"),
        Some("hang") => std::future::pending().await,
        Some("subscriptions/listen") => {
            let [first, last] = [r#"{"id":"first"}"#, r#"{"id":"last"}"#].map(Bytes::from);
            let mut response = StatusCode::OK.into_response();
            response.extensions_mut().insert(Subscription {
                id: message["id"].clone(),
                first,
                last,
            });
            return response;
        }
        Some("tick") => tokio::time::sleep(Duration::from_millis(50)).await,
        Some("slow") => {
            opened(parts.extensions.get()).await;
            return axum::Json(json!({"id": 1, "result": {}})).into_response();
        }
        Some("slow refused") => {
            opened(parts.extensions.get()).await;
            said(TokenVerdict { refused: true, ..nothing });
            return axum::Json(json!({"id": 1, "result": {}})).into_response();
        }
        Some("slow stream refused") => {
            let (gate, slot) = (parts.extensions.get::<Gate>().cloned(), slot.clone());
            let frame = async move {
                opened(gate.as_ref()).await;
                slot.fill(TokenVerdict { refused: true, ..nothing });
                Ok::<_, Infallible>("data: 1\n\n")
            };
            let kind = [(header::CONTENT_TYPE, "text/event-stream")];
            return (kind, Body::from_stream(stream::once(frame))).into_response();
        }
        Some("slow stream") => {
            opened(parts.extensions.get()).await;
            let kind = [(header::CONTENT_TYPE, "text/event-stream")];
            return (kind, "data: 1\n\ndata: 2\n\n").into_response();
        }
        Some("lacking") => {
            said(TokenVerdict { missing_scopes: Some("write:jira-work".into()), ..nothing });
        }
        Some("refused") => said(TokenVerdict { refused: true, ..nothing }),
        Some("taken") => said(TokenVerdict { accepted: true, ..nothing }),
        Some("unreadable") => {
            return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "fail to deserialize").into_response();
        }
        Some("broken") => return (StatusCode::INTERNAL_SERVER_ERROR, "at /home/x").into_response(),
        Some("large") => return Bytes::from(vec![b'x'; 64 << 20]).into_response(),
        Some("notifications/initialized") => return StatusCode::ACCEPTED.into_response(),
        _ => {}
    }
    let headers: Value =
        parts.headers.iter().map(|(k, v)| (k.to_string(), json!(v.to_str().unwrap()))).collect();
    let narrowing = parts.extensions.get::<crate::policy::Narrowing>().unwrap();
    let sent = caller.credentials().for_upstream().await.unwrap().expose_header_value();
    axum::Json(json!({
        "headers": headers,
        "body": String::from_utf8(bytes.to_vec()).unwrap(),
        "readonly": narrowing.read_only,
        "toolsets": narrowing.toolsets,
        "site": caller.requested_site(),
        "subject": caller.principal().subject.as_deref(),
        "request_id": caller.request_id(),
        "id_agrees": parts.extensions.get::<RequestId>().unwrap().as_str() == caller.request_id(),
        "token_arrived": sent == format!("Bearer {}", token()),
        "other_token_arrived": sent == authenticators::OTHER_TOKEN,
    }))
    .into_response()
}
