//! The tower service behind the edge, and the one notice that rmcp drops: a call taken back.
//!
//! Without sessions a `notifications/cancelled` arrives as a request of its own, which rmcp answers with 202 and
//! forgets. What it asks for is done here, in the name of the caller who sent it.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt, Either, Full};
use rmcp::{
    model::RequestId,
    transport::streamable_http_server::{StreamableHttpService, session::never::NeverSessionManager},
};
use serde::Deserialize;
use tower::Service;

use super::handler::Server;
use crate::identity::Caller;

/// A notice holds an id and perhaps a reason. Looking for one in larger bodies is not worth it: ignoring it is allowed.
const NOTICE_BYTES_MAX: u64 = 4096;
const METHOD: &str = "notifications/cancelled";

type Inner = StreamableHttpService<Server, NeverSessionManager>;
type Response = <Inner as Service<Request<Full<Bytes>>>>::Response;

/// MCP over HTTP: one JSON reply for each POST.
#[derive(Clone)]
pub struct Endpoint {
    inner: Inner,
    server: Server,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}

impl Endpoint {
    pub(super) fn new(inner: Inner, server: Server) -> Self {
        Self { inner, server }
    }
}

impl<B> Service<Request<B>> for Endpoint
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { mut inner, server } = self.clone();
        Box::pin(async move {
            if declared_bytes(&request).is_none_or(|bytes| bytes > NOTICE_BYTES_MAX) {
                return inner.call(request.map(Either::<Full<Bytes>, B>::Right)).await;
            }
            let caller = request.extensions().get::<Caller>().map(Caller::key);
            let (parts, body) = request.into_parts();
            // The edge has read and bounded the body already, so this waits for nothing; an empty one is refused below.
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let taken_back = caller.zip(taken_back(&bytes));
            let answer = inner.call(Request::from_parts(parts, Either::<_, B>::Left(Full::new(bytes)))).await;
            if let (Some((caller, id)), Ok(answer)) = (taken_back, &answer)
                && answer.status() == StatusCode::ACCEPTED
            {
                let found = server.take_back(caller, id);
                tracing::debug!(found, "a client took a call back");
            }
            answer
        })
    }
}

fn declared_bytes<B>(request: &Request<B>) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The id of the call that a message takes back, if it is such a notice.
fn taken_back(body: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Notice {
        method: String,
        params: Params,
    }
    #[derive(Deserialize)]
    struct Params {
        #[serde(rename = "requestId")]
        request_id: RequestId,
    }
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains("cancelled"))?;
    let notice: Notice = serde_json::from_str(text).ok()?;
    (notice.method == METHOD).then_some(notice.params.request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_notice_names_a_call() {
        let check =
            |body: &str, expected: Option<RequestId>| assert_eq!(taken_back(body.as_bytes()), expected);
        let notice = |params: &str| format!(r#"{{"jsonrpc":"2.0","method":"{METHOD}","params":{params}}}"#);
        check(&notice(r#"{"requestId":"a","reason":"b"}"#), Some(RequestId::String("a".into())));
        check(&notice(r#"{"requestId":7}"#), Some(RequestId::Number(7)));
        check(&notice("{}"), None);
        check(&notice(r#"{"requestId":null}"#), None);
        check(&notice(r#"{"requestId":[1]}"#), None);
        check(r#"{"method":"tools/call","params":{"requestId":7,"name":"notifications/cancelled"}}"#, None);
        check("notifications/cancelled", None);
        assert_eq!(taken_back(b"\xff cancelled"), None);
    }
}
