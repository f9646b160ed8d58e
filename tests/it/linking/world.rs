//! A bridge whose people sign in at Entra ID, the sandbox's providers, and programs that use it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use jira_sandbox::{Grant, Identity, IdentityClient, IdentitySettings, Provider, Sandbox, Seed};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::browser::{Browser, PROGRAM, Page};
use crate::support::{Bridge, Reply, Upstream};

const VERIFIER: &str = "a-verifier-of-a-test-that-has-more-than-43-characters";

/// All servers, and a hand on the providers.
pub(super) struct World {
    pub(super) bridge: Bridge,
    pub(super) identity: Identity,
}

/// A program that was registered.
pub(super) struct Program<'a> {
    world: &'a World,
    id: String,
}

/// What a program holds.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    elapsed.as_millis().try_into().unwrap()
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

impl World {
    pub(super) async fn start() -> Self {
        Self::with(&[], Duration::from_hours(1)).await
    }

    /// With more settings, and Entra's access tokens good for so long.
    pub(super) async fn with(settings: &[(&str, &str)], entra_life: Duration) -> Self {
        // Tokens and sessions live by the system's clock.
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(now_ms));
        let ((atlassian, atlassian_url), (entra, entra_url)) = (listen().await, listen().await);
        let secret = URL_SAFE_NO_PAD.encode(digest(&SHA256, atlassian_url.as_bytes()));
        let tenant_id = IdentitySettings::new(&entra_url, Vec::new()).tenant_id;
        let base = [
            ("AUTH", "signin"),
            ("SIGNIN_PROVIDER", "entra"),
            ("ATLASSIAN_AUTH_BASE_URL", &atlassian_url),
            ("ATLASSIAN_CLIENT_ID", "bridge"),
            ("ATLASSIAN_CLIENT_SECRET", &secret),
            ("ENTRA_AUTHORITY", &entra_url),
            ("ENTRA_TENANT_ID", &tenant_id),
            ("ENTRA_CLIENT_ID", "bridge"),
            ("ENTRA_CLIENT_SECRET", &secret),
        ];
        let all: Vec<_> = base.into_iter().chain(settings.iter().copied()).collect();
        let upstream = Upstream::start(sandbox.router()).await;
        let bridge = Bridge::before(upstream, sandbox.tokens(), &all).await;
        let client = IdentityClient {
            id: "bridge".to_owned(),
            secret,
            redirect_uris: vec![format!("{}/auth/callback", bridge.url)],
        };
        for (listener, url, life) in
            [(atlassian, atlassian_url, Duration::from_hours(1)), (entra, entra_url, entra_life)]
        {
            let settings = IdentitySettings::new(&url, vec![client.clone()]);
            let settings = IdentitySettings { access_token_life: life, ..settings };
            let router = sandbox.identity_router(settings);
            tokio::spawn(async move { axum::serve(listener, router).await });
        }
        Self { bridge, identity: sandbox.identity() }
    }

    /// What the providers' books say of one of them.
    pub(super) fn grants(&self, provider: Provider) -> Vec<Grant> {
        let all = self.identity.grants().into_iter();
        all.filter(|grant| grant.provider == provider).collect()
    }

    pub(super) async fn program(&self) -> Program<'_> {
        let body = json!({
            "redirect_uris": [PROGRAM], "client_name": "Agent", "token_endpoint_auth_method": "none",
        });
        let headers = [("content-type", "application/json")];
        let reply = self.bridge.send(Method::POST, "/register", &headers, body.to_string()).await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
        Program { world: self, id: reply.json()["client_id"].as_str().unwrap().to_owned() }
    }

    /// A JSON-RPC request as a client of before 2026-07-28; the whole reply.
    pub(super) async fn rpc(&self, token: &str, method: &str, params: Value) -> Reply {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.post(token, &[], &body).await
    }

    async fn post(&self, token: &str, more: &[(&str, &str)], body: &Value) -> Reply {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        headers.extend(more);
        self.bridge.send(Method::POST, "/mcp", &headers, body.to_string()).await
    }

    /// What a tool says as text, and whether it is an error.
    pub(super) async fn call(&self, token: &str, tool: &str, arguments: Value) -> (bool, Value) {
        let params = json!({"name": tool, "arguments": arguments});
        let reply = self.rpc(token, "tools/call", params).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        told(&reply.json()["result"])
    }

    /// The result of a tool call by a client of 2026-07-28 with these capabilities.
    pub(super) async fn modern(
        &self,
        token: &str,
        capabilities: Value,
        tool: &str,
        retry: Value,
    ) -> Value {
        let mut params = retry;
        params["name"] = json!(tool);
        params["arguments"] = json!({});
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", tool),
        ];
        let body = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params});
        let reply = self.post(token, &headers, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["result"].clone()
    }

    /// The link that a Jira tool answers with, where Jira is not connected.
    pub(super) async fn link(&self, tokens: &Tokens) -> String {
        let (is_error, told) = self.call(&tokens.access, "jira_whoami", json!({})).await;
        assert!(is_error && told["error"] == "sign_in_required", "{told}");
        told["url"].as_str().unwrap_or_else(|| panic!("no link: {told}")).to_owned()
    }

    /// Whether Jira answers a program as Anna.
    pub(super) async fn is_connected(&self, tokens: &Tokens) -> bool {
        let (is_error, told) = self.call(&tokens.access, "jira_whoami", json!({})).await;
        assert_eq!(is_error, told["error"] == "sign_in_required", "{told}");
        assert_eq!(is_error, !told.to_string().contains("Anna"), "{told}");
        !is_error
    }
}

/// The text of a complete result, which is JSON.
pub(super) fn told(result: &Value) -> (bool, Value) {
    let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}"));
    (result["isError"] == true, serde_json::from_str(text).unwrap())
}

impl Program<'_> {
    pub(super) fn url(&self) -> String {
        let issuer = &self.world.bridge.url;
        let mut url: Url = format!("{issuer}/authorize").parse().unwrap();
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", PROGRAM)
            .append_pair("state", "s-1")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            // Every client of MCP sends it, and Entra refuses who passes it on.
            .append_pair("resource", &format!("{issuer}/mcp"));
        url.into()
    }

    /// To the program's redirect, with a code or a refusal.
    pub(super) async fn walk(&self, browser: &Browser, user: &str) -> Page {
        let page = browser.walk(&self.url(), user).await;
        assert!(page.location.is_some(), "{page:?}");
        assert_eq!(page.sent("state").as_deref(), Some("s-1"));
        assert_eq!(page.sent("iss").as_deref(), Some(self.world.bridge.url.as_str()));
        page
    }

    pub(super) async fn sign_in(&self, browser: &Browser, user: &str) -> Tokens {
        let page = self.walk(browser, user).await;
        let code = page.sent("code").unwrap_or_else(|| panic!("no code: {page:?}"));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", PROGRAM),
            ("code_verifier", VERIFIER),
        ];
        self.tokens(&form).await.unwrap_or_else(|refusal| panic!("no tokens: {refusal}"))
    }

    pub(super) async fn refresh(&self, tokens: &Tokens) -> Result<Tokens, Value> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh)]).await
    }

    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens, Value> {
        let reply = self.post("/token", form).await;
        let json = reply.json();
        if reply.status != 200 {
            return Err(json);
        }
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Ok(Tokens { access: text("access_token"), refresh: text("refresh_token") })
    }

    pub(super) async fn revoke(&self, tokens: &Tokens) {
        let reply = self.post("/revoke", &[("token", &tokens.refresh)]).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(form).append_pair("client_id", &self.id).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.world.bridge.send(Method::POST, path, &headers, body).await
    }
}
