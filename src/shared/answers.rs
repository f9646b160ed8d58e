//! What Jira said of its own make-up minutes ago, in the store: sealed, each user's own, found by
//! every replica.
//!
//! An answer carries the mark of its owner's *head*, a record that begins with the first answer
//! kept. To forget a user is to remove that head: whatever carries the mark of another is no answer
//! any more, and so is what is written later by who looked before. All of it ends by itself.

use std::{
    fmt,
    io::{Read, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use auth::{BoxFuture, PrincipalKey};
use bytes::Bytes;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use session_store::{Expected, Record, RecordKey, Store, StoreError};
use tokio::try_join;
use tool_kit::{AnswerName, Found, Mark, Place, SharedAnswers};

use super::outage::{Outage, SharedStore};

/// How long a head lasts: longer than answers, since its end is theirs.
const HEAD: Duration = Duration::from_hours(1);

/// The largest answer that is kept, in bytes, before and after compression.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const KEPT_BYTES_MAX: usize = 64 * 1024;

/// What one process writes within the life of an answer: sessions are kept in the same place, and a
/// store that is full takes none any more.
const BYTES_A_LIFE: usize = 32 * 1024 * 1024;

/// Keeps answers in a store. The time is milliseconds since 1970.
pub struct StoreAnswers {
    store: Store,
    life_ms: u64,
    now_ms: Box<dyn Fn() -> u64 + Send + Sync>,
    outage: Arc<Outage>,
    written: Mutex<Written>,
    /// Until then nothing is believed: something could not be forgotten.
    distrusted_until_ms: AtomicU64,
}

/// What was written since a time.
#[derive(Default)]
struct Written {
    since_ms: u64,
    bytes: usize,
}

impl StoreAnswers {
    /// Answers are believed for `life`.
    pub fn new(
        store: impl Into<SharedStore>,
        life: Duration,
        now_ms: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        let SharedStore { store, outage } = store.into();
        Self {
            store,
            life_ms: millis(life),
            now_ms: Box::new(now_ms),
            outage,
            written: Mutex::default(),
            distrusted_until_ms: AtomicU64::new(0),
        }
    }

    async fn look(&self, name: AnswerName<'_>) -> Result<Found, StoreError> {
        let now_ms = (self.now_ms)();
        if now_ms < self.distrusted_until_ms.load(Ordering::Relaxed) {
            return Ok(Found::default());
        }
        let (head, key) = (head(name.owner), key(name));
        let both = async { try_join!(self.store.get(&head, now_ms), self.store.get(&key, now_ms)) };
        let (head, answer) = self.outage.ask(both).await?;
        let place = Place {
            since: head.map(|head| head.version),
            replaces: answer.as_ref().map(|answer| answer.version),
        };
        let answer = answer.and_then(|answer| self.opened(&answer, place.since?, now_ms));
        Ok(Found { answer, place: Some(place) })
    }

    /// What a record holds, if it is of this head and young enough.
    fn opened(&self, record: &Record, since: Mark, now_ms: u64) -> Option<(Duration, Bytes)> {
        let (mark, rest) = record.plain.split_first_chunk::<{ size_of::<Mark>() }>()?;
        let (asked_ms, deflated) = rest.split_first_chunk::<8>()?;
        let age_ms = now_ms.saturating_sub(u64::from_le_bytes(*asked_ms));
        if *mark != since || age_ms >= self.life_ms {
            return None;
        }
        let mut body = Vec::new();
        DeflateDecoder::new(deflated).take(ANSWER_BYTES_MAX as u64).read_to_end(&mut body).ok()?;
        Some((Duration::from_millis(age_ms), body.into()))
    }

    async fn write(
        &self,
        name: AnswerName<'_>,
        place: Place,
        asked: Duration,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let now_ms = (self.now_ms)();
        let asked_ms = now_ms.saturating_sub(millis(asked));
        let Some(deflated) = deflated(body).filter(|text| self.may_write(text.len(), now_ms))
        else {
            return Ok(());
        };
        let mut since = place.since;
        if since.is_none() {
            let (head, ends_ms) = (head(name.owner), now_ms.saturating_add(millis(HEAD)));
            let put = self.store.put(&head, Expected::Absent, b"", ends_ms, now_ms);
            since = self.outage.ask(put).await?;
        }
        // Another replica met the same user at the same moment. It keeps its answer.
        let Some(since) = since else { return Ok(()) };
        let plain = [&since[..], &asked_ms.to_le_bytes(), &deflated].concat();
        let expected = place.replaces.map_or(Expected::Absent, Expected::Version);
        let ends_ms = asked_ms.saturating_add(self.life_ms);
        let key = key(name);
        let put = self.store.put(&key, expected, &plain, ends_ms, now_ms);
        self.outage.ask(put).await.map(drop)
    }

    /// Whether so many bytes more may be written; notes them if so.
    fn may_write(&self, bytes: usize, now_ms: u64) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms.saturating_sub(written.since_ms) >= self.life_ms {
            *written = Written { since_ms: now_ms, bytes: 0 };
        }
        let fits = bytes <= KEPT_BYTES_MAX && written.bytes + bytes <= BYTES_A_LIFE;
        if fits {
            written.bytes += bytes;
        }
        fits
    }

    async fn remove(&self, owner: PrincipalKey) {
        let now_ms = (self.now_ms)();
        if self.outage.ask(self.store.remove(&head(owner), None, now_ms)).await.is_err() {
            self.distrusted_until_ms
                .fetch_max(now_ms.saturating_add(self.life_ms), Ordering::Relaxed);
        }
    }
}

impl SharedAnswers for StoreAnswers {
    fn find<'a>(&'a self, name: AnswerName<'a>) -> BoxFuture<'a, Found> {
        // What cannot be read is asked for again, and left to its end where it is.
        Box::pin(async move { self.look(name).await.unwrap_or_default() })
    }

    fn keep<'a>(
        &'a self,
        name: AnswerName<'a>,
        place: Place,
        asked: Duration,
        body: &'a Bytes,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if self.write(name, place, asked, body).await.is_err() {
                tracing::debug!("an answer about Jira's make-up was not written to the store");
            }
        })
    }

    fn forget(&self, owner: PrincipalKey) -> BoxFuture<'_, ()> {
        Box::pin(self.remove(owner))
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
