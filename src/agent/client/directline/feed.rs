//! What comes in one conversation during one turn: by socket where there is one, by polling beside
//! it, for a socket can be silent for reasons that nobody tells.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep_until};
use upstream::UpstreamError;

use super::{access::DirectLine, request, socket::Socket, wire::is_refused};
use crate::agent::client::{activity_set::ActivitySet, asker::Asker};

const POLL_FIRST: Duration = Duration::from_millis(300);
const POLL_MAX: Duration = Duration::from_secs(1);
/// Beside a socket that works.
const POLL_BESIDE: Duration = Duration::from_secs(5);
/// After failures it is doubled up to here.
const TROUBLE_MAX: Duration = Duration::from_secs(4);

/// What came.
#[derive(Debug)]
pub(super) enum Fed {
    Set(ActivitySet),
    /// The conversation is no more.
    Gone,
    /// The token is refused.
    Refused,
}

pub(super) struct Feed<'a> {
    pub(super) line: &'a DirectLine,
    pub(super) asker: &'a Asker<'a>,
    pub(super) id: &'a str,
    pub(super) limit: Instant,
    /// How far was read by polling.
    pub(super) watermark: Option<String>,
    pub(super) bearer: SecretString,
    socket: Option<Socket>,
    poll_at: Instant,
    interval: Duration,
}

impl<'a> Feed<'a> {
    pub(super) fn new(
        (line, asker, id): (&'a DirectLine, &'a Asker<'a>, &'a str),
        limit: Instant,
        (watermark, bearer): (Option<String>, SecretString),
        socket: Option<Socket>,
    ) -> Self {
        let interval = if socket.is_some() { POLL_BESIDE } else { POLL_FIRST };
        let poll_at = Instant::now() + interval;
        Self { line, asker, id, limit, watermark, bearer, socket, poll_at, interval }
    }

    /// Waits for the next. Failures of reads are waited out: the turn has its own limit. Safe to be
    /// dropped in the middle.
    pub(super) async fn next(&mut self) -> Fed {
        loop {
            let framed = async {
                match &mut self.socket {
                    Some(socket) => socket.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                frame = framed => {
                    if let Some(set) = frame {
                        return Fed::Set(set);
                    }
                    self.socket = None;
                    self.interval = POLL_FIRST;
                    self.poll_at = Instant::now();
                    continue;
                }
                () = sleep_until(self.poll_at) => {}
            }
            if let Some(fed) = self.poll().await {
                return fed;
            }
        }
    }

    /// Polls again soon: something is known to have happened.
    pub(super) fn hurry(&mut self) {
        if self.socket.is_none() {
            self.interval = POLL_FIRST;
            self.poll_at = self.poll_at.min(Instant::now() + POLL_FIRST);
        }
    }

    async fn poll(&mut self) -> Option<Fed> {
        let address = self.line.address();
        let operation = request::activities(&address, self.id, self.watermark.as_deref());
        let bearer = self.bearer.expose_secret();
        let result = self.line.send(&operation, Some(bearer), self.asker, self.limit).await;
        let now = Instant::now();
        let answer = match result {
            Ok(answer) => answer,
            Err(UpstreamError::CircuitOpen { retry_after }) => {
                self.poll_at = now + retry_after.max(POLL_MAX);
                return None;
            }
            Err(_) => {
                self.back_off(now, None);
                return None;
            }
        };
        if is_refused(answer.status) {
            self.back_off(now, None);
            return Some(Fed::Refused);
        }
        match answer.status.as_u16() {
            404 | 410 => return Some(Fed::Gone),
            200..=299 => {}
            _ => {
                self.back_off(now, answer.rate_limit.wait());
                return None;
            }
        }
        let Some(set) = ActivitySet::parse(&answer.body) else {
            self.back_off(now, None);
            return None;
        };
        if set.watermark.is_some() {
            self.watermark.clone_from(&set.watermark);
        }
        self.interval = match &self.socket {
            Some(_) => POLL_BESIDE,
            None if !set.activities.is_empty() => POLL_FIRST,
            None => (self.interval.min(POLL_MAX) * 3 / 2).min(POLL_MAX),
        };
        self.poll_at = now + self.interval;
        Some(Fed::Set(set))
    }

    fn back_off(&mut self, now: Instant, ordered: Option<Duration>) {
        self.interval = (self.interval * 2).clamp(POLL_MAX, TROUBLE_MAX);
        self.poll_at = now + ordered.unwrap_or_default().max(self.interval);
    }
}
