//! The circuit breaker of one key: a state machine that is told the time.
//!
//! Closed, it remembers counted failures for the length of a window and opens at the limit. Successes do not erase
//! failures: one healthy endpoint must not hide a broken one of the same upstream. Open, it refuses everything for a
//! fixed time. Half-open, it lets through no more probes than are needed to decide, and decides by their results:
//! all good closes it, one bad opens it again.
//!
//! Every change of state starts a new epoch, and a result only counts in the epoch that admitted it, so a call from
//! before an outage can neither close the breaker nor open it twice. A half-open breaker cannot get stuck: each
//! probe's place comes back with its result or with the drop of its permit.
//!
//! A broken connection is the sign of a restart as often as of an outage, so while closed it counts more slowly than a
//! failure that was answered: not as long as its call goes on by another connection, once only for all the calls that
//! broke in the same moment, and no longer when a later call gets through.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::settings::Settings;
use crate::limit::Slot;

/// More probes than these are never out at once, however many successes are asked for.
const PROBES_MAX: u32 = 3;
/// Calls that break within this time after a first one, having begun before it, are broken by the same event.
const MOMENT: Duration = Duration::from_secs(1);
/// What a caller is told while all probes are out: their answer is near, its time unknown.
const PROBES_OUT_WAIT: Duration = Duration::from_secs(1);

/// The numbers of a breaker; see [`Settings`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) failures: usize,
    pub(super) window: Duration,
    pub(super) open: Duration,
    pub(super) successes: u32,
}

impl Rules {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            failures: settings.breaker_failures as usize,
            window: settings.breaker_window,
            open: settings.breaker_open,
            successes: settings.breaker_half_open_successes,
        }
    }
}

/// What an admitted call says about the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It answered, be it with a refusal.
    Up,
    /// Timeout, 5xx, or an answer that cannot be decoded.
    Down,
    /// The connection broke, and its call goes on by another one.
    Interrupted,
    /// The connection broke, and its call ended with it.
    Broken,
}

/// A state that was entered by a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    Closed,
}

/// Admission to one call, given back with [`Breaker::record`] or [`Breaker::abandon`].
#[derive(Debug)]
pub(super) struct Pass {
    epoch: u64,
    admitted: Instant,
}

#[derive(Debug)]
pub(super) struct Breaker {
    rules: Rules,
    epoch: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Closed { failures: VecDeque<Instant>, breaks: VecDeque<Instant> },
    Open { until: Instant },
    HalfOpen { probes: u32, successes: u32 },
}

impl Breaker {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, epoch: 0, state: State::closed() }
    }

    /// Whether calls are refused, or only tried with probes. One that nobody came back to for a further period is over.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => false,
            State::Open { until } => now < until + self.rules.open,
            State::HalfOpen { .. } => true,
        }
    }

    /// Lets a call through, or says how long to stay away.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Pass, Duration> {
        if let State::Open { until } = self.state {
            if now < until {
                return Err(until - now);
            }
            self.enter(State::HalfOpen { probes: 0, successes: 0 });
        }
        if let State::HalfOpen { probes, successes } = &mut self.state {
            if *probes >= PROBES_MAX || *probes + *successes >= self.rules.successes {
                return Err(PROBES_OUT_WAIT);
            }
            *probes += 1;
        }
        Ok(Pass { epoch: self.epoch, admitted: now })
    }

    /// Notes how an admitted call ended.
    pub(super) fn record(&mut self, pass: &Pass, sign: Sign, now: Instant) -> Option<Change> {
        if pass.epoch != self.epoch {
            return None;
        }
        match (&mut self.state, sign) {
            (State::Open { .. }, _) | (State::Closed { .. }, Sign::Interrupted) => None,
            (State::Closed { breaks, .. }, Sign::Up) => {
                if breaks.back().is_some_and(|last| *last <= pass.admitted) {
                    breaks.clear();
                }
                None
            }
            (State::Closed { failures, breaks }, Sign::Down | Sign::Broken) => {
                if sign == Sign::Down {
                    failures.push_back(now);
                } else if breaks.back().is_none_or(|last| *last <= pass.admitted || now - *last >= MOMENT) {
                    breaks.push_back(now);
                }
                forget_old(failures, self.rules.window, now);
                forget_old(breaks, self.rules.window, now);
                (failures.len() + breaks.len() >= self.rules.failures).then(|| self.open(now))
            }
            (State::HalfOpen { .. }, Sign::Down | Sign::Interrupted | Sign::Broken) => Some(self.open(now)),
            (State::HalfOpen { probes, successes }, Sign::Up) => {
                *probes = probes.saturating_sub(1);
                *successes += 1;
                (*successes >= self.rules.successes).then(|| {
                    self.enter(State::closed());
                    Change::Closed
                })
            }
        }
    }

    /// Takes back an admission whose call was dropped: it says nothing about the upstream.
    pub(super) fn abandon(&mut self, pass: &Pass) {
        if let State::HalfOpen { probes, .. } = &mut self.state
            && pass.epoch == self.epoch
        {
            *probes = probes.saturating_sub(1);
        }
    }

    fn open(&mut self, now: Instant) -> Change {
        self.enter(State::Open { until: now + self.rules.open });
        Change::Opened
    }

    fn enter(&mut self, state: State) {
        self.epoch += 1;
        self.state = state;
    }
}

impl State {
    fn closed() -> Self {
        Self::Closed { failures: VecDeque::new(), breaks: VecDeque::new() }
    }
}

impl Slot for Breaker {
    fn busy(&self) -> bool {
        matches!(self.state, State::HalfOpen { probes: 1.., .. })
    }

    fn at_rest(&mut self, now: Instant) -> bool {
        match &mut self.state {
            State::Closed { failures, breaks } => {
                forget_old(failures, self.rules.window, now);
                forget_old(breaks, self.rules.window, now);
                failures.is_empty() && breaks.is_empty()
            }
            // Nobody came back for a whole further period: what it knew is out of date.
            State::Open { until } => now.saturating_duration_since(*until) >= self.rules.open,
            State::HalfOpen { .. } => false,
        }
    }
}

fn forget_old(failures: &mut VecDeque<Instant>, window: Duration, now: Instant) {
    while failures.front().is_some_and(|at| now.saturating_duration_since(*at) >= window) {
        failures.pop_front();
    }
}
