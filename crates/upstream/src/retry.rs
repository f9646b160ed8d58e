//! Whether an attempt is repeated, and after how long: pure, with random numbers passed in.

use std::time::Duration;

use http::StatusCode;

use super::{
    error::{FailureClass, Sent, UpstreamError},
    rate_limit::RateLimit,
    request::{Response, Safety},
    settings::Settings,
};

/// A wait that the upstream ordered is stretched by up to this share, so that those it turned away
/// at one moment do not return at one moment.
const STRETCH: f64 = 0.3;

/// How one attempt ended, as far as repeating is concerned.
#[derive(Clone, Debug, Default)]
pub(super) struct AttemptOutcome {
    pub(super) class: Option<FailureClass>,
    pub(super) status: Option<StatusCode>,
    pub(super) limit: RateLimit,
    not_sent: bool,
    connection_refused: bool,
}

impl AttemptOutcome {
    pub(super) fn of(result: &Result<Response, UpstreamError>) -> Self {
        match result {
            Ok(response) => Self {
                class: FailureClass::of_status(response.status),
                status: Some(response.status),
                limit: response.rate_limit.clone(),
                ..Self::default()
            },
            Err(error) => Self {
                class: Some(error.class()),
                status: error.status(),
                limit: RateLimit::default(),
                not_sent: error.sent() == Sent::No,
                connection_refused: error.is_refused_connection(),
            },
        }
    }

    /// Whether the upstream had no work with it at all, not even that of a handshake.
    pub(super) fn connection_refused(&self) -> bool {
        self.connection_refused
    }

    /// Whether a write that ended like this may have had an effect. A 429 is a refusal before work.
    pub(super) fn sent(&self) -> Sent {
        if self.not_sent || self.class == Some(FailureClass::RateLimit) {
            Sent::No
        } else {
            Sent::Maybe
        }
    }

    fn may_repeat(&self, safety: Safety) -> bool {
        match self.class {
            Some(FailureClass::RateLimit) => !self.limit.is_quota(),
            Some(FailureClass::Network | FailureClass::Timeout | FailureClass::Server) => {
                match safety {
                    Safety::Read => true,
                    Safety::IdempotentWrite => self.not_sent || self.rejected_by_overload(),
                    Safety::Write => self.not_sent,
                }
            }
            _ => false,
        }
    }

    /// A 503 that names a time to return comes from an overload guard in front of the work.
    fn rejected_by_overload(&self) -> bool {
        self.status == Some(StatusCode::SERVICE_UNAVAILABLE) && self.limit.retry_after.is_some()
    }

    /// The wait that the upstream ordered. Only a refusal for a limit makes a reset time an order.
    fn ordered_wait(&self) -> Option<Duration> {
        match self.class {
            Some(FailureClass::RateLimit) => self.limit.wait(),
            _ => self.limit.retry_after,
        }
    }
}

/// The rules of repeating.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    repeats: u32,
    base: Duration,
    wait_max: Duration,
}

impl Retry {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { repeats: settings.retry_max, base: settings.retry_base, wait_max: settings.wait_max }
    }

    /// The wait before the next attempt, at most `wait_max`; `None` when the call ends here.
    ///
    /// `attempts` were made so far; `random_unit` is a random number from 0 up to but excluding 1.
    pub(super) fn wait(
        &self,
        safety: Safety,
        ending: &AttemptOutcome,
        attempts: u32,
        random_unit: impl FnOnce() -> f64,
    ) -> Option<Duration> {
        if attempts > self.repeats || !ending.may_repeat(safety) {
            return None;
        }
        match ending.ordered_wait().filter(|wait| !wait.is_zero()) {
            Some(ordered) if ordered > self.wait_max => None,
            Some(ordered) => {
                let stretched = ordered.mul_f64(1.0 + STRETCH * share(random_unit()));
                Some(stretched.min(self.wait_max).max(ordered))
            }
            None => Some(self.backoff_max(attempts).mul_f64(share(random_unit()))),
        }
    }

    /// The upper bound of the wait after so many attempts: base, twice, four times, never above
    /// `wait_max`.
    fn backoff_max(&self, attempts: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.wait_max)
    }
}

/// Guards `mul_f64`, which panics on a negative or infinite factor.
fn share(random_unit: f64) -> f64 {
    if random_unit.is_finite() { random_unit.clamp(0.0, 1.0) } else { 0.5 }
}

/// A random number from 0 up to but excluding 1, from the operating system.
pub(super) fn random_unit() -> f64 {
    // Without a random source the waits lose their spread but stay within their bounds.
    let bits = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
impl AttemptOutcome {
    pub(super) fn answered(status: u16, limit: RateLimit) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self {
            class: FailureClass::of_status(status),
            status: Some(status),
            limit,
            ..Self::default()
        }
    }

    pub(super) fn failed(class: FailureClass, not_sent: bool) -> Self {
        Self { class: Some(class), not_sent, ..Self::default() }
    }
}
