//! One attempt over the wire, with a limit on its time and on what is read. The only place of the
//! crate that sends and the only one that sleeps.

use std::{
    io,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, RANGE},
};
use http_body::Body as _;
use http_client::{Fault, FaultKind, HttpClient, Incoming, Opened, Outgoing, chunk};
use tokio::time::{Instant, timeout_at};

use super::{
    answer_body::{AnswerBody, Unread},
    error::{Sent, UpstreamError},
    lanes::Lanes,
    rate_limit::RateLimit,
    request::{Request, Response},
    room::{AnswerRoom, Full, Room},
    settings::{BuildError, Settings},
};

/// A silently dead HTTP/2 connection would otherwise take every repeat down with it.
const HTTP2_PING: Duration = Duration::from_secs(10);
const HTTP2_PONG: Duration = Duration::from_secs(5);
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

#[derive(Debug)]
pub(super) struct Sender {
    lanes: Lanes<HttpClient>,
    opened: Opened,
    gzip: bool,
    room: Room,
    timeout: Duration,
    body_bytes_max: usize,
}

impl Sender {
    /// No proxy variable of the environment is read: a credential must not travel through a host
    /// that no setting names. The client's own repeats are limited to what a server declared
    /// unprocessed, so a write is not done twice.
    pub(super) fn new(settings: &Settings) -> Result<Self, BuildError> {
        let client = http_client::Settings {
            connect_timeout: settings.connect_timeout.min(settings.timeout / 2),
            http2_ping: Some((HTTP2_PING, HTTP2_PONG)),
            ..http_client::Settings::new(&settings.user_agent)?
        };
        let opened = client.opened.clone();
        Ok(Self {
            lanes: Lanes::new(Box::new(move || HttpClient::new(client.clone()))),
            opened,
            gzip: settings.gzip,
            room: Room::new(),
            timeout: settings.timeout,
            body_bytes_max: settings.body_bytes_max,
        })
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
        let place = self.lanes.place();
        let more = [traceparent.map(|value| (TRACEPARENT, value)), self.accepts_gzip(request)];
        let more: Vec<_> = more.into_iter().flatten().collect();
        let outgoing = Outgoing {
            method: &request.method,
            url: &request.url,
            headers: &request.headers,
            more: &more,
            body: request.body.as_ref(),
        };
        let sent = place.client.send(outgoing).await;
        let answer = sent.map_err(|fault| before_answer(fault, attempts))?;
        place.answered();
        let (mut answer, mut incoming) = answer.into_parts();
        let rate_limit = RateLimit::parse(&answer.headers, SystemTime::now());
        let status = answer.status;
        head.status = Some(status);
        let limit_bytes = request.body_bytes_max.unwrap_or(self.body_bytes_max);
        let announced = announced(&incoming);
        let body = AnswerBody::new(&mut answer.headers, announced, self.gzip, limit_bytes);
        let bytes_max = if body.is_plain() { announced } else { None };
        let room =
            self.room.of_answer(request.caller, is_accepted, bytes_max.unwrap_or(limit_bytes));
        let reading = Reading { limit_bytes, room, waits_for_room: &mut head.waits_for_room };
        let body = reading.whole(body, &mut incoming).await.map_err(|broken| match broken {
            BrokenBody::Full => {
                UpstreamError::Busy { attempts, sent: Sent::Maybe, status: Some(status) }
            }
            BrokenBody::TooLarge => UpstreamError::BodyTooLarge { attempts, status, limit_bytes },
            BrokenBody::Truncated(source) => UpstreamError::Truncated { attempts, status, source },
            BrokenBody::Encoding(source) => UpstreamError::Decode { attempts, status, source },
        })?;
        let bytes_read = body.len() as u64;
        Ok(Response { status, headers: answer.headers, body, rate_limit, attempts, bytes_read })
    }

    /// A part of what is compressed could not be inflated.
    fn accepts_gzip(&self, request: &Request) -> Option<(HeaderName, HeaderValue)> {
        let asks_for_all = !request.headers.contains_key(RANGE);
        (self.gzip && asks_for_all).then_some((ACCEPT_ENCODING, HeaderValue::from_static("gzip")))
    }
}

/// The only sleep of the crate.
pub(super) async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}

fn before_answer(source: Fault, attempts: u32) -> UpstreamError {
    match source.kind() {
        FaultKind::Request => {
            UpstreamError::InvalidRequest { reason: "the HTTP client cannot encode it" }
        }
        FaultKind::Connect => UpstreamError::Connect { attempts, sent: Sent::No, source },
        FaultKind::Head | FaultKind::Body => UpstreamError::Network { attempts, source },
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
    Truncated(Fault),
    Encoding(io::Error),
}

impl From<Unread> for BrokenBody {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::TooLarge,
            Unread::Encoding(error) => Self::Encoding(error),
        }
    }
}

fn announced(body: &Incoming) -> Option<usize> {
    body.size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// How an answer's body is read.
struct Reading<'h> {
    limit_bytes: usize,
    room: AnswerRoom,
    waits_for_room: &'h mut bool,
}

impl Reading<'_> {
    /// Counts after inflation, bit by bit: a small gzip stream can stand for gigabytes.
    async fn whole(
        mut self,
        mut body: AnswerBody,
        incoming: &mut Incoming,
    ) -> Result<Bytes, BrokenBody> {
        let announced = announced(incoming).filter(|_| body.is_plain());
        if announced.is_some_and(|announced| announced > self.limit_bytes) {
            return Err(BrokenBody::TooLarge);
        }
        while let Some(mut more) = chunk(incoming).await.map_err(BrokenBody::Truncated)? {
            while !more.is_empty() {
                body.feed(&mut more)?;
                self.hold(body.len()).await?;
            }
        }
        let body = body.finish()?;
        self.hold(body.len()).await?;
        Ok(self.room.keep(body))
    }

    async fn hold(&mut self, bytes: usize) -> Result<(), BrokenBody> {
        if bytes > self.limit_bytes {
            return Err(BrokenBody::TooLarge);
        }
        if !self.room.holds(bytes) {
            *self.waits_for_room = true;
            Box::pin(self.room.grow_to(bytes)).await.map_err(|Full| BrokenBody::Full)?;
            *self.waits_for_room = false;
        }
        Ok(())
    }
}
