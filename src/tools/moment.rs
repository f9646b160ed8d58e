//! Points in time as people say them: "yesterday 14:00", "2026-11-19", "-1d".

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::{Offset, TimeZone},
};

/// Work of a day without a time of day is put at noon, which is the same day for nearly everybody.
const NOON: Time = Time::constant(12, 0, 0, 0);

/// How a moment may be written, for errors.
pub(super) const FORMS: &str = "like 2026-11-19, 2026-11-19 14:00, yesterday 14:00, monday or -2h";

/// A moment that needs no time zone: now, an age such as `-1d` or `2h ago`, or a timestamp with its offset.
pub(super) fn absolute(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    if let Some(timestamp) = super::comments::jira_time(text) {
        return Some(timestamp);
    }
    let age = text.strip_prefix('-').or_else(|| text.strip_suffix("ago"))?.trim();
    let unit = age.chars().next_back()?;
    let count: i64 =
        age.strip_suffix(unit)?.trim().parse().ok().filter(|count| (0..=1_000_000).contains(count))?;
    let span = match unit.to_ascii_lowercase() {
        'm' => count.minutes(),
        'h' => count.hours(),
        'd' => (count * 24).hours(),
        'w' => (count * 24 * 7).hours(),
        _ => return None,
    };
    now.checked_sub(span).ok()
}

/// A moment on somebody's own clock, which is `offset` away from UTC: a day, a time of today, or both.
pub(super) fn local(text: &str, now: Timestamp, offset: Offset) -> Option<Timestamp> {
    let text = text.trim().to_lowercase();
    let here = offset.to_datetime(now);
    let at = |moment: DateTime| TimeZone::fixed(offset).to_timestamp(moment).ok();
    if let Some(time) = time_of_day(&text) {
        return at(here.date().to_datetime(time));
    }
    let (first, rest) = text.split_once([' ', 't']).unwrap_or((&text, ""));
    // "today" and weekdays hold a t; a date does not.
    let (first, rest) = match first.parse::<Date>() {
        Ok(_) => (first, rest),
        Err(_) => text.split_once(' ').unwrap_or((&text, "")),
    };
    let (first, rest) =
        if first == "last" { rest.split_once(' ').unwrap_or((rest, "")) } else { (first, rest) };
    let date = day(first, here.date())?;
    let rest = rest.trim().trim_start_matches("at ").trim();
    if rest.is_empty() {
        let is_today = date == here.date();
        return if is_today { Some(now) } else { at(date.to_datetime(NOON)) };
    }
    at(date.to_datetime(time_of_day(rest)?))
}

/// A calendar day, today, yesterday, or the last such weekday before today.
fn day(text: &str, today: Date) -> Option<Date> {
    let weekday = match text {
        "today" => return Some(today),
        "yesterday" => return today.yesterday().ok(),
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return text.parse().ok().filter(|_| text.len() == 10),
    };
    today.nth_weekday(-1, weekday).ok()
}

/// `14:00`, `14:00:30`, `2pm`, `2:30 pm`.
fn time_of_day(text: &str) -> Option<Time> {
    let (text, shift) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(text), _) => (text.trim(), Some(0)),
        (_, Some(text)) => (text.trim(), Some(12)),
        _ => (text, None),
    };
    let mut parts =
        text.split(':').map(|part| part.parse::<i8>().ok().filter(|_| (1..=2).contains(&part.len())));
    let hour = parts.next()??;
    let minute = parts.next();
    let second = parts.next();
    if parts.next().is_some() || (minute.is_none() && shift.is_none()) {
        return None;
    }
    let hour = match shift {
        None => hour,
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
    };
    let part = |given: Option<Option<i8>>| given.map_or(Some(0), |value| value);
    Time::new(hour, part(minute)?, part(second)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Friday, 12:00 in UTC, 13:00 on the clock of the tests.
    const NOW: &str = "2026-11-20T12:00:00Z";

    fn check(input: &str, expected: Option<&str>) {
        let now: Timestamp = NOW.parse().unwrap();
        let read = absolute(input, now).or_else(|| local(input, now, Offset::constant(1)));
        assert_eq!(read.map(|moment| moment.to_string()).as_deref(), expected, "{input:?}");
    }

    #[test]
    fn moments_are_read_as_people_say_them() {
        for (input, expected) in [
            ("now", NOW),
            ("today", NOW),
            ("-1d", "2026-11-19T12:00:00Z"),
            ("-90m", "2026-11-20T10:30:00Z"),
            ("2h ago", "2026-11-20T10:00:00Z"),
            ("2026-11-19", "2026-11-19T11:00:00Z"),
            ("2026-11-19 14:00", "2026-11-19T13:00:00Z"),
            ("2026-11-19T14:00", "2026-11-19T13:00:00Z"),
            ("2026-11-19T14:00:30", "2026-11-19T13:00:30Z"),
            ("2026-11-19T14:00:00Z", "2026-11-19T14:00:00Z"),
            ("2026-11-19T14:00:00.000+0200", "2026-11-19T12:00:00Z"),
            ("2026-11-19T14:00:00+02:00", "2026-11-19T12:00:00Z"),
            ("Yesterday 14:00", "2026-11-19T13:00:00Z"),
            ("yesterday at 2pm", "2026-11-19T13:00:00Z"),
            ("yesterday", "2026-11-19T11:00:00Z"),
            ("today 9:30 am", "2026-11-20T08:30:00Z"),
            ("14:00", "2026-11-20T13:00:00Z"),
            ("12am", "2026-11-19T23:00:00Z"),
            ("monday", "2026-11-16T11:00:00Z"),
            ("last friday 10:00", "2026-11-13T09:00:00Z"),
        ] {
            check(input, Some(expected));
        }
        for bad in [
            "",
            "soon",
            "2026-13-01",
            "yesterday 25:00",
            "13pm",
            "14",
            "-",
            "-x",
            "-1y",
            "ago",
            "last",
            "tt",
            "é",
            "-99999999999999999999d",
        ] {
            check(bad, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics(text in "\\PC{0,24}", offset in -25..=25_i8) {
            let now: Timestamp = NOW.parse().unwrap();
            let _ = absolute(&text, now);
            let _ = local(&text, now, Offset::constant(offset));
        }
    }
}
