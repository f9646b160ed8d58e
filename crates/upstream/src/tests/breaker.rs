//! The rules of the breaker, one by one.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    CallerId, Settings,
    breaker::{Breaker, Change},
    rules::{Outcome, Rules},
};

pub(super) fn rules() -> Rules {
    Rules::of_all(&Settings::new("test"))
}

pub(super) fn caller(number: u8) -> CallerId {
    CallerId::from([number; 16])
}

fn end(breaker: &mut Breaker, number: u8, outcome: Outcome, now: Instant) -> Option<Change> {
    let permit = breaker.admit(caller(number), now).unwrap();
    breaker.record(&permit, caller(number), outcome, now)
}

/// Ends one call for each letter: of caller 1, 2, … by place in the alphabet, failing when it is a
/// capital.
fn opened_by(calls: &str) -> bool {
    let (mut breaker, now) = (Breaker::new(rules()), Instant::now());
    calls.bytes().any(|letter| {
        let outcome = if letter.is_ascii_uppercase() { Outcome::Failure } else { Outcome::Success };
        end(&mut breaker, letter.to_ascii_lowercase() - b'a', outcome, now).is_some()
    })
}

#[test]
fn opens_when_several_callers_see_half_of_their_calls_fail() {
    let check = |calls: &str, expected| assert_eq!(opened_by(calls), expected, "{calls}");
    check("ABABA", true);
    check("AAAAB", true);
    check("ABAB", false);
    check(&"A".repeat(100), false);
    // Five bad ones of twenty.
    check("aaabbbcccabcabcABCAB", false);
    check("aabbcABCAB", true);
    check("aabbccABCAB", false);
    // What one caller fails with does not make another's single failure an outage.
    check(&format!("bbb{}B", "A".repeat(100)), false);
    check(&format!("b{}B", "A".repeat(100)), true);
}

#[test]
fn opens_at_the_fifth_failure_within_the_window() {
    fn check(last_ms: u64, expected: Option<Change>) {
        let (mut breaker, now) = (Breaker::new(rules()), Instant::now());
        for number in 0..4 {
            assert_eq!(end(&mut breaker, number, Outcome::Failure, now), None);
        }
        assert_eq!(
            end(&mut breaker, 4, Outcome::Failure, now + Duration::from_millis(last_ms)),
            expected,
            "{last_ms}"
        );
    }
    check(0, Some(Change::Opened));
    check(29_999, Some(Change::Opened));
    check(30_000, None);
}

/// A breaker that five callers' failures have opened.
fn opened(now: Instant) -> Breaker {
    let mut breaker = Breaker::new(rules());
    assert_eq!(
        (0..5).filter_map(|number| end(&mut breaker, number, Outcome::Failure, now)).count(),
        1
    );
    breaker
}

#[test]
fn open_half_open_closed() {
    let now = Instant::now();
    let mut breaker = Breaker::new(rules());
    let late = breaker.admit(caller(9), now).unwrap();
    for number in 0..5 {
        end(&mut breaker, number, Outcome::Failure, now);
    }
    assert_eq!(
        breaker.admit(caller(9), now + Duration::from_secs(20)).unwrap_err(),
        Duration::from_secs(40)
    );
    let later = now + rules().open;
    let mut probes: Vec<_> =
        (0..3).map(|number| (number, breaker.admit(caller(number), later).unwrap())).collect();
    assert!(breaker.admit(caller(3), later).is_err());
    assert_eq!(breaker.record(&late, caller(9), Outcome::Success, later), None);
    breaker.abandon(&late, caller(9));
    assert!(breaker.admit(caller(3), later).is_err());
    let (number, permit) = probes.pop().unwrap();
    breaker.abandon(&permit, caller(number));
    probes.push((3, breaker.admit(caller(3), later).unwrap()));
    let mut changes = Vec::new();
    for (number, permit) in &probes {
        changes.extend(breaker.record(permit, caller(*number), Outcome::Success, later));
    }
    assert_eq!(changes, [Change::Closed]);
    assert_eq!(end(&mut breaker, 0, Outcome::Failure, later), None);
}

#[test]
fn probes_are_of_different_callers_and_one_alone_may_come_again() {
    let now = Instant::now();
    let (mut breaker, later) = (opened(now), now + rules().open);
    for change in [None, None, Some(Change::Closed)] {
        let permit = breaker.admit(caller(1), later).unwrap();
        assert!(breaker.admit(caller(1), later).is_err());
        assert_eq!(breaker.record(&permit, caller(1), Outcome::Success, later), change);
    }
}

#[test]
fn a_bad_probe_opens_it_again_but_not_the_same_callers_next_one() {
    let now = Instant::now();
    let mut breaker = opened(now);
    let later = now + rules().open;
    assert_eq!(end(&mut breaker, 1, Outcome::Failure, later), Some(Change::Opened));
    let later = later + rules().open;
    assert_eq!(end(&mut breaker, 1, Outcome::Disconnect, later), None);
    assert_eq!(end(&mut breaker, 2, Outcome::Success, later), None);
    assert_eq!(end(&mut breaker, 1, Outcome::Failure, later), None);
    assert_eq!(end(&mut breaker, 2, Outcome::Failure, later), Some(Change::Opened));
}

#[test]
fn calls_that_break_in_one_moment_are_one_failure() {
    let (mut breaker, now) = (Breaker::new(rules()), Instant::now());
    let at = |second, millis| now + Duration::from_secs(second) + Duration::from_millis(millis);
    for second in 0..4 {
        let passes: Vec<_> = (0..100)
            .map(|number| (number, breaker.admit(caller(number), at(second, 0)).unwrap()))
            .collect();
        for (number, permit) in passes {
            assert_eq!(
                breaker.record(&permit, caller(number), Outcome::Disconnect, at(second, 500)),
                None,
                "{second}"
            );
        }
    }
    assert_eq!(
        end(&mut breaker, 0, Outcome::Disconnect, at(5, 0)),
        Some(Change::Opened),
        "the fifth moment"
    );
}

/// Calls that all take ten seconds to break, as they do when a proxy keeps quiet before it resets.
#[test]
fn breaks_that_take_long_open_it_too() {
    let (mut breaker, now) = (Breaker::new(rules()), Instant::now());
    let passes: Vec<_> =
        (0..50).map(|number| (number, breaker.admit(caller(number), now).unwrap())).collect();
    let mut changes = Vec::new();
    for (number, permit) in &passes {
        let at = now + Duration::from_secs(10) + Duration::from_millis(100) * u32::from(*number);
        changes.extend(breaker.record(permit, caller(*number), Outcome::Disconnect, at));
    }
    assert_eq!(changes, [Change::Opened]);
}

#[test]
fn breaks_count_until_a_later_call_gets_through() {
    fn check(admitted_ms: u64, expected: Option<Change>) {
        let (mut breaker, now) = (Breaker::new(rules()), Instant::now());
        let at = |millis| now + Duration::from_millis(millis);
        let through = breaker.admit(caller(9), at(admitted_ms)).unwrap();
        for number in 1..=4 {
            assert_eq!(end(&mut breaker, number, Outcome::Disconnect, at(number.into())), None);
        }
        assert_eq!(breaker.record(&through, caller(9), Outcome::Success, at(5)), None);
        assert_eq!(end(&mut breaker, 6, Outcome::Disconnect, at(6)), expected, "{admitted_ms}");
    }
    check(0, Some(Change::Opened));
    check(4, None);
}
