//! The router as clients meet it, over a stub that answers with what reached it.

mod admission;
mod bodies;
mod cors;
mod events;
mod gateway_secrets;
mod limits;
mod logs;
mod messages;
mod rejects;
mod routes;
mod slow;
mod sockets;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use auth::{Caller, KeyedHasher};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use metrics::Signals;
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::{ServiceExt, service_fn};

use super::*;

pub(super) const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// The router and how often its stub was reached.
pub(super) struct Bench {
    pub(super) router: Router,
    pub(super) readiness: Readiness,
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
        let reached = Arc::new(AtomicUsize::new(0));
        let count = reached.clone();
        let stub = service_fn(move |request: Request| {
            count.fetch_add(1, Ordering::SeqCst);
            async move { Ok::<_, Infallible>(stub(request).await) }
        });
        let readiness = Readiness::default();
        let router = router(
            settings,
            KeyedHasher::random().unwrap(),
            readiness.clone(),
            Signals::default(),
            stub,
        );
        Self { router, readiness, reached }
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
    match message.get("method").and_then(Value::as_str) {
        Some("panic") => panic!("a secret detail"),
        Some("hang") => std::future::pending().await,
        Some("slow") => {
            opened(parts.extensions.get()).await;
            return axum::Json(json!({"id": 1, "result": {}})).into_response();
        }
        Some("slow stream") => {
            opened(parts.extensions.get()).await;
            let kind = [(header::CONTENT_TYPE, "text/event-stream")];
            return (kind, "data: 1\n\ndata: 2\n\n").into_response();
        }
        Some("lacking") => caller.report_lacking("write:jira-work"),
        Some("refused") => caller.report_refused(),
        Some("taken") => caller.report_accepted(),
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
    axum::Json(json!({
        "headers": headers,
        "body": String::from_utf8(bytes.to_vec()).unwrap(),
        "readonly": narrowing.read_only,
        "toolsets": narrowing.toolsets,
        "site": caller.requested_site(),
        "request_id": caller.request_id(),
        "id_agrees": parts.extensions.get::<RequestId>().unwrap().as_str() == caller.request_id(),
        "token_arrived": caller.expose_header_value().as_bytes() == format!("Bearer {}", token()).as_bytes(),
    }))
    .into_response()
}
