//! The sandbox's Jira, its people's sign-in and its agent on loopback, what was asked of the agent,
//! and bridges in front of all.

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
use http::{HeaderMap, Method, header};
use jira_sandbox::{
    Agent, AgentCall, AgentSettings, IdentityClient, IdentitySettings, Sandbox, Seed,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    sessions::{browser::Door, world::ISSUER},
    support::{Bridge, Tool, Upstream},
};

/// All calls that give tokens or conversations.
const TOKEN_CALLS: [AgentCall; 4] =
    [AgentCall::Open, AgentCall::Generate, AgentCall::Refresh, AgentCall::Reconnect];

const CLIENT_ID: &str = "bridge-at-provider";

/// One request to the agent's service, and the answer, but for streams.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: Method,
    /// With the query.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
    pub(super) answer: String,
}

/// All of it.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) agent: Agent,
    pub(super) settings: AgentSettings,
    provider: String,
    tenant_id: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    ahead_ms: Arc<AtomicI64>,
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

impl World {
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With an agent of other settings.
    pub(super) async fn with(change: impl FnOnce(&mut AgentSettings)) -> Self {
        let ahead_ms = Arc::new(AtomicI64::new(0));
        let ahead = Arc::clone(&ahead_ms);
        // Idle time is told from the service's time stamps, so it is the system's clock.
        let clock = move || jiff::Timestamp::now().as_millisecond() + ahead.load(Ordering::SeqCst);
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(clock));
        let ((agent, agent_url), (identity, provider)) = (listen().await, listen().await);
        let mut settings = AgentSettings::new(&agent_url);
        change(&mut settings);
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let router = sandbox.agent_router(settings.clone());
        let router: Router = router.layer(from_fn_with_state(Arc::clone(&seen), record));
        tokio::spawn(async move { axum::serve(agent, router).await });
        let client = IdentityClient {
            id: CLIENT_ID.to_owned(),
            secret: client_secret(),
            redirect_uris: vec![format!("{ISSUER}/auth/callback")],
        };
        let of_identity = IdentitySettings::new(&provider, vec![client]);
        let tenant_id = of_identity.tenant_id.clone();
        let router = sandbox.identity_router(of_identity);
        tokio::spawn(async move { axum::serve(identity, router).await });
        let agent = sandbox.agent();
        Self { sandbox, agent, settings, provider, tenant_id, seen, ahead_ms }
    }

    /// Moves the clock of the services.
    pub(super) fn set_ahead_ms(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }

    /// What reaches the agent over Direct Line.
    pub(super) fn direct_line(&self) -> Vec<(&'static str, String)> {
        let [secret, _] = self.agent.secrets();
        vec![
            ("TOOLSETS", "agent".to_owned()),
            ("DIRECT_LINE_ENDPOINT", self.settings.directline_url()),
            ("DIRECT_LINE_SECRET", secret),
        ]
    }

    /// What reaches the agent directly, for people who sign in with Entra ID.
    pub(super) fn engine(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.sign_in("entra");
        settings.push(("TOOLSETS", "agent".to_owned()));
        settings.push(("COPILOT_DIRECT_URL", self.settings.d2e_url()));
        settings
    }

    /// What lets people sign in at one of the two providers.
    pub(super) fn sign_in(&self, provider: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AUTH", "atlassian,signin".to_owned()),
            ("SIGNIN_PROVIDER", provider.to_owned()),
            ("PUBLIC_BASE_URL", ISSUER.to_owned()),
            ("ATLASSIAN_AUTH_BASE_URL", self.provider.clone()),
            ("ATLASSIAN_CLIENT_ID", CLIENT_ID.to_owned()),
            ("ATLASSIAN_CLIENT_SECRET", client_secret()),
            ("ENTRA_AUTHORITY", self.provider.clone()),
            ("ENTRA_TENANT_ID", self.tenant_id.clone()),
            ("ENTRA_CLIENT_ID", CLIENT_ID.to_owned()),
            ("ENTRA_CLIENT_SECRET", client_secret()),
        ]
    }

    /// A bridge to the agent over Direct Line.
    pub(super) async fn bridge(&self) -> Bridge {
        self.bridge_with(&[]).await
    }

    /// The same, with settings of its own.
    pub(super) async fn bridge_with(&self, own: &[(&'static str, &str)]) -> Bridge {
        self.bridge_of(&self.direct_line(), own).await
    }

    /// A bridge with exactly these settings.
    pub(super) async fn bridge_of(
        &self,
        base: &[(&'static str, String)],
        own: &[(&'static str, &str)],
    ) -> Bridge {
        let base = base.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = base.chain(own.iter().copied()).collect();
        let jira = Upstream::start(self.sandbox.router()).await;
        Bridge::before(jira, self.sandbox.tokens(), &all).await
    }

    /// Where people sign in to a bridge.
    pub(super) fn door(&self, bridge: &Bridge) -> Door {
        self.door_at(&bridge.url)
    }

    /// The same for a bridge that runs elsewhere.
    pub(super) fn door_at(&self, url: &str) -> Door {
        Door::new(url, &self.provider)
    }

    /// What was asked of the agent's service.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What was posted over Direct Line, in order.
    pub(super) fn posts(&self) -> Vec<Value> {
        let seen = self.seen().into_iter();
        let posts =
            seen.filter(|seen| seen.method == Method::POST && seen.path.ends_with("/activities"));
        posts.map(|seen| serde_json::from_str(&seen.body).unwrap()).collect()
    }

    /// How often a text was posted.
    pub(super) fn posted(&self, text: &str) -> usize {
        self.posts().iter().filter(|post| post["text"] == text).count()
    }

    /// How often tokens were asked for.
    pub(super) fn token_calls(&self) -> u64 {
        TOKEN_CALLS.into_iter().map(|call| self.agent.count(call)).sum()
    }

    /// The credentials that calls to the agent's service had, each once, in order.
    pub(super) fn bearers(&self) -> Vec<String> {
        let mut all = Vec::new();
        for seen in self.seen() {
            let value = seen.headers.get(header::AUTHORIZATION);
            let bearer = value.map(|value| value.to_str().unwrap().to_owned());
            all.extend(bearer.filter(|bearer| !all.contains(bearer)));
        }
        all
    }
}

/// Made at run time, so that nothing in the repository looks like a secret.
pub(super) fn client_secret() -> String {
    "provider".repeat(6)
}

async fn record(
    State(all): State<Arc<Mutex<Vec<Seen>>>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let seen = Seen {
        method: parts.method.clone(),
        path,
        headers: parts.headers.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
        answer: String::new(),
    };
    let place = {
        let mut all = all.lock().unwrap();
        all.push(seen);
        all.len() - 1
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.to_str().unwrap().starts_with("application/json")) {
        return response;
    }
    let (parts, body) = response.into_parts();
    // A body that breaks off in the middle has to break off here, too.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let body = futures_util::stream::iter([Err::<Bytes, _>(broken)]);
        return Response::from_parts(parts, Body::from_stream(body));
    };
    all.lock().unwrap()[place].answer = String::from_utf8_lossy(&body).into_owned();
    Response::from_parts(parts, Body::from(body))
}

/// A message that opens a conversation: its id, and the answer, which must be one.
pub(super) async fn open(bridge: &Bridge, user: &str, text: &str) -> (String, Value) {
    let answer = succeeded(bridge.call(user, "send_message", json!({"message": text})).await);
    (answer["conversationId"].as_str().unwrap().to_owned(), answer)
}

/// A message in a conversation, which must be answered.
pub(super) async fn say(bridge: &Bridge, user: &str, id: &str, text: &str) -> Value {
    let arguments = json!({"conversationId": id, "message": text});
    succeeded(bridge.call(user, "send_message", arguments).await)
}

/// The newest page of what was said.
pub(super) async fn history(bridge: &Bridge, user: &str, id: &str) -> Value {
    let arguments = json!({"conversationId": id});
    succeeded(bridge.call(user, "get_conversation_history", arguments).await)
}

/// Ends a conversation.
pub(super) async fn ended(bridge: &Bridge, user: &str, id: &str) -> Value {
    succeeded(bridge.call(user, "end_conversation", json!({"conversationId": id})).await)
}

/// The envelope of a message that must fail.
pub(super) async fn refused(bridge: &Bridge, user: &str, arguments: Value) -> Value {
    let tool = bridge.call(user, "send_message", arguments).await;
    assert!(tool.is_error, "{}", tool.value);
    tool.value
}

fn succeeded(tool: Tool) -> Value {
    assert!(!tool.is_error, "{}", tool.value);
    tool.value
}

/// The texts of the messages of a result.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    let messages = value["messages"].as_array().unwrap_or_else(|| panic!("no messages: {value}"));
    messages.iter().map(|message| message["text"].as_str().unwrap()).collect()
}
