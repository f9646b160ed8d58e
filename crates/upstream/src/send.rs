//! One attempt over the wire, with a limit on its time and on what is read. The only place of the
//! crate that sends and the only one that sleeps.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode};
use reqwest::redirect::Policy;
use tokio::time::{Instant, timeout_at};

use super::{
    error::{Sent, UpstreamError},
    lanes::Lanes,
    opened::Opened,
    rate_limit::RateLimit,
    request::{Request, Response},
    room::{AnswerRoom, Full, Room},
    settings::{BuildError, Settings},
};

/// Below the idle time after which common servers close, or a write would now and then meet a
/// closing connection and have an unknown outcome.
const POOL_IDLE: Duration = Duration::from_secs(30);
const POOL_IDLE_PER_HOST: usize = 64;
/// A silently dead HTTP/2 connection would otherwise take every repeat down with it.
const HTTP2_PING: Duration = Duration::from_secs(10);
const HTTP2_PONG: Duration = Duration::from_secs(5);
const HTTP2_HEADER_BYTES_MAX: u32 = 64 * 1024;
/// What a `Content-Length` may make us reserve before a byte has come.
const RESERVE_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Sender {
    lanes: Lanes<reqwest::Client>,
    opened: Opened,
    room: Room,
    timeout: Duration,
    body_bytes_max: usize,
}

impl Sender {
    /// Proxy variables of the environment are not read: a credential must not travel through a host
    /// that no setting names. reqwest's own repeats stay on; they are limited to HTTP/2 streams
    /// that the server declared unprocessed (RFC 9113 section 8.7), so a write is not done twice.
    pub(super) fn new(settings: &Settings) -> Result<Self, BuildError> {
        let opened = Opened::default();
        let lanes = {
            let (settings, opened) = (settings.clone(), opened.clone());
            Lanes::new(Box::new(move || client(&settings, &opened)))?
        };
        let (timeout, body_bytes_max) = (settings.timeout, settings.body_bytes_max);
        Ok(Self { lanes, opened, room: Room::new(), timeout, body_bytes_max })
    }

    /// How many connections were begun so far: when none was during an attempt, it used one that
    /// stood already.
    pub(super) fn connections_opened(&self) -> u64 {
        self.opened.count()
    }

    /// The room for request bodies and answers.
    pub(super) fn room(&self) -> &Room {
        &self.room
    }

    /// Sends the request once and reads the whole answer, within the attempt's own time and the
    /// call's deadline.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        sending: Sending,
        deadline: Instant,
    ) -> Result<Response, UpstreamError> {
        let attempts = sending.attempts;
        let until = deadline.min(Instant::now() + self.timeout);
        let mut head = Head::default();
        let outcome = timeout_at(until, self.exchange(request, sending, &mut head)).await;
        let Head { status, waits_for_room } = head;
        match outcome {
            Ok(result) => result,
            Err(_) if waits_for_room => {
                Err(UpstreamError::Busy { attempts, sent: Sent::Maybe, status })
            }
            Err(_) if until == deadline => {
                Err(UpstreamError::DeadlineExceeded { attempts, sent: Sent::Maybe, status })
            }
            Err(_) => Err(UpstreamError::Timeout { attempts, status }),
        }
    }

    /// Tells the status as soon as the head has come, so that it is known when the body never ends.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place through which every call goes"
    )]
    async fn exchange(
        &self,
        request: &Request,
        Sending { traceparent, attempts, is_accepted }: Sending,
        head: &mut Head,
    ) -> Result<Response, UpstreamError> {
        let Some(place) = self.lanes.place() else {
            return Err(UpstreamError::Busy { attempts, sent: Sent::No, status: None });
        };
        let mut builder = place
            .client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone());
        if let Some(traceparent) = traceparent {
            builder = builder.header("traceparent", traceparent);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let mut answer = builder.send().await.map_err(|error| before_answer(error, attempts))?;
        place.answered();
        let rate_limit = RateLimit::parse(answer.headers(), SystemTime::now());
        let status = answer.status();
        head.status = Some(status);
        let limit_bytes = request.body_bytes_max.unwrap_or(self.body_bytes_max);
        let bytes_max = announced(&answer).unwrap_or(limit_bytes);
        let room = self.room.of_answer(request.caller, is_accepted, bytes_max);
        let reading = read_body(&mut answer, limit_bytes, room, &mut head.waits_for_room);
        let body = reading.await.map_err(|broken| match broken {
            BrokenBody::Full => {
                UpstreamError::Busy { attempts, sent: Sent::Maybe, status: Some(status) }
            }
            BrokenBody::TooLarge => UpstreamError::BodyTooLarge { attempts, status, limit_bytes },
            BrokenBody::Truncated(source) => UpstreamError::Truncated { attempts, status, source },
            BrokenBody::Encoding(source) => UpstreamError::Decode { attempts, status, source },
        })?;
        let bytes_read = body.len() as u64;
        let headers = std::mem::take(answer.headers_mut());
        Ok(Response { status, headers, body, rate_limit, attempts, bytes_read })
    }
}

fn client(settings: &Settings, opened: &Opened) -> Result<reqwest::Client, BuildError> {
    reqwest::Client::builder()
        .no_proxy()
        .connector_layer(opened.clone())
        .redirect(Policy::none())
        .referer(false)
        .gzip(settings.gzip)
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout.min(settings.timeout / 2))
        .tcp_nodelay(true)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_IDLE_PER_HOST)
        .http2_keep_alive_interval(HTTP2_PING)
        .http2_keep_alive_timeout(HTTP2_PONG)
        .http2_max_header_list_size(HTTP2_HEADER_BYTES_MAX)
        .build()
        .map_err(|source| BuildError::Client { source: source.without_url() })
}

/// The only sleep of the crate.
pub(super) async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}

fn before_answer(error: reqwest::Error, attempts: u32) -> UpstreamError {
    let source = error.without_url();
    if source.is_builder() {
        UpstreamError::InvalidRequest { reason: "the HTTP client cannot encode it" }
    } else if source.is_connect() {
        UpstreamError::Connect { attempts, sent: Sent::No, source }
    } else {
        UpstreamError::Network { attempts, source }
    }
}

/// What one attempt brings beside its request.
pub(super) struct Sending {
    pub(super) traceparent: Option<HeaderValue>,
    /// Which attempt it is, from 1.
    pub(super) attempts: u32,
    /// Whether the upstream has accepted the caller.
    pub(super) is_accepted: bool,
}

/// What is known of an answer before it is whole.
#[derive(Default)]
struct Head {
    status: Option<StatusCode>,
    /// It is this side that lets the upstream wait.
    waits_for_room: bool,
}

enum BrokenBody {
    TooLarge,
    Full,
    Truncated(reqwest::Error),
    Encoding(reqwest::Error),
}

impl BrokenBody {
    /// A fault of the connection has hyper's error at its root, a fault of the encoding has not.
    fn because(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut cause: Option<&(dyn StdError + 'static)> = error.source();
        while let Some(inner) = cause {
            if inner.is::<hyper::Error>() {
                return Self::Truncated(error);
            }
            cause = inner.source();
        }
        Self::Encoding(error)
    }
}

fn announced(answer: &reqwest::Response) -> Option<usize> {
    answer.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// Counts after inflation, chunk by chunk: a small gzip stream can stand for gigabytes.
async fn read_body(
    answer: &mut reqwest::Response,
    limit_bytes: usize,
    mut room: AnswerRoom,
    waits_for_room: &mut bool,
) -> Result<Bytes, BrokenBody> {
    let announced = announced(answer);
    if announced.is_some_and(|announced| announced > limit_bytes) {
        return Err(BrokenBody::TooLarge);
    }
    let mut body = BytesMut::new();
    let mut only = Bytes::new();
    while let Some(chunk) = answer.chunk().await.map_err(BrokenBody::because)? {
        let bytes = only.len() + body.len() + chunk.len();
        if bytes > limit_bytes {
            return Err(BrokenBody::TooLarge);
        }
        if !room.holds(bytes) {
            *waits_for_room = true;
            Box::pin(room.grow_to(bytes)).await.map_err(|Full| BrokenBody::Full)?;
            *waits_for_room = false;
        }
        if only.is_empty() && body.is_empty() {
            // Most answers are one chunk, which is passed on without a copy.
            only = chunk;
            continue;
        }
        if body.is_empty() {
            let reserved = announced.unwrap_or_default().min(RESERVE_BYTES_MAX);
            body.reserve(reserved.max(only.len() + chunk.len()));
            body.extend_from_slice(&std::mem::take(&mut only));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(room.keep(if body.is_empty() { only } else { body.freeze() }))
}
