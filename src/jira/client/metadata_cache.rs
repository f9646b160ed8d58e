//! What Jira said of its own make-up minutes ago: fields, create screens, kinds of links, the words
//! of JQL.
//!
//! Kept for one token on one site, because Jira shows each user what their permissions allow:
//! nothing is ever shared between users, and replicas share what they know of one. What is
//! remembered may save a call and never decides a refusal: a tool that fails after it used some is
//! run once more on fresh answers, and a write that Jira refuses empties the cache.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use auth::PrincipalKey;
use bytes::Bytes;
use http::StatusCode;
use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;

use super::{
    forgotten::Forgotten,
    request::{Request, Safety, scope},
};

/// How long an answer is believed.
pub const TTL: Duration = Duration::from_mins(5);

/// The bytes kept for all users together.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// A larger answer is asked for each time: the fields of a site with thousands of them.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// What an entry costs beside its body and its address.
const ENTRY_BYTES: u64 = 256;

/// So few that the cache keeps them in one shard: the bytes are divided among shards, and an answer
/// larger than its shard could not be kept.
const ENTRIES_EXPECTED: usize = 32;

/// Answers by keyed token hash and address, never by token: bounded in bytes and time.
pub(super) struct MetadataCache {
    answers: Cache<(PrincipalKey, String), CacheEntry, ByBytes>,
    forgotten: Forgotten,
}

/// An answer's body and when it came.
#[derive(Clone)]
struct CacheEntry {
    stored: Instant,
    body: Bytes,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<(PrincipalKey, String), CacheEntry> for ByBytes {
    fn weight(&self, (_, url): &(PrincipalKey, String), kept: &CacheEntry) -> u64 {
        ENTRY_BYTES + url.len() as u64 + kept.body.len() as u64
    }
}

impl fmt::Debug for MetadataCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetadataCache")
            .field("entries", &self.answers.len())
            .finish_non_exhaustive()
    }
}

impl MetadataCache {
    pub(super) fn new() -> Self {
        Self {
            answers: Cache::with_weighter(ENTRIES_EXPECTED, BYTES_MAX, ByBytes),
            forgotten: Forgotten::new(),
        }
    }

    pub(super) fn fresh(&self, key: &(PrincipalKey, String), now: Instant) -> Option<Bytes> {
        let kept = self.answers.get(key)?;
        (now.saturating_duration_since(kept.stored) < TTL).then_some(kept.body)
    }

    /// Keeps what Jira answered to a question of the time `stored`, which this process put, or read
    /// of another, at the time `put`. Not if something of the caller was forgotten since.
    pub(super) fn keep(
        &self,
        key: (PrincipalKey, String),
        stored: Instant,
        put: Instant,
        body: &Bytes,
    ) {
        if body.len() <= ANSWER_BYTES_MAX && self.forgotten.is_current(key.0, put) {
            // A copy, because a body may hold on to the larger buffer that it was read into.
            self.answers.insert(key, CacheEntry { stored, body: Bytes::copy_from_slice(body) });
        }
    }

    fn invalidate(&self, caller: PrincipalKey) {
        self.forgotten.note(caller);
        self.answers.retain(|(owner, _), _| *owner != caller);
    }

    /// Forgets what this caller was told when an answer shows that it is not, or no longer, so; and
    /// whether it does.
    pub(super) fn invalidate_after(
        &self,
        caller: PrincipalKey,
        request: &Request,
        status: StatusCode,
    ) -> bool {
        let is_changed = status.is_success() && request.scope().contains(scope::MANAGE_PROJECT);
        let is_refused = !status.is_success() && request.safety() != Safety::Read;
        if status == StatusCode::UNAUTHORIZED {
            self.invalidate(caller);
            true
        } else if is_changed || is_refused {
            self.invalidate_site(caller);
            true
        } else {
            false
        }
    }

    /// Forgets how the site is made. Who the caller is stays so.
    fn invalidate_site(&self, caller: PrincipalKey) {
        self.forgotten.note(caller);
        self.answers.retain(|(owner, url), _| *owner != caller || url.ends_with("/myself"));
    }
}

/// What one tool call did with remembered answers.
#[derive(Debug, Default)]
pub(super) struct CacheUse {
    /// A remembered answer was used.
    used: AtomicBool,
    /// Only fresh answers are wanted.
    bypass: AtomicBool,
    /// What failed has nothing to do with what is remembered.
    retry_ruled_out: AtomicBool,
    /// Something was sent that may have changed Jira.
    wrote: AtomicBool,
}

impl CacheUse {
    /// Notes that a request goes out.
    pub(super) fn sent(&self, request: &Request) {
        if request.safety() != Safety::Read {
            self.wrote.store(true, Ordering::Relaxed);
        }
    }

    /// Notes that a remembered answer was used.
    pub(super) fn hit(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    /// Whether only fresh answers are wanted.
    pub(super) fn is_bypassed(&self) -> bool {
        self.bypass.load(Ordering::Relaxed)
    }

    /// Notes that what failed has nothing to do with what is remembered.
    pub(super) fn rule_out_retry(&self) {
        self.retry_ruled_out.store(true, Ordering::Relaxed);
    }

    /// Whether the call may be made once more. True only once; from then on the cache is bypassed.
    pub(super) fn may_retry_fresh(&self) -> bool {
        self.used.load(Ordering::Relaxed)
            && !self.retry_ruled_out.load(Ordering::Relaxed)
            && !self.wrote.load(Ordering::Relaxed)
            && !self.bypass.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use auth::{Bearer, Credential, KeyedHasher};

    use super::*;

    fn key(hasher: &KeyedHasher, user: u32, url: &str) -> (PrincipalKey, String) {
        let bearer = Bearer::from_token(&format!("the-token-of-user-{user}")).unwrap();
        (Credential::from(bearer).key(hasher), url.to_owned())
    }

    #[test]
    fn an_answer_is_believed_for_five_minutes_and_by_its_owner_only() {
        let (cache, hasher, start) =
            (MetadataCache::new(), KeyedHasher::random().unwrap(), Instant::now());
        cache.keep(key(&hasher, 1, "a"), start, start, &Bytes::from_static(b"one"));
        let seen = |user, url, after_s| {
            cache.fresh(&key(&hasher, user, url), start + Duration::from_secs(after_s)).is_some()
        };
        assert!(seen(1, "a", 0) && seen(1, "a", 299));
        assert!(!seen(1, "a", 300) && !seen(2, "a", 0) && !seen(1, "b", 0));
    }

    #[test]
    fn what_was_asked_before_a_forgetting_is_not_kept() {
        let (cache, hasher) = (MetadataCache::new(), KeyedHasher::random().unwrap());
        let (asked, body) = (Instant::now(), Bytes::from_static(b"x"));
        while Instant::now() == asked {}
        cache.invalidate_site(key(&hasher, 1, "").0);
        cache.keep(key(&hasher, 1, "a"), asked, asked, &body);
        assert!(cache.fresh(&key(&hasher, 1, "a"), asked).is_none());
        let again = Instant::now();
        cache.keep(key(&hasher, 1, "a"), again, again, &body);
        assert!(cache.fresh(&key(&hasher, 1, "a"), again).is_some());
    }

    #[test]
    fn forgetting_leaves_the_others_alone() {
        let (cache, hasher, now) =
            (MetadataCache::new(), KeyedHasher::random().unwrap(), Instant::now());
        for user in 1..=2 {
            cache.keep(key(&hasher, user, "a"), now, now, &Bytes::from_static(b"x"));
            cache.keep(key(&hasher, user, "b"), now, now, &Bytes::from_static(b"x"));
            cache.keep(key(&hasher, user, "/api/3/myself"), now, now, &Bytes::from_static(b"x"));
        }
        cache.invalidate_site(key(&hasher, 1, "").0);
        assert!(cache.fresh(&key(&hasher, 1, "a"), now).is_none());
        assert!(cache.fresh(&key(&hasher, 1, "/api/3/myself"), now).is_some());
        cache.invalidate(key(&hasher, 1, "").0);
        assert!(cache.fresh(&key(&hasher, 1, "/api/3/myself"), now).is_none());
        assert!(cache.fresh(&key(&hasher, 1, "a"), now).is_none());
        assert!(cache.fresh(&key(&hasher, 1, "b"), now).is_none());
        assert!(cache.fresh(&key(&hasher, 2, "a"), now).is_some());
    }

    #[test]
    fn its_bytes_are_bounded_whoever_asks() {
        let (cache, hasher, now) =
            (MetadataCache::new(), KeyedHasher::random().unwrap(), Instant::now());
        let body = Bytes::from(vec![b'x'; 100 * 1024]);
        for user in 0..500 {
            cache.keep(key(&hasher, user, "a"), now, now, &body);
            assert!(
                cache.answers.weight() <= BYTES_MAX,
                "{} bytes after {user} users",
                cache.answers.weight()
            );
        }
        assert!(cache.answers.len() > 50, "{} entries", cache.answers.len());
        cache.keep(
            key(&hasher, 1, "large"),
            now,
            now,
            &Bytes::from(vec![b'x'; ANSWER_BYTES_MAX + 1]),
        );
        assert!(cache.fresh(&key(&hasher, 1, "large"), now).is_none());
        cache.keep(key(&hasher, 1, "fits"), now, now, &Bytes::from(vec![b'x'; ANSWER_BYTES_MAX]));
        assert!(cache.fresh(&key(&hasher, 1, "fits"), now).is_some());
    }
}
