//! Where the sandbox takes the time from, and how Jira writes it.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

/// Milliseconds since 1970-01-01 UTC, read once per request.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

/// The platform API's form, `2026-11-20T10:00:00.123+0100`: no colon in the offset, which is the
/// zone's on that date.
pub(super) fn jira_time(ms: i64, zone: &TimeZone) -> String {
    format(ms, zone, "%Y-%m-%dT%H:%M:%S%.3f%z")
}

/// The agile API's form, `2026-11-20T10:00:00.123Z`.
pub(super) fn agile_time(ms: i64) -> String {
    format(ms, &TimeZone::UTC, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// A calendar day in UTC, `2026-11-20`.
pub(super) fn day(ms: i64) -> String {
    format(ms, &TimeZone::UTC, "%Y-%m-%d")
}

/// The form of rendered fields, `20/Nov/26 10:00 AM`.
pub(super) fn rendered_time(ms: i64, zone: &TimeZone) -> String {
    format(ms, zone, "%d/%b/%y %-I:%M %p")
}

/// The time of day, `10:00:00`.
pub(super) fn clock_time(ms: i64, zone: &TimeZone) -> String {
    format(ms, zone, "%H:%M:%S")
}

/// Reads `2026-11-20T10:00:00.000+0000` and its RFC 3339 relatives; `None` for anything else.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| with_colon(text)?.parse().ok())
        .map(Timestamp::as_millisecond)
}

/// Reads the one form in which Jira takes a moment, `yyyy-MM-dd'T'HH:mm:ss.SSSZ`: milliseconds, an
/// offset without a colon, and no letter `Z`.
pub(super) fn strict_time(text: &str) -> Option<i64> {
    let offset = text.get(23..)?;
    let is_offset = offset.starts_with(['+', '-']) && offset.len() == 5;
    let is_form = text.get(10..11) == Some("T") && text.get(19..20) == Some(".") && is_offset;
    if is_form { parse_time(text) } else { None }
}

/// Reads a calendar day strictly, `2026-11-20`.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn with_colon(text: &str) -> Option<String> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(2)?)?;
    Some(format!("{head}:{tail}"))
}

fn format(ms: i64, zone: &TimeZone, pattern: &str) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned(zone.clone()).strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_that_of_the_date() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(jira_time(1_795_168_800_123, &berlin), "2026-11-20T11:00:00.123+0100");
        assert_eq!(jira_time(1_784_541_600_000, &berlin), "2026-07-20T12:00:00.000+0200");
    }

    #[test]
    fn writes_and_reads_jira_times() {
        assert_eq!(jira_time(1_795_168_800_123, &TimeZone::UTC), "2026-11-20T10:00:00.123+0000");
        assert_eq!(parse_time("2026-11-20T10:00:00.123+0000"), Some(1_795_168_800_123));
        assert_eq!(parse_time("2026-11-20T12:00:00.123+0200"), Some(1_795_168_800_123));
        assert_eq!(parse_time("tomorrow"), None);
        assert_eq!(strict_time("2026-11-20T12:00:00.123+0200"), Some(1_795_168_800_123));
        for other in [
            "2026-11-20T10:00:00.123Z",
            "2026-11-20T12:00:00.123+02:00",
            "2026-11-20T12:00:00+0200",
            "2026-11-20 12:00:00.123+0200",
            "2026-11-20T12:00:00.123 0200",
            "2026-11-20T12:00",
        ] {
            assert_eq!(strict_time(other), None, "{other}");
        }
        assert!(is_day("2026-02-28") && !is_day("2026-02-30") && !is_day("20/11/2026"));
    }
}
