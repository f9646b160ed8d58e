//! The breaker against a model that keeps every call and looks back.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::breaker::{caller, rules};
use crate::{
    breaker::{Breaker, Change, Permit},
    rules::Outcome,
};

#[derive(Clone, Debug)]
enum Event {
    Pass(u64),
    Admit(u8),
    Record(usize, Outcome),
    Abandon(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![3 => Just(Outcome::Success), 4 => Just(Outcome::Failure), 2 => Just(Outcome::Disconnect)];
    prop_oneof![
        1 => (0_u64..25_000).prop_map(Event::Pass),
        4 => (0_u8..4).prop_map(Event::Admit),
        4 => (any::<usize>(), outcome).prop_map(|(which, outcome)| Event::Record(which, outcome)),
        1 => any::<usize>().prop_map(Event::Abandon),
    ]
}

/// A call under way.
struct Call {
    permit: Permit,
    caller: u8,
    changes: usize,
    admitted: Instant,
}

/// One that ended. Broken ones of one moment stand together: whose they were.
struct Past {
    at: Instant,
    callers: Vec<u8>,
    outcome: Outcome,
}

/// What the rules say, written down as history since the last change.
#[derive(Default)]
struct Model {
    past: Vec<Past>,
    opened: Option<Instant>,
    half_open: bool,
    good: usize,
    blamed: Option<u8>,
    changes: usize,
}

impl Model {
    fn admits(&mut self, caller: u8, now: Instant, calls: &[Call]) -> bool {
        if self.opened.is_some_and(|at| now >= at + rules().open) {
            (self.opened, self.half_open) = (None, true);
            self.changes += 1;
        }
        let mut out = calls.iter().filter(|call| call.changes == self.changes);
        let count = out.clone().count();
        let is_twice = out.any(|call| call.caller == caller);
        self.opened.is_none() && !(self.half_open && (is_twice || count + self.good >= 3))
    }

    fn record(&mut self, call: &Call, outcome: Outcome, now: Instant) -> Option<Change> {
        if call.changes != self.changes || self.opened.is_some() {
            return None;
        }
        let change = if self.half_open {
            self.probed(call.caller, outcome)
        } else {
            self.ended(call, outcome, now)
        };
        let opened = (change? == Change::Opened).then_some(now);
        let blamed = self.blamed.filter(|_| opened.is_some());
        *self = Self { opened, blamed, changes: self.changes + 1, ..Self::default() };
        change
    }

    fn probed(&mut self, caller: u8, outcome: Outcome) -> Option<Change> {
        if outcome == Outcome::Success {
            self.good += 1;
            return (self.good == 3).then_some(Change::Closed);
        }
        (self.blamed.replace(caller) != Some(caller)).then_some(Change::Opened)
    }

    fn ended(&mut self, call: &Call, outcome: Outcome, now: Instant) -> Option<Change> {
        let last = self.past.iter_mut().rev().find(|past| past.outcome == Outcome::Disconnect);
        match last {
            Some(last) if outcome == Outcome::Success && last.at <= call.admitted => {
                self.past.retain(|past| past.outcome != Outcome::Disconnect);
            }
            Some(last)
                if outcome == Outcome::Disconnect
                    && last.at > call.admitted
                    && now < last.at + Duration::from_secs(1) =>
            {
                last.callers.push(call.caller);
                return self.is_outage(now).then_some(Change::Opened);
            }
            _ => {}
        }
        self.past.push(Past { at: now, callers: vec![call.caller], outcome });
        (outcome != Outcome::Success && self.is_outage(now)).then_some(Change::Opened)
    }

    fn is_outage(&self, now: Instant) -> bool {
        let window: Vec<_> =
            self.past.iter().filter(|past| now - past.at < rules().window).collect();
        let bad = |without: Option<u8>| {
            let theirs = window.iter().filter(|past| {
                without.is_none_or(|one| past.callers.iter().any(|caller| *caller != one))
            });
            let (all, bad) = (
                theirs.clone().count(),
                theirs.filter(|past| past.outcome != Outcome::Success).count(),
            );
            if bad > 0 && 2 * bad >= all { bad } else { 0 }
        };
        bad(None) >= 5 && (0..4).all(|one| bad(Some(one)) > 0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn follows_the_model(events in prop::collection::vec(event(), 1..400)) {
        let mut now = Instant::now();
        let (mut breaker, mut model) = (Breaker::new(rules()), Model::default());
        let mut calls: Vec<Call> = Vec::new();
        for event in events {
            match event {
                Event::Pass(ms) => now += Duration::from_millis(ms),
                Event::Admit(number) => {
                    let admitted = breaker.admit(caller(number), now);
                    prop_assert_eq!(admitted.is_ok(), model.admits(number, now, &calls));
                    match admitted {
                        Ok(permit) => {
                            calls.push(Call { permit, caller: number, changes: model.changes, admitted: now });
                        }
                        Err(wait) => prop_assert!(!wait.is_zero() && wait <= rules().open),
                    }
                    let out = calls.iter().filter(|call| call.changes == model.changes).count();
                    prop_assert!(!model.half_open || out <= 3);
                }
                Event::Record(which, outcome) if !calls.is_empty() => {
                    let call = calls.swap_remove(which % calls.len());
                    let changed = breaker.record(&call.permit, caller(call.caller), outcome, now);
                    prop_assert_eq!(changed, model.record(&call, outcome, now));
                }
                Event::Abandon(which) if !calls.is_empty() => {
                    let call = calls.swap_remove(which % calls.len());
                    breaker.abandon(&call.permit, caller(call.caller));
                }
                Event::Record(..) | Event::Abandon(_) => {}
            }
        }
    }

    /// However one caller's calls fail, as long as all others' get through nothing opens.
    #[test]
    fn one_caller_shuts_out_nobody(
        calls in prop::collection::vec((0_u64..5_000, 0_u8..3, any::<bool>()), 1..200),
    ) {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(rules());
        for (pause_ms, other, breaks) in calls {
            now += Duration::from_millis(pause_ms);
            let permit = breaker.admit(caller(0), now).unwrap();
            let outcome = if breaks { Outcome::Disconnect } else { Outcome::Failure };
            prop_assert_eq!(breaker.record(&permit, caller(0), outcome, now), None);
            let permit = breaker.admit(caller(other + 1), now).unwrap();
            prop_assert_eq!(breaker.record(&permit, caller(other + 1), Outcome::Success, now), None);
        }
    }
}
