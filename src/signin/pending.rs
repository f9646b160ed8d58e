//! A sign-in that is at the provider: what is kept here until the browser comes back.
//!
//! It is written only once the person has agreed, is found by the `state` that went to the
//! provider, is taken out once, and ends after ten minutes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

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

/// What strangers can make this process keep: all that is pending together, in bytes. Beyond it the
/// oldest is given up, so that whoever begins many sign-ins takes no room from sessions, and from
/// other people only those that take long.
pub(super) const BYTES_MAX: usize = 4 << 20;

/// What one costs beside its text, in a store in memory and in the list of them.
const ENTRY_BYTES: usize = 400;

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
    /// Jira for all programs that bring tokens of Entra ID for this person.
    ConnectShared { person: Person, asked_at_ms: u64 },
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
    begun: Arc<Mutex<Begun>>,
}

/// What this process keeps, the oldest first. What was finished meanwhile stands there until its
/// time is over.
#[derive(Debug, Default)]
struct Begun {
    bytes: usize,
    all: VecDeque<(RecordKey, u64, usize)>,
}

impl Begun {
    /// Notes one more; returns those that are too many.
    fn add(
        &mut self,
        key: RecordKey,
        ends_at_ms: u64,
        bytes: usize,
        now_ms: u64,
    ) -> Vec<RecordKey> {
        self.all.push_back((key, ends_at_ms, bytes));
        self.bytes += bytes;
        let mut surplus = Vec::new();
        while let Some((_, ends_at_ms, bytes)) = self.all.front() {
            let is_over = *ends_at_ms <= now_ms;
            if !is_over && (self.bytes <= BYTES_MAX || self.all.len() == 1) {
                break;
            }
            self.bytes = self.bytes.saturating_sub(*bytes);
            let given_up = self.all.pop_front();
            surplus.extend(given_up.filter(|_| !is_over).map(|(key, ..)| key));
        }
        surplus
    }
}

impl PendingStore {
    pub(super) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, begun: Arc::default() }
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
        let key = key(&state);
        let kept = self.store.put(&key, Expected::Absent, &plain, expires_at_ms, now_ms).await?;
        if kept.is_none() {
            return Err(StoreError::Unavailable);
        }
        let surplus = {
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.add(key, expires_at_ms, ENTRY_BYTES + plain.len(), now_ms)
        };
        for key in surplus {
            // Where it fails, it ends by itself.
            let _ = self.store.remove(&key, None, now_ms).await;
        }
        Ok(state)
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

#[cfg(test)]
mod tests {
    use session_store::Memory;

    use super::*;

    fn pending(state: String) -> Pending {
        let request = Request {
            client: "client".to_owned(),
            client_name: "Program".to_owned(),
            client_host: "127.0.0.1".to_owned(),
            redirect_uri: "http://127.0.0.1:7/callback".to_owned(),
            has_named_redirect: true,
            state: Some(state),
            challenge: "challenge".to_owned(),
            scopes: vec!["read:jira-work".to_owned()],
        };
        Pending {
            browser: Browser::random().unwrap(),
            at: GrantOf::Jira,
            verifier: Verifier::random().unwrap(),
            nonce: String::new(),
            scopes: Vec::new(),
            purpose: Purpose::Program(Box::new(request)),
        }
    }

    /// Whoever begins ten thousand sign-ins with long states takes so much room and no more; the
    /// newest are there, and what is over is no burden.
    #[tokio::test]
    async fn strangers_can_fill_so_much_and_no_more() {
        let memory = Arc::new(Memory::new(4 * BYTES_MAX));
        let store = Store::new(memory.clone(), keyring::KeyRing::random().unwrap());
        let kept = PendingStore::new(store, Clock::new(|| 1_000_000));
        for _ in 0..5_000 {
            kept.keep(&pending("x".repeat(4_000))).await.unwrap();
            assert!(memory.bytes() <= BYTES_MAX, "{}", memory.bytes());
        }
        assert!(memory.bytes() > BYTES_MAX / 2, "{}", memory.bytes());
        let good = pending(String::new());
        let state = kept.keep(&good).await.unwrap();
        for _ in 0..500 {
            kept.keep(&pending("x".repeat(4_000))).await.unwrap();
        }
        assert!(kept.take(&state, Some(good.browser)).await.is_ok());
        assert!(kept.take(&state, Some(good.browser)).await.is_err(), "it is taken once");
    }

    #[test]
    fn what_is_over_is_forgotten_without_being_removed() {
        let key = |number: u8| RecordKey::new("pending", &[number]);
        let mut begun = Begun::default();
        assert!(begun.add(key(1), 10, BYTES_MAX, 0).is_empty(), "one is always kept");
        assert_eq!(begun.add(key(2), 20, 1, 5), [key(1)]);
        assert_eq!(begun.add(key(3), 30, BYTES_MAX, 20), []);
        assert_eq!((begun.all.len(), begun.bytes), (1, BYTES_MAX));
    }
}
