//! The last calls to an upstream, and whether they look like an outage.
//!
//! A broken connection is the sign of a restart as often as of an outage, so it counts once only
//! for all the calls that broke in the same moment, and no longer when a later call gets through.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{
    request::CallerId,
    rules::{Outcome, Rules},
};

/// Calls that break within this time after a first one, having begun before it, are broken by the
/// same event.
const SAME_EVENT: Duration = Duration::from_secs(1);

/// How a remembered call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    /// One that stands for all that broke in its moment; whether others' were among them.
    Broken {
        of_several: bool,
    },
}

#[derive(Clone, Copy, Debug)]
struct Call {
    at: Instant,
    caller: CallerId,
    ended: Ended,
}

impl Call {
    fn is_failure(&self) -> bool {
        self.ended != Ended::Well
    }

    fn is_break(&self) -> bool {
        matches!(self.ended, Ended::Broken { .. })
    }

    fn is_only_of(&self, caller: CallerId) -> bool {
        self.caller == caller && self.ended != Ended::Broken { of_several: true }
    }
}

#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Call>);

impl Recent {
    /// Remembers a call that was admitted at `admitted` and ends now.
    pub(super) fn note(
        &mut self,
        caller: CallerId,
        outcome: Outcome,
        admitted: Instant,
        now: Instant,
    ) {
        let last_break = self.0.iter_mut().rev().find(|call| call.is_break());
        let ended = match (outcome, last_break) {
            (Outcome::Success, last) => {
                // What broke before is mended.
                if last.is_some_and(|last| last.at <= admitted) {
                    self.0.retain(|call| !call.is_break());
                }
                Ended::Well
            }
            (Outcome::Failure, _) => Ended::Badly,
            (Outcome::Disconnect, Some(last))
                if last.at > admitted && now < last.at + SAME_EVENT =>
            {
                if last.caller != caller {
                    last.ended = Ended::Broken { of_several: true };
                }
                return;
            }
            (Outcome::Disconnect, _) => Ended::Broken { of_several: false },
        };
        self.0.push_back(Call { at: now, caller, ended });
    }

    /// Leaves the calls of the window, and no more of them than are kept.
    pub(super) fn forget_old(&mut self, rules: &Rules, now: Instant) {
        let is_old = |call: &Call| now.saturating_duration_since(call.at) >= rules.window;
        while self.0.len() > rules.calls_max || self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
    }

    pub(super) fn is_all_well(&self) -> bool {
        !self.0.iter().any(Call::is_failure)
    }

    /// Enough failures, and at least half of all; without any one caller still some, and at least
    /// half of the rest.
    pub(super) fn is_outage(&self, rules: &Rules) -> bool {
        let failures = self.0.iter().filter(|call| call.is_failure());
        let count = failures.clone().count();
        if count < rules.failures || count * 2 < self.0.len() {
            return false;
        }
        rules.is_own || failures.map(|call| call.caller).all(|caller| self.stands_without(caller))
    }

    fn stands_without(&self, caller: CallerId) -> bool {
        let others = self.0.iter().filter(|call| !call.is_only_of(caller));
        let failures = others.clone().filter(|call| call.is_failure()).count();
        failures > 0 && failures * 2 >= others.count()
    }
}
