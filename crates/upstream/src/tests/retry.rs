//! The rules of repeating as tables and laws, without a server.

use std::time::Duration;

use proptest::prelude::*;

use crate::{
    FailureClass, RateLimit, Safety, Settings,
    retry::{AttemptOutcome, Retry, random_unit},
};

use FailureClass::{Local, Network, Timeout};
use Safety::{IdempotentWrite, Read, Write};

fn limit(retry_after_s: u64) -> RateLimit {
    RateLimit { retry_after: Some(Duration::from_secs(retry_after_s)), ..RateLimit::default() }
}

fn reset(reset_after_s: u64) -> RateLimit {
    RateLimit { reset_after: Some(Duration::from_secs(reset_after_s)), ..RateLimit::default() }
}

fn wait_ms(
    safety: Safety,
    ending: &AttemptOutcome,
    attempts: u32,
    random_unit: f64,
) -> Option<u128> {
    let retry = Retry::new(&Settings::new("test"));
    retry.wait(safety, ending, attempts, || random_unit).map(|wait| wait.as_millis())
}

#[test]
fn who_may_repeat_what() {
    fn check(ending: &AttemptOutcome, expected: &[Safety]) {
        for safety in [Read, IdempotentWrite, Write] {
            let repeats = wait_ms(safety, ending, 1, 0.5).is_some();
            assert_eq!(repeats, expected.contains(&safety), "{safety:?} {ending:?}");
        }
    }
    let all = [Read, IdempotentWrite, Write];
    let none = RateLimit::default;
    let quota = RateLimit { reason: Some("app-quota".into()), ..limit(1) };
    check(&AttemptOutcome::answered(429, none()), &all);
    check(&AttemptOutcome::answered(429, limit(5)), &all);
    check(&AttemptOutcome::answered(429, limit(6)), &[]);
    check(&AttemptOutcome::answered(429, reset(5)), &all);
    check(&AttemptOutcome::answered(429, reset(6)), &[]);
    check(&AttemptOutcome::answered(429, quota), &[]);
    check(&AttemptOutcome::answered(503, none()), &[Read]);
    check(&AttemptOutcome::answered(503, limit(1)), &[Read, IdempotentWrite]);
    check(&AttemptOutcome::answered(503, reset(3600)), &[Read]);
    check(&AttemptOutcome::answered(503, limit(6)), &[]);
    check(&AttemptOutcome::answered(500, limit(1)), &[Read]);
    for status in [200, 204, 302, 400, 401, 403, 404, 409, 410, 413] {
        check(&AttemptOutcome::answered(status, limit(1)), &[]);
    }
    check(&AttemptOutcome::failed(Network, true), &all);
    check(&AttemptOutcome::failed(Network, false), &[Read]);
    check(&AttemptOutcome::failed(Timeout, false), &[Read]);
    check(&AttemptOutcome::failed(Local, true), &[]);
}

#[test]
fn how_long_to_wait() {
    fn check(limit: RateLimit, attempts: u32, random_unit: f64, expected: Option<u128>) {
        assert_eq!(
            wait_ms(Read, &AttemptOutcome::answered(429, limit), attempts, random_unit),
            expected
        );
    }
    let none = RateLimit::default;
    check(none(), 1, 0.5, Some(500));
    check(none(), 2, 0.5, Some(1000));
    check(none(), 3, 0.5, Some(2000));
    check(none(), 4, 0.5, None);
    check(none(), 3, 0.0, Some(0));
    check(limit(2), 1, 0.0, Some(2000));
    check(limit(2), 1, 0.5, Some(2300));
    check(limit(5), 1, 0.99, Some(5000));
    check(limit(0), 1, 0.5, Some(500));
    check(none(), 1, f64::NAN, Some(500));
}

proptest! {
    #[test]
    fn a_wait_keeps_its_bounds(
        status in 100_u16..1000, ordered_s in prop::option::of(0_u64..10), attempts in 1_u32..1000,
        base_ms in 0_u64..100_000, wait_max_ms in 0_u64..10_000, retry_max in 0_u32..2000, luck in any::<f64>(),
    ) {
        let settings = Settings {
            retry_base: Duration::from_millis(base_ms), wait_max: Duration::from_millis(wait_max_ms), retry_max,
            ..Settings::new("test")
        };
        let ordered = ordered_s.map(Duration::from_secs);
        let limit = RateLimit { retry_after: ordered, ..RateLimit::default() };
        let ending = AttemptOutcome::answered(status, limit);
        if let Some(wait) = Retry::new(&settings).wait(Read, &ending, attempts, || luck) {
            prop_assert!(attempts <= retry_max && (status == 429 || status >= 500));
            prop_assert!(wait <= settings.wait_max && wait >= ordered.unwrap_or_default());
        }
    }

    #[test]
    fn chance_is_a_share(_ in 0..100) {
        prop_assert!((0.0..1.0).contains(&random_unit()));
    }
}
