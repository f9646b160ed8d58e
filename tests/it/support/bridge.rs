//! A bridge on a port of its own, spoken to the way Copilot Studio does.

use std::sync::Arc;

use http::{Method, header};
use jira_mcp_bridge::{
    config::{Config, Source},
    http::Drain,
    run,
};
use jira_sandbox::{Sandbox, Seed};
use serde_json::{Map, Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use super::Upstream;

/// 2026-11-20T12:00:00Z: the sandbox's data and clock stand still at it.
pub(crate) const NOW_MS: i64 = 1_795_176_000_000;

/// What the gateway would inject; made at run time so that nothing in the repository looks like a
/// secret.
pub(crate) fn gateway_secret() -> String {
    "gateway".repeat(6)
}

/// The worlds in which what holds of every site is tried.
pub(crate) const SEEDS: [Seed; 2] = [Seed::Standard, Seed::Awkward];

/// A running bridge and the upstream behind it.
pub(crate) struct Bridge {
    pub(crate) url: String,
    pub(crate) upstream: Upstream,
    tokens: Vec<(String, String)>,
    client: reqwest::Client,
    admin: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Drain>,
}

/// One HTTP answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

/// One tool result.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) is_error: bool,
    pub(crate) value: Value,
    /// Bytes of the whole JSON-RPC reply.
    pub(crate) bytes: usize,
}

impl Bridge {
    /// The real router over the seeded sandbox, with default settings but for retries without
    /// waits.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same over one of the sandbox's worlds.
    pub(crate) async fn start_with(seed: Seed) -> Self {
        Self::on(seed, &[]).await
    }

    /// The usual world with other settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Seed::Standard, settings).await
    }

    async fn on(seed: Seed, settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::of(seed, Arc::new(|| NOW_MS));
        let tokens = sandbox.tokens();
        Self::over(sandbox.router(), tokens, settings).await
    }

    /// A bridge over any upstream.
    pub(crate) async fn over(
        router: axum::Router,
        tokens: Vec<(String, String)>,
        settings: &[(&str, &str)],
    ) -> Self {
        Self::before(Upstream::start(router).await, tokens, settings).await
    }

    /// A bridge in front of an upstream that runs already.
    pub(crate) async fn before(
        upstream: Upstream,
        tokens: Vec<(String, String)>,
        settings: &[(&str, &str)],
    ) -> Self {
        let base = [
            ("PORT", "0".to_owned()),
            ("ADMIN_ADDR", String::new()),
            ("JIRA_API_BASE_URL", format!("http://{}", upstream.address)),
            ("RETRY_BASE_MS", "1".to_owned()),
            ("RATE_LIMIT_PER_USER_PER_MINUTE", "100000".to_owned()),
            ("MAX_CONCURRENT_PER_USER", "1000".to_owned()),
        ];
        let own = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let config = Config::read(&Source::of(base.into_iter().chain(own))).expect("good settings");
        let bound = run::bind(config).await.expect("a free port");
        let url = format!("http://{}", bound.address());
        let admin =
            bound.admin_address().map(|address| format!("http://{address}")).unwrap_or_default();
        let (stop, stopped) = oneshot::channel();
        // A bridge that is dropped is one that nobody asks any more.
        let served = tokio::spawn(bound.serve(async move { stopped.await.unwrap_or_default() }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, upstream, tokens, client, admin, stop, served }
    }

    /// Stops it as SIGTERM would, and waits for the end.
    pub(crate) async fn stop(self) -> Drain {
        self.stop.send(()).expect("a running bridge");
        // Connections that idle in the client's pool would be waited for.
        drop(self.client);
        self.served.await.expect("no panic")
    }

    /// What operators scrape; needs ADMIN_ADDR among the settings.
    pub(crate) async fn metrics(&self) -> String {
        let answer =
            self.client.get(format!("{}/metrics", self.admin)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("a body of text")
    }

    /// What the admin listener answers, also under another `Host`; needs ADMIN_ADDR among the
    /// settings.
    pub(crate) async fn admin(&self, path: &str, host: Option<&str>) -> Reply {
        let mut request = self.client.get(format!("{}{path}", self.admin));
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Reply { status, headers, text: answer.text().await.expect("a body of text") }
    }

    /// The tokens of all users.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|(_, token)| token.as_str())
    }

    /// The token of a sandbox user, by name.
    pub(crate) fn token(&self, name: &str) -> &str {
        let found = self.tokens.iter().find(|(known, _)| known == name);
        found.map_or_else(|| panic!("no token of {name}"), |(_, token)| token.as_str())
    }

    /// The names of the sandbox's users.
    pub(crate) fn users(&self) -> Vec<String> {
        self.tokens.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Any request; the answer is searched for secrets before anybody sees it.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request = self.client.request(method, format!("{}{path}", self.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body of text");
        let shown = format!("{headers:?}{text}");
        for (_, token) in &self.tokens {
            assert!(!shown.contains(token.as_str()), "an answer holds a token");
        }
        assert!(!shown.contains(&gateway_secret()), "an answer holds the gateway secret");
        Reply { status, headers, text }
    }

    /// A POST to /mcp as a user.
    pub(crate) async fn post(&self, user: &str, body: &Value) -> Reply {
        self.post_to("/mcp", user, &[], body).await
    }

    /// A POST to any path below /mcp with more headers.
    pub(crate) async fn post_to(
        &self,
        path: &str,
        user: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Reply {
        let bearer = format!("Bearer {}", self.token(user));
        let mut all = vec![
            (header::AUTHORIZATION.as_str(), bearer.as_str()),
            (header::CONTENT_TYPE.as_str(), "application/json; charset=utf-8"),
            (header::ACCEPT.as_str(), "application/json,text/event-stream"),
        ];
        all.extend(headers);
        self.send(Method::POST, path, &all, body.to_string()).await
    }

    /// A JSON-RPC request; the whole reply as JSON.
    pub(crate) async fn rpc(&self, user: &str, method: &str, params: Value) -> Value {
        let reply = self
            .post(user, &json!({"jsonrpc": "2.0", "id": "7", "method": method, "params": params}))
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// A tool call as a user.
    pub(crate) async fn call(&self, user: &str, tool: &str, arguments: Value) -> Tool {
        let body = json!({
            "jsonrpc": "2.0", "id": "7", "method": "tools/call", "params": {"name": tool, "arguments": arguments},
        });
        let reply = self.post(user, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let json = reply.json();
        let result = &json["result"];
        let text = result["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("no tool result: {json}"));
        Tool {
            is_error: result["isError"].as_bool().unwrap_or(false),
            value: serde_json::from_str(text).unwrap(),
            bytes: reply.text.len(),
        }
    }

    /// A tool call as the user who sees everything, which must succeed.
    pub(crate) async fn anna(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call("anna", tool, arguments).await;
        assert!(!result.is_error, "{tool}: {}", result.value);
        result.value
    }

    /// A tool call as the user who sees everything, which must fail; the envelope.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call("anna", tool, arguments).await;
        assert!(result.is_error, "{tool} succeeded: {}", result.value);
        for name in ["error", "message", "retryable", "request_id"] {
            assert!(result.value.get(name).is_some(), "no {name} in {}", result.value);
        }
        result.value
    }

    /// The names of the tools that a user sees on a path.
    pub(crate) async fn tool_names(&self, path: &str, headers: &[(&str, &str)]) -> Vec<String> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let reply = self.post_to(path, "anna", headers, &body).await.json();
        let tools = reply["result"]["tools"]
            .as_array()
            .unwrap_or_else(|| panic!("no tools: {reply}"))
            .clone();
        tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The fields of an object that a test names, for comparing a part of it.
pub(crate) fn part(value: &Value, names: &[&str]) -> Value {
    let picked: Map<String, Value> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value.get(*name)?.clone())))
        .collect();
    Value::Object(picked)
}
