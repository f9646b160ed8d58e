//! Where the sandbox takes the time from, and how Jira writes it.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

/// Milliseconds since 1970-01-01 UTC, read once per request.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

/// The platform API's form, `2026-11-20T10:00:00.123+0000`: no colon in the offset.
pub(super) fn jira_time(ms: i64) -> String {
    format(ms, "%Y-%m-%dT%H:%M:%S%.3f+0000")
}

/// The agile API's form, `2026-11-20T10:00:00.123Z`.
pub(super) fn agile_time(ms: i64) -> String {
    format(ms, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// A calendar day in UTC, `2026-11-20`.
pub(super) fn day(ms: i64) -> String {
    format(ms, "%Y-%m-%d")
}

/// The form of rendered fields, `20/Nov/26 10:00 AM`.
pub(super) fn rendered_time(ms: i64) -> String {
    format(ms, "%d/%b/%y %-I:%M %p")
}

/// Reads `2026-11-20T10:00:00.000+0000` and its RFC 3339 relatives; `None` for anything else.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().or_else(|| with_colon(text)?.parse().ok()).map(Timestamp::as_millisecond)
}

/// Reads a calendar day strictly, `2026-11-20`.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn with_colon(text: &str) -> Option<String> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(2)?)?;
    Some(format!("{head}:{tail}"))
}

fn format(ms: i64, pattern: &str) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_jira_times() {
        assert_eq!(jira_time(1_795_168_800_123), "2026-11-20T10:00:00.123+0000");
        assert_eq!(parse_time("2026-11-20T10:00:00.123+0000"), Some(1_795_168_800_123));
        assert_eq!(parse_time("2026-11-20T12:00:00.123+0200"), Some(1_795_168_800_123));
        assert_eq!(parse_time("tomorrow"), None);
        assert!(is_day("2026-02-28") && !is_day("2026-02-30") && !is_day("20/11/2026"));
    }
}
