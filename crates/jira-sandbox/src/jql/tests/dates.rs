//! Moments with a fixed present and time zone.

use jiff::{civil::date, tz::TimeZone};

use crate::jql::dates::Clock;

/// 2026-11-20 10:30:15 in a zone one hour east of Greenwich, a Friday.
fn clock() -> Clock {
    let zone = TimeZone::fixed(jiff::tz::offset(1));
    let now = date(2026, 11, 20).at(10, 30, 15, 0).to_zoned(zone.clone()).unwrap();
    Clock { now_ms: now.timestamp().as_millisecond(), zone }
}

fn shown(clock: &Clock, ms: i64) -> String {
    let zoned = jiff::Timestamp::from_millisecond(ms).unwrap().to_zoned(clock.zone.clone());
    zoned.strftime("%Y-%m-%d %H:%M:%S%.f").to_string()
}

fn check_literal(text: &str, expected: Option<&str>) {
    let clock = clock();
    let found = clock.literal(text).map(|ms| shown(&clock, ms));
    assert_eq!(found.as_deref(), expected, "{text:?}");
}

fn check_function(name: &str, arg: &str, expected: Option<&str>) {
    let clock = clock();
    let args: Vec<String> = if arg.is_empty() { Vec::new() } else { vec![arg.to_owned()] };
    let found = clock.function(name, &args).expect(name).ok().map(|ms| shown(&clock, ms));
    assert_eq!(found.as_deref(), expected, "{name}({arg})");
}

#[test]
fn literals_are_read_in_the_users_zone() {
    check_literal("2026-11-01", Some("2026-11-01 00:00:00"));
    check_literal("2026/11/01 10:30", Some("2026-11-01 10:30:00"));
    check_literal("2026-1-5 9:05", Some("2026-01-05 09:05:00"));
    for bad in [
        "",
        "2026",
        "2026-11",
        "2026-13-01",
        "2026-11-01T10:00",
        "2026-11-01 10:30:00",
        "2026-11-01-1",
    ] {
        check_literal(bad, None);
    }
}

#[test]
fn periods_are_summed_under_one_sign() {
    check_literal("-7d", Some("2026-11-13 10:30:15"));
    check_literal("-2w 3d", Some("2026-11-03 10:30:15"));
    check_literal("4w 2d", Some("2026-12-20 10:30:15"));
    check_literal("+90M", Some("2026-11-20 12:00:15"));
    check_literal("-1H", Some("2026-11-20 09:30:15"));
    for bad in
        ["-1y", "-", "7", "- 7d", "-1w -1d", "4w2d", "99999999999999999d", "9223372036854775807w"]
    {
        check_literal(bad, None);
    }
}

#[test]
fn functions_take_the_edges_of_periods() {
    check_function("now", "", Some("2026-11-20 10:30:15"));
    check_function("startOfDay", "", Some("2026-11-20 00:00:00"));
    check_function("ENDOFDAY", "", Some("2026-11-20 23:59:59.999"));
    check_function("startOfWeek", "", Some("2026-11-15 00:00:00"));
    check_function("endOfWeek", "", Some("2026-11-21 23:59:59.999"));
    check_function("startOfMonth", "", Some("2026-11-01 00:00:00"));
    check_function("endOfMonth", "", Some("2026-11-30 23:59:59.999"));
    check_function("startOfYear", "", Some("2026-01-01 00:00:00"));
    check_function("endOfYear", "", Some("2026-12-31 23:59:59.999"));
}

#[test]
fn functions_are_shifted() {
    check_function("startOfDay", "-1", Some("2026-11-19 00:00:00"));
    check_function("startOfDay", "+1d", Some("2026-11-21 00:00:00"));
    check_function("startOfWeek", "-1w", Some("2026-11-08 00:00:00"));
    check_function("startOfWeek", "1d", Some("2026-11-16 00:00:00"));
    check_function("endOfMonth", "-1", Some("2026-10-31 23:59:59.999"));
    check_function("endOfMonth", "+15d", Some("2026-12-15 23:59:59.999"));
    check_function("startOfDay", "-1M", Some("2026-10-20 00:00:00"));
    check_function("startOfDay", "9h", Some("2026-11-20 09:00:00"));
    check_function("startOfYear", "-1y", Some("2025-01-01 00:00:00"));
    for bad in ["-1D", "-1W", "1w 2d", "x", "-", "99999999999999999999", "99999999y", "-19999y"] {
        check_function("startOfDay", bad, None);
    }
}

#[test]
fn only_date_functions_are_ours() {
    assert!(
        clock().function("startOfDecade", &[]).is_none()
            && clock().function("membersOf", &[]).is_none()
    );
}
