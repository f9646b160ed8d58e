//! How long a connection may wait for a request: little for one that has begun, long between two.
//!
//! A gateway keeps its connections for a minute or more, and a request that meets the closing of
//! one is lost to it. hyper has one limit for both waits, so it is not used.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf, Take},
    sync::Semaphore,
    time::{Instant, Sleep, sleep},
};

use super::{
    header_room::ConnectionHeader, request_counter::RequestCounter, silent::OpenConnection,
};

/// Bytes that are read at once. hyper doubles its buffer when a read fills it, and never gives it
/// back.
const READ_BYTES_MAX: u64 = 4 << 10;

/// The limits of both waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// From a header's first byte, or from the connection's beginning, to its last byte.
    pub(super) header: Duration,
    /// From the end of an answer to the next header's first byte; a header that began together with
    /// the request before it counts from its next byte. When fewer than half of all slots are free
    /// it is no longer than that of a header: who waits for a slot goes before who may come back.
    /// hyper does not look at the stream as an answer ends, so the wait may be noticed as late as a
    /// header may take.
    pub(super) idle: Duration,
}

/// The wait for one request, and since when.
#[derive(Clone, Copy)]
struct Wait {
    /// The counter when it began.
    count: usize,
    since: Instant,
    is_for_header: bool,
}

/// A stream that ends when it has waited long enough: with `TimedOut` within a header, as if closed
/// by the client between two requests.
pub(super) struct IdleTimeout<S> {
    /// Hands on no more than [`READ_BYTES_MAX`] at once.
    stream: Take<S>,
    counter: RequestCounter,
    timeouts: Timeouts,
    /// The free slots for connections, and how many there are.
    slots: (Arc<Semaphore>, usize),
    header: ConnectionHeader,
    /// Says when others need the place.
    open: OpenConnection,
    wait: Wait,
    /// Part of an answer waits for the client to read. How long it may is not our question.
    is_writing: bool,
    /// Set for no later than the end of the wait, and not moved for each request.
    timer: Pin<Box<Sleep>>,
}

impl<S: AsyncRead + Unpin> IdleTimeout<S> {
    /// `slots` are those for connections: the free ones, and how many there are.
    pub(super) fn new(
        stream: S,
        counter: RequestCounter,
        timeouts: Timeouts,
        slots: (Arc<Semaphore>, usize),
        header: ConnectionHeader,
        open: OpenConnection,
    ) -> Self {
        let wait = Wait { count: counter.count(), since: Instant::now(), is_for_header: true };
        let timer = Box::pin(sleep(timeouts.header));
        let stream = stream.take(READ_BYTES_MAX);
        Self { stream, counter, timeouts, slots, header, open, wait, is_writing: false, timer }
    }

    /// Bytes came. While no request is running they are a header's; false when there is no room for
    /// them.
    fn on_read(&mut self, bytes: usize) -> bool {
        let count = self.counter.count();
        if RequestCounter::is_running(count) {
            return true;
        }
        if !self.wait.is_for_header || self.wait.count != count {
            self.wait = Wait { count, since: Instant::now(), is_for_header: true };
            self.header.begin();
        }
        self.header.grow(bytes)
    }

    fn on_write<T>(&mut self, progress: Poll<Result<T>>) -> Poll<Result<T>> {
        if self.is_writing != progress.is_pending() {
            self.is_writing = progress.is_pending();
            self.open.set_writing(self.is_writing);
        }
        progress
    }

    /// Ready when the wait has been long enough; says whether it was for a header.
    fn poll_timeout(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        loop {
            let now = Instant::now();
            let mut next = now + self.timeouts.header;
            let count = self.counter.count();
            // While an answer is made or sent nobody waits. But hyper does not read when it has
            // gone out, so the timer has to be set all the same.
            if !RequestCounter::is_running(count) && !self.is_writing {
                if self.wait.count != count {
                    self.wait = Wait { count, since: now, is_for_header: false };
                }
                let end = self.wait.since + self.timeout();
                if now >= end {
                    return Poll::Ready(self.wait.is_for_header);
                }
                next = next.min(end);
            }
            ready!(self.timer.as_mut().poll(cx));
            self.timer.as_mut().reset(next);
        }
    }

    fn timeout(&self) -> Duration {
        let (free, all) = &self.slots;
        if self.wait.is_for_header || free.available_permits() < all.div_ceil(2) {
            return self.timeouts.header;
        }
        self.timeouts.idle.max(self.timeouts.header)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for IdleTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buf.filled().len();
        self.stream.set_limit(READ_BYTES_MAX);
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            let bytes = buf.filled().len() - before;
            if bytes > 0 && !self.on_read(bytes) {
                return Poll::Ready(Err(Error::from(ErrorKind::QuotaExceeded)));
            }
            return Poll::Ready(read);
        }
        if !self.is_writing && self.open.is_unwanted(cx) {
            return Poll::Ready(Err(Error::from(ErrorKind::TimedOut)));
        }
        let was_for_header = ready!(self.poll_timeout(cx));
        Poll::Ready(if was_for_header { Err(Error::from(ErrorKind::TimedOut)) } else { Ok(()) })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for IdleTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<Result<usize>> {
        let progress = Pin::new(self.stream.get_mut()).poll_write(cx, buf);
        self.on_write(progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let progress = Pin::new(self.stream.get_mut()).poll_write_vectored(cx, bufs);
        self.on_write(progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.get_ref().is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(self.stream.get_mut()).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(self.stream.get_mut()).poll_shutdown(cx)
    }
}
