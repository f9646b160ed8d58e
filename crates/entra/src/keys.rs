//! The key set of one address: read when it is first needed, kept while the directory is away, and
//! read again for an unknown key at most once in a while.
//!
//! A key that is known is given at once, whatever else goes on. Reading is done by one task at a
//! time, which no caller can cut short; those who need what it reads wait for it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderValue, Method, header};
use metrics::{Signals, labels::KeyFetchResult};
use tokio::{sync::watch, time::Instant};
use tokio_util::task::TaskTracker;
use upstream::{BreakerKey, Request, Safety, Upstream};
use url::Url;

use super::key_set::{Key, KeySet, KeySetFault};

/// A set is read again after a day, for keys are withdrawn too.
const KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// Entra ID's set has some 20 KB.
const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// How long one reading may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// After a reading that failed, nobody waits for another for so long; then the next one tries
/// again.
const PAUSE_MS: u64 = 5_000;

/// The keys of one address. A clone shares them.
#[derive(Clone, Debug)]
pub struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    upstream: Upstream,
    url: Url,
    /// The least time between two readings that unknown keys were the reason of.
    reread_ms: u64,
    state: Mutex<State>,
    tasks: TaskTracker,
    signals: Signals,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Known>,
    /// When the last one began that an unknown key, or the set's age, was the reason of.
    reread_at_ms: Option<u64>,
    /// When the last one began that failed; none once one succeeds.
    failed_at_ms: Option<u64>,
    /// Closed when the reading that is under way is over.
    reading: Option<watch::Receiver<()>>,
}

#[derive(Debug)]
struct Known {
    set: KeySet,
    read_at_ms: u64,
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The set has none of this name.
    #[error("an unknown key")]
    Unknown,
    /// Neither has it, and to read the set again has just failed.
    #[error("an unknown key, and the keys cannot be read again")]
    Stale,
    /// No set could be read yet.
    #[error("the keys cannot be read")]
    Unavailable,
}

/// What can be said of a key at the moment.
enum Step {
    Done(Result<Key, KeyError>),
    /// A reading is under way; whether it was begun for this one.
    Wait(watch::Receiver<()>, bool),
}

/// Why a set was not read.
enum Fault {
    /// No answer, or one that refuses: what is logged of it.
    Unavailable(String),
    NotUnderstood(KeySetFault),
}

impl Fault {
    fn result(&self) -> KeyFetchResult {
        match self {
            Self::Unavailable(_) => KeyFetchResult::Unavailable,
            Self::NotUnderstood(_) => KeyFetchResult::NotUnderstood,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(reason) => f.write_str(reason),
            Self::NotUnderstood(fault) => fault.fmt(f),
        }
    }
}

/// Ends the reading also where it panics.
struct Reading(Keys, #[expect(dead_code, reason = "dropped with it")] watch::Sender<()>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.state().reading = None;
    }
}

impl Keys {
    /// The keys at `url`. It is the operator's own; no token and no document names another. Each
    /// reading is counted.
    pub fn new(upstream: Upstream, url: Url, reread: Duration, signals: Signals) -> Self {
        let reread_ms = u64::try_from(reread.as_millis()).unwrap_or(u64::MAX);
        let (state, tasks) = (Mutex::default(), TaskTracker::new());
        Self(Arc::new(Inner { upstream, url, reread_ms, state, tasks, signals }))
    }

    /// The key of this name, at `now_ms`.
    pub async fn find(&self, kid: &str, now_ms: u64) -> Result<Key, KeyError> {
        let mut may_read = true;
        loop {
            match self.step(kid, now_ms, may_read) {
                Step::Done(found) => return found,
                Step::Wait(mut reading, is_own) => {
                    // An error is the end: the sender is gone.
                    while reading.changed().await.is_ok() {}
                    may_read &= !is_own;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self, kid: &str, now_ms: u64, may_read: bool) -> Step {
        let mut state = self.state();
        let reread_at_ms = state.reread_at_ms;
        let may_reread = reread_at_ms.is_none_or(|at| now_ms.abs_diff(at) >= self.0.reread_ms);
        let failed = state.failed_at_ms.is_some_and(|at| now_ms.abs_diff(at) < PAUSE_MS);
        let Some(known) = &state.known else {
            return match &state.reading {
                Some(reading) => Step::Wait(reading.clone(), false),
                None if failed || !may_read => Step::Done(Err(KeyError::Unavailable)),
                None => Step::Wait(self.begin(&mut state, now_ms), true),
            };
        };
        if let Some(key) = known.set.find(kid) {
            let is_old = now_ms.abs_diff(known.read_at_ms) >= KEPT_MS;
            if is_old && may_reread && !failed && state.reading.is_none() {
                state.reread_at_ms = Some(now_ms);
                self.begin(&mut state, now_ms);
            }
            return Step::Done(Ok(key));
        }
        match &state.reading {
            Some(reading) => Step::Wait(reading.clone(), false),
            None if may_read && may_reread => {
                state.reread_at_ms = Some(now_ms);
                Step::Wait(self.begin(&mut state, now_ms), true)
            }
            None if failed => Step::Done(Err(KeyError::Stale)),
            None => Step::Done(Err(KeyError::Unknown)),
        }
    }

    /// In a task of its own: whoever leaves meanwhile does not end it for the others.
    fn begin(&self, state: &mut State, now_ms: u64) -> watch::Receiver<()> {
        let (sender, receiver) = watch::channel(());
        state.reading = Some(receiver.clone());
        let reading = Reading(self.clone(), sender);
        self.0.tasks.spawn(async move { reading.0.read(now_ms).await });
        receiver
    }

    async fn read(&self, now_ms: u64) {
        let read = self.fetch().await;
        let result = read.as_ref().err().map_or(KeyFetchResult::Ok, Fault::result);
        self.0.signals.metrics().entra_key_fetches.inc(result);
        let mut state = self.state();
        match read {
            Ok(set) => {
                state.known = Some(Known { set, read_at_ms: now_ms });
                state.failed_at_ms = None;
            }
            // What was good is better than nobody's sign-in.
            Err(reason) => {
                let has_keys = state.known.is_some();
                tracing::warn!(%reason, has_keys, "the directory's keys cannot be read");
                state.failed_at_ms = Some(now_ms);
            }
        }
    }

    async fn fetch(&self) -> Result<KeySet, Fault> {
        let url = self.0.url.clone();
        let breaker = BreakerKey::from(url.host_str().unwrap_or_default());
        let mut request = Request::new(Method::GET, url, Safety::Read, breaker);
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request.body_bytes_max = Some(DOCUMENT_BYTES_MAX);
        let answer = self.0.upstream.call(&request, Instant::now() + PATIENCE).await;
        let answer = answer.map_err(|error| Fault::Unavailable(error.code().to_owned()))?;
        // A redirect is none either: keys come from one address.
        if !answer.status.is_success() {
            return Err(Fault::Unavailable(answer.status.to_string()));
        }
        KeySet::parse(&answer.body).map_err(Fault::NotUnderstood)
    }
}
