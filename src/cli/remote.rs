//! Requests of commands to a server that runs: each is sent once, nothing is followed, everything
//! is bounded.

use std::{str::FromStr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::time::Instant;
use upstream::{BuildError, Request, Response, Safety, Settings, Upstream, UpstreamError};
use url::Url;

use crate::{cli::report::causes, config, program::USER_AGENT};

const GATEWAY: HeaderName = HeaderName::from_static("x-gateway-token");
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Where secrets may be sent: https, or http to this machine.
#[derive(Debug, Clone)]
pub(super) struct SafeUrl(Url);

impl SafeUrl {
    pub(super) fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for SafeUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = text.parse::<Url>().ok().filter(config::is_safe_upstream);
        url.map(Self)
            .ok_or("expected an https URL without user, query or fragment; http only to loopback")
    }
}

/// A header's value that is never shown.
#[derive(Debug, Clone)]
pub(super) struct Secret(HeaderValue);

impl Secret {
    pub(super) fn new(before: &str, secret: &SecretString) -> Option<Self> {
        let text = secret.expose_secret().trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let mut value = HeaderValue::try_from(format!("{before}{text}")).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }
}

/// Who a request says it comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Credentials<'a> {
    pub(super) token: Option<&'a Secret>,
    pub(super) gateway: Option<&'a Secret>,
}

impl Credentials<'_> {
    fn headers(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(Secret(token)) = self.token {
            headers.insert(header::AUTHORIZATION, token.clone());
        }
        if let Some(Secret(gateway)) = self.gateway {
            headers.insert(GATEWAY, gateway.clone());
        }
        headers
    }
}

/// Why there is no usable answer.
#[derive(Debug)]
pub(super) struct NoAnswer {
    pub(super) reason: String,
    /// No connection came about, so no other request to the same place will fare better.
    pub(super) is_unreachable: bool,
}

impl From<UpstreamError> for NoAnswer {
    fn from(fault: UpstreamError) -> Self {
        let reason = causes(&fault);
        Self { reason, is_unreachable: matches!(fault, UpstreamError::Connect { .. }) }
    }
}

/// The way out: one client for all requests of a command.
pub(super) struct Client {
    upstream: Upstream,
    timeout: Duration,
    command: &'static str,
}

impl Client {
    pub(super) fn new(timeout: Duration, command: &'static str) -> Result<Self, BuildError> {
        let settings = Settings {
            timeout,
            retry_max: 0,
            // Each request is to see the server as it is.
            breaker_failures: u32::MAX,
            body_bytes_max: BODY_BYTES_MAX,
            ..Settings::new(USER_AGENT)
        };
        Ok(Self { upstream: Upstream::new(&settings)?, timeout, command })
    }

    /// One MCP message.
    pub(super) async fn post(
        &self,
        url: &Url,
        credentials: Credentials<'_>,
        message: &Value,
    ) -> Result<Response, NoAnswer> {
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let mut headers = credentials.headers();
        headers.insert(header::CONTENT_TYPE, json);
        headers
            .insert(header::ACCEPT, HeaderValue::from_static("application/json,text/event-stream"));
        self.send(Method::POST, url, headers, Some(Bytes::from(message.to_string()))).await
    }

    /// A GET without a body.
    pub(super) async fn get(
        &self,
        url: &Url,
        credentials: Credentials<'_>,
    ) -> Result<Response, NoAnswer> {
        self.send(Method::GET, url, credentials.headers(), None).await
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, NoAnswer> {
        // Never repeated: a smoke test that hides the first failure hides the finding, and a call
        // may be a write.
        let mut request = Request::new(method, url.clone(), Safety::Write, self.command.into());
        request.headers = headers;
        request.body = body;
        Ok(self.upstream.call(&request, Instant::now() + self.timeout * 2).await?)
    }
}

/// A JSON-RPC request as Copilot Studio sends it.
pub(super) fn message(id: &str, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The result of a JSON-RPC answer with this id, or what came instead.
pub(super) fn result_of(answer: &Response, id: &str) -> Result<Value, String> {
    let status = answer.status.as_u16();
    let Ok(reply) = serde_json::from_slice::<Value>(&answer.body) else {
        return Err(format!("HTTP {status} without JSON: {}", beginning(&answer.body)));
    };
    if status != 200 {
        return Err(format!("HTTP {status}: {}", explained(&reply)));
    }
    result_in(reply, id)
}

/// The result of a JSON-RPC reply with this id, or what it says instead.
pub(super) fn result_in(mut reply: Value, id: &str) -> Result<Value, String> {
    if reply.get("id").and_then(Value::as_str) != Some(id) {
        return Err("the answer is not to the question: its id differs".to_owned());
    }
    match reply.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(format!("a JSON-RPC error: {}", explained(&reply))),
    }
}

/// What an error body says, in the shapes of the bridge, of the gateway and of JSON-RPC; the code
/// word in brackets.
pub(super) fn explained(reply: &Value) -> String {
    let text = |place: &str| reply.pointer(place).and_then(Value::as_str);
    // The bridge's own envelope says it in two parts; in JSON-RPC its message has both.
    let said: Vec<&str> = match text("/error/message") {
        Some(message) => vec![message],
        None => ["/message", "/hint", "/reason"].into_iter().filter_map(text).collect(),
    };
    match (said.as_slice(), code_of(reply)) {
        ([], None) => beginning(reply.to_string().as_bytes()),
        ([], Some(code)) => code.to_owned(),
        (said, None) => said.join(" "),
        (said, Some(code)) => format!("{} ({code})", said.join(" ")),
    }
}

/// The code word of the bridge's envelope, which a JSON-RPC error carries among its data.
pub(super) fn code_of(reply: &Value) -> Option<&str> {
    ["/error/data/error", "/error"].into_iter().find_map(|place| reply.pointer(place)?.as_str())
}

/// A body that is not what it should be. It is shortened where it is shown, after secrets in it
/// were covered: half a secret would not be recognised.
pub(super) fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if text.trim().is_empty() { "an empty body".to_owned() } else { text.into_owned() }
}
