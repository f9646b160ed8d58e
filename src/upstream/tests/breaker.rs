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
    Record(usize, Sign),
    Abandon(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let sign = prop_oneof![4 => Just(Sign::Up), 4 => Just(Sign::Down), 1 => Just(Sign::Interrupted), 2 => Just(Sign::Broken)];
    prop_oneof![
        1 => (0_u64..25_000).prop_map(Event::Pass),
        4 => Just(Event::Admit),
        3 => (any::<usize>(), sign).prop_map(|(which, sign)| Event::Record(which, sign)),
        1 => any::<usize>().prop_map(Event::Abandon),
    ]
}

/// What the rules say, written down as history. `Instant`s of counted failures, since the last change.
#[derive(Default)]
struct Model {
    failures: Vec<Instant>,
    breaks: Vec<Instant>,
    opened: Option<Instant>,
    half_open: bool,
    good: usize,
    changes: usize,
}

impl Model {
    fn admits(&mut self, now: Instant, calls: &[Call]) -> bool {
        if self.opened.is_some_and(|at| now >= at + RULES.open) {
            self.opened = None;
            self.half_open = true;
            self.changes += 1;
        }
        let out = calls.iter().filter(|call| call.changes == self.changes).count();
        self.opened.is_none() && !(self.half_open && out + self.good >= 3)
    }

    fn record(&mut self, call: &Call, sign: Sign, now: Instant) -> Option<Change> {
        if call.changes != self.changes {
            return None;
        }
        let up = sign == Sign::Up;
        let is_later = self.breaks.last().is_none_or(|last| *last <= call.admitted);
        let is_apart = self.breaks.last().is_some_and(|last| now - *last >= Duration::from_secs(1));
        match sign {
            Sign::Up if self.half_open => self.good += 1,
            Sign::Up if is_later => self.breaks.clear(),
            Sign::Up => {}
            _ if self.half_open => {}
            Sign::Interrupted => return None,
            Sign::Down => self.failures.push(now),
            Sign::Broken if is_later || is_apart => self.breaks.push(now),
            Sign::Broken => {}
        }
        if !up {
            self.breaks.retain(|at| now - *at < RULES.window);
        }
        let counted = self.failures.iter().chain(&self.breaks);
        let recent = counted.filter(|at| now - **at < RULES.window).count();
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

struct Call {
    pass: Pass,
    changes: usize,
    admitted: Instant,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn follows_the_model(events in prop::collection::vec(event(), 1..400)) {
        let mut now = Instant::now();
        let (mut breaker, mut model) = (Breaker::new(RULES), Model::default());
        let mut calls: Vec<Call> = Vec::new();
        for event in events {
            match event {
                Event::Pass(ms) => now += Duration::from_millis(ms),
                Event::Admit => {
                    let admitted = breaker.admit(now);
                    prop_assert_eq!(admitted.is_ok(), model.admits(now, &calls));
                    match admitted {
                        Ok(pass) => calls.push(Call { pass, changes: model.changes, admitted: now }),
                        Err(wait) => prop_assert!(!wait.is_zero() && wait <= RULES.open),
                    }
                    let out = calls.iter().filter(|call| call.changes == model.changes).count();
                    prop_assert!(!model.half_open || out <= 3);
                }
                Event::Record(which, sign) if !calls.is_empty() => {
                    let call = calls.swap_remove(which % calls.len());
                    prop_assert_eq!(breaker.record(&call.pass, sign, now), model.record(&call, sign, now));
                }
                Event::Abandon(which) if !calls.is_empty() => {
                    breaker.abandon(&calls.swap_remove(which % calls.len()).pass);
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

#[test]
fn calls_that_break_in_one_moment_are_one_failure() {
    let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
    let at = |second, millis| now + Duration::from_secs(second) + Duration::from_millis(millis);
    for second in 0..4 {
        let passes: Vec<_> = (0..100).map(|_| breaker.admit(at(second, 0)).unwrap()).collect();
        let changes = passes.iter().filter_map(|pass| breaker.record(pass, Sign::Broken, at(second, 500)));
        assert_eq!(changes.count(), 0, "moment {second}");
    }
    let pass = breaker.admit(at(5, 0)).unwrap();
    assert_eq!(breaker.record(&pass, Sign::Broken, at(5, 0)), Some(Change::Opened), "the fifth moment");
}

/// Calls that all take ten seconds to break, as they do when a proxy keeps quiet before it resets.
#[test]
fn breaks_that_take_long_open_it_too() {
    let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
    let passes: Vec<_> = (0..50).map(|_| breaker.admit(now).unwrap()).collect();
    let mut changes = Vec::new();
    for (pass, tenths) in passes.iter().zip(0..) {
        let at = now + Duration::from_secs(10) + Duration::from_millis(100) * tenths;
        changes.extend(breaker.record(pass, Sign::Broken, at));
    }
    assert_eq!(changes, [Change::Opened]);
}

#[test]
fn breaks_count_until_a_later_call_gets_through() {
    fn check(admitted_ms: u64, expected: Option<Change>) {
        let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
        let at = |millis| now + Duration::from_millis(millis);
        let through = breaker.admit(at(admitted_ms)).unwrap();
        for millis in 1..=4 {
            let pass = breaker.admit(at(millis)).unwrap();
            assert_eq!(breaker.record(&pass, Sign::Broken, at(millis)), None);
        }
        assert_eq!(breaker.record(&through, Sign::Up, at(5)), None);
        let pass = breaker.admit(at(6)).unwrap();
        assert_eq!(breaker.record(&pass, Sign::Broken, at(6)), expected, "{admitted_ms}");
    }
    check(0, Some(Change::Opened));
    check(4, None);
}

#[test]
fn a_break_that_is_mended_counts_for_a_probe_only() {
    let (mut breaker, now) = (Breaker::new(RULES), Instant::now());
    for _ in 0..100 {
        let pass = breaker.admit(now).unwrap();
        assert_eq!(breaker.record(&pass, Sign::Interrupted, now), None);
    }
    assert_eq!((0..5).filter_map(|_| fail(&mut breaker, now)).count(), 1);
    let later = now + RULES.open;
    let probe = breaker.admit(later).unwrap();
    assert_eq!(breaker.record(&probe, Sign::Interrupted, later), Some(Change::Opened));
}
