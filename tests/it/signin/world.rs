//! A bridge that signs people in at the sandbox's identity provider, on a clock of the test's own.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::Method;
use jira_mcp_bridge::{
    config::{Config, Source},
    run,
    signin::Clock,
};
use jira_sandbox::{IdentityClient, IdentitySettings, Sandbox, Seed};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use super::Answer;
use crate::support::{NOW_MS, Upstream};

/// Under what name the bridge is registered at the provider.
pub(super) const UPSTREAM_ID: &str = "bridge-at-provider";

/// Made at run time, so that nothing in the repository looks like a secret.
pub(super) fn upstream_secret() -> String {
    "provider".repeat(6)
}

/// Another tenant, whose tokens the same keys sign; nobody signs in there.
pub(super) const OTHER_TENANT: &str = "99999999-ffff-4fff-8fff-000000000009";

/// All of it.
pub(super) struct World {
    /// The issuer.
    pub(super) url: String,
    pub(super) sandbox: Sandbox,
    pub(super) jira: Upstream,
    /// Where the provider is.
    pub(super) provider: String,
    exchanges: Exchanges,
    settings: Vec<(String, String)>,
    clock: Arc<AtomicI64>,
    http: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

/// A further bridge, until it is dropped.
pub(super) struct Replica {
    pub(super) url: String,
    _stop: oneshot::Sender<()>,
}

/// Where a bridge is, under which name it is known, and what ends it.
async fn bridge(
    settings: &[(String, String)],
    clock: &Arc<AtomicI64>,
) -> (String, String, oneshot::Sender<()>) {
    let source = settings.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let config = Config::read(&Source::of(source)).expect("good settings");
    let now = Arc::clone(clock);
    let now_ms = move || u64::try_from(now.load(Ordering::SeqCst)).unwrap();
    let bound = run::bind_at(config, Clock::new(now_ms)).await.expect("a free port");
    let url = format!("http://{}", bound.address());
    let issuer = bound.issuer().map_or_else(|| url.clone(), str::to_owned);
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(bound.serve(async move { stopped.await.unwrap_or_default() }));
    (url, issuer, stop)
}

/// What the provider was asked, and what it said.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) path: String,
    pub(super) sent: String,
    pub(super) answer: String,
}

type Exchanges = Arc<Mutex<Vec<Exchange>>>;

impl World {
    pub(super) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With settings of its own.
    pub(super) async fn with(settings: &[(&str, &str)]) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW_MS));
        let now = Arc::clone(&clock);
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(move || now.load(Ordering::SeqCst)));
        let jira = Upstream::start(sandbox.router()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = format!("http://{}", listener.local_addr().unwrap());
        let tenant_id = IdentitySettings::new(&provider, Vec::new()).tenant_id;
        let base = [
            ("PORT", "0".to_owned()),
            ("ADMIN_ADDR", String::new()),
            ("RETRY_BASE_MS", "1".to_owned()),
            ("JIRA_API_BASE_URL", format!("http://{}", jira.address)),
            ("AUTH", "atlassian,signin".to_owned()),
            ("ATLASSIAN_AUTH_BASE_URL", provider.clone()),
            ("ATLASSIAN_CLIENT_ID", UPSTREAM_ID.to_owned()),
            ("ATLASSIAN_CLIENT_SECRET", upstream_secret()),
            ("ENTRA_AUTHORITY", provider.clone()),
            ("ENTRA_TENANT_ID", tenant_id),
            ("ENTRA_CLIENT_ID", UPSTREAM_ID.to_owned()),
            ("ENTRA_CLIENT_SECRET", upstream_secret()),
        ];
        let own = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let all = base.into_iter().chain(own).map(|(name, value)| (name.to_owned(), value));
        let settings: Vec<_> = all.collect();
        let (url, issuer, stop) = bridge(&settings, &clock).await;

        let client = IdentityClient {
            id: UPSTREAM_ID.to_owned(),
            secret: upstream_secret(),
            redirect_uris: vec![format!("{issuer}/auth/callback")],
        };
        let exchanges = Exchanges::default();
        let settings_of = |clients| IdentitySettings::new(&provider, clients);
        let other = IdentitySettings { tenant_id: OTHER_TENANT.to_owned(), ..settings_of(vec![]) };
        let other_keys = format!("/{OTHER_TENANT}/discovery/v2.0/keys");
        let router = sandbox
            .identity_router(settings_of(vec![client]))
            .route_service(&other_keys, sandbox.identity_router(other).into_service::<Body>());
        let router: Router = router.layer(from_fn_with_state(Arc::clone(&exchanges), listen));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { url, sandbox, jira, provider, exchanges, settings, clock, http, _stop: stop }
    }

    /// Another bridge under the name of this one, with the same settings but for these.
    pub(super) async fn replica(&self, settings: &[(&str, &str)]) -> Replica {
        let named = [("PUBLIC_BASE_URL", self.url.as_str())];
        let own = named.iter().chain(settings);
        let own = own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let all: Vec<_> = self.settings.iter().cloned().chain(own).collect();
        let (url, issuer, stop) = bridge(&all, &self.clock).await;
        assert_eq!(issuer, self.url);
        Replica { url, _stop: stop }
    }

    /// Lets time pass, for the bridge's sessions and for the provider.
    pub(super) fn advance_ms(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }

    /// Every token that the provider ever gave.
    pub(super) fn upstream_tokens(&self) -> Vec<String> {
        let answers = self.exchanges().into_iter();
        let answers =
            answers.filter_map(|exchange| serde_json::from_str::<Value>(&exchange.answer).ok());
        let names = ["access_token", "refresh_token", "id_token"];
        answers
            .flat_map(|json| names.map(|name| json[name].as_str().map(str::to_owned)))
            .flatten()
            .collect()
    }

    /// Any request to the bridge, by path, or to the provider, by URL. What the bridge says is
    /// searched for what must not leave it.
    pub(super) async fn send(
        &self,
        method: Method,
        at: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let url = if at.starts_with('/') { format!("{}{at}", self.url) } else { at.to_owned() };
        let mut request = self.http.request(method, &url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body of text");
        if url.starts_with(&self.url) {
            let shown = format!("{headers:?}{text}");
            let location = headers.get("location").map(|value| value.to_str().unwrap().to_owned());
            let shown = shown + &location.unwrap_or_default();
            let secrets = self.upstream_tokens().into_iter().chain([upstream_secret()]);
            for secret in secrets {
                assert!(!shown.contains(&secret), "{url}: an answer holds a secret");
            }
            assert_ne!(status, 500, "{url}: {text}");
        }
        Answer { url, status, headers, text }
    }

    pub(super) async fn get(&self, at: &str) -> Answer {
        self.send(Method::GET, at, &[], "").await
    }

    /// A form, as programs post it.
    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(path, form, &[]).await
    }

    pub(super) async fn post_with(
        &self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = [kind].iter().chain(headers).copied().collect();
        self.send(Method::POST, path, &headers, encoded(form)).await
    }

    /// Asks Jira who the bearer is.
    pub(super) async fn whoami(&self, token: &str) -> Answer {
        let params = json!({"name": "jira_whoami", "arguments": {}});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        self.send(Method::POST, "/mcp", &headers, body.to_string()).await
    }

    /// Whether the token lets a program work as this person.
    #[track_caller]
    pub(super) fn assert_is(answer: &Answer, name: &str) {
        assert!(answer.status == 200 && answer.text.contains(name), "{answer:?}");
    }

    /// A 401 by which a client finds its way to a new sign-in.
    #[track_caller]
    pub(super) fn assert_out(&self, answer: &Answer) {
        let challenge = answer.header("www-authenticate");
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", self.url);
        assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    }
}

pub(super) fn encoded(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

async fn listen(State(exchanges): State<Exchanges>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
    let sent = format!("{query}{}", String::from_utf8_lossy(&body));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = String::from_utf8_lossy(&body).into_owned();
    exchanges.lock().unwrap().push(Exchange { path, sent, answer });
    Response::from_parts(parts, Body::from(body))
}
