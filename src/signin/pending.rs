//! A sign-in that is at the provider: what is kept here until the browser comes back.
//!
//! It is written only once the person has agreed, is found by the `state` that went to the
//! provider, is taken out once, and ends after ten minutes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use session_store::{Expected, RecordKey, Store, StoreError};
use zeroize::Zeroizing;

use super::{
    clock::Clock, cookies::Browser, grant::GrantOf, person::Person, pkce::Verifier,
    session::SessionId,
};

/// How long a person may take at the provider.
const KEPT_MS: u64 = 10 * 60 * 1000;

/// What is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The browser that agreed: nobody else may finish.
    pub(super) browser: Browser,
    /// At which provider.
    pub(super) at: GrantOf,
    pub(super) verifier: Verifier,
    pub(super) nonce: String,
    pub(super) scopes: Vec<String>,
    pub(super) purpose: Purpose,
}

/// What the sign-in is for.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// A program asked for it.
    Program(Box<Request>),
    /// Our own pages.
    Pages {
        /// The link to connect Jira that the browser came with, and goes back to.
        connect: Option<String>,
    },
    /// Jira for a session that began at Entra ID.
    Connect { session: SessionId, person: Person },
}

/// What a program asked for at the authorization endpoint.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Request {
    /// A hash of the client's id.
    pub(super) client: String,
    pub(super) client_name: String,
    pub(super) client_host: String,
    pub(super) redirect_uri: String,
    /// Whether the program named it; it may leave out the only one it has.
    pub(super) has_named_redirect: bool,
    pub(super) state: Option<String>,
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
}

/// Keeps what is pending. A clone shares the store.
#[derive(Clone, Debug)]
pub(super) struct PendingStore {
    store: Store,
    clock: Clock,
}

impl PendingStore {
    pub(super) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Keeps it; returns the `state` for the provider: 192 random bits, of which the store only
    /// knows a hash.
    pub(super) async fn keep(&self, pending: &Pending) -> Result<String, StoreError> {
        let mut state = [0; 24];
        getrandom::fill(&mut state).map_err(|_| StoreError::Unavailable)?;
        let state = URL_SAFE_NO_PAD.encode(state);
        let plain =
            Zeroizing::new(serde_json::to_vec(pending).map_err(|_| StoreError::Unavailable)?);
        let now_ms = self.clock.now_ms();
        let expires_at_ms = now_ms.saturating_add(KEPT_MS);
        let kept =
            self.store.put(&key(&state), Expected::Absent, &plain, expires_at_ms, now_ms).await?;
        kept.map(|_| state).ok_or(StoreError::Unavailable)
    }

    /// What belongs to a `state` and this browser, which is taken out: of two that come back with
    /// one state, one gets it. For another browser it stays where it is.
    pub(super) async fn take(
        &self,
        state: &str,
        browser: Option<Browser>,
    ) -> Result<Pending, TakeError> {
        let now_ms = self.clock.now_ms();
        let record = match self.store.get(&key(state), now_ms).await {
            Ok(record) => record.ok_or(TakeError::Unknown)?,
            // Sealed under a key that is gone: the person begins again.
            Err(StoreError::Unreadable) => return Err(TakeError::Unknown),
            Err(StoreError::Unavailable) => return Err(TakeError::Unavailable),
        };
        let pending: Pending =
            serde_json::from_slice(&record.plain).map_err(|_| TakeError::Unknown)?;
        if browser != Some(pending.browser) {
            return Err(TakeError::OtherBrowser);
        }
        let removed = self.store.remove(&key(state), Some(record.version), now_ms).await;
        match removed {
            Ok(true) => Ok(pending),
            Ok(false) => Err(TakeError::Unknown),
            Err(_) => Err(TakeError::Unavailable),
        }
    }
}

/// Why there is nothing to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TakeError {
    /// Over, used already, or never begun here.
    Unknown,
    /// Begun in another browser, or this one keeps no cookies.
    OtherBrowser,
    Unavailable,
}

fn key(state: &str) -> RecordKey {
    let hash = blake3::hash(state.as_bytes());
    RecordKey::new("pending", hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]))
}
