//! A sign-in with a clock and a store of the test's own, and a browser that reaches it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::to_bytes};
use http::{Request, StatusCode, header};
use keyring::KeyRing;
use metrics::Signals;
use session_store::{Backend, Expected, Memory, RecordKey, Store, StoreError, Version};
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use super::super::*;
use crate::signin::{
    AtlassianApp, Clock, EntraApp, ProviderSettings, Settings, StoreSettings,
    cookies::set_person,
    grant::Grant,
    person::{Directory, Person},
    routes::{endpoints, pages},
    session::{Code, Session},
    telemetry::Telemetry,
};

pub(super) const START_MS: u64 = 1_795_176_000_000;
const MINUTE_MS: u64 = 60_000;
pub(super) const ISSUER: &str = "https://bridge.example";

/// A store that can go down, also in the middle of a request.
#[derive(Clone)]
struct Fragile {
    memory: Arc<Memory>,
    answers_left: Arc<AtomicUsize>,
}

impl Fragile {
    fn up(&self) -> Result<&Memory, StoreError> {
        let less = |left: usize| left.checked_sub(1);
        let left = self.answers_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        left.map(|_| &*self.memory).map_err(|_| StoreError::Unavailable)
    }
}

#[async_trait::async_trait]
impl Backend for Fragile {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.up()?.get(key, now_ms).await
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.up()?.put(key, expected, sealed, expires_at_ms, now_ms).await
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.up()?.remove(key, version, now_ms).await
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.up()?.increment(key, expires_at_ms, now_ms).await
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.up()?.sweep(now_ms).await
    }

    fn is_shared(&self) -> bool {
        false
    }
}

pub(super) struct World {
    pub(super) signin: SignIn,
    router: Router,
    now_ms: Arc<AtomicU64>,
    pub(super) answers_left: Arc<AtomicUsize>,
}

/// What a browser gets.
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) set_cookie: String,
    pub(super) text: String,
}

fn settings() -> Settings {
    let base: Url = "http://127.0.0.1:9".parse().unwrap();
    let atlassian = AtlassianApp {
        auth_base: base.clone(),
        api_base: base.clone(),
        client_id: "atlassian-app".to_owned(),
        client_secret: "atlassian-secret".into(),
    };
    let entra = EntraApp {
        authority: base,
        tenant_id: "tenant".to_owned(),
        client_id: "entra-app".to_owned(),
        client_secret: "entra-secret".into(),
        scopes: Vec::new(),
        has_on_behalf: false,
        mapped_roles: None,
    };
    Settings {
        public_base_url: None,
        server_name: "test".to_owned(),
        scopes: vec!["read:jira-work".to_owned(), "write:jira-work".to_owned()],
        site: Some("acme.atlassian.net".to_owned()),
        providers: ProviderSettings { entra: Some(entra), atlassian: Some(atlassian) },
        store: StoreSettings::Memory,
        keys: None,
        access_token_ttl: Duration::from_hours(1),
        refresh_reuse_grace: Duration::from_secs(30),
        session_timeout: Duration::from_hours(24),
        session_idle_timeout: Duration::from_hours(24),
        max_sessions_per_user: 5,
        client_metadata_loopback: false,
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::over(Arc::new(Memory::new(1 << 20)), KeyRing::random().unwrap())
    }

    /// One process over a store, with keys of its own.
    pub(super) fn over(memory: Arc<Memory>, keys: KeyRing) -> Self {
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let answers_left = Arc::new(AtomicUsize::new(usize::MAX));
        let backend = Fragile { memory, answers_left: Arc::clone(&answers_left) };
        let store = Store::new(Arc::new(backend), keys.clone());
        let clock = {
            let now_ms = Arc::clone(&now_ms);
            Clock::new(move || now_ms.load(Ordering::Relaxed))
        };
        let base = ISSUER.parse().unwrap();
        let signals = Signals::default();
        let counted = (&signals, Telemetry::new(signals.clone()));
        let signin =
            SignIn::with_store(settings(), &base, counted, "test", clock, (store, keys)).unwrap();
        Self {
            router: endpoints(signin.clone()).merge(pages(signin.clone())),
            signin,
            now_ms,
            answers_left,
        }
    }

    pub(super) fn at(&self, minutes: u64, and_ms: u64) {
        self.now_ms.store(START_MS + minutes * MINUTE_MS + and_ms, Ordering::Relaxed);
    }

    pub(super) async fn session(&self, person: &Person) -> SessionId {
        let now_ms = self.signin.now_ms();
        let program = Program {
            client: "hash".to_owned(),
            name: "Agent <One>".to_owned(),
            host: "127.0.0.1:9".to_owned(),
        };
        let code = Code {
            has_named_redirect: true,
            redirect_uri: "http://127.0.0.1:9/cb".to_owned(),
            challenge: String::new(),
            expires_at_ms: now_ms,
            is_redeemed: true,
        };
        let session = Session {
            person: person.clone(),
            program,
            scopes: vec!["read:jira-work".to_owned()],
            jira: None,
            entra: Some(grant(now_ms)),
            created_at_ms: now_ms,
            last_used_at_ms: now_ms,
            generation: 1,
            rotated_at_ms: now_ms,
            code,
        };
        self.signin.sessions().create(session).await.unwrap()
    }

    pub(super) fn link(&self, id: SessionId) -> String {
        self.link_for(Target::Program(id))
    }

    pub(super) fn link_for(&self, target: Target) -> String {
        let sealed = ConnectLink::new(&self.signin, target).sealed(&self.signin).unwrap();
        let address = ConnectLink::address(&self.signin, &sealed);
        address.strip_prefix(ISSUER).unwrap().to_owned()
    }

    /// The cookies of a browser in which a person is signed in on our pages.
    pub(super) fn cookies(&self, person: &Person, browser: Browser) -> String {
        let mut headers = HeaderMap::new();
        let (keys, issuer) = (self.signin.keys(), self.signin.issuer());
        set_person(&mut headers, keys, issuer, person, self.signin.now_ms());
        browser.set_cookie(&mut headers);
        let lines = headers.get_all(header::SET_COOKIE).iter();
        let pairs = lines.map(|line| line.to_str().unwrap().split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }

    async fn send(&self, request: http::request::Builder, body: String) -> Got {
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (location, set_cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Got { status, location, set_cookie, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(super) async fn get(&self, path: &str, cookies: &str) -> Got {
        self.send(Request::get(path).header(header::COOKIE, cookies), String::new()).await
    }

    pub(super) async fn post(
        &self,
        cookies: &str,
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Got {
        let mut request = Request::post("/auth/connect").header(header::COOKIE, cookies);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut body = form_urlencoded::Serializer::new(String::new());
        self.send(request, body.extend_pairs(form).finish()).await
    }
}

impl Got {
    /// What the page's form holds.
    pub(super) fn request(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"request\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

pub(super) fn grant(now_ms: u64) -> Grant {
    Grant {
        access_token: "an-access-token".to_owned().into(),
        refresh_token: None,
        obtained_at_ms: now_ms,
        expires_at_ms: now_ms + MINUTE_MS,
        scopes: Vec::new(),
        roles: Vec::new(),
    }
}

pub(super) fn person(name: &str) -> Person {
    let subject = format!("tenant/{name}");
    Person { at: Directory::Entra, subject, name: name.to_owned() }
}
