//! What all endpoints of the sign-in share for the life of the process.

use std::{fmt, sync::Arc, time::Duration};

use auth::{KeyedHasher, PrincipalKey};
use keyring::{KeyRing, Purpose};
use metrics::Signals;
use session_store::{KeyCheckError, Store, StoreError};
use url::Url;

use super::{
    backend::backend,
    client::{ClientSettings, Clients, DocumentHosts},
    client_answer::ClientAnswer,
    clock::Clock,
    cookies::SIGNED_IN_MS,
    error::SignInError,
    pending::PendingStore,
    person::{Directory, Person},
    provider::Providers,
    session::{Lifetimes, OnBehalf, People, Renewals, Sessions},
    settings::{Settings, StoreSettings},
    tasks::Tasks,
    telemetry::Telemetry,
    tokens::Tokens,
};

/// Under which key people are told apart, the same at every replica that has our keys.
const PRINCIPALS: Purpose = Purpose::new("principals");

/// Under which key callers are told apart whom nothing but their token names.
const CALLERS: Purpose = Purpose::new("callers");

/// How often what has ended is forgotten.
const SWEPT: Duration = Duration::from_mins(1);

/// The bridge as an authorization server. A clone shares everything.
#[derive(Clone)]
pub struct SignIn(Arc<Inner>);

struct Inner {
    settings: Settings,
    issuer: String,
    issuer_url: Url,
    keys: KeyRing,
    hasher: KeyedHasher,
    clock: Clock,
    store: Store,
    sessions: Sessions,
    renewals: Renewals,
    on_behalf: OnBehalf,
    providers: Providers,
    pending: PendingStore,
    clients: Clients,
    tokens: Tokens,
    tasks: Tasks,
    telemetry: Telemetry,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

impl SignIn {
    /// Sets everything up. `base` is the URL that clients and browsers reach us at. Asks nobody.
    pub async fn new(
        settings: Settings,
        base: &Url,
        signals: &Signals,
        user_agent: &str,
        clock: Clock,
    ) -> Result<Self, SignInError> {
        let keys = match settings.keys.clone() {
            Some(keys) => keys,
            None => KeyRing::random()?,
        };
        let telemetry = Telemetry::new(signals.clone());
        let watching = telemetry.clone();
        let store = Store::new(backend(&settings.store).map_err(SignInError::Store)?, keys.clone())
            .guarded()
            .watched(move |error| watching.store_failed(error));
        match store.check_keys(clock.now_ms()).await {
            Err(error @ KeyCheckError::WrongKeys) => return Err(SignInError::Keys(error)),
            // It is tried again while we serve: a store that starts after us is no reason to fail.
            Err(error) => tracing::warn!(%error, "the session store is not ready yet"),
            Ok(()) => {}
        }
        Self::with_store(settings, base, (signals, telemetry), user_agent, clock, (store, keys))
    }

    pub(super) fn with_store(
        settings: Settings,
        base: &Url,
        (signals, telemetry): (&Signals, Telemetry),
        user_agent: &str,
        clock: Clock,
        (store, keys): (Store, KeyRing),
    ) -> Result<Self, SignInError> {
        let issuer = base.as_str().trim_end_matches('/').to_owned();
        let hasher = KeyedHasher::of_key(keys.mac(PRINCIPALS, b""));
        let lifetimes = Lifetimes {
            idle: settings.session_idle_timeout,
            absolute: settings.session_timeout,
            per_person_max: settings.max_sessions_per_user,
        };
        let kept_ms = u64::try_from(settings.session_timeout.as_millis()).unwrap_or(u64::MAX);
        // A browser that was signed out must not be signed in again by its cookie.
        let kept_ms = kept_ms.max(SIGNED_IN_MS);
        let people = People::new(store.clone(), keys.clone(), clock.clone(), kept_ms);
        let sessions = Sessions::new(store.clone(), people, clock.clone(), lifetimes);
        let providers = Providers::new(&settings.providers, signals, user_agent)?;
        let tasks = Tasks::default();
        let renewals = {
            let (sessions, providers) = (sessions.clone(), providers.clone());
            Renewals::new(sessions, providers, tasks.clone(), telemetry.clone())
        };
        let on_behalf = {
            let (sessions, renewals) = (sessions.clone(), renewals.clone());
            OnBehalf::new(sessions, renewals, providers.clone(), tasks.clone())
        };
        let pending = PendingStore::new(store.clone(), clock.clone());
        let document_hosts = if settings.client_metadata_loopback {
            DocumentHosts::PublicAndLoopback
        } else {
            DocumentHosts::Public
        };
        let clients = Clients::new(ClientSettings {
            ring: keys.clone(),
            issuer: issuer.clone(),
            own: base.clone(),
            document_hosts,
            user_agent: user_agent.to_owned(),
        })
        .map_err(|error| SignInError::Documents(error.to_string()))?;
        let tokens = Tokens::new(keys.clone(), &issuer);
        let issuer_url = base.clone();
        Ok(Self(Arc::new(Inner {
            settings,
            issuer,
            issuer_url,
            keys,
            hasher,
            clock,
            store,
            sessions,
            renewals,
            on_behalf,
            providers,
            pending,
            clients,
            tokens,
            tasks,
            telemetry,
        })))
    }

    /// The issuer: the base URL without a slash at its end.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The store, where replicas share one. Files are for the processes of one machine, and too
    /// slow to be asked with each call.
    pub fn replicas_store(&self) -> Option<Store> {
        let is_redis = matches!(self.0.settings.store, StoreSettings::Redis(_));
        is_redis.then(|| self.0.store.clone())
    }

    /// What stands for callers whom nothing but their token names, the same at every replica.
    pub fn callers_hasher(&self) -> KeyedHasher {
        KeyedHasher::of_key(self.0.keys.mac(CALLERS, b""))
    }

    /// Forgets what has ended, now and then, for ever.
    pub async fn sweep(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(SWEPT).await;
            self.0.on_behalf.sweep();
            if let Err(error) = self.0.store.sweep(self.now_ms()).await {
                tracing::warn!(%error, "ended sessions were not swept");
            }
            // A store that was down when we started is held against our keys now.
            if let Err(error @ KeyCheckError::WrongKeys) =
                self.0.store.check_keys(self.now_ms()).await
            {
                tracing::error!(%error, "sessions cannot be read");
            }
        }
    }

    /// Resolves when nothing is left in the middle, such as the rotation of a token.
    pub async fn finished(&self) {
        self.tasks().finished().await;
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn issuer_url(&self) -> &Url {
        &self.0.issuer_url
    }

    pub(super) fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    pub(super) fn hasher(&self) -> &KeyedHasher {
        &self.0.hasher
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(super) fn renewals(&self) -> &Renewals {
        &self.0.renewals
    }

    pub(super) fn on_behalf(&self) -> &OnBehalf {
        &self.0.on_behalf
    }

    pub(super) fn providers(&self) -> &Providers {
        &self.0.providers
    }

    pub(super) fn pending(&self) -> &PendingStore {
        &self.0.pending
    }

    pub(super) fn clients(&self) -> &Clients {
        &self.0.clients
    }

    pub(super) fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    pub(super) fn telemetry(&self) -> &Telemetry {
        &self.0.telemetry
    }

    /// Whether a sign-in that begins now can be kept.
    pub(super) async fn is_store_reachable(&self) -> bool {
        self.are_keys_right().await.is_ok() && self.0.store.is_reachable().await
    }

    /// Under keys that are not those of the store every token of ours looks like none. Until they
    /// are known to be right, no client may hear that it must sign in again.
    pub(super) async fn are_keys_right(&self) -> Result<(), StoreError> {
        self.0.store.ready(self.now_ms()).await
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.0.clock.now_ms()
    }

    /// An address of ours.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.issuer)
    }

    /// Where providers send browsers back to.
    pub(super) fn callback(&self) -> String {
        self.address("/auth/callback")
    }

    /// Whether a `resource` means us: one audience, whichever of its paths a client was given.
    pub(super) fn is_resource(&self, text: &str) -> bool {
        let Ok(url) = Url::parse(text) else { return false };
        let whole = url.as_str();
        let Some(path) = whole.strip_prefix(self.issuer_url().as_str().trim_end_matches('/'))
        else {
            return false;
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        path == "/mcp"
            || path == "/mcp/readonly"
            || path.strip_prefix("/mcp/x/").is_some_and(|sets| {
                !sets.is_empty()
                    && sets.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_,.%".contains(&b))
            })
    }

    /// The way back to a program.
    pub(super) fn answer_to<'a>(
        &'a self,
        redirect_uri: &'a str,
        state: Option<&'a str>,
    ) -> ClientAnswer<'a> {
        ClientAnswer { redirect_uri, state, issuer: self.issuer(), own: self.issuer_url() }
    }

    /// The key of somebody at Entra ID, by tenant and object id: the same as of their sign-in.
    pub fn entra_principal(&self, subject: &str) -> PrincipalKey {
        let subject = subject.to_owned();
        self.principal(&Person { at: Directory::Entra, subject, name: String::new() })
    }

    /// Who a person is to limits and audit lines.
    pub(super) fn principal(&self, person: &Person) -> PrincipalKey {
        self.hasher().principal_key(b"person:", &person.id())
    }
}
