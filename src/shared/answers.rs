//! What Jira said of its own make-up minutes ago, in the store: sealed, each user's own, found by
//! every replica.
//!
//! An answer carries the mark of its owner's *head*, a record that is there before Jira is asked.
//! To forget a user is to remove that head: whatever carries the mark of another is no answer any
//! more, and so is what is written later by who looked before. All of it ends by itself.

use std::{
    fmt,
    io::{Read, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use auth::{BoxFuture, PrincipalKey};
use bytes::Bytes;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use session_store::{Expected, Record, RecordKey, Store, StoreError};
use tokio::{time::sleep, try_join};
use tool_kit::{AnswerName, Found, Mark, Place, SharedAnswers};

use super::{
    outage::{PAUSE, SharedStore},
    unforgotten::{Pending, Unforgotten},
};

/// The largest answer that is kept, in bytes, before and after compression.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const KEPT_BYTES_MAX: usize = 64 * 1024;

/// What one process writes within the life of an answer: sessions are kept in the same place, and a
/// store that is full takes none any more.
const BYTES_A_LIFE: usize = 32 * 1024 * 1024;

/// By the first byte of their keys users are in so many parts, none of which writes all: one user
/// cannot use up what the others save by.
const PARTS: usize = 256;
const BYTES_A_LIFE_OF_A_PART: usize = BYTES_A_LIFE / 16;

/// What a record costs the store beside its text: its name, its seal, its end.
const RECORD_BYTES: usize = 256;

/// How far ahead the clock of another replica may be.
const AHEAD_MS: u64 = 5_000;

/// Keeps answers in a store. The time is milliseconds since 1970.
pub struct StoreAnswers(Arc<Inner>);

struct Inner {
    store: SharedStore,
    life_ms: u64,
    now_ms: Box<dyn Fn() -> u64 + Send + Sync>,
    written: Mutex<Written>,
    unforgotten: Unforgotten,
    /// How long after a forgetting that failed it is tried again.
    retry: Duration,
}

/// What was written since a time.
struct Written {
    since_ms: u64,
    bytes: usize,
    of_parts: Box<[usize; PARTS]>,
}

impl StoreAnswers {
    /// Answers are believed for `life`.
    pub fn new(
        store: impl Into<SharedStore>,
        life: Duration,
        now_ms: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            store: store.into(),
            life_ms: millis(life),
            now_ms: Box::new(now_ms),
            written: Mutex::new(Written { since_ms: 0, bytes: 0, of_parts: [0; PARTS].into() }),
            unforgotten: Unforgotten::default(),
            retry: PAUSE + Duration::from_secs(1),
        }))
    }

    #[cfg(test)]
    pub(super) fn retrying_after(mut self, retry: Duration) -> Self {
        Arc::get_mut(&mut self.0).unwrap().retry = retry;
        self
    }
}

impl Inner {
    async fn look(&self, name: AnswerName<'_>) -> Result<Found, StoreError> {
        let now_ms = (self.now_ms)();
        if !self.unforgotten.is_believed(name.owner, now_ms) {
            return Ok(Found::default());
        }
        let (head, key) = (head(name.owner), key(name));
        let both =
            async move |store: Store| try_join!(store.get(&head, now_ms), store.get(&key, now_ms));
        let (head, answer) = self.store.ask(both).await?;
        // A head before anything is asked: a forgetting meanwhile shows by another one.
        let since = match head {
            Some(head) => Some(head.version),
            None => self.begin(name.owner, now_ms).await?,
        };
        let Some(since) = since else { return Ok(Found::default()) };
        let place = Place { since, replaces: answer.as_ref().map(|answer| answer.version) };
        let answer = answer.and_then(|answer| self.opened(&answer, since, now_ms));
        Ok(Found { answer, place: Some(place) })
    }

    /// Writes a user's head. None where another replica did at the same moment, which then keeps
    /// its answer, and where no more may be written.
    async fn begin(&self, owner: PrincipalKey, now_ms: u64) -> Result<Option<Mark>, StoreError> {
        if !self.may_write(owner, 0, now_ms) {
            return Ok(None);
        }
        // Longer than an answer that is asked for soon, and no longer: this user may be nobody.
        let (head, ends_ms) = (head(owner), now_ms.saturating_add(2 * self.life_ms));
        let putting = async move |store: Store| {
            store.put(&head, Expected::Absent, b"", ends_ms, now_ms).await
        };
        self.store.ask(putting).await
    }

    /// What a record holds, if it is of this head and young enough.
    fn opened(&self, record: &Record, since: Mark, now_ms: u64) -> Option<(Duration, Bytes)> {
        let (mark, rest) = record.plain.split_first_chunk::<{ size_of::<Mark>() }>()?;
        let (asked_ms, deflated) = rest.split_first_chunk::<8>()?;
        let asked_ms = u64::from_le_bytes(*asked_ms);
        let age_ms = now_ms.saturating_sub(asked_ms);
        let is_ahead = asked_ms > now_ms.saturating_add(AHEAD_MS);
        if *mark != since || age_ms >= self.life_ms || is_ahead {
            return None;
        }
        let mut body = Vec::new();
        DeflateDecoder::new(deflated).take(ANSWER_BYTES_MAX as u64).read_to_end(&mut body).ok()?;
        Some((Duration::from_millis(age_ms), body.into()))
    }

    async fn write(
        &self,
        name: AnswerName<'_>,
        Place { since, replaces }: Place,
        asked: Duration,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let now_ms = (self.now_ms)();
        let asked_ms = now_ms.saturating_sub(millis(asked));
        if !self.unforgotten.is_believed(name.owner, now_ms) {
            return Ok(());
        }
        let fits = |text: &Vec<u8>| {
            text.len() <= KEPT_BYTES_MAX && self.may_write(name.owner, text.len(), now_ms)
        };
        let Some(deflated) = deflated(body).filter(fits) else { return Ok(()) };
        let plain = [&since[..], &asked_ms.to_le_bytes(), &deflated].concat();
        let expected = replaces.map_or(Expected::Absent, Expected::Version);
        let ends_ms = asked_ms.saturating_add(self.life_ms);
        let key = key(name);
        let putting =
            async move |store: Store| store.put(&key, expected, &plain, ends_ms, now_ms).await;
        self.store.ask(putting).await.map(drop)
    }

    /// Whether a record of so many bytes more may be written; notes them if so.
    fn may_write(&self, owner: PrincipalKey, bytes: usize, now_ms: u64) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms.saturating_sub(written.since_ms) >= self.life_ms {
            written.since_ms = now_ms;
            written.bytes = 0;
            written.of_parts.fill(0);
        }
        let bytes = bytes + RECORD_BYTES;
        let Written { bytes: all, of_parts, .. } = &mut *written;
        let [part, ..] = owner.to_bytes();
        let Some(of_part) = of_parts.get_mut(usize::from(part)) else { return false };
        let fits = *all + bytes <= BYTES_A_LIFE && *of_part + bytes <= BYTES_A_LIFE_OF_A_PART;
        if fits {
            *all += bytes;
            *of_part += bytes;
        }
        fits
    }

    /// Forgets a user in the store; whether that was done.
    async fn forget(&self, owner: PrincipalKey, pending: Pending) -> bool {
        let (head, now_ms) = (head(owner), (self.now_ms)());
        let removing = async move |store: Store| store.remove(&head, None, now_ms).await;
        let is_done = self.store.ask(removing).await.is_ok();
        if is_done {
            self.unforgotten.done(owner, pending);
        }
        is_done
    }

    /// Tries again what failed, until it is done, or is not needed any more.
    async fn go_on_forgetting(&self, owner: PrincipalKey, pending: Pending) {
        loop {
            sleep(self.retry).await;
            let is_over = (self.now_ms)() >= pending.until_ms;
            if is_over || !self.unforgotten.is_pending(owner, pending) {
                return self.unforgotten.done(owner, pending);
            }
            if self.forget(owner, pending).await {
                return;
            }
        }
    }
}

impl SharedAnswers for StoreAnswers {
    fn find<'a>(&'a self, name: AnswerName<'a>) -> BoxFuture<'a, Found> {
        // What cannot be read is asked for again, and left to its end where it is.
        Box::pin(async move { self.0.look(name).await.unwrap_or_default() })
    }

    fn keep<'a>(
        &'a self,
        name: AnswerName<'a>,
        place: Place,
        asked: Duration,
        body: &'a Bytes,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.0.write(name, place, asked, body).await.is_err() {
                tracing::debug!("an answer about Jira's make-up was not written to the store");
            }
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a client that leaves undoes nothing; a stop ends what is believed here as well"
    )]
    fn forget(&self, owner: PrincipalKey) -> BoxFuture<'_, ()> {
        let inner = Arc::clone(&self.0);
        let now_ms = (inner.now_ms)();
        // Distrusted before anything is waited for.
        let until_ms = now_ms.saturating_add(inner.life_ms);
        let pending = inner.unforgotten.begin(owner, until_ms, now_ms);
        let first = tokio::spawn(async move {
            if !inner.forget(owner, pending).await {
                tokio::spawn(async move { inner.go_on_forgetting(owner, pending).await });
            }
        });
        Box::pin(async move {
            // A task that was lost has forgotten nothing, and nothing is believed for its time.
            let _ = first.await;
        })
    }
}

impl fmt::Debug for StoreAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreAnswers")
    }
}

fn head(owner: PrincipalKey) -> RecordKey {
    RecordKey::new("answers", &owner.to_bytes())
}

fn key(name: AnswerName<'_>) -> RecordKey {
    let url = blake3::hash(name.url.as_bytes());
    RecordKey::new("answer", &[&name.owner.to_bytes()[..], url.as_bytes()].concat())
}

fn deflated(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
