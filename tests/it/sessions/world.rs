//! A sandbox with its identity provider, and bridges in front of it that go by a clock of the test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jira_mcp_bridge::{
    config::{Config, Source},
    run,
    signin::Clock,
};
use jira_sandbox::{Identity, IdentityClient, IdentitySettings, Sandbox};
use tokio::{net::TcpListener, sync::oneshot};

use super::browser::Door;
use crate::support::Upstream;

/// The name that all replicas have in common. Nobody listens there: a test says which replica is
/// meant.
pub(crate) const ISSUER: &str = "http://127.0.0.1:1";

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

const CLIENT_ID: &str = "bridge-of-the-test";

/// Made at run time, so that nothing in the repository looks like a secret.
fn client_secret() -> String {
    "provider".repeat(4)
}

/// A key of the ring.
pub(crate) fn key(number: u8) -> String {
    let bytes: Vec<u8> = (0..32).map(|at: u8| at.wrapping_mul(7) ^ number).collect();
    STANDARD.encode(bytes)
}

/// Jira, the provider, and the time.
pub(crate) struct World {
    pub(crate) jira: Upstream,
    pub(crate) identity: Identity,
    provider: String,
    tenant_id: String,
    now_ms: Arc<AtomicI64>,
}

/// A bridge, until it is dropped.
pub(crate) struct Replica {
    pub(crate) door: Door,
    admin: String,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

impl World {
    /// Lifetimes as Atlassian has them.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Refresh tokens that are taken once, without leeway.
    pub(crate) async fn strict() -> Self {
        Self::with(|settings| settings.refresh_leeway = Duration::ZERO).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut IdentitySettings)) -> Self {
        Self::with_provider_ahead(0, change).await
    }

    /// The provider's clock is so far before ours.
    pub(crate) async fn with_provider_ahead(
        ahead_ms: i64,
        change: impl FnOnce(&mut IdentitySettings),
    ) -> Self {
        let now_ms = Arc::new(AtomicI64::new(jiff::Timestamp::now().as_millisecond()));
        let time = now_ms.clone();
        // Two things never happen at one time there, or no refresh token would be too old.
        let ticks = AtomicI64::new(ahead_ms);
        let sandbox = Sandbox::with_clock(Arc::new(move || {
            time.load(Ordering::SeqCst) + ticks.fetch_add(1, Ordering::SeqCst)
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = format!("http://{}", listener.local_addr().unwrap());
        let client = IdentityClient {
            id: CLIENT_ID.to_owned(),
            secret: client_secret(),
            redirect_uris: vec![format!("{ISSUER}/auth/callback")],
        };
        let mut settings = IdentitySettings::new(&provider, vec![client]);
        change(&mut settings);
        let tenant_id = settings.tenant_id.clone();
        let router = sandbox.identity_router(settings);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (identity, jira) = (sandbox.identity(), Upstream::start(sandbox.router()).await);
        Self { jira, identity, provider, tenant_id, now_ms }
    }

    pub(crate) fn advance(&self, by_ms: i64) {
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// What a bridge of this world is set to, but for its store.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PORT", "0".to_owned()),
            ("ADMIN_ADDR", "127.0.0.1:0".to_owned()),
            ("AUTH", "signin".to_owned()),
            ("PUBLIC_BASE_URL", ISSUER.to_owned()),
            ("JIRA_API_BASE_URL", format!("http://{}", self.jira.address)),
            ("ATLASSIAN_AUTH_BASE_URL", self.provider.clone()),
            ("ATLASSIAN_CLIENT_ID", CLIENT_ID.to_owned()),
            ("ATLASSIAN_CLIENT_SECRET", client_secret()),
            ("ENTRA_AUTHORITY", self.provider.clone()),
            ("ENTRA_TENANT_ID", self.tenant_id.clone()),
            ("ENTRA_CLIENT_ID", CLIENT_ID.to_owned()),
            ("ENTRA_CLIENT_SECRET", client_secret()),
            ("RETRY_BASE_MS", "1".to_owned()),
            ("RATE_LIMIT_PER_USER_PER_MINUTE", "100000".to_owned()),
            ("MAX_CONCURRENT_PER_USER", "1000".to_owned()),
        ]
    }

    /// A bridge with sessions in its memory.
    pub(crate) async fn bridge(&self) -> Replica {
        self.replica(&[]).await
    }

    /// A bridge with these settings beside the usual ones.
    pub(crate) async fn replica(&self, own: &[(&'static str, &str)]) -> Replica {
        self.replica_ahead(own, Arc::default()).await
    }

    /// The same, whose clock is before the world's by what `ahead_ms` says at each moment.
    pub(crate) async fn replica_ahead(
        &self,
        own: &[(&'static str, &str)],
        ahead_ms: Arc<AtomicI64>,
    ) -> Replica {
        let time = self.now_ms.clone();
        let clock = Clock::new(move || {
            let now_ms = time.load(Ordering::SeqCst) + ahead_ms.load(Ordering::SeqCst);
            u64::try_from(now_ms).unwrap()
        });
        let own = own.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let source = Source::of(self.settings().into_iter().chain(own));
        let config = Config::read(&source).expect("good settings");
        let bound = run::bind_at(config, clock).await.expect("a bridge that starts");
        let door = Door::new(&format!("http://{}", bound.address()), &self.provider);
        let admin = format!("http://{}", bound.admin_address().unwrap());
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(bound.serve(async move { stopped.await.unwrap_or_default() }));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Replica { door, admin, client, _stop: stop }
    }

    /// A way in to a bridge that runs elsewhere.
    pub(crate) fn door(&self, url: &str) -> Door {
        Door::new(url, &self.provider)
    }

    /// How often the provider has renewed grants, all together.
    pub(crate) fn refreshes(&self) -> u64 {
        self.identity.grants().iter().map(|grant| grant.refreshes).sum()
    }
}

impl Replica {
    /// What operators scrape.
    pub(crate) async fn metrics(&self) -> String {
        let answer = self.client.get(format!("{}/metrics", self.admin)).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// One number of it.
    pub(crate) async fn metric(&self, series: &str) -> u64 {
        let text = self.metrics().await;
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
    }
}
