//! Jira's timestamps, short: minutes and offset are what a person would say.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use moment::{jira_datetime, parse_jira};

/// `2026-11-20T10:00:00.123+0100` becomes `2026-11-20T10:00+01:00`, and a zero offset becomes `Z`.
/// Anything that is not a Jira timestamp is returned as it is.
pub fn short(timestamp: &str) -> Cow<'_, str> {
    parse(timestamp).map_or(Cow::Borrowed(timestamp), Cow::Owned)
}

/// The same on the clock of this zone: `2026-11-20T14:00+01:00`.
pub fn on_clock(moment: Timestamp, zone: &TimeZone) -> String {
    short(&jira_datetime(moment, zone)).into_owned()
}

/// A timestamp of Jira's on the clock of this zone, where it is known; else as Jira gives it.
pub fn short_on_clock<'t>(timestamp: &'t str, zone: Option<&TimeZone>) -> Cow<'t, str> {
    match zone.zip(parse_jira(timestamp)) {
        Some((zone, moment)) => Cow::Owned(on_clock(moment, zone)),
        None => short(timestamp),
    }
}

/// Whether a text is a Jira timestamp that [`short`] would shorten.
pub(super) fn is_timestamp(text: &str) -> bool {
    parse(text).is_some()
}

fn parse(text: &str) -> Option<String> {
    let minutes = text.get(..16)?;
    let shape = minutes.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let rest = text.get(16..)?;
    let zone = rest.find(['+', '-', 'Z']).and_then(|at| rest.get(at..))?;
    let fraction = rest.strip_suffix(zone)?;
    if !shape || !fraction.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
    {
        return None;
    }
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    match (zone.get(..1)?, digits.as_str()) {
        ("Z", "") | ("+" | "-", "0000") => Some(format!("{minutes}Z")),
        (sign @ ("+" | "-"), digits) if digits.len() == 4 => {
            let (hours, mins) = digits.split_at(2);
            Some(format!("{minutes}{sign}{hours}:{mins}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_clock_goes_before_jiras_offset() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (input, zone, expected) in [
            ("2026-11-20T13:00:00.000Z", Some(&berlin), "2026-11-20T14:00+01:00"),
            ("2026-07-15T12:00:00.000+0000", Some(&berlin), "2026-07-15T14:00+02:00"),
            ("2026-11-20T13:00Z", Some(&berlin), "2026-11-20T14:00+01:00"),
            ("2026-11-20T13:00:00.000Z", None, "2026-11-20T13:00Z"),
            ("soon", Some(&berlin), "soon"),
        ] {
            assert_eq!(short_on_clock(input, zone), expected);
        }
    }

    #[test]
    fn timestamps_become_short_and_other_text_stays() {
        for (input, expected) in [
            ("2026-11-20T10:00:00.123+0000", "2026-11-20T10:00Z"),
            ("2026-11-20T10:00:00.123-0530", "2026-11-20T10:00-05:30"),
            ("2026-11-20T10:00:00.000Z", "2026-11-20T10:00Z"),
            ("2026-11-20T10:00:00+01:00", "2026-11-20T10:00+01:00"),
            ("2026-11-20", "2026-11-20"),
            ("2026-11-20T10:00 is when", "2026-11-20T10:00 is when"),
            ("", ""),
            ("日本語日本語日本語日本語", "日本語日本語日本語日本語"),
        ] {
            assert_eq!(short(input), expected);
        }
    }
}
