//! What the upstream sees of its clients' connections: how many, how their TLS began, how many
//! bytes the heads of requests took.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use hyper::{Request, Version};
use rustls::HandshakeKind;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What one listener counted.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Connections {
    pub(crate) opened: u32,
    pub(crate) http2: u32,
    pub(crate) handshakes_full: u32,
    pub(crate) handshakes_resumed: u32,
    /// Of calls that were a connection's first.
    pub(crate) first: Heads,
    /// Of calls on a connection that had carried some.
    pub(crate) later: Heads,
    /// Of requests beside the calls, such as those for a user's sites.
    pub(crate) others: Heads,
}

/// Heads of requests, and their bytes on the wire.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Heads {
    pub(crate) count: u32,
    pub(crate) bytes: usize,
}

impl Heads {
    fn add(&mut self, bytes: usize) {
        self.count += 1;
        self.bytes += bytes;
    }

    pub(crate) fn mean(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
        let bytes = self.bytes as f64;
        (self.count > 0).then(|| bytes / f64::from(self.count))
    }
}

/// The counters of one listener.
#[derive(Default)]
pub(crate) struct Wire(Cell<Connections>);

impl Wire {
    pub(crate) fn read(&self) -> Connections {
        self.0.get()
    }

    fn change(&self, change: impl FnOnce(&mut Connections)) {
        let mut counted = self.0.get();
        change(&mut counted);
        self.0.set(counted);
    }

    pub(crate) fn opened(self: &Rc<Self>) -> Rc<Link> {
        self.change(|counted| counted.opened += 1);
        let (heads, called) = (RefCell::default(), Cell::new(false));
        Rc::new(Link { wire: Rc::clone(self), heads, called })
    }
}

/// One connection.
pub(crate) struct Link {
    wire: Rc<Wire>,
    /// Bytes of those HTTP/2 heads that came and were not yet asked for: requests are handed out
    /// in the order of their heads.
    heads: RefCell<VecDeque<usize>>,
    called: Cell<bool>,
}

impl Link {
    pub(crate) fn secured(&self, handshake: Option<HandshakeKind>, is_http2: bool) {
        self.wire.change(|counted| {
            counted.http2 += u32::from(is_http2);
            match handshake {
                Some(HandshakeKind::Resumed) => counted.handshakes_resumed += 1,
                _ => counted.handshakes_full += 1,
            }
        });
    }

    pub(crate) fn requested<B>(&self, request: &Request<B>, is_call: bool) {
        let bytes = if request.version() == Version::HTTP_2 {
            self.heads.borrow_mut().pop_front().unwrap_or_default()
        } else {
            plain_head_bytes(request)
        };
        self.wire.change(|counted| match (is_call, self.called.get()) {
            (false, _) => counted.others.add(bytes),
            (true, false) => counted.first.add(bytes),
            (true, true) => counted.later.add(bytes),
        });
        self.called.set(self.called.get() || is_call);
    }
}

fn plain_head_bytes<B>(request: &Request<B>) -> usize {
    let line = request.method().as_str().len() + request.uri().to_string().len();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + "  HTTP/1.1\r\n\r\n".len() + headers.sum::<usize>()
}

/// A stream whose incoming HTTP/2 frames are looked at.
pub(crate) struct Watched<S> {
    stream: S,
    link: Rc<Link>,
    frames: Option<Frames>,
}

impl<S> Watched<S> {
    pub(crate) fn new(stream: S, link: Rc<Link>, is_http2: bool) -> Self {
        Self { stream, link, frames: is_http2.then(Frames::default) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let Self { link, frames, .. } = &mut *self;
        if let Some(frames) = frames {
            frames.read(&buf.filled()[before..], &mut link.heads.borrow_mut());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

const PREFACE_BYTES: usize = 24;
const FRAME_HEAD_BYTES: usize = 9;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// Where we are in a client's HTTP/2 frames. Source: RFC 9113 sections 3.4 and 4.1.
struct Frames {
    /// Bytes to pass over before the next frame.
    skip: usize,
    head: Vec<u8>,
    /// Of the request whose head has not ended.
    bytes: usize,
}

impl Default for Frames {
    fn default() -> Self {
        Self { skip: PREFACE_BYTES, head: Vec::with_capacity(FRAME_HEAD_BYTES), bytes: 0 }
    }
}

impl Frames {
    fn read(&mut self, mut bytes: &[u8], heads: &mut VecDeque<usize>) {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = &bytes[skipped..];
            let taken = (FRAME_HEAD_BYTES - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if let [high, middle, low, kind, flags, ..] = self.head[..]
                && self.head.len() == FRAME_HEAD_BYTES
            {
                self.head.clear();
                self.skip = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
                if matches!(kind, HEADERS | CONTINUATION) {
                    self.bytes += FRAME_HEAD_BYTES + self.skip;
                    if flags & END_HEADERS != 0 {
                        heads.push_back(std::mem::take(&mut self.bytes));
                    }
                }
            }
        }
    }
}
