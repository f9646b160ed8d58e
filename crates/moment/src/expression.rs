//! What a text says about a moment, before any clock is asked.

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Time, Weekday},
    tz::{Offset, TimeZone},
};

use super::words::{self, Distance};

/// Nobody says a moment in more bytes than this.
const BYTES_MAX: usize = 100;

/// A moment or a day as it was said.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) anchor: Anchor,
    pub(super) time: Option<Time>,
    /// The zone that was named with it.
    pub(super) zone: Option<TimeZone>,
}

/// The day that a clock time belongs to, or the moment itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Instant(Timestamp),
    Now,
    /// Only a clock time was said.
    Unsaid,
    /// This many days from today.
    FromToday(i64),
    Weekday(Option<Which>, Weekday),
    Date(Date),
    Distance(Distance),
}

/// `next`, `last` and `this` before a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Next,
    Last,
    This,
}

impl Expression {
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = normalised(text)?;
        if text.ends_with(']')
            && text.contains(':')
            && let Ok(zoned) = text.parse::<Zoned>()
        {
            return Some(Self {
                anchor: Anchor::Instant(zoned.timestamp()),
                time: None,
                zone: None,
            });
        }
        let (rest, zone) = split_zone(&text);
        let (rest, time) = split_time(rest)?;
        let anchor = anchor(rest)?;
        let is_clear = match anchor {
            Anchor::Unsaid => time.is_some(),
            Anchor::Instant(_) | Anchor::Now => time.is_none() && zone.is_none(),
            Anchor::Distance(distance) => time.is_none() || distance.seconds == 0,
            _ => true,
        };
        let is_clear = is_clear && !time.is_some_and(|time| is_range(&text, time, zone.as_ref()));
        is_clear.then_some(Self { anchor, time, zone })
    }
}

/// `9:00-10:00` is rather an hour of work than nine o'clock on Hawaii.
fn is_range(text: &str, time: Time, zone: Option<&TimeZone>) -> bool {
    let Some(offset) = zone.and_then(|zone| zone.to_fixed_offset().ok()) else { return false };
    let end_s = -i64::from(offset.seconds());
    let start_s = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60;
    let is_iso = text.get(10..11) == Some("t") || text.matches(':').count() > 2;
    let is_attached = text.rsplit_once('-').is_some_and(|(_, end)| end.contains(':'));
    !is_iso && is_attached && end_s > start_s
}

/// Small letters, single blanks, plain hyphens. None where the text is no moment for sure.
fn normalised(text: &str) -> Option<String> {
    if text.len() > BYTES_MAX || has_months_of_jql(text) {
        return None;
    }
    let plain = text.chars().map(|c| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c.to_ascii_lowercase(),
    });
    let plain: String = plain.collect();
    let words: Vec<&str> = plain
        .split(' ')
        .map(|word| word.trim_end_matches(','))
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `-1M` is a month in JQL and a minute to people.
fn has_months_of_jql(text: &str) -> bool {
    let mut before = ' ';
    text.char_indices().any(|(at, c)| {
        let follows = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let found =
            c == 'M' && before.is_ascii_digit() && !follows.is_some_and(char::is_alphabetic);
        if !c.is_whitespace() {
            before = c;
        }
        found
    })
}

/// The zone at the end, if one is named there.
fn split_zone(text: &str) -> (&str, Option<TimeZone>) {
    let (before, last) = text.rsplit_once(' ').unwrap_or(("", text));
    let (before, last) = match text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        Some(parts) => parts,
        None => (before, last.trim_start_matches('(').trim_end_matches(')')),
    };
    let named = match last {
        "utc" | "gmt" | "z" => Some(TimeZone::UTC),
        // Only names with a slash: `EST` and its like mean different things to different people.
        name if name.contains('/') => TimeZone::get(name).ok(),
        _ => None,
    };
    if named.is_some() {
        return (before.trim_end(), named);
    }
    if let Some(before) = text.strip_suffix('z').filter(|before| ends_in_time(before)) {
        return (before, Some(TimeZone::UTC));
    }
    let split = text.rfind(['+', '-']).and_then(|at| text.split_at_checked(at));
    let Some((before, offset)) =
        split.and_then(|(before, offset)| Some((before, words::offset(offset)?)))
    else {
        return (text, None);
    };
    let before = before.trim_end();
    let before =
        before.strip_suffix("utc").or_else(|| before.strip_suffix("gmt")).unwrap_or(before);
    let before = before.trim_end();
    if ends_in_time(before) { (before, Some(fixed(offset))) } else { (text, None) }
}

fn fixed(offset: Offset) -> TimeZone {
    if offset == Offset::UTC { TimeZone::UTC } else { TimeZone::fixed(offset) }
}

/// Whether an offset may follow: after `14:00` and `2pm`, not after `2026-11`.
fn ends_in_time(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or(text);
    last.ends_with("am") || last.ends_with("pm") || last.contains(':')
}

/// The clock time, if there is one; None when what should be one is none.
fn split_time(text: &str) -> Option<(&str, Option<Time>)> {
    if let Some((date, time)) = text.split_once('t')
        && words::date(date).is_some()
    {
        return Some((date, Some(words::time(time)?)));
    }
    let ends = |text: &str| text.match_indices(' ').map(|(at, _)| at).collect::<Vec<_>>();
    let blanks = ends(text);
    let from_end = blanks.iter().rev().take(2).rev().copied();
    for at in std::iter::once(None).chain(from_end.map(Some)) {
        let (rest, time) = at.map_or(Some(("", text)), |at| text.split_at_checked(at))?;
        let (rest, time) = (rest.trim_end(), time.trim_start());
        let time = time.strip_prefix("at ").unwrap_or(time);
        if let Some(time) = words::time(time) {
            return Some((rest.strip_suffix(" at").unwrap_or(rest), Some(time)));
        }
    }
    // "at 9 am on monday", "2pm tomorrow"
    let text = text.strip_prefix("at ").unwrap_or(text);
    for at in ends(text).iter().take(2).rev() {
        let (time, rest) = text.split_at_checked(*at)?;
        if let Some(time) = words::time(time) {
            let rest = rest.trim_start();
            return Some((rest.strip_prefix("on ").unwrap_or(rest), Some(time)));
        }
    }
    Some((text, None))
}

fn anchor(text: &str) -> Option<Anchor> {
    let text = text.strip_prefix("on ").unwrap_or(text);
    Some(match text {
        "" => Anchor::Unsaid,
        "now" | "right now" => Anchor::Now,
        "today" => Anchor::FromToday(0),
        "yesterday" => Anchor::FromToday(-1),
        "tomorrow" => Anchor::FromToday(1),
        "day before yesterday" | "the day before yesterday" => Anchor::FromToday(-2),
        "day after tomorrow" | "the day after tomorrow" => Anchor::FromToday(2),
        _ => {
            let (which, name) = match text.split_once(' ') {
                Some(("next" | "coming", name)) => (Some(Which::Next), name),
                Some(("last" | "past" | "previous", name)) => (Some(Which::Last), name),
                Some(("this", name)) => (Some(Which::This), name),
                _ => (None, text),
            };
            if let Some(weekday) = words::weekday(name) {
                Anchor::Weekday(which, weekday)
            } else if let Some(date) = words::date(text) {
                Anchor::Date(date)
            } else {
                Anchor::Distance(words::distance(text)?)
            }
        }
    })
}
