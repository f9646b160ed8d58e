//! Days and points in time as people say them, on the clock of the one who says them. Pure.
//!
//! One language for every argument that is a moment or a day:
//!
//! - days: `2026-11-20`, `20 Nov 2026`, `today`, `yesterday`, `tomorrow`, `friday`, `next monday`,
//!   `last friday`;
//! - distances: `-7d`, `+3d`, `+2w`, `3 days ago`, `in 2 months`; `-2h`, `+90m`, `2h ago`, `now`;
//! - a clock time with any of the days, or alone for today: `14:00`, `14:00:30`, `2pm`, `at 9:30
//!   am`;
//! - a zone at the end, where the speaker's own is not meant: `Z`, `+01:00`, `+0100`,
//!   `America/New_York`.
//!
//! Days are calendar days of the zone: `-1d` is the same clock time on the day before, also when
//! that day has 23 hours. A clock time that the zone skips is moved forward by the gap; of one that
//! comes twice, the first is meant.

mod evaluate;
mod expression;
mod format;
#[cfg(test)]
mod tests;
mod words;

use jiff::{Timestamp, civil, tz::TimeZone};

use expression::Expression;

pub use format::{jira_datetime, parse_jira};

/// What a moment may look like, for errors.
pub const FORMS: &str = "like 2026-11-20, 2026-11-20T14:00+01:00, 9am America/New_York, yesterday 14:00, last monday, -7d or -2h";

/// What a day may look like, for errors.
pub const DAY_FORMS: &str = "like 2026-11-20, tomorrow, next friday or +3d";

/// Somebody's clock.
#[derive(Debug, Clone)]
pub struct Clock {
    /// What time it is.
    pub now: Timestamp,
    /// Where.
    pub zone: TimeZone,
}

/// Which way somebody looks who says `monday` or `2w` and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The last monday before today, two weeks ago: work that was done, changes since then.
    Past,
    /// The next monday after today, in two weeks: what is due or planned.
    Future,
}

/// Which moment of it a day stands for that is given without a clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayTime {
    /// Its first moment.
    Start,
    /// Noon; of today, now, because noon may be yet to come.
    Noon,
    /// 23:59.
    End,
}

/// The day that is meant; of a moment with a zone of its own, its day on this clock.
pub fn day(text: &str, clock: &Clock, direction: Direction) -> Option<civil::Date> {
    Expression::read(text)?.day(clock, direction)
}

/// The moment that is meant.
pub fn instant(
    text: &str,
    clock: &Clock,
    direction: Direction,
    day_time: DayTime,
) -> Option<Timestamp> {
    Expression::read(text)?.instant(clock, direction, day_time)
}

/// Whether it depends on the zone of the clock which moment is meant: it does not for `now`, `-2h`
/// and what brings its own zone.
pub fn needs_zone(text: &str) -> bool {
    Expression::read(text).is_some_and(|expression| expression.needs_zone())
}

/// Whether it depends on the zone of the clock which day is meant: it does not for `2026-11-20`.
pub fn day_needs_zone(text: &str) -> bool {
    Expression::read(text).is_some_and(|expression| expression.day_needs_zone())
}

/// Whether it is a way from another moment, such as `+14d`, and no moment by itself.
pub fn is_distance(text: &str) -> bool {
    Expression::read(text).is_some_and(|expression| expression.is_distance())
}
