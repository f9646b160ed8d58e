//! What holds for every moment in every zone.

use std::sync::LazyLock;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::{self, AmbiguousOffset, TimeZone},
};
use proptest::{prelude::*, sample::select};

use crate::{
    Clock, DayTime, Direction, day, day_needs_zone, instant, is_distance, jira_datetime,
    needs_zone, parse_jira,
};

static ZONES: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    let zones: Vec<TimeZone> =
        tz::db().available().map(|name| TimeZone::get(name.as_str()).unwrap()).collect();
    assert!(zones.len() > 500, "only {} zones", zones.len());
    zones
});

const LOCAL: &[&str] = &[
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.000",
    "%Y/%m/%d %I:%M:%S %p",
    "%d %b %Y, %H:%M:%S",
    "%H:%M:%S on %b %d %Y",
];

const WITH_OFFSET: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%:z",
    "%Y-%m-%dT%H:%M:%S.000%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %:z",
];

const DAYS: &[&str] = &["%Y-%m-%d", "%Y/%m/%d", "%d %B %Y", "%b %d, %Y", "%d-%b-%Y"];

fn zones() -> impl Strategy<Value = TimeZone> {
    (0..ZONES.len()).prop_map(|at| ZONES[at].clone())
}

/// Seconds from 1990 to 2100.
fn moments() -> impl Strategy<Value = Timestamp> {
    (631_152_000_i64..4_102_444_800).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn clocks() -> impl Strategy<Value = Clock> {
    (moments(), zones()).prop_map(|(now, zone)| Clock { now, zone })
}

fn directions() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Past), Just(Direction::Future)]
}

fn day_times() -> impl Strategy<Value = DayTime> {
    prop_oneof![Just(DayTime::Start), Just(DayTime::Noon), Just(DayTime::End)]
}

/// Texts that look like moments, and others.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("yesterday"),
        Just("next "),
        Just("monday"),
        Just("2026-11-20"),
        Just("T"),
        Just("14:00"),
        Just(" "),
        Just("-"),
        Just("+"),
        Just("7"),
        Just("d"),
        Just("h"),
        Just("m"),
        Just("M"),
        Just(" ago"),
        Just("in "),
        Just("at "),
        Just("pm"),
        Just("Z"),
        Just("+01:00"),
        Just("Europe/Berlin"),
        Just("["),
        Just("]"),
        Just(":"),
        Just("99999999"),
        Just("0"),
        Just("nov"),
        Just("/"),
        Just("."),
        Just(","),
        Just("é"),
        Just("9999-12-31"),
        Just("years"),
        Just("this"),
        Just("now"),
        Just("UTC"),
    ];
    prop_oneof![
        6 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        1 => "\\PC{0,16}",
        1 => "[-+0-9dwhmTZ:. ]{0,24}",
    ]
}

fn read(text: &str, clock: &Clock) -> Option<Timestamp> {
    instant(text, clock, Direction::Past, DayTime::Noon)
}

proptest! {
    #[test]
    fn no_input_panics(text in texts(), clock in clocks(), direction in directions(), day_time in day_times()) {
        let moment = instant(&text, &clock, direction, day_time);
        let date = day(&text, &clock, direction);
        let _ = (day_needs_zone(&text), is_distance(&text));
        // What needs no zone means the same everywhere.
        if !needs_zone(&text) {
            let elsewhere = Clock { zone: TimeZone::UTC, ..clock.clone() };
            prop_assert_eq!(instant(&text, &elsewhere, direction, day_time), moment);
        }
        if !day_needs_zone(&text) {
            let elsewhere = Clock { zone: TimeZone::UTC, ..clock };
            prop_assert_eq!(day(&text, &elsewhere, direction), date);
        }
    }

    #[test]
    fn a_local_time_means_the_moment_at_which_clocks_show_it(moment in moments(), clock in clocks(), form in select(LOCAL)) {
        let zoned = moment.to_zoned(clock.zone.clone());
        let is_first = match clock.zone.to_ambiguous_timestamp(zoned.datetime()).offset() {
            AmbiguousOffset::Fold { before, .. } => zoned.offset() == before,
            _ => true,
        };
        let text = zoned.strftime(form).to_string();
        if is_first {
            prop_assert_eq!(read(&text, &clock), Some(moment), "{}", text);
        }
        prop_assert_eq!(day(&text, &clock, Direction::Past), Some(zoned.date()), "{}", text);
    }

    #[test]
    fn an_offset_or_a_zone_goes_before_the_clock(
        moment in moments(), zone in zones(), clock in clocks(), form in select(WITH_OFFSET),
    ) {
        let zoned = moment.to_zoned(zone);
        if zoned.offset().seconds() % 60 == 0 {
            let text = zoned.strftime(form).to_string();
            prop_assert!(!needs_zone(&text), "{}", text);
            prop_assert_eq!(read(&text, &clock), Some(moment), "{}", text);
            let here = clock.zone.to_datetime(moment).date();
            prop_assert_eq!(day(&text, &clock, Direction::Past), Some(here), "{}", text);
        }
        let name = zoned.time_zone().iana_name().unwrap().to_owned();
        let elsewhere = Clock { zone: zoned.time_zone().clone(), ..clock.clone() };
        if name.contains('/') {
            let text = zoned.strftime("%Y-%m-%d %H:%M:%S").to_string();
            prop_assert_eq!(read(&format!("{text} {name}"), &clock), read(&text, &elsewhere), "{} {}", text, name);
        }
    }

    #[test]
    fn a_day_is_read_as_it_is_written(
        days in 0..40_000_i64, clock in clocks(), direction in directions(), form in select(DAYS),
    ) {
        let date = "1990-01-01".parse::<Date>().unwrap().checked_add(days.days()).unwrap();
        let text = date.strftime(form).to_string();
        prop_assert_eq!(day(&text, &clock, direction), Some(date), "{}", text);
        // Its first moment is on it, and the moment before is not, except where the zone skips the
        // whole day.
        let start = instant(&text, &clock, direction, DayTime::Start).unwrap();
        let first = clock.zone.to_datetime(start).date();
        prop_assert!(first >= date, "{} {}", text, first);
        let before = clock.zone.to_datetime(start.checked_sub(SignedDuration::from_secs(1)).unwrap()).date();
        prop_assert!(before < date || first > date, "{} {}", text, before);
    }

    #[test]
    fn days_are_those_of_the_users_calendar(clock in clocks(), days in 0..2_000_i64, direction in directions()) {
        let today = clock.zone.to_datetime(clock.now).date();
        prop_assert_eq!(day("today", &clock, direction), Some(today));
        prop_assert_eq!(day("yesterday", &clock, direction), today.yesterday().ok());
        prop_assert_eq!(day("tomorrow", &clock, direction), today.tomorrow().ok());
        let back = day(&format!("-{days}d"), &clock, direction).unwrap();
        prop_assert_eq!(back, today.checked_sub(days.days()).unwrap());
        prop_assert_eq!(day(&format!("{days} days ago"), &clock, direction), Some(back));
        // And forth again, from noon of that day, which every zone has.
        let there = Clock { now: clock.zone.to_timestamp(back.at(12, 0, 0, 0)).unwrap(), zone: clock.zone.clone() };
        if clock.zone.to_datetime(there.now).date() == back {
            prop_assert_eq!(day(&format!("+{days}d"), &there, direction), Some(today));
            prop_assert_eq!(day(&format!("in {days} days"), &there, direction), Some(today));
        }
    }

    #[test]
    fn weekdays_lie_within_a_week_on_the_side_that_is_meant(clock in clocks(), at in 0..7_usize) {
        let today = clock.zone.to_datetime(clock.now).date();
        let (name, weekday) = [
            ("monday", Weekday::Monday), ("tuesday", Weekday::Tuesday), ("wednesday", Weekday::Wednesday),
            ("thursday", Weekday::Thursday), ("friday", Weekday::Friday), ("saturday", Weekday::Saturday),
            ("sunday", Weekday::Sunday),
        ][at];
        let past = day(name, &clock, Direction::Past).unwrap();
        let future = day(name, &clock, Direction::Future).unwrap();
        prop_assert!(past < today && today < future);
        prop_assert!(past >= today.checked_sub(7.days()).unwrap() && future <= today.checked_add(7.days()).unwrap());
        prop_assert!(past.weekday() == weekday && future.weekday() == weekday);
        prop_assert_eq!(day(&format!("next {name}"), &clock, Direction::Past), Some(future));
        prop_assert_eq!(day(&format!("last {name}"), &clock, Direction::Future), Some(past));
    }

    #[test]
    fn hours_and_minutes_are_the_same_everywhere(clock in clocks(), count in 0..100_000_i64) {
        for (unit, seconds) in [("h", 3_600), ("m", 60)] {
            let distance = SignedDuration::from_secs(count * seconds);
            let back = clock.now.checked_sub(distance).ok();
            prop_assert_eq!(read(&format!("-{count}{unit}"), &clock), back);
            prop_assert_eq!(read(&format!("{count} {unit} ago"), &clock), back);
            prop_assert_eq!(read(&format!("+{count}{unit}"), &clock), clock.now.checked_add(distance).ok());
        }
    }

    #[test]
    fn jiras_form_means_the_same_moment(moment in moments(), millis in 0..1_000_i64, zone in zones()) {
        let moment = moment.checked_add(SignedDuration::from_millis(millis)).unwrap();
        let text = jira_datetime(moment, &zone);
        prop_assert_eq!(parse_jira(&text), Some(moment), "{}", text);
        let (_, offset) = text.split_at(23);
        prop_assert!(offset.len() == 5 && offset.starts_with(['+', '-']), "{}", text);
        prop_assert!(offset[1..].bytes().all(|byte| byte.is_ascii_digit()), "{}", text);
        let clock = Clock { now: moment, zone };
        prop_assert_eq!(read(&text, &clock), Some(moment), "{}", text);
    }
}
