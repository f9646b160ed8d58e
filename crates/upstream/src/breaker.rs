//! The circuit breaker of one key: a state machine that is told the time and who calls.
//!
//! Closed, it remembers the last calls of a window and opens when enough of them failed, when those
//! are at least half of all, and when both stay so without any one caller: whoever asks for a
//! broken issue again and again says nothing about the upstream that others see. A breaker of one
//! caller alone (`callers: 1`) does without the last question.
//!
//! Open, it refuses everything for a fixed time. Half-open, it lets through no more probes than are
//! needed to decide, of different callers: enough good ones close it, a bad one opens it again, but
//! not twice in a row for the same caller.
//!
//! Every change of state starts a new epoch, and a result only counts in the epoch that admitted
//! it, so a call from before an outage can neither close the breaker nor open it twice. A half-open
//! breaker cannot get stuck: each probe's place comes back with its result or with the drop of its
//! permit.

use std::time::Duration;

use limit::Slot;
use tokio::time::Instant;

use super::{
    recent::Recent,
    request::CallerId,
    rules::{Outcome, Rules},
};

/// More probes than these are never out at once, however many successes are asked for.
const PROBES_MAX: usize = 3;
/// What a caller is told while all probes are out: their answer is near, its time unknown.
const PROBES_OUT_WAIT: Duration = Duration::from_secs(1);
/// A state that was entered by a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    Closed,
}

/// Admission to one call, given back with [`Breaker::record`] or [`Breaker::abandon`].
#[derive(Debug)]
pub(super) struct Permit {
    epoch: u64,
    admitted: Instant,
}

impl Permit {
    /// What a breaker gives that has seen nothing yet.
    pub(super) fn of_new_breaker(now: Instant) -> Self {
        Self { epoch: 0, admitted: now }
    }
}

#[derive(Debug)]
pub(super) struct Breaker {
    rules: Rules,
    epoch: u64,
    state: State,
    /// Whose probe opened it again. It takes somebody else to do so once more.
    blamed: Option<CallerId>,
}

#[derive(Debug)]
enum State {
    Closed { recent: Recent },
    Open { until: Instant },
    HalfOpen { probes: Vec<CallerId>, successes: u32 },
}

impl Breaker {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, epoch: 0, state: State::closed(), blamed: None }
    }

    /// Whether calls are refused, or only tried with probes. One that nobody came back to for a
    /// further period is over.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => false,
            State::Open { until } => now < until + self.rules.open,
            State::HalfOpen { .. } => true,
        }
    }

    /// Whether nobody is let through now. A call that is under way then ends with what it knows.
    pub(super) fn refuses(&self, now: Instant) -> bool {
        matches!(self.state, State::Open { until } if now < until)
    }

    /// Lets a call through, or says how long to stay away.
    pub(super) fn admit(&mut self, caller: CallerId, now: Instant) -> Result<Permit, Duration> {
        if let State::Open { until } = self.state {
            if now < until {
                return Err(until - now);
            }
            self.enter(State::HalfOpen { probes: Vec::new(), successes: 0 });
        }
        if let State::HalfOpen { probes, successes } = &mut self.state {
            let wanted = (self.rules.successes - *successes) as usize;
            let is_twice = !self.rules.is_own && probes.contains(&caller);
            if is_twice || probes.len() >= PROBES_MAX.min(wanted) {
                return Err(PROBES_OUT_WAIT);
            }
            probes.push(caller);
        }
        Ok(Permit { epoch: self.epoch, admitted: now })
    }

    /// Notes how an admitted call ended.
    pub(super) fn record(
        &mut self,
        permit: &Permit,
        caller: CallerId,
        outcome: Outcome,
        now: Instant,
    ) -> Option<Change> {
        if permit.epoch != self.epoch {
            return None;
        }
        let rules = self.rules;
        match &mut self.state {
            State::Open { .. } => None,
            State::Closed { recent } => {
                recent.note(caller, outcome, permit.admitted, now);
                recent.forget_old(&rules, now);
                (outcome != Outcome::Success && recent.is_outage(&rules)).then(|| self.open(now))
            }
            State::HalfOpen { probes, successes } => {
                release(probes, caller);
                if outcome == Outcome::Success {
                    *successes += 1;
                    return (*successes >= rules.successes).then(|| self.close());
                }
                if !rules.is_own && self.blamed.replace(caller) == Some(caller) {
                    return None;
                }
                Some(self.open(now))
            }
        }
    }

    /// Undoes an admission whose call was dropped: it says nothing about the upstream.
    pub(super) fn abandon(&mut self, permit: &Permit, caller: CallerId) {
        if let State::HalfOpen { probes, .. } = &mut self.state
            && permit.epoch == self.epoch
        {
            release(probes, caller);
        }
    }

    fn open(&mut self, now: Instant) -> Change {
        self.enter(State::Open { until: now + self.rules.open });
        Change::Opened
    }

    fn close(&mut self) -> Change {
        self.blamed = None;
        self.enter(State::closed());
        Change::Closed
    }

    fn enter(&mut self, state: State) {
        self.epoch += 1;
        self.state = state;
    }
}

impl State {
    fn closed() -> Self {
        Self::Closed { recent: Recent::default() }
    }
}

impl Slot for Breaker {
    fn busy(&self) -> bool {
        matches!(&self.state, State::HalfOpen { probes, .. } if !probes.is_empty())
    }

    fn at_rest(&mut self, now: Instant) -> bool {
        match &mut self.state {
            State::Closed { recent } => {
                recent.forget_old(&self.rules, now);
                recent.is_all_well()
            }
            // Nobody came back for a whole further period: what it knew is out of date.
            State::Open { until } => now.saturating_duration_since(*until) >= self.rules.open,
            State::HalfOpen { .. } => false,
        }
    }
}

fn release(probes: &mut Vec<CallerId>, caller: CallerId) {
    if let Some(at) = probes.iter().position(|probe| *probe == caller) {
        probes.swap_remove(at);
    }
}
