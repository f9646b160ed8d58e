//! Moments as a query writes them: `2026-11-01`, `"2026/11/01 10:30"`, `-7d`, `"4w 2d"`,
//! `startOfWeek(-1)`.
//!
//! Two grammars of periods live side by side, as in Jira. Right of an operator the units are m h d
//! w in any letter case and may be summed; inside a function they are y M w d h m, case counts (`M`
//! is a month there) and there is one.

use jiff::{
    Span, Timestamp, ToSpan as _, Zoned,
    civil::{Date, date},
    tz::TimeZone,
};

/// The asking user's present.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    pub(super) now_ms: i64,
    pub(super) zone: TimeZone,
}

/// A natural period with functions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Day,
    Week,
    Month,
    Year,
}

impl Clock {
    /// The moment a literal names, in milliseconds since 1970.
    pub(super) fn literal(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        match period_ms(text) {
            Some(ms) => self.now_ms.checked_add(ms),
            None => self.absolute(text),
        }
    }

    /// The moment a date function names: `None` for a function that is none, `Some(Err(_))` with
    /// Jira's message for a wrong argument. `name` is in any letter case.
    pub(super) fn function(&self, name: &str, args: &[String]) -> Option<Result<i64, String>> {
        let lower = name.to_ascii_lowercase();
        if lower == "now" {
            let received = args.len();
            let complaint =
                format!("Function '{name}' expected '0' arguments but received '{received}'.");
            return Some(if args.is_empty() { Ok(self.now_ms) } else { Err(complaint) });
        }
        let (is_end, period) = match lower.strip_prefix("startof") {
            Some(period) => (false, period),
            None => (true, lower.strip_prefix("endof")?),
        };
        let period = match period {
            "day" => Period::Day,
            "week" => Period::Week,
            "month" => Period::Month,
            "year" => Period::Year,
            _ => return None,
        };
        if args.len() > 1 {
            let received = args.len();
            let expected = "expected between '0' and '1' arguments";
            return Some(Err(format!("Function '{name}' {expected} but received '{received}'.")));
        }
        let moment = self.boundary(period, is_end, args.first().map(String::as_str));
        let format = "should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.";
        Some(moment.ok_or_else(|| format!("Duration for function '{name}' {format}")))
    }

    /// The day in the user's time zone on which a moment falls.
    pub(super) fn day(&self, ms: i64) -> Option<Date> {
        Some(self.zoned(ms)?.date())
    }

    /// The first moment of the day on which a moment falls, and the first after that day.
    pub(super) fn whole_day(&self, ms: i64) -> Option<(i64, i64)> {
        let day = self.day(ms)?;
        let start =
            |day: Date| Some(day.to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond());
        Some((start(day)?, start(day.tomorrow().ok()?)?))
    }

    fn zoned(&self, ms: i64) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(self.zone.clone()))
    }

    fn absolute(&self, text: &str) -> Option<i64> {
        let (day, time) = match text.split_once(' ') {
            Some((day, time)) => (day, Some(time.trim_start())),
            None => (text, None),
        };
        let separator = if day.contains('/') { '/' } else { '-' };
        let mut parts = day.split(separator);
        let year = digits(parts.next()?, 4..=4)?;
        let month = digits(parts.next()?, 1..=2)?;
        let day = digits(parts.next()?, 1..=2)?;
        if parts.next().is_some() {
            return None;
        }
        let (hour, minute) = match time {
            Some(time) => {
                let (hour, minute) = time.split_once(':')?;
                (digits(hour, 1..=2)?, digits(minute, 2..=2)?)
            }
            None => (0, 0),
        };
        let day = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        let time =
            jiff::civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).ok()?;
        Some(day.to_datetime(time).to_zoned(self.zone.clone()).ok()?.timestamp().as_millisecond())
    }

    /// The first or last millisecond of the period around now, shifted by `offset`.
    ///
    /// An offset in the period's own unit moves before the boundary is taken: `endOfMonth(-1)` in
    /// March is the end of February. Any other moves the boundary: `endOfMonth("+15d")` is the 15th
    /// of the next month.
    fn boundary(&self, period: Period, is_end: bool, offset: Option<&str>) -> Option<i64> {
        let now = self.zoned(self.now_ms)?;
        let natural = period.unit();
        let (count, unit) = match offset {
            Some(offset) => one_period(offset, natural)?,
            None => (0, natural),
        };
        let shift = span(count, unit)?;
        let moment = if unit == natural {
            period.edge(&now.checked_add(shift).ok()?, is_end)?
        } else {
            period.edge(&now, is_end)?.checked_add(shift).ok()?
        };
        Some(moment.timestamp().as_millisecond())
    }
}

impl Period {
    fn unit(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Year => 'y',
        }
    }

    /// Weeks begin on Sunday, as they do for a Jira user whose language is American English.
    fn edge(self, around: &Zoned, is_end: bool) -> Option<Zoned> {
        let day = around.date();
        let first = match self {
            Self::Day => day,
            Self::Week => {
                day.checked_sub(i64::from(day.weekday().to_sunday_zero_offset()).days()).ok()?
            }
            Self::Month => day.first_of_month(),
            Self::Year => date(day.year(), 1, 1),
        };
        if !is_end {
            return first.to_zoned(around.time_zone().clone()).ok();
        }
        let after = first.checked_add(span(1, self.unit())?).ok()?;
        after.to_zoned(around.time_zone().clone()).ok()?.checked_sub(1.millisecond()).ok()
    }
}

/// `-7d`, `4w 2d`, `+90M`: the sign stands once, in front, and counts for the sum.
fn period_ms(text: &str) -> Option<i64> {
    let (sign, rest) = signed(text);
    let mut sum = 0_i64;
    let mut parts = 0_u32;
    for part in rest.split(' ').filter(|part| !part.is_empty()) {
        let (count, unit) = counted(part)?;
        let unit_ms = match unit.to_ascii_lowercase() {
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            'w' => 604_800_000,
            _ => return None,
        };
        sum = sum.checked_add(count.checked_mul(unit_ms)?)?;
        parts += 1;
    }
    if parts > 0 && !rest.starts_with(' ') { sum.checked_mul(sign) } else { None }
}

/// A function's argument: `-1`, `+2w`, `-1M`.
fn one_period(text: &str, natural: char) -> Option<(i64, char)> {
    let (sign, rest) = signed(text.trim());
    let (count, unit) = if rest.ends_with(|c: char| c.is_ascii_digit()) {
        (digits_i64(rest)?, natural)
    } else {
        counted(rest)?
    };
    Some((count.checked_mul(sign)?, unit))
}

fn span(count: i64, unit: char) -> Option<Span> {
    match unit {
        'y' => Span::new().try_years(count),
        'M' => Span::new().try_months(count),
        'w' => Span::new().try_weeks(count),
        'd' => Span::new().try_days(count),
        'h' => Span::new().try_hours(count),
        'm' => Span::new().try_minutes(count),
        _ => return None,
    }
    .ok()
}

fn signed(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn counted(part: &str) -> Option<(i64, char)> {
    let unit = part.chars().next_back()?;
    Some((digits_i64(part.strip_suffix(unit)?)?, unit))
}

fn digits_i64(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

fn digits(text: &str, width: std::ops::RangeInclusive<usize>) -> Option<i16> {
    if !width.contains(&text.len()) {
        return None;
    }
    digits_i64(text)?.try_into().ok()
}
