//! Amounts of working time such as `2h 30m`, in Jira's own notation.

use serde_json::Value;

use tool_kit::args::{Argument, Shape, shown};

/// Weeks, days, hours and minutes, as Jira writes them: `1w 2d 3h 30m`. How long a day is, the site
/// decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkTime(String);

/// No one logs more of a unit at a time.
const COUNT_MAX: f64 = 10_000.0;

const MINUTES_PER_HOUR: f64 = 60.0;

impl WorkTime {
    /// The time as Jira writes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is no time at all.
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == "0m"
    }

    /// Reads `2h 30m`, `2h30m`, `1.5 hours`, `90m`, or a bare number of minutes.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if let Ok(minutes) = text.parse::<f64>() {
            return Self::of(&[(minutes, Unit::Minute)]);
        }
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let number_end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
            let (number, behind) = rest.split_at(number_end);
            let behind = behind.trim_start();
            let word_end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
            let (word, behind) = behind.split_at(word_end);
            parts.push((number.parse().ok()?, Unit::parse(word)?));
            rest = behind.trim_start_matches([' ', ',']);
        }
        Self::of(&parts)
    }

    fn of(parts: &[(f64, Unit)]) -> Option<Self> {
        let (mut weeks, mut days, mut minutes) = (0.0, 0.0, 0.0);
        for (count, unit) in parts {
            if !(0.0..=COUNT_MAX).contains(count) {
                return None;
            }
            match unit {
                Unit::Week => weeks += count,
                Unit::Day => days += count,
                Unit::Hour => minutes += count * MINUTES_PER_HOUR,
                Unit::Minute => minutes += count,
            }
        }
        let minutes = minutes.round();
        // Half a day is not the same everywhere; only the site knows.
        if parts.is_empty() || weeks.fract() != 0.0 || days.fract() != 0.0 {
            return None;
        }
        let (hours, minutes) = ((minutes / MINUTES_PER_HOUR).floor(), minutes % MINUTES_PER_HOUR);
        let shown: Vec<String> = [(weeks, 'w'), (days, 'd'), (hours, 'h'), (minutes, 'm')]
            .into_iter()
            .filter(|(count, _)| *count > 0.0)
            .map(|(count, unit)| format!("{count}{unit}"))
            .collect();
        Some(Self(if shown.is_empty() { "0m".to_owned() } else { shown.join(" ") }))
    }
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Week,
    Day,
    Hour,
    Minute,
}

impl Unit {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "w" | "wk" | "week" | "weeks" => Self::Week,
            "d" | "day" | "days" => Self::Day,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "m" | "min" | "mins" | "minute" | "minutes" => Self::Minute,
            _ => return None,
        })
    }
}

impl Argument for WorkTime {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        Self::parse(&text).ok_or_else(|| {
            format!(
                "must be a time like 2h 30m, 1d or 90m, whole weeks and days only, not '{}'",
                shown(&text)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<&str>) {
        let read = WorkTime::parse(input);
        assert_eq!(read.as_ref().map(WorkTime::as_str), expected, "{input:?}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        check("2h 30m", Some("2h 30m"));
        check("2H30M", Some("2h 30m"));
        check(" 90m ", Some("1h 30m"));
        check("90", Some("1h 30m"));
        check("1.5h", Some("1h 30m"));
        check("2 hours, 15 minutes", Some("2h 15m"));
        check("1w 2d 3h", Some("1w 2d 3h"));
        check("0", Some("0m"));
        check("30 min", Some("30m"));
        for bad in [
            "", " ", "h", "2x", "-1h", "1.5d", "2h-", "1h 30", "99999h", "NaN", "inf", "1..5h",
            "é2h",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn numbers_count_minutes() {
        assert_eq!(WorkTime::read(Value::from(45)).unwrap().as_str(), "45m");
        assert!(WorkTime::read(Value::from("soon")).unwrap_err().contains("'soon'"));
    }

    proptest::proptest! {
        #[test]
        fn no_input_panics_and_what_is_written_reads_the_same(text in "[0-9.]{0,6} ?[wdhm]{0,2} ?[0-9]{0,3}[a-zé ]{0,4}") {
            if let Some(time) = WorkTime::parse(&text) {
                proptest::prop_assert_eq!(WorkTime::parse(time.as_str()), Some(time));
            }
        }
    }
}
