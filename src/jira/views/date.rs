//! Jira's timestamps, short: minutes and offset are what a person would say.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use moment::{jira_datetime, parse_jira};

/// `2026-11-20T10:00:00.123+0100` becomes `2026-11-20T10:00+01:00`, and a zero offset becomes `Z`.
/// Anything that is not a Jira timestamp is returned as it is.
pub fn short(timestamp: &str) -> Cow<'_, str> {
    shortened(timestamp).map_or(Cow::Borrowed(timestamp), Cow::Owned)
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

/// A Jira timestamp made short; none of any other text. Every text of an answer comes by here.
pub(super) fn shortened(text: &str) -> Option<String> {
    const LENGTH: usize = "2026-11-20T10:00+01:00".len();
    let (minutes, rest) = text.split_at_checked(16)?;
    let is_date = minutes.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    if !is_date {
        return None;
    }
    let (fraction, zone) = rest.split_at(rest.find(['+', '-', 'Z'])?);
    if !fraction.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')) {
        return None;
    }
    let mut short = String::with_capacity(LENGTH);
    short.push_str(minutes);
    let (sign, offset) = zone.split_at_checked(1)?;
    if sign == "Z" {
        short.push('Z');
        return offset.is_empty().then_some(short);
    }
    let (hours, mins) = offset.split_at_checked(2)?;
    let mins = mins.strip_prefix(':').unwrap_or(mins);
    let is_number = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(mins) {
        return None;
    }
    if (hours, mins) == ("00", "00") {
        short.push('Z');
    } else {
        short.extend([sign, hours, ":", mins]);
    }
    Some(short)
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
            // Nothing that somebody wrote behind it is lost.
            ("2026-11-20T10:00Z, at noon", "2026-11-20T10:00Z, at noon"),
            ("2026-11-20T10:00:00+01:00 or 2", "2026-11-20T10:00:00+01:00 or 2"),
            ("2026-11-20T10:00+01 day 00", "2026-11-20T10:00+01 day 00"),
            ("2026-11-20T10:00-0é00", "2026-11-20T10:00-0é00"),
            ("2026-11-20T10:00+", "2026-11-20T10:00+"),
            ("", ""),
            ("日本語日本語日本語日本語", "日本語日本語日本語日本語"),
        ] {
            assert_eq!(short(input), expected);
        }
    }
}
