//! The breaker against a model that keeps every event and looks back.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use crate::upstream::breaker::{Breaker, Change, Pass, Rules, Sign};

const RULES: Rules =
    Rules { failures: 5, window: Duration::from_secs(30), open: Duration::from_mins(1), successes: 3 };

#[derive(Clone, Debug)]
enum Event {
    Pass(u64),
    Admit,
    Record(usize, bool),
    Abandon(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => (0_u64..25_000).prop_map(Event::Pass),
        4 => Just(Event::Admit),
        3 => (any::<usize>(), prop::bool::weighted(0.4)).prop_map(|(which, up)| Event::Record(which, up)),
        1 => any::<usize>().prop_map(Event::Abandon),
    ]
}

/// What the rules say, written down as history. `Instant`s of counted failures, since the last change.
#[derive(Default)]
struct Model {
    failures: Vec<Instant>,
    opened: Option<Instant>,
    half_open: bool,
    good: usize,
    changes: usize,
}

impl Model {
    fn admits(&mut self, now: Instant, calls: &[(Pass, usize)]) -> bool {
        if self.opened.is_some_and(|at| now >= at + RULES.open) {
            self.opened = None;
            self.half_open = true;
            self.changes += 1;
        }
        let out = calls.iter().filter(|(_, changes)| *changes == self.changes).count();
        self.opened.is_none() && !(self.half_open && out + self.good >= 3)
    }

    fn record(&mut self, admitted: usize, up: bool, now: Instant) -> Option<Change> {
        if admitted != self.changes {
            return None;
        }
        if up {
            self.good += usize::from(self.half_open);
        } else {
            self.failures.push(now);
        }
        let recent = self.failures.iter().filter(|at| now - **at < RULES.window).count();
        let change = if !up && (self.half_open || recent >= 5) {
            Change::Opened
        } else if self.good == 3 {
            Change::Closed
        } else {
            return None;
        };
        let opened = (change == Change::Opened).then_some(now);
        *self = Self { opened, changes: self.changes + 1, ..Self::default() };
        Some(change)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn follows_the_model(events in prop::collection::vec(event(), 1..400)) {
        let mut now = Instant::now();
        let (mut breaker, mut model) = (Breaker::new(RULES), Model::default());
        let mut calls: Vec<(Pass, usize)> = Vec::new();
        for event in events {
            match event {
                Event::Pass(ms) => now += Duration::from_millis(ms),
                Event::Admit => {
                    let admitted = breaker.admit(now);
                    prop_assert_eq!(admitted.is_ok(), model.admits(now, &calls));
                    match admitted {
                        Ok(pass) => calls.push((pass, model.changes)),
                        Err(wait) => prop_assert!(!wait.is_zero() && wait <= RULES.open),
                    }
                    let out = calls.iter().filter(|(_, changes)| *changes == model.changes).count();
                    prop_assert!(!model.half_open || out <= 3);
                }
                Event::Record(which, up) if !calls.is_empty() => {
                    let (pass, admitted) = calls.swap_remove(which % calls.len());
                    let sign = if up { Sign::Up } else { Sign::Down };
                    prop_assert_eq!(breaker.record(&pass, sign, now), model.record(admitted, up, now));
                }
                Event::Abandon(which) if !calls.is_empty() => {
                    breaker.abandon(&calls.swap_remove(which % calls.len()).0);
                }
                Event::Record(..) | Event::Abandon(_) => {}
            }
        }
    }
}

fn fail(breaker: &mut Breaker, now: Instant) -> Option<Change> {
    let pass = breaker.admit(now).unwrap();
    breaker.record(&pass, Sign::Down, now)
}

#[test]
fn opens_at_the_fifth_failure_within_the_window() {
    fn check(last_ms: u64, expected: Option<Change>) {
        let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
        assert!((0..4).all(|_| fail(&mut breaker, now).is_none()));
        assert_eq!(fail(&mut breaker, now + Duration::from_millis(last_ms)), expected, "{last_ms}");
    }
    check(0, Some(Change::Opened));
    check(29_999, Some(Change::Opened));
    check(30_000, None);
}

#[test]
fn open_half_open_closed() {
    let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
    let late = breaker.admit(now).unwrap();
    assert_eq!((0..5).filter_map(|_| fail(&mut breaker, now)).count(), 1);
    assert_eq!(breaker.admit(now + Duration::from_secs(20)).unwrap_err(), Duration::from_secs(40));
    let later = now + RULES.open;
    let mut probes: Vec<_> = (0..3).map(|_| breaker.admit(later).unwrap()).collect();
    assert!(breaker.admit(later).is_err());
    assert_eq!(breaker.record(&late, Sign::Up, later), None);
    breaker.abandon(&late);
    assert!(breaker.admit(later).is_err());
    breaker.abandon(&probes.pop().unwrap());
    probes.push(breaker.admit(later).unwrap());
    let changes: Vec<_> = probes.iter().filter_map(|pass| breaker.record(pass, Sign::Up, later)).collect();
    assert_eq!(changes, [Change::Closed]);
    assert_eq!(fail(&mut breaker, later), None);
}
