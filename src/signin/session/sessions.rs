//! Reading, changing and ending sessions.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use quick_cache::{Weighter, sync::Cache};
use session_store::{Expected, Store, StoreError, Version};
use zeroize::Zeroizing;

use super::{
    super::{clock::Clock, person::Person},
    id::SessionId,
    people::People,
    record::Session,
};

/// How long what was read is believed: a revocation at another replica is seen by then.
const FRESH_MS: u64 = 3_000;

/// How long it is believed while the store does not answer: requests in hand go on, and a
/// revocation of the last moments may be missed for so long.
const STALE_MS: u64 = 5 * 60 * 1000;

/// After a failure the store is left alone for so long by those who have something to go on with:
/// each of them would wait for it.
const REST_MS: u64 = 1_000;

/// Sessions that are remembered in the clear; the rest is read again. Each has some 3 to 6 KB.
pub(in super::super) const CACHE_BYTES_MAX: usize = 8 << 20;

/// What the cache makes its tables for.
const CACHED_EXPECTED: usize = 2_048;

/// What a session costs in the cache beside its texts.
const CACHED_BYTES: usize = 1_024;

/// Writers of one session are its few requests; more than a few lost races in a row mean a fault.
const TRIES: usize = 32;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Lifetimes {
    pub(in super::super) idle: Duration,
    pub(in super::super) absolute: Duration,
    pub(in super::super) per_person_max: usize,
}

/// All sessions. A clone shares them.
#[derive(Clone, Debug)]
pub(in super::super) struct Sessions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    people: People,
    clock: Clock,
    lifetimes: Lifetimes,
    cache: Cache<SessionId, Loaded, ByBytes>,
    failed_at_ms: AtomicU64,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<SessionId, Loaded> for ByBytes {
    fn weight(&self, _: &SessionId, loaded: &Loaded) -> u64 {
        (CACHED_BYTES + loaded.session.text_bytes()) as u64
    }
}

/// A session as it was read.
#[derive(Clone, Debug)]
pub(in super::super) struct Loaded {
    pub(in super::super) session: Arc<Session>,
    version: Version,
    is_current_key: bool,
    read_at_ms: u64,
}

/// Why a session cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum SessionError {
    /// It has ended, or never was.
    #[error("the session has ended")]
    Ended,
    /// There is a record that does not open. It stays where it is, and nobody is let in by it.
    #[error("the session cannot be read")]
    Unreadable,
    /// The store does not answer.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unreadable => Self::Unreadable,
            other @ StoreError::Unavailable => Self::Store(other),
        }
    }
}

impl Sessions {
    pub(in super::super) fn new(
        store: Store,
        people: People,
        clock: Clock,
        lifetimes: Lifetimes,
    ) -> Self {
        let cache = Cache::with_weighter(CACHED_EXPECTED, CACHE_BYTES_MAX as u64, ByBytes);
        let failed_at_ms = AtomicU64::new(0);
        Self(Arc::new(Inner { store, people, clock, lifetimes, cache, failed_at_ms }))
    }

    pub(in super::super) fn people(&self) -> &People {
        &self.0.people
    }

    pub(in super::super) fn now_ms(&self) -> u64 {
        self.0.clock.now_ms()
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    /// When a session ends if it is not used any more.
    pub(in super::super) fn ends_at_ms(&self, session: &Session) -> u64 {
        let Lifetimes { idle, absolute, .. } = self.0.lifetimes;
        session.ends_at_ms(millis(idle), millis(absolute))
    }

    /// A session as it is known, from the cache for a few seconds, and for some minutes while the
    /// store does not answer.
    pub(in super::super) async fn get(&self, id: SessionId) -> Result<Loaded, SessionError> {
        let now_ms = self.now_ms();
        let cached = self.0.cache.get(&id);
        let age = |loaded: &Loaded| now_ms.abs_diff(loaded.read_at_ms);
        if let Some(loaded) = cached.clone().filter(|loaded| age(loaded) < FRESH_MS) {
            return self.living(loaded);
        }
        let stale = cached.filter(|loaded| age(loaded) < STALE_MS);
        if let Some(loaded) = &stale
            && self.is_resting(now_ms)
        {
            return self.living(loaded.clone());
        }
        match (self.read(id).await, stale) {
            (Err(SessionError::Store(_)), Some(loaded)) => self.living(loaded),
            (answer, _) => answer,
        }
    }

    /// Whether there is something to go on with if the store does not answer.
    pub(in super::super) fn is_remembered(&self, id: SessionId) -> bool {
        self.0.cache.peek(&id).is_some()
    }

    /// Whether the store failed a moment ago.
    fn is_resting(&self, now_ms: u64) -> bool {
        self.0.failed_at_ms.load(Ordering::Relaxed).abs_diff(now_ms) < REST_MS
    }

    /// A session as the store has it now.
    pub(in super::super) async fn read(&self, id: SessionId) -> Result<Loaded, SessionError> {
        let now_ms = self.now_ms();
        let found = self.0.store.get(&id.key(), now_ms).await;
        if found.as_ref().err() == Some(&StoreError::Unavailable) {
            self.0.failed_at_ms.store(self.now_ms(), Ordering::Relaxed);
        }
        let Some(record) = found? else {
            self.0.cache.remove(&id);
            return Err(SessionError::Ended);
        };
        let session: Session =
            serde_json::from_slice(&record.plain).map_err(|_| SessionError::Unreadable)?;
        let loaded = Loaded {
            session: Arc::new(session),
            version: record.version,
            is_current_key: record.is_current_key,
            read_at_ms: now_ms,
        };
        self.0.cache.insert(id, loaded.clone());
        self.living(loaded)
    }

    fn living(&self, loaded: Loaded) -> Result<Loaded, SessionError> {
        let is_over = self.ends_at_ms(&loaded.session) <= self.now_ms();
        if is_over { Err(SessionError::Ended) } else { Ok(loaded) }
    }

    /// Changes a session: `change` is called with what the store has, again each time another
    /// writer came first. It returns what to write, or none to leave all as it is.
    pub(in super::super) async fn change<T>(
        &self,
        id: SessionId,
        mut change: impl FnMut(&Session) -> (Option<Session>, T),
    ) -> Result<(Loaded, T), SessionError> {
        for _ in 0..TRIES {
            let loaded = self.read(id).await?;
            let (session, answer) = change(&loaded.session);
            let Some(session) = session else { return Ok((loaded, answer)) };
            let expected = Expected::Version(loaded.version);
            if let Some(written) = self.write(id, expected, &Arc::new(session)).await? {
                return Ok((written, answer));
            }
        }
        Err(SessionError::Store(StoreError::Unavailable))
    }

    /// Notes that a session is in use, so that its idle end moves on; writes seldom.
    pub(in super::super) async fn touch(&self, id: SessionId, loaded: &Loaded) {
        let now_ms = self.now_ms();
        let unnoted = now_ms.saturating_sub(loaded.session.last_used_at_ms);
        let step = (millis(self.0.lifetimes.idle) / 20).min(60 * 60 * 1000);
        // What an older key sealed is sealed anew when it is used.
        let is_noted = unnoted < step && loaded.is_current_key;
        if is_noted || self.is_resting(now_ms) {
            return;
        }
        let noted = self
            .change(id, |session| {
                let last_used_at_ms = now_ms.max(session.last_used_at_ms);
                (Some(Session { last_used_at_ms, ..session.clone() }), ())
            })
            .await;
        if let Err(error) = noted {
            tracing::debug!(%error, "the use of a session was not noted");
            return;
        }
        // The list goes by a hash under a key: when the older key goes, a sign-out must still find
        // the session.
        if !loaded.is_current_key
            && let Err(error) = self.0.people.add(&loaded.session.person, id).await
        {
            tracing::debug!(%error, "a session was not listed under the current key");
        }
    }

    /// Ends a session and returns it, with its grants, for the caller to revoke. None when it had
    /// ended already.
    pub(in super::super) async fn end(
        &self,
        id: SessionId,
    ) -> Result<Option<Arc<Session>>, SessionError> {
        let session = match self.read(id).await {
            Ok(loaded) => loaded.session,
            Err(SessionError::Ended) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_removed = self.0.store.remove(&id.key(), None, self.now_ms()).await?;
        self.0.cache.remove(&id);
        // The list is only a list: a session that is gone may stay on it until it is full.
        if let Err(error) = self.0.people.remove(&session.person, &[id]).await {
            tracing::debug!(%error, "an ended session stays on its person's list");
        }
        Ok(is_removed.then_some(session))
    }

    /// Takes what is one session too many off its person's list, the oldest first, for the caller
    /// to end. Sessions that have ended by themselves do not count.
    pub(in super::super) async fn surplus(
        &self,
        person: &Person,
    ) -> Result<Vec<SessionId>, SessionError> {
        let max = self.0.lifetimes.per_person_max.max(1);
        let known = self.0.people.known(person).await?;
        if known.sessions().count() <= max {
            return Ok(Vec::new());
        }
        let (mut living, mut off) = (Vec::new(), Vec::new());
        for id in known.sessions() {
            match self.read(id).await {
                Err(SessionError::Ended) => off.push(id),
                Err(error @ SessionError::Store(_)) => return Err(error),
                Ok(_) | Err(SessionError::Unreadable) => living.push(id),
            }
        }
        let surplus: Vec<_> = living.drain(..living.len().saturating_sub(max)).collect();
        off.extend(&surplus);
        self.0.people.remove(person, &off).await?;
        Ok(surplus)
    }

    /// What renewed a grant is used at once, also while the store does not take it.
    pub(super) fn remember(&self, id: SessionId, loaded: &Loaded, session: Session) -> Loaded {
        let remembered =
            Loaded { session: Arc::new(session), read_at_ms: self.now_ms(), ..loaded.clone() };
        self.0.cache.insert(id, remembered.clone());
        remembered
    }

    /// Writes a session and remembers it; none when what is there is not what was expected.
    pub(super) async fn write(
        &self,
        id: SessionId,
        expected: Expected,
        session: &Arc<Session>,
    ) -> Result<Option<Loaded>, StoreError> {
        let now_ms = self.now_ms();
        let plain =
            Zeroizing::new(serde_json::to_vec(&**session).map_err(|_| StoreError::Unavailable)?);
        let ends_at_ms = self.ends_at_ms(session);
        let version = self.0.store.put(&id.key(), expected, &plain, ends_at_ms, now_ms).await?;
        let written = version.map(|version| Loaded {
            session: Arc::clone(session),
            version,
            is_current_key: true,
            read_at_ms: now_ms,
        });
        if let Some(written) = &written {
            self.0.cache.insert(id, written.clone());
        }
        Ok(written)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
