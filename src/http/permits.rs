//! How many requests may be inside at once, and how much they may hold.
//!
//! Of the requests and of the bytes for bodies no caller holds more than a part, made-up or not,
//! from the moment in which the bearer is read. Callers whose token nobody has verified and no
//! upstream has accepted yet share half: that is what one person may hold who makes up many, and
//! enough for the first calls of all users after a start.

use std::sync::{Arc, OnceLock};

use auth::{PrincipalKey, TokenVerdict};
use limit::{Share, Shares, SharesSettings};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::reject::Reject;

/// Callers that are known, about 50 bytes each. Only the word of an upstream, or of a directory
/// that signed the token, adds one.
const KNOWN_MAX: usize = 16 * 1024;
/// One caller may always have as many requests as this, if there are permits.
const CALLER_MIN: usize = 8;
/// Bytes of all bodies together, beyond what each may have in any case, from their first byte to
/// their request's end.
pub const BODIES_BYTES_MAX: usize = 8 << 20;
/// What each body may have in any case, in bytes; nearly all are smaller.
pub const BODY_BYTES_FREE: usize = 4 << 10;

/// What there is for all requests inside `/mcp`.
pub(super) struct Permits {
    requests: Arc<Semaphore>,
    /// The requests of each caller.
    callers: Shares<PrincipalKey>,
    /// Those whose bodies are still to come.
    arriving: Shares<PrincipalKey>,
    /// Bytes of their bodies.
    bodies: Shares<PrincipalKey>,
    known: Cache<PrincipalKey, ()>,
}

impl Permits {
    pub(super) fn new(requests_max: usize) -> Self {
        // tokio's own maximum is no number of requests that anybody has.
        let all = requests_max.min(Semaphore::MAX_PERMITS);
        let third = (all / 3).max(all.min(CALLER_MIN));
        let half = (all / 2).max(all.min(CALLER_MIN));
        // Less than the half of those who are unknown: who sends a whole call gets in although
        // others never send theirs.
        let quarter = (all / 4).max(all.min(CALLER_MIN));
        let shares =
            |total, per_key, untrusted| Shares::new(SharesSettings { total, per_key, untrusted });
        Self {
            requests: Arc::new(Semaphore::new(all)),
            callers: shares(all, third, half),
            arriving: shares(all, all, quarter),
            bodies: shares(BODIES_BYTES_MAX, BODIES_BYTES_MAX / 2, BODIES_BYTES_MAX / 2),
            known: Cache::new(KNOWN_MAX),
        }
    }

    /// A permit for one request of anybody, if one is left.
    pub(super) fn acquire(&self) -> Option<RequestPermit> {
        let request = Arc::clone(&self.requests).try_acquire_owned().ok()?;
        let held = Held { _request: request, caller: OnceLock::new(), body: OnceLock::new() };
        Some(RequestPermit(Arc::new(held)))
    }

    /// Counts a request whose body has not come with its head, until the share is dropped.
    pub(super) fn body_arriving(
        &self,
        caller: PrincipalKey,
    ) -> Result<Share<PrincipalKey>, Reject> {
        self.arriving.take(caller, self.is_known(caller), 1).ok_or(Reject::Overloaded)
    }

    /// The bytes of one body, none of them taken yet.
    pub(super) fn body_bytes(&self, caller: PrincipalKey) -> Result<BodyBytes, Reject> {
        let share = self.bodies.take(caller, self.is_known(caller), 0).ok_or(Reject::Overloaded)?;
        Ok(BodyBytes { share, free: BODY_BYTES_FREE })
    }

    /// Remembers what an upstream said of the caller's token during a request.
    pub(super) fn learn(&self, caller: PrincipalKey, verdict: &TokenVerdict) {
        if verdict.refused {
            self.known.remove(&caller);
        } else if verdict.accepted {
            self.trust(caller);
        }
    }

    /// Remembers that the caller is somebody, whoever has found that out.
    pub(super) fn trust(&self, caller: PrincipalKey) {
        if !self.is_known(caller) {
            self.known.insert(caller, ());
        }
    }

    fn is_known(&self, caller: PrincipalKey) -> bool {
        self.known.get(&caller).is_some()
    }
}

/// What one request holds until it is answered and whatever it began is over; clones share it.
#[derive(Clone)]
pub(super) struct RequestPermit(Arc<Held>);

struct Held {
    _request: OwnedSemaphorePermit,
    caller: OnceLock<Share<PrincipalKey>>,
    body: OnceLock<Share<PrincipalKey>>,
}

impl RequestPermit {
    /// Counts the request among its caller's.
    pub(super) fn count_for(&self, permits: &Permits, caller: PrincipalKey) -> Result<(), Reject> {
        let is_known = permits.is_known(caller);
        let share = permits.callers.take(caller, is_known, 1).ok_or(Reject::Overloaded)?;
        // Once only: a request has one caller.
        let _ = self.0.caller.set(share);
        Ok(())
    }

    /// Keeps the bytes of the body counted as long as the request goes on.
    pub(super) fn keep(&self, bytes: BodyBytes) {
        let _ = self.0.body.set(bytes.share);
    }
}

/// The bytes that a body takes as it comes.
pub(super) struct BodyBytes {
    share: Share<PrincipalKey>,
    /// What is left of [`BODY_BYTES_FREE`].
    free: usize,
}

impl BodyBytes {
    /// Takes so many bytes more, if there are any.
    pub(super) fn grow(&mut self, more: usize) -> Result<(), Reject> {
        let free = more.min(self.free);
        self.free -= free;
        if self.share.grow(more - free) { Ok(()) } else { Err(Reject::Overloaded) }
    }
}
