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

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

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
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").finish_non_exhaustive()
    }
}

impl Upstream {
    /// Builds the client. Opens no connection.
    pub fn new(settings: &Settings) -> Result<Self, BuildError> {
        Self::with_chance(settings, retry::chance)
    }

    /// Like [`new`](Self::new), with the random numbers (from 0 up to but excluding 1) that spread the waits.
    pub fn with_chance(settings: &Settings, chance: fn() -> f64) -> Result<Self, BuildError> {
        settings.check()?;
        Ok(Self(Arc::new(Shared {
            sender: Sender::new(settings)?,
            timeout: settings.timeout,
            retry: Retry::new(settings),
            budget: Mutex::new(RetryBudget::new(settings.retry_floor, Instant::now())),
            breakers: Breakers::new(settings),
            chance,
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
        let mut permit = self.0.breakers.admit(&request.breaker_key, started).map_err(open)?;
        self.budget(|budget| budget.deposit(started));
        let mut sent = Sent::No;
        let mut bytes_read = 0;
        let mut attempts = 1;
        loop {
            let mut result = self.attempt(request, deadline, attempts, permit).await;
            let ending = Ending::of(&result);
            result = result.map_err(|error| error.after_earlier(sent));
            if let Ok(response) = &mut result {
                bytes_read += response.bytes_read;
                response.bytes_read = bytes_read;
            }
            let Some(wait) = self.wait(request.safety, &ending, attempts, deadline) else { return result };
            pause(wait).await;
            // A breaker that opened meanwhile ends the call with what is known, not with a second-hand error.
            let Ok(next) = self.0.breakers.admit(&request.breaker_key, Instant::now()) else { return result };
            permit = next;
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
        permit: Permit,
    ) -> Result<Response, UpstreamError> {
        let started = Instant::now();
        let result = self.0.sender.attempt(request, deadline, attempts).await;
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(started);
        let (status, error) = match &result {
            Ok(response) => (Some(response.status.as_u16()), None),
            Err(error) => (error.status().map(|status| status.as_u16()), Some(error.code())),
        };
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(attempt = attempts, status, error, elapsed_ms, "upstream attempt");
        let change = self.sign(&result, elapsed).and_then(|sign| permit.record(sign, now));
        match change {
            Some(Change::Opened) => tracing::warn!("circuit breaker opened"),
            Some(Change::Closed) => tracing::info!("circuit breaker closed"),
            None => {}
        }
        result
    }

    /// What the attempt says about the upstream; nothing, if it was this side that ended it early.
    fn sign(&self, result: &Result<Response, UpstreamError>, elapsed: Duration) -> Option<Sign> {
        match result {
            Err(UpstreamError::InvalidRequest { .. }) => None,
            Err(UpstreamError::DeadlineExceeded { .. }) if elapsed < self.0.timeout / FAIR_SHARE => None,
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
        (now + wait < deadline && self.budget(|budget| budget.withdraw(now))).then_some(wait)
    }

    fn budget<T>(&self, act: impl FnOnce(&mut RetryBudget) -> T) -> T {
        act(&mut self.0.budget.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
