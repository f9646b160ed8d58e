//! One careful HTTP call, for any upstream: it ends in time, reads within bounds, repeats only what is safe to repeat,
//! and leaves an upstream alone that is down.
//!
//! It is handed a signed request and knows neither what the request means nor who asks. An answer of any status is a
//! [`Response`]; an [`UpstreamError`] says why there is none and whether the request may have had an effect.
//!
//! The parts that decide (`retry`, `budget`, `breaker`) are pure and are told the time; `send` alone does
//! I/O. Dropping the future of a call stops it and gives its places back.

mod breaker;
mod breakers;
mod budget;
mod error;
mod rate_limit;
mod request;
mod retry;
mod roots;
mod send;
mod settings;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::signals::Signals;

use self::{
    breaker::{Change, Sign},
    breakers::{Breakers, Permit},
    budget::RetryBudget,
    retry::{Ending, Retry},
    send::{Sender, pause},
};
pub use self::{
    error::{FailureClass, Sent, UpstreamError},
    rate_limit::RateLimit,
    request::{BreakerKey, Request, Response, Safety},
    roots::TrustedRoots,
    settings::{BuildError, Settings},
};

/// An attempt that the deadline cut short says something about the upstream only if it had this share of its time.
const FAIR_SHARE: u32 = 4;

/// The way out to an upstream: one connection pool, one retry budget, one breaker per key. A clone shares them.
#[derive(Clone)]
pub struct Upstream(Arc<Shared>);

struct Shared {
    sender: Sender,
    timeout: Duration,
    retry: Retry,
    budget: Mutex<RetryBudget>,
    breakers: Breakers,
    chance: fn() -> f64,
    signals: Signals,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").finish_non_exhaustive()
    }
}

impl Upstream {
    /// Builds the client. Opens no connection.
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        Self::watched(settings, retry::chance, Signals::default())
    }

    /// Like [`new`](Self::new), counted and traced.
    pub fn with_signals(settings: &Settings, signals: Signals) -> Result<Self, BuildError> {
        Self::watched(settings, retry::chance, signals)
    }

    /// Like [`new`](Self::new), with the random numbers (from 0 up to but excluding 1) that spread the waits.
    pub fn with_chance(settings: &Settings, chance: fn() -> f64) -> Result<Self, BuildError> {
        Self::watched(settings, chance, Signals::default())
    }

    fn watched(settings: &Settings, chance: fn() -> f64, signals: Signals) -> Result<Self, BuildError> {
        settings.check()?;
        let breakers = Breakers::new(settings);
        let watched = breakers.clone();
        signals.metrics().watch_breakers(move || watched.open(Instant::now()));
        Ok(Self(Arc::new(Shared {
            sender: Sender::new(settings)?,
            timeout: settings.timeout,
            retry: Retry::new(settings),
            budget: Mutex::new(RetryBudget::new(settings.retry_floor, Instant::now())),
            breakers,
            chance,
            signals,
        })))
    }

    /// Sends the request, repeating it as its safety allows, until it is answered or `deadline` passes.
    ///
    /// When the repeats are used up, or waiting would take too long, the last answer is returned as it is, also if
    /// it is a 429 or 5xx.
    pub async fn call(&self, request: &Request, deadline: Instant) -> Result<Response, UpstreamError> {
        request.check()?;
        let started = Instant::now();
        if started >= deadline {
            return Err(UpstreamError::DeadlineExceeded { attempts: 0, sent: Sent::No, status: None });
        }
        let open = |retry_after| UpstreamError::CircuitOpen { retry_after };
        let mut permit = self.0.breakers.admit(&request.breaker_key, started).map_err(|retry_after| {
            self.0.signals.metrics().breaker_refusals.inc();
            open(retry_after)
        })?;
        self.budget(|budget| budget.deposit(started));
        let mut sent = Sent::No;
        let mut bytes_read = 0;
        let mut attempts = 1;
        loop {
            let (mut result, elapsed) = self.attempt(request, deadline, attempts).await;
            let ending = Ending::of(&result);
            let wait = self.wait(request.safety, &ending, attempts, deadline);
            self.record(permit, &result, elapsed, wait.is_some());
            result = result.map_err(|error| error.after_earlier(sent));
            if let Ok(response) = &mut result {
                bytes_read += response.bytes_read;
                response.bytes_read = bytes_read;
            }
            let Some(wait) = wait else { return result };
            pause(wait).await;
            // A breaker that opened meanwhile ends the call with what is known, not with a second-hand error.
            let Ok(next) = self.0.breakers.admit(&request.breaker_key, Instant::now()) else { return result };
            permit = next;
            watch::repeat(&self.0.signals, ending.class);
            if ending.sent() == Sent::Maybe {
                sent = Sent::Maybe;
            }
            attempts += 1;
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        deadline: Instant,
        attempts: u32,
    ) -> (Result<Response, UpstreamError>, Duration) {
        let started = Instant::now();
        let mut attempt = watch::Attempt::begin(&self.0.signals, request, attempts);
        let traceparent = attempt.traceparent(request);
        let result = self.0.sender.attempt(request, traceparent, deadline, attempts).await;
        let elapsed = started.elapsed();
        attempt.end(&result, elapsed);
        let (status, error) = match &result {
            Ok(response) => (Some(response.status.as_u16()), None),
            Err(error) => (error.status().map(|status| status.as_u16()), Some(error.code())),
        };
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(attempt = attempts, status, error, elapsed_ms, "upstream attempt");
        (result, elapsed)
    }

    /// Tells the breaker how an attempt ended, and whether its call goes on.
    fn record(
        &self,
        permit: Permit,
        result: &Result<Response, UpstreamError>,
        elapsed: Duration,
        goes_on: bool,
    ) {
        let Some(sign) = self.sign(result, elapsed, goes_on) else { return };
        match permit.record(sign, Instant::now()) {
            Some(Change::Opened) => {
                self.0.signals.metrics().breaker_openings.inc();
                tracing::warn!("circuit breaker opened");
            }
            Some(Change::Closed) => tracing::info!("circuit breaker closed"),
            None => {}
        }
    }

    /// What the attempt says about the upstream; nothing, if it was this side that ended it early.
    fn sign(
        &self,
        result: &Result<Response, UpstreamError>,
        elapsed: Duration,
        goes_on: bool,
    ) -> Option<Sign> {
        match result {
            Err(UpstreamError::InvalidRequest { .. }) => None,
            Err(UpstreamError::DeadlineExceeded { .. }) if elapsed < self.0.timeout / FAIR_SHARE => None,
            Err(error) if error.is_break() => Some(if goes_on { Sign::Interrupted } else { Sign::Broken }),
            _ => match Ending::of(result).class {
                Some(class) if class.counts_toward_breaker() => Some(Sign::Down),
                _ => Some(Sign::Up),
            },
        }
    }

    /// The wait before the next attempt, if there is to be one.
    fn wait(&self, safety: Safety, ending: &Ending, attempts: u32, deadline: Instant) -> Option<Duration> {
        let wait = self.0.retry.wait(safety, ending, attempts, self.0.chance)?;
        let now = Instant::now();
        // What met a closed port was no load on the upstream.
        let is_granted = || ending.found_nobody() || self.budget(|budget| budget.withdraw(now));
        (now + wait < deadline && is_granted()).then_some(wait)
    }

    fn budget<T>(&self, act: impl FnOnce(&mut RetryBudget) -> T) -> T {
        act(&mut self.0.budget.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
