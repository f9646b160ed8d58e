//! One request that is answered by a stream of events, read within bounds. Nothing reconnects by
//! itself, and a message is sent once: again only when the server declared it unprocessed.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use http_client::{BuildError, FaultKind, HttpClient, Incoming, Outgoing, Settings, chunk};
use tokio::time::{Instant, timeout_at};
use upstream::RateLimit;
use url::Url;

use super::event_parser::{Event, EventParser};
use crate::agent::client::turn::{Room, Share};

/// Of one stream together.
const STREAM_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Of a refusal: enough for its code.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
const EVENT_STREAM: &str = "text/event-stream";

/// The way out for streams: no proxy of the environment, no redirect, the system's roots, nothing
/// inflated.
#[derive(Clone, Debug)]
pub(in crate::agent::client) struct StreamClient {
    client: HttpClient,
    room: Room,
}

impl StreamClient {
    /// Opens no connection.
    pub(in crate::agent::client) fn new(user_agent: &str, room: Room) -> Result<Self, BuildError> {
        Ok(Self { client: HttpClient::new(Settings::new(user_agent)?), room })
    }

    /// Sends one request and waits for the head of its answer, until `deadline`.
    #[expect(
        clippy::disallowed_methods,
        reason = "a stream has no end to wait for, so it is opened here, with the same limits"
    )]
    pub(super) async fn open(&self, asked: Asked<'_>, deadline: Instant) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, asked.credential);
        headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
        let body = asked.body.map(Bytes::from);
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(id) = asked.last_event_id.and_then(|id| HeaderValue::try_from(id).ok()) {
            headers.insert("last-event-id", id);
        }
        let outgoing = Outgoing {
            method: if body.is_some() { &Method::POST } else { &Method::GET },
            url: &asked.url,
            headers: &headers,
            more: &[],
            body: body.as_ref(),
        };
        let response = match timeout_at(deadline, self.client.send(outgoing)).await {
            Ok(Ok(response)) => response,
            Ok(Err(fault)) if fault.kind() == FaultKind::Connect => return Answer::NoConnection,
            Ok(Err(_)) => return Answer::Broken,
            Err(_) => return Answer::Late,
        };
        let status = response.status();
        if status != StatusCode::OK {
            let wait = RateLimit::parse(response.headers(), std::time::SystemTime::now()).wait();
            let body =
                timeout_at(deadline, refusal_body(response.into_body())).await.unwrap_or_default();
            return Answer::Refused { status, wait, body };
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_stream = kind.is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case(EVENT_STREAM)
        });
        if !is_stream {
            return Answer::NoStream;
        }
        let (head, body) = response.into_parts();
        Answer::Stream(Box::new(EventStream {
            headers: head.headers,
            body,
            parser: EventParser::default(),
            share: self.room.share(),
            events: VecDeque::new(),
            bytes_left: STREAM_BYTES_MAX,
            last_id: None,
        }))
    }
}

/// One request. Without a body it is a GET.
pub(super) struct Asked<'a> {
    pub(super) url: Url,
    pub(super) credential: HeaderValue,
    pub(super) body: Option<String>,
    pub(super) last_event_id: Option<&'a str>,
}

/// How a request was answered.
pub(super) enum Answer {
    Stream(Box<EventStream>),
    /// A status other than 200.
    Refused {
        status: StatusCode,
        wait: Option<Duration>,
        body: Vec<u8>,
    },
    /// 200, but no stream.
    NoStream,
    /// The request never left.
    NoConnection,
    /// The connection broke before the head of the answer came.
    Broken,
    /// Time ran out before the head of the answer came.
    Late,
}

/// An open stream; closed when it is dropped.
pub(super) struct EventStream {
    headers: HeaderMap,
    body: Incoming,
    parser: EventParser,
    /// What half an event takes.
    share: Share,
    events: VecDeque<Event>,
    bytes_left: usize,
    last_id: Option<String>,
}

impl EventStream {
    /// A header of the answer, if it is a text of a usable length.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?.to_str().ok()?;
        (1..=512).contains(&value.len()).then_some(value)
    }

    /// The last id that was said.
    pub(super) fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// The next event; none when the stream is over, by whatever: its end, a cut, or too much. Safe
    /// to be dropped in the middle.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                self.last_id.clone_from(&event.id);
                return Some(event);
            }
            let chunk = chunk(&mut self.body).await.ok()??;
            self.bytes_left = self.bytes_left.checked_sub(chunk.len())?;
            self.events.extend(self.parser.feed(&chunk).ok()?);
            if !self.share.hold(self.parser.held()) {
                return None;
            }
        }
    }
}

/// As much of a refusal as is looked at.
async fn refusal_body(mut incoming: Incoming) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = chunk(&mut incoming).await {
        let room = REFUSAL_BYTES_MAX - body.len();
        body.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if body.len() >= REFUSAL_BYTES_MAX {
            break;
        }
    }
    body
}
