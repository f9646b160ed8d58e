//! The short way of a tool call. Clients of before 2026-07-28 send it whole in one POST, so it needs nothing of what rmcp
//! sets up for a request: a transport, channels, four tasks, a second parse. Every other message goes to rmcp.
//!
//! What is answered here is answered as rmcp would; `tests/it/direct.rs` holds both ways against each other.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header, request::Parts};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, JsonRpcError, JsonRpcResponse,
    JsonRpcVersion2_0, ProtocolVersion, RequestId,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;
use tower::Service;
use tracing::Instrument;

use super::handler::{Asked, Server};

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// What a reply holds beside its text: ids, names, metadata.
const ROOM_BYTES: usize = 512;

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Tool calls of the older protocol by the short way, the rest to `rmcp`.
#[derive(Clone, Debug)]
pub struct HttpService<S> {
    server: Server,
    rmcp: S,
}

impl<S> HttpService<S> {
    pub(super) fn new(server: Server, rmcp: S) -> Self {
        Self { server, rmcp }
    }
}

impl<S, B> Service<Request<B>> for HttpService<S>
where
    S: Service<Request<Full<Bytes>>, Response = Answer, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data: Send> + Send + 'static,
{
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.rmcp.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { server, mut rmcp } = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            // The edge has read the body already; one that broke nevertheless is as good as none.
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            match ToolCall::read(&parts.headers, &body) {
                Some(call) => Ok(respond(call.answer(server, parts).await)),
                None => rmcp.call(Request::from_parts(parts, Full::new(body))).await,
            }
        })
    }
}

#[derive(Deserialize)]
struct Message<'a> {
    id: RequestId,
    #[serde(borrow)]
    method: &'a str,
    #[serde(borrow)]
    params: &'a RawValue,
}

struct ToolCall {
    id: RequestId,
    params: CallToolRequestParams,
}

impl ToolCall {
    /// None for whatever rmcp has to judge: another method, another era, or odd parameters.
    fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        if !is_before_2026(headers) {
            return None;
        }
        let Message { id, method, params } = serde_json::from_slice(body).ok()?;
        if method != "tools/call" {
            return None;
        }
        let params: CallToolRequestParams = serde_json::from_str(params.get()).ok()?;
        let says_version = params.meta.as_ref().is_some_and(|meta| meta.protocol_version().is_some());
        (!says_version).then_some(Self { id, params })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a write that has begun is finished although its client left"
    )]
    async fn answer(self, server: Server, parts: Parts) -> Vec<u8> {
        let Self { id, params } = self;
        let gone = CancellationToken::new();
        let called = {
            let (gone, id_bytes) = (gone.clone(), bytes_of(&id));
            async move {
                let asked =
                    Asked { parts: Some(&parts), gone: &gone, is_modern: false, can_ask: false, id_bytes };
                server.call(params, asked).await
            }
        };
        // Dropped with this future when the client leaves, and then tells the tool so.
        let _left = gone.drop_guard();
        let outcome = match tokio::spawn(called.in_current_span()).await {
            Ok(outcome) => outcome.and_then(complete),
            Err(_panic) => Err(ErrorData::internal_error("the call stopped unexpectedly", None)),
        };
        match outcome {
            Ok(result) => written(room(&result), &JsonRpcResponse { jsonrpc: JsonRpcVersion2_0, id, result }),
            Err(error) => written(ROOM_BYTES, &JsonRpcError::new(Some(id), error)),
        }
    }
}

/// Clients that name no version speak 2025-03-26; an unknown or repeated one is rmcp's to refuse.
fn is_before_2026(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(VERSION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return !headers.contains_key(VERSION) };
    let known = ProtocolVersion::KNOWN_VERSIONS.iter().map(ProtocolVersion::as_str);
    // ISO dates compare as text as they do as dates.
    let mut old = known.filter(|version| *version < ProtocolVersion::V_2026_07_28.as_str());
    old.any(|version| line.as_bytes() == version.as_bytes())
}

/// Those clients know neither questions nor the member that tells results apart.
fn complete(response: CallToolResponse) -> Result<CallToolResult, ErrorData> {
    match response {
        CallToolResponse::Complete(mut result) => {
            result.result_type = None;
            Ok(result)
        }
        _ => Err(ErrorData::internal_error("the call asked for input that the client cannot give", None)),
    }
}

pub(super) fn bytes_of(id: &RequestId) -> usize {
    serde_json::to_string(id).map_or(0, |id| id.len())
}

/// So that writing grows no buffer: text is JSON within JSON, about a quarter of it quotes.
fn room(result: &CallToolResult) -> usize {
    let bytes = super::blocks::bytes(result);
    bytes + bytes / 4 + ROOM_BYTES
}

fn written(room: usize, message: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(room);
    // Made of texts and numbers, so it can be written; an empty body would be a client's parse error.
    let _ = serde_json::to_writer(&mut body, message);
    body
}

fn respond(body: Vec<u8>) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(body)).boxed());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
