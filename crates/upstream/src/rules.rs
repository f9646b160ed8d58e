//! What breakers go by: their numbers, and what a call can say about its upstream.

use std::time::Duration;

use super::settings::Settings;

/// Calls that are remembered of all callers, and of one caller alone; a busier window ends earlier.
const CALLS_MAX: usize = 128;
const OWN_CALLS_MAX: usize = 32;

/// The numbers of a breaker; see [`Settings`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) failures: usize,
    pub(super) window: Duration,
    pub(super) open: Duration,
    pub(super) successes: u32,
    /// Whether one caller's failures are enough: every call is that caller's.
    pub(super) is_own: bool,
    /// Calls that are remembered at most.
    pub(super) calls_max: usize,
}

impl Rules {
    /// Those of all callers of an upstream.
    pub(super) fn of_all(settings: &Settings) -> Self {
        let failures = settings.breaker_failures as usize;
        Self {
            failures,
            window: settings.breaker_window,
            open: settings.breaker_open,
            successes: settings.breaker_half_open_successes,
            is_own: false,
            calls_max: CALLS_MAX.max(failures.saturating_mul(2)),
        }
    }

    /// Those of one caller.
    pub(super) fn of_one(settings: &Settings) -> Self {
        let all = Self::of_all(settings);
        Self { is_own: true, calls_max: OWN_CALLS_MAX.max(all.failures.saturating_mul(2)), ..all }
    }
}

/// What an admitted call says about the upstream, by its last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It answered, be it with a refusal.
    Success,
    /// Timeout, 5xx, or an answer that cannot be decoded.
    Failure,
    /// The connection broke.
    Disconnect,
}
