//! A sign-in by the sandbox's Entra ID, on a clock of the test's own.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use auth::{Authenticate, AuthenticateError, BoxFuture, Credentials, CredentialsError, Identity};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::header;
use jira_sandbox::{Endpoint, IdentityClient, IdentitySettings, Sandbox, Seed};
use metrics::Signals;
use secrecy::ExposeSecret;
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use crate::signin::{
    Clock, EntraApp, ProviderSettings, SessionBearer, Settings, SignIn, StoreSettings,
    grant::{Grant, GrantOf},
    pkce::Verifier,
    provider::{Asked, Returned},
    session::{Code, Program, Session, SessionId},
    tokens::Token,
};

const START_MS: i64 = 1_795_176_000_000;
pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const POWER: &str = "https://api.powerplatform.com/.default";
pub(super) const CLIENT_ID: &str = "7b6a1d40-0000-4000-8000-00000000c11e";
const ISSUER: &str = "https://bridge.example";
const CALLBACK: &str = "https://bridge.example/auth/callback";

type Forms = Arc<Mutex<Vec<Vec<(String, String)>>>>;

pub(super) struct World {
    pub(super) signin: SignIn,
    pub(super) sandbox: Sandbox,
    now_ms: Arc<AtomicI64>,
    router: Router,
    /// What was posted to the token endpoint.
    forms: Forms,
    _serving: JoinSet<()>,
}

/// Nobody else is let in.
struct Nobody;

impl Authenticate for Nobody {
    fn authenticate<'a>(
        &'a self,
        _: &'a http::Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        Box::pin(std::future::ready(Err(AuthenticateError::Unavailable)))
    }
}

fn settings(entra: EntraApp) -> Settings {
    Settings {
        public_base_url: None,
        server_name: "test".to_owned(),
        scopes: vec!["read:jira-work".to_owned()],
        site: None,
        providers: ProviderSettings { entra: Some(entra), atlassian: None },
        store: StoreSettings::Memory,
        keys: None,
        access_token_ttl: Duration::from_hours(24),
        refresh_reuse_grace: Duration::from_secs(30),
        session_timeout: Duration::from_hours(24),
        session_idle_timeout: Duration::from_hours(24),
        max_sessions_per_user: 5,
        client_metadata_loopback: false,
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut EntraApp)) -> Self {
        let now_ms = Arc::new(AtomicI64::new(START_MS));
        let (ours, theirs) = (Arc::clone(&now_ms), Arc::clone(&now_ms));
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(move || theirs.load(Ordering::SeqCst)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = format!("http://{}", listener.local_addr().unwrap());
        let client_secret = "provider".repeat(6);
        let client = IdentityClient {
            id: CLIENT_ID.to_owned(),
            secret: client_secret.clone(),
            redirect_uris: vec![CALLBACK.to_owned()],
        };
        let identity = IdentitySettings::new(&authority, vec![client]);
        let mut app = EntraApp {
            authority: authority.parse().unwrap(),
            tenant_id: identity.tenant_id.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: client_secret.into(),
            scopes: Vec::new(),
            has_on_behalf: true,
            mapped_roles: None,
        };
        change(&mut app);
        let forms = Forms::default();
        let router = sandbox.identity_router(identity);
        let router = router.layer(from_fn_with_state(Arc::clone(&forms), listen));
        let mut serving = JoinSet::new();
        let served = router.clone();
        serving.spawn(async move { axum::serve(listener, served).await.unwrap() });
        let clock = Clock::new(move || u64::try_from(ours.load(Ordering::SeqCst)).unwrap());
        let (base, signals) = (ISSUER.parse().unwrap(), Signals::default());
        let signin = SignIn::new(settings(app), &base, &signals, "test", clock).await.unwrap();
        Self { signin, sandbox, now_ms, router, forms, _serving: serving }
    }

    pub(super) fn later(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Requests for tokens on a user's behalf, and all others to the token endpoint.
    pub(super) fn requests(&self) -> (u64, u64) {
        let identity = self.sandbox.identity();
        (identity.requests(Endpoint::OnBehalf), identity.requests(Endpoint::Token))
    }

    /// A value of the last form that was posted.
    pub(super) fn posted(&self, name: &str) -> Option<String> {
        let forms = self.forms.lock().unwrap();
        let mut last = forms.last().unwrap().iter();
        last.find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Where the browser of somebody who signs in is sent.
    pub(super) fn authorize_url(&self, challenge: &str) -> Url {
        let entra = self.signin.providers().of(GrantOf::Entra).unwrap();
        entra.authorize_url(&Asked {
            redirect_uri: CALLBACK,
            state: "state",
            scopes: &[],
            challenge,
            nonce: "nonce",
            is_lasting: true,
        })
    }

    /// Signs somebody in, by a press of their button.
    pub(super) async fn session(&self, user: &str) -> SessionId {
        let verifier = Verifier::random().unwrap();
        let url = self.authorize_url(&verifier.challenge());
        let form = format!("{}&user={user}", url.query().unwrap());
        let pressed = http::Request::post(url.path()).body(Body::from(form)).unwrap();
        let back = self.router.clone().oneshot(pressed).await.unwrap();
        let back: Url = back.headers()[header::LOCATION].to_str().unwrap().parse().unwrap();
        let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        let returned = Returned {
            code: &code,
            redirect_uri: CALLBACK,
            verifier: verifier.expose(),
            nonce: "nonce",
            scopes: &[],
            now_ms: self.signin.now_ms(),
        };
        let entra = self.signin.providers().of(GrantOf::Entra).unwrap();
        let (person, grant) = entra.redeem(&returned).await.unwrap();
        let now_ms = self.signin.now_ms();
        let session = Session {
            person,
            program: Program {
                client: "hash".to_owned(),
                name: "Agent".to_owned(),
                host: "127.0.0.1:9".to_owned(),
            },
            scopes: Vec::new(),
            jira: None,
            entra: Some(grant),
            created_at_ms: now_ms,
            last_used_at_ms: now_ms,
            generation: 1,
            rotated_at_ms: now_ms,
            code: Code {
                has_named_redirect: true,
                redirect_uri: "http://127.0.0.1:9/cb".to_owned(),
                challenge: String::new(),
                expires_at_ms: now_ms,
                is_redeemed: true,
            },
        };
        self.signin.sessions().create(session).await.unwrap()
    }

    /// What a request with the session's token is given.
    pub(super) async fn credentials(&self, session: SessionId) -> Arc<dyn Credentials> {
        let expires_at_ms = self.signin.now_ms() + 24 * 3_600_000;
        let token = Token::Access { session, expires_at_ms };
        let token = self.signin.tokens().make(token).unwrap();
        let request = http::Request::get("/mcp")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(())
            .unwrap();
        let bearer = SessionBearer::new(self.signin.clone(), Arc::new(Nobody));
        bearer.authenticate(&request).await.unwrap().credentials
    }

    /// The session's grant as the store has it.
    pub(super) async fn stored(&self, id: SessionId) -> Grant {
        self.signin.sessions().read(id).await.unwrap().session.entra.clone().unwrap()
    }
}

/// A token in the clear.
pub(super) async fn on_behalf(
    credentials: &Arc<dyn Credentials>,
    scope: &str,
) -> Result<Option<String>, CredentialsError> {
    let token = credentials.on_behalf(scope).await?;
    Ok(token.map(|token| token.expose_secret().to_owned()))
}

async fn listen(State(forms): State<Forms>, request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with("/token") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    forms.lock().unwrap().push(form_urlencoded::parse(&body).into_owned().collect());
    next.run(Request::from_parts(parts, Body::from(body))).await
}
