//! The words of moments: weekdays, dates, clock times, offsets, distances.

use jiff::{
    civil::{Date, Time, Weekday},
    tz::Offset,
};

/// No place on earth is farther from UTC.
const OFFSET_HOURS_MAX: i32 = 14;

/// A number with more digits is a mistake, and sums of such numbers cannot overflow.
const COUNT_DIGITS_MAX: usize = 7;

/// Days before this year are slips of the pen.
const YEAR_MIN: i16 = 1900;

/// A way from one moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Distance {
    /// 1 or -1; None where no direction was said.
    pub(super) sign: Option<i64>,
    pub(super) months: i64,
    pub(super) days: i64,
    pub(super) seconds: i64,
}

/// In full, or as calendars abbreviate them.
pub(super) fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// `2026-11-20`, `2026/11/20`, `20 nov 2026`, `november 20 2026`, and `20/nov/26` as Jira's pages
/// show it. Nothing where day and month could be taken for each other.
pub(super) fn date(text: &str) -> Option<Date> {
    let separator = [' ', '-', '/', '.'].into_iter().find(|separator| text.contains(*separator))?;
    let mut parts = text.split(separator).filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match (month(first), month(second)) {
        (None, None) if separator != ' ' => (
            number(first, 4..=4)?,
            i8::try_from(number(second, 1..=2)?).ok()?,
            number(third, 1..=2)?,
        ),
        (Some(month), None) => (number(third, 4..=4)?, month, number(ordinal(second), 1..=2)?),
        (None, Some(month)) if separator == '/' && third.len() == 2 => {
            (2000 + number(third, 2..=2)?, month, number(first, 1..=2)?)
        }
        (None, Some(month)) => (number(third, 4..=4)?, month, number(ordinal(first), 1..=2)?),
        _ => return None,
    };
    Date::new(year, month, i8::try_from(day).ok()?).ok().filter(|_| year >= YEAR_MIN)
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// The number in `20th` and `20.`
fn ordinal(text: &str) -> &str {
    ["st", "nd", "rd", "th", "."]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text)
}

fn month(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = text.trim_end_matches('.');
    let is_it = |month: &str| text == month || text == "sept" && month == "september";
    let begins = |month: &str| text.len() == 3 && month.starts_with(text);
    let at = MONTHS.iter().position(|month| is_it(month) || begins(month))?;
    i8::try_from(at + 1).ok()
}

/// `14:00`, `14:00:30`, `14:00:30.000`, `2pm`, `2:30 p.m.`, `noon`.
pub(super) fn time(text: &str) -> Option<Time> {
    if text == "noon" {
        return Some(Time::constant(12, 0, 0, 0));
    }
    let ending =
        |short: &str, long: &str| text.strip_suffix(short).or_else(|| text.strip_suffix(long));
    let (text, afternoon) = match (ending("am", "a.m."), ending("pm", "p.m.")) {
        (Some(text), _) => (text.trim_end(), Some(0)),
        (_, Some(text)) => (text.trim_end(), Some(12)),
        _ => (text, None),
    };
    let mut parts = text.split(':');
    let hour = i8::try_from(number(parts.next()?, 1..=2)?).ok()?;
    let hour = match afternoon {
        None => hour,
        Some(hours) if (1..=12).contains(&hour) => hour % 12 + hours,
        Some(_) => return None,
    };
    let (minute, second) = (parts.next(), parts.next());
    if parts.next().is_some() || (minute.is_none() && afternoon.is_none()) {
        return None;
    }
    let two = |text: &str| i8::try_from(number(text, 2..=2)?).ok();
    let minute = minute.map_or(Some(0), two)?;
    let (second, nanosecond) = second.map_or(Some((0, 0)), |second| {
        let (whole, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
        Some((two(whole)?, nanoseconds(fraction)?))
    })?;
    Time::new(hour, minute, second, nanosecond).ok()
}

/// The digits behind a decimal point; those beyond the ninth say nothing that could be kept.
fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()
}

/// `+01`, `+0100`, `+01:00`, `-05:30`.
pub(super) fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() <= 2 => (digits, "00"),
        None => digits.split_at_checked(2)?,
    };
    let (hours, minutes) = (i32::from(number(hours, 1..=2)?), i32::from(number(minutes, 2..=2)?));
    let is_real = minutes < 60 && hours * 60 + minutes <= OFFSET_HOURS_MAX * 60;
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok().filter(|_| is_real)
}

/// `-7d`, `+2w`, `2w`, `1h 30m ago`, `in 3 days`, `a week ago`.
pub(super) fn distance(text: &str) -> Option<Distance> {
    let ways = [
        (text.strip_prefix('-'), -1),
        (text.strip_prefix('+'), 1),
        (text.strip_prefix("in "), 1),
        (text.strip_suffix("ago"), -1),
        (text.strip_suffix("from now"), 1),
    ];
    let said = ways.into_iter().find_map(|(rest, sign)| Some((rest?, sign)));
    let mut found = Distance { sign: said.map(|(_, sign)| sign), ..Distance::default() };
    let mut rest = said.map_or(text, |(rest, _)| rest).trim();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (count, behind) = if let Some(("a" | "an" | "one", behind)) = rest.split_once(' ') {
            (1, behind)
        } else {
            let (count, behind) = rest.split_at_checked(digits)?;
            (count.parse().ok().filter(|_: &i64| digits <= COUNT_DIGITS_MAX)?, behind.trim_start())
        };
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, behind) = behind.split_at_checked(letters)?;
        match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => found.seconds += count,
            "m" | "min" | "mins" | "minute" | "minutes" => found.seconds += count * 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => found.seconds += count * 3_600,
            "d" | "day" | "days" => found.days += count,
            "w" | "wk" | "wks" | "week" | "weeks" => found.days += count * 7,
            "mo" | "month" | "months" => found.months += count,
            "y" | "yr" | "yrs" | "year" | "years" => found.months += count * 12,
            _ => return None,
        }
        let behind = behind.trim_start();
        rest = behind.strip_prefix("and ").unwrap_or(behind);
        if rest.is_empty() {
            // "14h" is also how half of Europe writes two in the afternoon.
            return Some(found).filter(|found| found.sign.is_some() || found.seconds == 0);
        }
    }
    None
}
