//! Sees that a client has gone although bytes of it are still unread.
//!
//! While a request is running hyper looks for the connection's end only as long as it holds no
//! bytes of the next one: a stray line break would hide that the client has closed, or has reset
//! the connection. So what comes meanwhile is read here, a little of it, and kept for hyper.

use std::{
    io::{Error, ErrorKind, IoSlice, Result},
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::request_counter::RequestCounter;

/// About how many bytes are kept for hyper. Of who has sent more it is not seen that they have
/// gone.
const BYTES_MAX: usize = 1 << 10;
/// Bytes that are read at once.
const STEP_BYTES: usize = 256;

/// A stream that fails while a request is running when its client has gone.
pub(super) struct ReadAhead<S> {
    stream: S,
    counter: RequestCounter,
    /// What was read and not handed on.
    ahead: Vec<u8>,
    /// How the stream ended behind it.
    end: Option<Result<()>>,
}

impl<S> ReadAhead<S> {
    pub(super) fn new(stream: S, counter: RequestCounter) -> Self {
        Self { stream, counter, ahead: Vec::new(), end: None }
    }
}

impl<S: AsyncRead + Unpin> ReadAhead<S> {
    /// Asked by hyper each time it has nothing to write. An end that was seen the last time, and
    /// that hyper has not come for since, is the client's leaving.
    fn look(&mut self, cx: &mut Context<'_>) -> Result<()> {
        if !RequestCounter::is_running(self.counter.count()) {
            return Ok(());
        }
        if self.end.is_some() {
            return Err(Error::from(ErrorKind::ConnectionAborted));
        }
        while self.ahead.len() < BYTES_MAX && self.end.is_none() {
            let mut bytes = [0; STEP_BYTES];
            let mut part = ReadBuf::new(&mut bytes);
            let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, &mut part) else {
                break;
            };
            if read.is_err() || part.filled().is_empty() {
                self.end = Some(read);
            }
            self.ahead.extend_from_slice(part.filled());
            // hyper may have asked for it a moment ago, when nothing was there.
            cx.waker().wake_by_ref();
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadAhead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if !self.ahead.is_empty() {
            let count = self.ahead.len().min(buf.remaining());
            self.ahead.drain(..count).for_each(|byte| buf.put_slice(&[byte]));
            if self.ahead.is_empty() {
                self.ahead = Vec::new();
            }
            return Poll::Ready(Ok(()));
        }
        if let Some(end) = self.end.take() {
            return Poll::Ready(end);
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for ReadAhead<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        Poll::Ready(self.look(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
