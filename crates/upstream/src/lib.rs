//! One careful HTTP call, for any upstream: it ends in time, reads within bounds, repeats only what
//! is safe to repeat, and leaves an upstream alone that is down.
//!
//! It is handed a signed request and knows neither what the request means nor who asks. An answer
//! of any status is a [`Response`]; an [`UpstreamError`] says why there is none and whether the
//! request may have had an effect.
//!
//! The parts that decide (`retry`, `budget`, `breaker`) are pure and are told the time; `send`
//! alone does I/O. Dropping the future of a call stops it and gives its places back.

mod accepted;
mod answer_body;
mod breaker;
mod breakers;
mod budget;
mod error;
mod lanes;
mod loopback;
mod rate_limit;
mod recent;
mod request;
mod retry;
mod room;
mod roots;
mod rules;
mod send;
mod settings;
mod spent;
mod streamed;
mod telemetry;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use metrics::Signals;
use tokio::time::Instant;

use self::{
    accepted::Accepted,
    breaker::Change,
    breakers::{Breakers, CallPermit, Changed},
    budget::Budgets,
    retry::{AttemptOutcome, Retry},
    room::{Full, REQUEST_BYTES_MAX},
    rules::Outcome,
    send::{Sender, Sending, pause},
    spent::Spent,
};
pub use self::{
    error::{FailureClass, Sent, UpstreamError},
    loopback::is_loopback,
    rate_limit::RateLimit,
    request::{BreakerKey, CallerId, Request, Response, Safety},
    room::{
        ANSWER_BYTES_FREE, ANSWERS_BYTES_MAX, LARGE_ANSWERS_BYTES_MAX, REQUEST_BYTES_FREE,
        REQUESTS_BYTES_MAX,
    },
    roots::TrustedRoots,
    settings::{BuildError, Settings},
    streamed::Admission,
};

/// An attempt that the deadline cut short says something about the upstream only if it had this
/// share of its time.
const FAIR_SHARE: u32 = 4;

/// The way out to an upstream: one connection pool, and for each key budgets of repeats and
/// breakers, of all callers and of each. A clone shares them.
#[derive(Clone)]
pub struct Upstream(Arc<Shared>);

struct Shared {
    sender: Sender,
    timeout: Duration,
    retry: Retry,
    budgets: Mutex<Budgets>,
    breakers: Breakers,
    accepted: Accepted,
    spent: Spent,
    random_unit: fn() -> f64,
    signals: Signals,
}

/// One attempt, and how it ended.
struct Attempted {
    result: Result<Response, UpstreamError>,
    elapsed: Duration,
    /// It met a connection that had been used before and closed without an answer, as idle ones
    /// are.
    is_stale: bool,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").finish_non_exhaustive()
    }
}

impl Upstream {
    /// Builds the client. Opens no connection.
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        Self::build(settings, retry::random_unit, Signals::default())
    }

    /// Like [`new`](Self::new), counted and traced.
    pub fn with_signals(settings: &Settings, signals: Signals) -> Result<Self, BuildError> {
        Self::build(settings, retry::random_unit, signals)
    }

    /// Like [`new`](Self::new), with the random numbers (from 0 up to but excluding 1) that spread
    /// the waits.
    pub fn with_random_unit(
        settings: &Settings,
        random_unit: fn() -> f64,
    ) -> Result<Self, BuildError> {
        Self::build(settings, random_unit, Signals::default())
    }

    fn build(
        settings: &Settings,
        random_unit: fn() -> f64,
        signals: Signals,
    ) -> Result<Self, BuildError> {
        settings.check()?;
        let breakers = Breakers::new(settings);
        let watched = breakers.clone();
        signals.metrics().watch_breakers(move || {
            let open = watched.open(Instant::now());
            (open.of_all, open.of_one)
        });
        Ok(Self(Arc::new(Shared {
            sender: Sender::new(settings)?,
            timeout: settings.timeout,
            retry: Retry::new(settings),
            budgets: Mutex::new(Budgets::new(settings.retry_floor, Instant::now())),
            breakers,
            accepted: Accepted::new(),
            spent: Spent::new(),
            random_unit,
            signals,
        })))
    }

    /// Sends the request, repeating it as its safety allows, until it is answered or `deadline`
    /// passes.
    ///
    /// When the repeats are used up, or waiting would take too long, the last answer is returned as
    /// it is, also if it is a 429 or 5xx. A quota that the upstream has said is used up is refused
    /// without asking again, with the time that is left.
    pub async fn call(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Response, UpstreamError> {
        request.check()?;
        let started = Instant::now();
        if started >= deadline {
            return Err(UpstreamError::DeadlineExceeded {
                attempts: 0,
                sent: Sent::No,
                status: None,
            });
        }
        if let Some(refusal) = self.0.spent.refusal(request, started) {
            return Ok(refusal);
        }
        let is_accepted = self.0.accepted.has(request.caller);
        let bytes = request.body.as_ref().map_or(0, Bytes::len);
        if bytes > REQUEST_BYTES_MAX {
            return Err(UpstreamError::RequestTooLarge { limit_bytes: REQUEST_BYTES_MAX });
        }
        let _room =
            self.0.sender.room().of_request(request.caller, is_accepted, bytes).map_err(
                |Full| UpstreamError::Busy { attempts: 0, sent: Sent::No, status: None },
            )?;
        let admitted =
            self.0.breakers.admit(&request.breaker_key, request.caller, is_accepted, started);
        let permit = admitted.map_err(|retry_after| {
            self.0.signals.metrics().breaker_refusals.inc();
            UpstreamError::CircuitOpen { retry_after }
        })?;
        self.budgets(|budgets| budgets.deposit(is_accepted, started));
        // Boxed: a tool is as large as the calls that it may make.
        let (result, outcome) =
            Box::pin(self.repeat(request, &permit, is_accepted, deadline)).await;
        if let Some(outcome) = outcome {
            self.record(permit, outcome);
        }
        result
    }

    /// The attempts of an admitted call, and what they say about the upstream in the end.
    async fn repeat(
        &self,
        request: &Request,
        permit: &CallPermit,
        is_accepted: bool,
        deadline: Instant,
    ) -> (Result<Response, UpstreamError>, Option<Outcome>) {
        let mut sent = Sent::No;
        let mut bytes_read = 0;
        let mut attempts = 1;
        let mut outcome = None;
        let mut may_be_stale = true;
        loop {
            let Attempted { mut result, elapsed, is_stale } =
                self.attempt(request, deadline, attempts).await;
            let ending = AttemptOutcome::of(&result);
            if !(request.is_no_sign)(&result) {
                outcome = self.outcome(&result, elapsed).or(outcome);
            }
            // Once, and outside of all budgets: most likely the upstream had no work with it. A
            // write is sent once.
            let is_stale =
                is_stale && std::mem::take(&mut may_be_stale) && request.safety == Safety::Read;
            let wait = if is_stale {
                Some(Duration::ZERO)
            } else {
                self.wait(request, is_accepted, &ending, attempts, deadline)
            };
            result = result.map_err(|error| error.after_earlier(sent));
            if let Ok(response) = &mut result {
                self.0.accepted.learn(request, response);
                self.0.spent.learn(request, response, Instant::now());
                bytes_read += response.bytes_read;
                response.bytes_read = bytes_read;
            }
            let Some(wait) = wait else { return (result, outcome) };
            pause(wait).await;
            // A breaker that opened meanwhile ends the call with what is known, not with a
            // second-hand error.
            if permit.is_withdrawn(Instant::now()) {
                return (result, outcome);
            }
            telemetry::repeat(&self.0.signals, ending.class);
            if ending.sent() == Sent::Maybe {
                sent = Sent::Maybe;
            }
            attempts += 1;
        }
    }

    async fn attempt(&self, request: &Request, deadline: Instant, attempts: u32) -> Attempted {
        let opened = self.0.sender.connections_opened();
        let started = Instant::now();
        let mut attempt = telemetry::Attempt::begin(&self.0.signals, request, attempts);
        let traceparent = attempt.traceparent(request);
        let sending =
            Sending { traceparent, attempts, is_accepted: self.0.accepted.has(request.caller) };
        let result = self.0.sender.attempt(request, sending, deadline).await;
        let elapsed = started.elapsed();
        attempt.end(&result, elapsed);
        let (status, error) = match &result {
            Ok(response) => (Some(response.status.as_u16()), None),
            Err(error) => (error.status().map(|status| status.as_u16()), Some(error.code())),
        };
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(attempt = attempts, status, error, elapsed_ms, "upstream attempt");
        let is_unanswered =
            matches!(&result, Err(UpstreamError::Network { source, .. }) if !source.is_timeout());
        let is_stale = is_unanswered && self.0.sender.connections_opened() == opened;
        Attempted { result, elapsed, is_stale }
    }

    /// Tells the breakers how a call ended.
    fn record(&self, permit: CallPermit, outcome: Outcome) {
        for Changed { change, is_own } in
            permit.record(outcome, Instant::now()).into_iter().flatten()
        {
            match change {
                Change::Opened => {
                    self.0.signals.metrics().breaker_openings.inc();
                    if is_own {
                        tracing::info!("circuit breaker of one caller opened");
                    } else {
                        tracing::warn!("circuit breaker opened");
                    }
                }
                Change::Closed => tracing::info!(one_caller = is_own, "circuit breaker closed"),
            }
        }
    }

    /// What the attempt says about the upstream; nothing, if it was this side that ended it early.
    fn outcome(
        &self,
        result: &Result<Response, UpstreamError>,
        elapsed: Duration,
    ) -> Option<Outcome> {
        match result {
            Err(
                UpstreamError::InvalidRequest { .. } | UpstreamError::Busy { status: None, .. },
            ) => None,
            Err(UpstreamError::DeadlineExceeded { .. })
                if elapsed < self.0.timeout / FAIR_SHARE =>
            {
                None
            }
            Err(error) if error.is_break() => Some(Outcome::Disconnect),
            _ => match AttemptOutcome::of(result).class {
                Some(class) if class.counts_toward_breaker() => Some(Outcome::Failure),
                _ => Some(Outcome::Success),
            },
        }
    }

    /// The wait before the next attempt, if there is to be one.
    fn wait(
        &self,
        request: &Request,
        is_accepted: bool,
        ending: &AttemptOutcome,
        attempts: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        let wait = self.0.retry.wait(request.safety, ending, attempts, self.0.random_unit)?;
        let now = Instant::now();
        let withdraw = |budgets: &mut Budgets| {
            budgets.withdraw(&request.breaker_key, request.caller, is_accepted, now)
        };
        // What met a closed port was no load on the upstream.
        let is_granted = || ending.connection_refused() || self.budgets(withdraw);
        (now + wait < deadline && is_granted()).then_some(wait)
    }

    fn budgets<T>(&self, act: impl FnOnce(&mut Budgets) -> T) -> T {
        act(&mut self.0.budgets.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
