//! The tower service behind the edge: what is usual is answered by `fast`, all else through rmcp.

use std::{
    convert::Infallible,
    error::Error,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use auth::Caller;
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Collected, Full};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use tower::Service;

use super::{
    answer::{Answer, json},
    apps,
    cancellation::cancelled_id,
    fast, listen, params,
    server::Server,
};

/// A comment this often keeps proxies from giving up a stream that has nothing to say yet.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Any MCP server over streamable HTTP as this product speaks it: stateless, one JSON reply for
/// each POST, a stream only where there is something to say before the reply.
///
/// Host, Origin and body size are the edge's questions, asked before anything is parsed; here they
/// are off so that one place decides.
pub fn streamable<H>(
    handler: H,
    body_bytes_max: usize,
) -> StreamableHttpService<H, NeverSessionManager>
where
    H: ServerHandler + Clone + Send + Sync + 'static,
{
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(Some(KEEP_ALIVE))
        .with_max_request_body_bytes(body_bytes_max)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    )
}

/// The product's server as a tower service.
#[derive(Clone)]
pub struct HttpService {
    server: Server,
    rmcp: StreamableHttpService<Server, NeverSessionManager>,
}

impl HttpService {
    /// Serves `server`, whose requests hold `body_bytes_max` at most.
    pub fn new(server: Server, body_bytes_max: usize) -> Self {
        Self { rmcp: streamable(server.clone(), body_bytes_max), server }
    }

    async fn answer<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Error + Send + Sync + 'static,
    {
        if request.method() != Method::POST {
            return self.rmcp.handle(request).await;
        }
        let (parts, body) = request.into_parts();
        // The edge has read and bounded it already. One that breaks off is no message, and rmcp
        // says so of an empty one.
        let body = body.collect().await.map_or_else(|_| Bytes::new(), Collected::to_bytes);
        let parts = match fast::answer(&self.server, parts, &body).await {
            fast::Fast::Answered(answer) => return *answer,
            fast::Fast::NotRecognised(parts) => *parts,
        };
        if let Some(answer) = listen::answer(&self.server, &parts.headers, &body) {
            return answer;
        }
        if let Some(fault) = params::cursor_fault(&body) {
            return json(fault.to_reply().into());
        }
        let mark = apps::mark(&body);
        let cancelled = cancelled_id(&body);
        let cancelled = parts.extensions.get::<Caller>().map(Caller::credential_key).zip(cancelled);
        let mut answer = self.rmcp.handle(Request::from_parts(parts, Full::new(body))).await;
        if let Some((name, value)) = mark.filter(|_| answer.status() == StatusCode::OK) {
            answer.headers_mut().insert(name, value);
        }
        if let Some((caller, id)) = cancelled.filter(|_| answer.status() == StatusCode::ACCEPTED) {
            let found = self.server.cancel(caller, id);
            tracing::debug!(found, "a client cancelled a call");
        }
        answer
    }
}

impl<B> Service<Request<B>> for HttpService
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Error + Send + Sync + 'static,
{
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}
