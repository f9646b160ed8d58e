//! How long a connection may wait for a request: little for one that has begun, long between two.
//!
//! A gateway keeps its connections for a minute or more, and a request that meets the closing of
//! one is lost to it. hyper has one limit for both waits, so it is not used.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use http_body::{Body, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep},
};

/// Bytes of all unfinished heads together, beyond what each connection may have in any case. They
/// are counted until the connection ends, for its buffer stays as large as its largest head.
pub const HEADS_BYTES_MAX: usize = 4 << 20;
/// What each connection may have in any case; nearly all heads are smaller.
const HEAD_BYTES_FREE: usize = 8 << 10;
/// No head is larger, so what goes on longer is something else: a refused body that is read and
/// dropped.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Bytes that are read at once. hyper doubles its buffer when a read fills it, and never gives it
/// back.
const READ_BYTES_MAX: usize = 4 << 10;

/// The room for the heads of all connections.
#[derive(Clone, Debug)]
pub(super) struct Heads(Arc<Semaphore>);

impl Default for Heads {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HEADS_BYTES_MAX)))
    }
}

impl Heads {
    pub(super) fn of_connection(&self) -> Head {
        Head { all: self.clone(), bytes: 0, held: None }
    }
}

/// One connection's part of it.
#[derive(Debug)]
pub(super) struct Head {
    all: Heads,
    bytes: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Head {
    /// Takes room for what a head has grown by; false when there is none.
    fn grow(&mut self, more: usize) -> bool {
        self.bytes += more;
        let wanted = self.bytes.min(HEAD_BYTES_MAX).saturating_sub(HEAD_BYTES_FREE);
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(missing) = u32::try_from(wanted.saturating_sub(held)) else { return false };
        if missing == 0 {
            return true;
        }
        let Ok(permit) = Arc::clone(&self.all.0).try_acquire_many_owned(missing) else {
            return false;
        };
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        true
    }
}

/// The limits of both waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From a head's first byte, or from the connection's beginning, to its last byte.
    pub(super) head: Duration,
    /// From the end of an answer to the next head's first byte; a head that began together with the
    /// request before it counts from its next byte. When fewer than half of all places for
    /// connections are free it is no longer than that of a head: who waits for a place goes before
    /// who may come back. hyper does not look at the stream as an answer ends, so the wait may be
    /// noticed as late as a head may take.
    pub(super) idle: Duration,
}

/// Counts the beginnings and the ends of a connection's requests, which come one by one: odd while
/// one is in hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<AtomicUsize>);

impl Turns {
    /// A request was handed over.
    fn begin(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// The answer's body, whose end is the request's.
    pub(super) fn until_end_of<B>(&self, body: B) -> Answered<B> {
        Answered { body, turns: self.clone() }
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

/// Counts a request at the moment in which its head is complete.
pub(super) struct Counted<S>(pub(super) S, pub(super) Turns);

impl<R, S: hyper::service::Service<R>> hyper::service::Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, request: R) -> S::Future {
        self.1.begin();
        self.0.call(request)
    }
}

/// A body that says when it is no longer needed: taken by the connection to its end, or given up.
pub(super) struct Answered<B> {
    body: B,
    turns: Turns,
}

impl<B> Drop for Answered<B> {
    fn drop(&mut self) {
        self.turns.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl<B: Body + Unpin> Body for Answered<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A wait of one turn, and since when.
#[derive(Clone, Copy)]
struct Wait {
    turn: usize,
    since: Instant,
    is_for_head: bool,
}

/// A stream that ends when it has waited long enough: with `TimedOut` within a head, as if closed
/// by the client between two requests.
pub(super) struct Waiting<S> {
    stream: S,
    turns: Turns,
    limits: Limits,
    places: (Arc<Semaphore>, usize),
    head: Head,
    wait: Wait,
    /// Part of an answer waits for the client to read. How long it may is not our question.
    is_writing: bool,
    /// Set for no later than the end of the wait, and not moved for each request.
    look: Pin<Box<Sleep>>,
}

impl<S> Waiting<S> {
    /// `places` are those for connections: the free ones, and how many there are.
    pub(super) fn new(
        stream: S,
        turns: Turns,
        limits: Limits,
        places: (Arc<Semaphore>, usize),
        head: Head,
    ) -> Self {
        let wait = Wait { turn: turns.now(), since: Instant::now(), is_for_head: true };
        let look = Box::pin(sleep(limits.head));
        Self { stream, turns, limits, places, head, wait, is_writing: false, look }
    }

    /// Bytes came. While no request is in hand they are a head's; false when there is no room for
    /// them.
    fn came(&mut self, count: usize) -> bool {
        let turn = self.turns.now();
        if !turn.is_multiple_of(2) {
            return true;
        }
        if !self.wait.is_for_head || self.wait.turn != turn {
            self.wait = Wait { turn, since: Instant::now(), is_for_head: true };
            self.head.bytes = 0;
        }
        self.head.grow(count)
    }

    /// Ready when there has been enough of waiting, whether for a head.
    fn poll_enough(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        loop {
            let now = Instant::now();
            let mut next = now + self.limits.head;
            let turn = self.turns.now();
            // While an answer is made or sent nobody waits. But hyper does not read when it has
            // gone out, so the next look has to be set all the same.
            if turn.is_multiple_of(2) && !self.is_writing {
                if self.wait.turn != turn {
                    self.wait = Wait { turn, since: now, is_for_head: false };
                }
                let end = self.wait.since + self.limit();
                if now >= end {
                    return Poll::Ready(self.wait.is_for_head);
                }
                next = next.min(end);
            }
            ready!(self.look.as_mut().poll(cx));
            self.look.as_mut().reset(next);
        }
    }

    fn wrote<T>(&mut self, progress: Poll<Result<T>>) -> Poll<Result<T>> {
        self.is_writing = progress.is_pending();
        progress
    }

    fn limit(&self) -> Duration {
        let (free, all) = &self.places;
        if self.wait.is_for_head || free.available_permits() < all.div_ceil(2) {
            return self.limits.head;
        }
        self.limits.idle.max(self.limits.head)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Waiting<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let room = buf.remaining().min(READ_BYTES_MAX);
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, &mut part) {
            let count = part.filled().len();
            buf.advance(count);
            if count > 0 && !self.came(count) {
                return Poll::Ready(Err(Error::from(ErrorKind::QuotaExceeded)));
            }
            return Poll::Ready(read);
        }
        let was_for_head = ready!(self.poll_enough(cx));
        Poll::Ready(if was_for_head { Err(Error::from(ErrorKind::TimedOut)) } else { Ok(()) })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Waiting<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
