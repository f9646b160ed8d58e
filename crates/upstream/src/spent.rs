//! Quotas that an upstream has said are used up: until they fill again its word is repeated here.
//!
//! An hourly quota is shared by all users of an app. Without this, each of their calls would still
//! go out, for an hour, only to be refused. What is remembered is of one caller at one place: the
//! credential of another may be of another app, whose quota is its own.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use http::StatusCode;
use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::{
    rate_limit::RateLimit,
    request::{BreakerKey, CallerId, Request, Response},
};

/// Callers that are remembered, some 200 bytes each. Only an upstream's own word adds one.
const CALLERS_MAX: usize = 16 * 1024;
/// A quota fills again at the full hour; no word is good for longer.
const REMEMBERED_MAX: Duration = Duration::from_hours(1);
/// One call in so long goes out all the same: the quota may have been raised meanwhile.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);

/// What one caller was told.
#[derive(Clone, Debug)]
struct Word {
    until: Instant,
    next_look: Instant,
    limit: RateLimit,
}

/// The quotas that are used up.
#[derive(Debug)]
pub(super) struct Spent {
    words: Cache<(CallerId, BreakerKey), Word>,
    /// Nearly always nothing is, and then nothing is looked up.
    is_any: AtomicBool,
}

impl Spent {
    pub(super) fn new() -> Self {
        Self { words: Cache::new(CALLERS_MAX), is_any: AtomicBool::new(false) }
    }

    /// The upstream's refusal, repeated with the time that is left of it; none when the request
    /// may go out.
    pub(super) fn refusal(&self, request: &Request, now: Instant) -> Option<Response> {
        if !self.is_any.load(Ordering::Relaxed) {
            return None;
        }
        let key = (request.caller, request.breaker_key.clone());
        let mut word = self.words.get(&key)?;
        if now >= word.until {
            self.words.remove(&key);
            return None;
        }
        if now >= word.next_look {
            word.next_look = now + LOOK_INTERVAL;
            self.words.insert(key, word);
            return None;
        }
        word.limit.retry_after = Some(word.until - now);
        Some(Response {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            rate_limit: word.limit,
            attempts: 0,
            bytes_read: 0,
        })
    }

    /// Learns from an answer: that a quota is used up, or that it is not.
    pub(super) fn learn(&self, request: &Request, answer: &Response, now: Instant) {
        let is_refusal =
            answer.status == StatusCode::TOO_MANY_REQUESTS && answer.rate_limit.is_quota();
        // What names no time is not remembered.
        if let Some(wait) = answer.rate_limit.wait().filter(|_| is_refusal) {
            let word = Word {
                until: now + wait.min(REMEMBERED_MAX),
                next_look: now + LOOK_INTERVAL,
                limit: answer.rate_limit.clone(),
            };
            self.words.insert((request.caller, request.breaker_key.clone()), word);
            self.is_any.store(true, Ordering::Relaxed);
        } else if answer.status.is_success() && self.is_any.load(Ordering::Relaxed) {
            self.words.remove(&(request.caller, request.breaker_key.clone()));
            if self.words.is_empty() {
                self.is_any.store(false, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::Safety;

    fn request(caller: u8, site: &str) -> Request {
        let url = "http://127.0.0.1:9/".parse().unwrap();
        let mut request = Request::new(Method::GET, url, Safety::Read, site.into());
        request.caller = CallerId::from([caller; 16]);
        request
    }

    fn answer(status: u16, reason: Option<&str>, wait_s: Option<u64>) -> Response {
        let rate_limit = RateLimit {
            retry_after: wait_s.map(Duration::from_secs),
            reason: reason.map(str::to_owned),
            ..RateLimit::default()
        };
        Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            rate_limit,
            attempts: 1,
            bytes_read: 0,
        }
    }

    #[test]
    fn a_word_is_repeated_to_whom_it_was_said_for_as_long_as_it_is_good() {
        let (spent, start) = (Spent::new(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        let (anna, ben) = (request(1, "one"), request(2, "one"));
        spent.learn(&anna, &answer(429, Some("jira-quota-global-based"), Some(100)), start);
        let repeated = spent.refusal(&anna, after(10)).unwrap();
        assert_eq!(repeated.rate_limit.retry_after, Some(Duration::from_secs(90)));
        assert!(repeated.rate_limit.is_quota() && repeated.attempts == 0);
        for other in [&ben, &request(1, "two")] {
            assert!(spent.refusal(other, after(10)).is_none(), "nobody else was told");
        }
        // One looks whether it is still so.
        assert!(spent.refusal(&anna, after(31)).is_none());
        assert!(spent.refusal(&anna, after(31)).is_some());
        assert!(spent.refusal(&anna, after(100)).is_none());
    }

    #[test]
    fn what_gets_through_ends_it_and_what_is_no_quota_never_begins_it() {
        let (spent, now) = (Spent::new(), Instant::now());
        let anna = request(1, "one");
        for harmless in [
            answer(429, Some("jira-burst-based"), Some(100)),
            answer(429, None, Some(100)),
            answer(503, Some("jira-quota-global-based"), Some(100)),
            answer(429, Some("jira-quota-global-based"), None),
        ] {
            spent.learn(&anna, &harmless, now);
            assert!(spent.refusal(&anna, now).is_none());
        }
        spent.learn(&anna, &answer(429, Some("jira-quota-tenant-based"), Some(100)), now);
        assert!(spent.refusal(&anna, now).is_some());
        spent.learn(&anna, &answer(200, None, None), now);
        assert!(spent.refusal(&anna, now).is_none());
        // A time that is far away is not believed.
        spent.learn(&anna, &answer(429, Some("x-quota"), Some(1_000_000)), now);
        assert!(spent.refusal(&anna, now + REMEMBERED_MAX).is_none());
    }
}
