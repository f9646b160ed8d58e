//! When a sprint starts and ends, as people say it.

use jiff::{SignedDuration, Timestamp, civil, fmt::strtime, tz::TimeZone};

use crate::tools::{ToolError, args::shown};

/// A bare date means noon UTC: it is that same day almost everywhere on earth, while midnight is not even in Europe.
const HOUR_OF_A_DAY: i8 = 12;

/// Farther away than this is a mistake.
const DAYS_MAX: i64 = 3_660;

/// A date, a time with or without an offset, `today`, or a distance from `from` such as `+14d`, `2w` or `-1d`.
pub(super) fn moment(argument: &str, text: &str, from: Timestamp) -> Result<Timestamp, ToolError> {
    let text = text.trim();
    read(text, from).ok_or_else(|| {
        ToolError::invalid_argument(format!(
            "`{argument}` must be a date like 2026-11-23, a time like 2026-11-23T09:00:00+01:00 or a distance like +14d, not '{}'",
            shown(text)
        ))
    })
}

/// As the agile API takes it: ISO 8601 with milliseconds and offset.
pub(super) fn written(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn read(text: &str, from: Timestamp) -> Option<Timestamp> {
    if let Some(days) = match text.to_ascii_lowercase().as_str() {
        "now" | "today" => Some(0),
        "tomorrow" => Some(1),
        _ => None,
    } {
        return from.checked_add(SignedDuration::from_hours(24 * days)).ok();
    }
    if text.len() == 10
        && let Ok(date) = text.parse::<civil::Date>()
    {
        return Some(date.at(HOUR_OF_A_DAY, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp());
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    // Jira's own offsets have no colon.
    if let Ok(time) = strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return time.to_timestamp().ok();
    }
    if text.contains('T')
        && let Ok(local) = text.parse::<civil::DateTime>()
    {
        return Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp());
    }
    distance(text, from)
}

fn distance(text: &str, from: Timestamp) -> Option<Timestamp> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let hours = match unit {
        'h' => count,
        'd' => count.checked_mul(24)?,
        'w' => count.checked_mul(24 * 7)?,
        _ => return None,
    };
    let near = hours.checked_abs().is_some_and(|hours| hours <= DAYS_MAX * 24);
    near.then(|| from.checked_add(SignedDuration::from_hours(hours)).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let from = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(moment("start_date", text, from).ok().map(written).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_times_and_distances_are_understood() {
        check("2026-11-23", Some("2026-11-23T12:00:00.000Z"));
        check(" 2026-11-23T09:00:00+01:00", Some("2026-11-23T08:00:00.000Z"));
        check("2026-11-23T09:00:00.000+0100", Some("2026-11-23T08:00:00.000Z"));
        check("2026-11-23T09:00", Some("2026-11-23T09:00:00.000Z"));
        check("2026-11-23T09:00:00Z", Some("2026-11-23T09:00:00.000Z"));
        check("today", Some("2026-11-20T12:00:00.000Z"));
        check("Tomorrow", Some("2026-11-21T12:00:00.000Z"));
        check("+14d", Some("2026-12-04T12:00:00.000Z"));
        check("2w", Some("2026-12-04T12:00:00.000Z"));
        check("-1d", Some("2026-11-19T12:00:00.000Z"));
        check("36h", Some("2026-11-22T00:00:00.000Z"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "d",
            "+d",
            "++1d",
            "2026-13-01",
            "2026-02-30",
            "soon",
            "5",
            "9999999999999999d",
            "99999w",
            "ä",
            "1ä",
        ] {
            check(text, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[-+0-9dwhTZ: .]{0,24}|.{0,12}") {
            let _ = moment("end_date", &text, Timestamp::UNIX_EPOCH);
        }
    }
}
