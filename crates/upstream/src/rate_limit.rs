//! What an answer's headers say about limits: when to come back, and whose limit it was.
//!
//! Read generically: `Retry-After` (RFC 9110 section 10.2.3), the widespread `X-RateLimit-*` and
//! `RateLimit-Reason`, and the structured `RateLimit` field of the IETF draft of that name. Headers
//! with a `Beta-` prefix announce future limits and are not orders, so they are not looked at.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

/// A hint beyond a month is as good as "not today", and keeps time sums from overflowing.
const HINT_MAX: Duration = Duration::from_hours(31 * 24);
const REASON_CHARS_MAX: usize = 64;
/// A plain number from here on is a Unix time, below it a number of seconds.
const UNIX_TIME_MIN: u64 = 1_000_000_000;

/// The limits as one answer tells them. Durations count from the moment of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// `Retry-After`, given in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// When an exhausted limit refills, from `X-RateLimit-Reset` or `RateLimit`.
    pub reset_after: Option<Duration>,
    /// `RateLimit-Reason` in lower case: which limit was hit.
    pub reason: Option<String>,
    /// `X-RateLimit-NearLimit: true`: the limit will soon be hit.
    pub near_limit: bool,
}

impl RateLimit {
    /// Reads the headers; `wall` is the time of day that dates are compared with. What cannot be
    /// read is absent.
    pub fn parse(headers: &HeaderMap, wall: SystemTime) -> Self {
        let text =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let retry_after = headers
            .get_all(RETRY_AFTER)
            .iter()
            .filter_map(|value| retry_after(value.to_str().ok()?.trim(), wall))
            .max();
        let exhausted = text("x-ratelimit-remaining").is_none_or(|left| left == "0");
        let reset =
            text("x-ratelimit-reset").filter(|_| exhausted).and_then(|at| reset_after(at, wall));
        let structured = headers
            .get_all("ratelimit")
            .iter()
            .filter_map(|value| exhausted_policy(value.to_str().ok()?))
            .max();
        Self {
            retry_after,
            reset_after: reset.max(structured),
            reason: text("ratelimit-reason").map(|reason| {
                let printable = reason.chars().filter(char::is_ascii_graphic);
                printable.take(REASON_CHARS_MAX).collect::<String>().to_ascii_lowercase()
            }),
            near_limit: text("x-ratelimit-nearlimit")
                .is_some_and(|near| near.eq_ignore_ascii_case("true")),
        }
    }

    /// How long to stay away after a refusal, if the answer says so.
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after.or(self.reset_after)
    }

    /// Whether the limit is a quota over a long time, which is never waited out.
    pub fn is_quota(&self) -> bool {
        self.reason.as_deref().is_some_and(|reason| reason.contains("quota"))
    }
}

fn retry_after(value: &str, wall: SystemTime) -> Option<Duration> {
    match seconds(value) {
        Some(seconds) => Some(Duration::from_secs(seconds).min(HINT_MAX)),
        None => Some(until(httpdate::parse_http_date(value).ok()?, wall)),
    }
}

/// ISO 8601 with or without seconds, Unix time, or a number of seconds.
fn reset_after(value: &str, wall: SystemTime) -> Option<Duration> {
    match seconds(value) {
        Some(number) if number < UNIX_TIME_MIN => Some(Duration::from_secs(number).min(HINT_MAX)),
        Some(number) => {
            let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(number));
            Some(at.map_or(HINT_MAX, |at| until(at, wall)))
        }
        None => Some(until(value.parse::<jiff::Timestamp>().ok()?.into(), wall)),
    }
}

/// `"name";r=0;t=600`: the longest `t` of the policies with nothing left.
fn exhausted_policy(value: &str) -> Option<Duration> {
    let policy_reset = |policy: &str| {
        let parameter = |name: &str| {
            policy.split(';').skip(1).find_map(|part| {
                let (key, number) = part.split_once('=')?;
                (key.trim() == name).then(|| seconds(number.trim()))?
            })
        };
        (parameter("r")? == 0).then(|| parameter("t"))?
    };
    let longest = value.split(',').filter_map(policy_reset).max()?;
    Some(Duration::from_secs(longest).min(HINT_MAX))
}

/// A number of digits only; one that is too large is the largest.
fn seconds(value: &str) -> Option<u64> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(u64::MAX))
}

fn until(at: SystemTime, wall: SystemTime) -> Duration {
    at.duration_since(wall).unwrap_or(Duration::ZERO).min(HINT_MAX)
}

#[cfg(test)]
mod tests {
    use super::{HINT_MAX, RateLimit};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    const NOON: u64 = 1_774_526_400; // 2026-03-26T12:00:00Z

    fn parse(headers: &[(&'static str, &str)]) -> RateLimit {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        RateLimit::parse(&map, SystemTime::UNIX_EPOCH + Duration::from_secs(NOON))
    }

    #[test]
    fn the_time_to_come_back() {
        fn check(headers: &[(&'static str, &str)], expected: Option<u64>) {
            assert_eq!(parse(headers).wait(), expected.map(Duration::from_secs), "{headers:?}");
        }
        check(&[], None);
        check(&[("retry-after", "7")], Some(7));
        check(&[("retry-after", " 0 ")], Some(0));
        check(&[("retry-after", "Thu, 26 Mar 2026 12:00:30 GMT")], Some(30));
        check(&[("retry-after", "Thu, 26 Mar 2026 11:00:00 GMT")], Some(0));
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "-1")], None);
        check(&[("retry-after", "\u{e9}")], None);
        check(&[("retry-after", "99999999999999999999999")], Some(HINT_MAX.as_secs()));
        check(&[("retry-after", "2"), ("retry-after", "9")], Some(9));
        check(&[("beta-retry-after", "9")], None);
        check(&[("x-ratelimit-reset", "2026-03-26T12:01:05Z")], Some(65));
        check(&[("x-ratelimit-reset", "2026-03-26T16:00Z")], Some(4 * 3600));
        check(&[("x-ratelimit-reset", "2026-03-26T11:00Z")], Some(0));
        check(&[("x-ratelimit-reset", "1774526410")], Some(10));
        check(&[("x-ratelimit-reset", "10")], Some(10));
        check(&[("x-ratelimit-reset", "10"), ("x-ratelimit-remaining", "5")], None);
        check(&[("x-ratelimit-reset", "18446744073709551615")], Some(HINT_MAX.as_secs()));
        check(&[("x-ratelimit-reset", "600"), ("retry-after", "2")], Some(2));
        check(&[("ratelimit", "\"app\";r=0;t=600")], Some(600));
        check(&[("ratelimit", "\"app\";r=10;t=600, \"user\"; t=5; r=0")], Some(5));
        check(&[("ratelimit", "\"app\";t=600")], None);
        check(&[("ratelimit", ";;=,,r=0")], None);
    }

    #[test]
    fn reasons_and_warnings() {
        let limit = parse(&[
            ("ratelimit-reason", "Jira-Quota-Global-Based"),
            ("x-ratelimit-nearlimit", "TRUE"),
        ]);
        assert_eq!(limit.reason.as_deref(), Some("jira-quota-global-based"));
        assert!(limit.is_quota() && limit.near_limit);
        assert!(!parse(&[("ratelimit-reason", "jira-burst-based")]).is_quota());
        assert!(!parse(&[]).is_quota());
    }

    proptest! {
        #[test]
        fn any_value_has_an_answer(value in "[ -~]{0,40}", number in any::<u64>()) {
            let limit = parse(&[
                ("retry-after", &value), ("x-ratelimit-reset", &number.to_string()), ("ratelimit", &value),
                ("ratelimit-reason", &value), ("x-ratelimit-remaining", "0"),
            ]);
            prop_assert!(limit.wait().is_some_and(|wait| wait <= HINT_MAX));
        }
    }
}
