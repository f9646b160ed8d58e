//! The bytes of an event stream: an opening, a sign of life now and then, and an end that tells the
//! client when to come back.
//!
//! Source: HTML standard, "Server-sent events".

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use axum::body::Bytes;
use http_body::{Body, Frame};
use jiff::Timestamp;
use metrics::{Signals, labels::StreamEnd};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{record::StreamRecord, settings::StreamSettings, state::Place};

/// When clients come back after an end: apart from each other, or all would come in one moment.
const RETRY_MS: (u32, u32) = (1_000, 30_000);

/// A comment, which clients drop.
const COMMENT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// What a stream says.
pub(super) enum Speech {
    /// Events with names, for whoever opened the stream by `GET`.
    Events { session_id: String },
    /// Messages of JSON-RPC for `subscriptions/listen`: the first and the last one.
    Messages { first: Bytes, last: Bytes },
}

impl Speech {
    fn opening(&self) -> Bytes {
        match self {
            // Base64, in which nothing needs to be escaped.
            Self::Events { session_id } => {
                let data = format!(r#"{{"session_id":"{session_id}"}}"#);
                format!("event: connected\ndata: {data}\n\n").into()
            }
            Self::Messages { first, .. } => message("", first),
        }
    }

    fn heartbeat(&self) -> Bytes {
        match self {
            Self::Events { .. } => {
                let now = Timestamp::now();
                format!("event: heartbeat\ndata: {{\"timestamp\":\"{now:.3}\"}}\n\n").into()
            }
            Self::Messages { .. } => COMMENT,
        }
    }

    fn closing(&self) -> Bytes {
        let retry = format!("retry: {}\n", retry_ms());
        match self {
            Self::Events { .. } => format!("{retry}\n").into(),
            Self::Messages { last, .. } => message(&retry, last),
        }
    }
}

/// One message of JSON-RPC. It is minified JSON, in which a line break cannot stand.
fn message(before: &str, json: &[u8]) -> Bytes {
    [before.as_bytes(), b"event: message\ndata: ", json, b"\n\n"].concat().into()
}

fn retry_ms() -> u32 {
    let (least, most) = RETRY_MS;
    let mut random = [0; 4];
    // Without randomness all come back at one time, which is late.
    match getrandom::fill(&mut random) {
        Ok(()) => least + u32::from_le_bytes(random) % (most - least + 1),
        Err(_) => most,
    }
}

/// How long a stream is open and what ends it then, and how often it shows that it is.
#[derive(Clone, Copy)]
pub(super) struct Rhythm {
    pub(super) heartbeat: Duration,
    pub(super) open_max: Duration,
    pub(super) end: StreamEnd,
}

impl Rhythm {
    /// The operator's, ended early where the token is good for less. By the wall clock, so that a
    /// token that is good no longer has no time left.
    pub(super) fn of(settings: &StreamSettings, good_until: Option<SystemTime>) -> Self {
        let left = good_until.map(|end| end.duration_since(SystemTime::now()).unwrap_or_default());
        let (open_max, end) = match left {
            Some(left) if left < settings.open_max => (left, StreamEnd::Token),
            _ => (settings.open_max, StreamEnd::Time),
        };
        Self { heartbeat: settings.heartbeat, open_max, end }
    }
}

/// The body of one stream. What it holds is what a stream costs beside its connection.
pub(super) struct StreamBody {
    speech: Speech,
    opening: Option<Bytes>,
    /// Set for the next heartbeat, or for the end if that comes first.
    timer: Pin<Box<Sleep>>,
    draining: Pin<Box<WaitForCancellationFutureOwned>>,
    rhythm: Rhythm,
    next_beat: Instant,
    ends_at: Instant,
    ended: Option<StreamEnd>,
    bytes_out: u64,
    signals: Signals,
    record: StreamRecord,
    _place: Place,
}

impl StreamBody {
    pub(super) fn new(
        speech: Speech,
        rhythm: Rhythm,
        draining: WaitForCancellationFutureOwned,
        signals: Signals,
        record: StreamRecord,
        place: Place,
    ) -> Self {
        let now = Instant::now();
        let (next_beat, ends_at) = (now + rhythm.heartbeat, now + rhythm.open_max);
        signals.metrics().streams_open.enter();
        Self {
            opening: Some(speech.opening()),
            speech,
            timer: Box::pin(sleep_until(next_beat.min(ends_at))),
            draining: Box::pin(draining),
            rhythm,
            next_beat,
            ends_at,
            ended: None,
            bytes_out: 0,
            signals,
            record,
            _place: place,
        }
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(opening) = self.opening.take() {
            return Poll::Ready(Some(opening));
        }
        if self.ended.is_some() {
            return Poll::Ready(None);
        }
        if self.draining.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(self.end(StreamEnd::Drain)));
        }
        if self.timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let now = Instant::now();
        if now >= self.ends_at {
            return Poll::Ready(Some(self.end(self.rhythm.end)));
        }
        // What a client was too slow for is not made up for.
        self.next_beat = (self.next_beat + self.rhythm.heartbeat).max(now);
        self.timer.as_mut().reset(self.next_beat.min(self.ends_at));
        Poll::Ready(Some(self.speech.heartbeat()))
    }

    fn end(&mut self, how: StreamEnd) -> Bytes {
        self.ended = Some(how);
        self.speech.closing()
    }
}

impl Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.poll_bytes(cx).map(|bytes| {
            let bytes = bytes?;
            self.bytes_out = self.bytes_out.saturating_add(bytes.len() as u64);
            Some(Ok(Frame::data(bytes)))
        })
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        self.signals.metrics().streams_open.leave();
        let end = self.ended.unwrap_or(StreamEnd::ClientGone);
        self.record.write(&self.signals, end, self.bytes_out);
    }
}
