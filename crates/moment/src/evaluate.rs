//! Which moment or day an expression means on somebody's clock.

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::{
    Clock, DayTime, Direction,
    expression::{Anchor, Expression, Which},
    words::Distance,
};

const NOON: Time = Time::constant(12, 0, 0, 0);
const LAST_MINUTE: Time = Time::constant(23, 59, 0, 0);

impl Expression {
    pub(super) fn is_distance(&self) -> bool {
        matches!(self.anchor, Anchor::Distance(_))
    }

    pub(super) fn needs_zone(&self) -> bool {
        self.zone.is_none()
            && match self.anchor {
                Anchor::Instant(_) | Anchor::Now => false,
                Anchor::Distance(distance) => !distance.is_exact(),
                _ => true,
            }
    }

    pub(super) fn day_needs_zone(&self) -> bool {
        match self.anchor {
            Anchor::Date(_) => self.zone.is_some() && self.time.is_some(),
            _ => true,
        }
    }

    pub(super) fn day(&self, clock: &Clock, direction: Direction) -> Option<Date> {
        let is_moment = match self.anchor {
            // A clock time alone is no day.
            Anchor::Unsaid => return None,
            Anchor::Instant(_) | Anchor::Now => true,
            Anchor::Distance(distance) => distance.seconds != 0,
            _ => false,
        };
        if is_moment || (self.zone.is_some() && self.time.is_some()) {
            let moment = self.instant(clock, direction, DayTime::Noon)?;
            return Some(clock.zone.to_datetime(moment).date());
        }
        self.date(self.zone(clock).to_datetime(clock.now).date(), direction)
    }

    pub(super) fn instant(
        &self,
        clock: &Clock,
        direction: Direction,
        day_time: DayTime,
    ) -> Option<Timestamp> {
        let now = clock.now;
        let mut seconds = 0;
        match self.anchor {
            Anchor::Instant(moment) => return Some(moment),
            Anchor::Now => return Some(now),
            Anchor::Distance(distance) => {
                seconds = distance.signed(direction) * distance.seconds;
                if distance.is_exact() {
                    return now.checked_add(SignedDuration::from_secs(seconds)).ok();
                }
            }
            _ => {}
        }
        let zone = self.zone(clock);
        let here = zone.to_datetime(now);
        let date = self.date(here.date(), direction)?;
        let time = match (self.time, self.anchor, day_time) {
            (Some(time), _, _) => time,
            (None, Anchor::Distance(_), _) => here.time(),
            (None, _, DayTime::Start) => Time::midnight(),
            (None, _, DayTime::Noon) if date == here.date() => return Some(now),
            (None, _, DayTime::Noon) => NOON,
            (None, _, DayTime::End) => LAST_MINUTE,
        };
        // The zone's own rules for that date: forward out of a gap, the first of two.
        let moment = zone.to_timestamp(date.to_datetime(time)).ok()?;
        moment.checked_add(SignedDuration::from_secs(seconds)).ok()
    }

    fn zone<'z>(&'z self, clock: &'z Clock) -> &'z TimeZone {
        self.zone.as_ref().unwrap_or(&clock.zone)
    }

    /// The calendar day, in the zone whose today this is.
    fn date(&self, today: Date, direction: Direction) -> Option<Date> {
        match self.anchor {
            Anchor::Date(date) => Some(date),
            Anchor::FromToday(days) => today.checked_add(Span::new().try_days(days).ok()?).ok(),
            Anchor::Unsaid | Anchor::Now | Anchor::Instant(_) => Some(today),
            Anchor::Weekday(which, weekday) => named(today, which, weekday, direction),
            Anchor::Distance(distance) => {
                let sign = distance.signed(direction);
                let span = Span::new().try_months(sign * distance.months).ok()?;
                today.checked_add(span.try_days(sign * distance.days).ok()?).ok()
            }
        }
    }
}

impl Distance {
    /// Whether it is the same number of seconds in every zone.
    fn is_exact(self) -> bool {
        self.months == 0 && self.days == 0
    }

    fn signed(self, direction: Direction) -> i64 {
        self.sign.unwrap_or(match direction {
            Direction::Past => -1,
            Direction::Future => 1,
        })
    }
}

fn named(
    today: Date,
    which: Option<Which>,
    weekday: Weekday,
    direction: Direction,
) -> Option<Date> {
    match (which, direction) {
        (Some(Which::Next), _) | (None, Direction::Future) => today.nth_weekday(1, weekday).ok(),
        (Some(Which::Last), _) | (None, Direction::Past) => today.nth_weekday(-1, weekday).ok(),
        (Some(Which::This), _) => {
            let from_monday = |day: Weekday| i64::from(day.to_monday_zero_offset());
            let days = from_monday(weekday) - from_monday(today.weekday());
            // "This monday" said on a Friday is the last one to some and the next one to others.
            let is_clear = match direction {
                Direction::Past => days <= 0,
                Direction::Future => days >= 0,
            };
            let date = today.checked_add(Span::new().try_days(days).ok()?).ok();
            date.filter(|_| is_clear)
        }
    }
}
