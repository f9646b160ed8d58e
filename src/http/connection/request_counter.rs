//! Tells a connection's stream whether a request is running on it, and since when: hyper does not
//! say.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http_body::{Body, Frame, SizeHint};
use hyper::service::Service;
use tokio::time::Instant;

/// Counts the beginnings and the ends of a connection's requests, which come one by one: odd while
/// one is running.
#[derive(Clone, Debug)]
pub(super) struct RequestCounter(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    count: AtomicUsize,
    opened: Instant,
    /// When the count changed last, in microseconds since the connection was opened.
    changed_us: AtomicU64,
}

impl Default for RequestCounter {
    fn default() -> Self {
        let (count, changed_us) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self(Arc::new(Counted { count, opened: Instant::now(), changed_us }))
    }
}

impl RequestCounter {
    /// For how long no request has been running; none while one is.
    pub(super) fn silence(&self) -> Option<Duration> {
        if Self::is_running(self.count()) {
            return None;
        }
        let since = Duration::from_micros(self.0.changed_us.load(Ordering::Acquire));
        Some(self.0.opened.elapsed().saturating_sub(since))
    }

    /// The answer's body, whose end is the request's.
    pub(super) fn until_end_of<B>(&self, body: B) -> CountedBody<B> {
        CountedBody { body, counter: self.clone() }
    }

    /// Beginnings and ends so far; no two waits for a request see the same number.
    pub(super) fn count(&self) -> usize {
        self.0.count.load(Ordering::Acquire)
    }

    /// Whether a request runs at this count.
    pub(super) fn is_running(count: usize) -> bool {
        !count.is_multiple_of(2)
    }

    fn add(&self) {
        let now = u64::try_from(self.0.opened.elapsed().as_micros()).unwrap_or(u64::MAX);
        // First, so that whoever sees the count does not see an older time.
        self.0.changed_us.store(now, Ordering::Release);
        self.0.count.fetch_add(1, Ordering::AcqRel);
    }
}

/// Counts a request at the moment in which its header is complete.
pub(super) struct CountRequests<S> {
    pub(super) service: S,
    pub(super) counter: RequestCounter,
}

impl<R, S: Service<R>> Service<R> for CountRequests<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, request: R) -> S::Future {
        self.counter.add();
        self.service.call(request)
    }
}

/// A body that says when it is no longer needed: taken by the connection to its end, or given up.
pub(super) struct CountedBody<B> {
    body: B,
    counter: RequestCounter,
}

impl<B> Drop for CountedBody<B> {
    fn drop(&mut self) {
        self.counter.add();
    }
}

impl<B: Body + Unpin> Body for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
