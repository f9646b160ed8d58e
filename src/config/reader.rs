//! Reads single settings: each problem is collected, so that an operator sees all of them at once.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use super::{
    problem::Problem,
    redact::{redact, redact_in},
    settings_table::{SETTINGS, default_of},
    source::Source,
};

/// The longest time that a setting may name, in milliseconds.
pub(super) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Reads settings from a source and remembers what was wrong.
pub(super) struct Reader<'a> {
    source: &'a Source,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// The value that was given, unless it is empty.
    pub(super) fn given(&self, name: &'static str) -> Option<&'a str> {
        self.source.given(name).filter(|text| !text.is_empty())
    }

    /// The value that was given or the table's default.
    pub(super) fn text(&self, name: &'static str) -> &'a str {
        self.source.given(name).unwrap_or(default_of(name))
    }

    /// The same, none when empty.
    pub(super) fn filled(&self, name: &'static str) -> Option<&'a str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// An empty value means the default where no value makes no sense.
    pub(super) fn needed(&self, name: &'static str) -> &'a str {
        self.filled(name).unwrap_or(default_of(name))
    }

    /// Notes a problem without what was found.
    pub(super) fn refuse_unshown(&mut self, name: &'static str, accepted: impl Into<String>) {
        self.note(Problem { name, found: String::new(), accepted: accepted.into() });
    }

    /// Notes a problem with what was found, unless that is a secret.
    pub(super) fn refuse(&mut self, name: &'static str, accepted: impl Into<String>) {
        let is_secret = SETTINGS.iter().any(|setting| setting.name == name && setting.secret);
        let found = if is_secret { String::new() } else { redact(self.text(name)) };
        // What is accepted may quote the part that is not.
        let accepted = redact_in(accepted.into(), self.text(name));
        self.note(Problem { name, found, accepted });
    }

    /// Two parts of the product may read the same setting; an operator is told once.
    fn note(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// A whole number within a range; the default when it is wrong, so that reading can go on.
    pub(super) fn number(&mut self, name: &'static str, range: RangeInclusive<u64>) -> u64 {
        match self.needed(name).parse::<u64>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.refuse(
                    name,
                    format!("expected a whole number from {} to {}", range.start(), range.end()),
                );
                *range.start()
            }
        }
    }

    /// A number of things.
    pub(super) fn count(&mut self, name: &'static str, range: RangeInclusive<u64>) -> u32 {
        u32::try_from(self.number(name, range)).unwrap_or(u32::MAX)
    }

    /// A number of bytes or characters.
    pub(super) fn size(&mut self, name: &'static str, range: RangeInclusive<u64>) -> usize {
        usize::try_from(self.number(name, range)).unwrap_or(usize::MAX)
    }

    /// A time in milliseconds.
    pub(super) fn millis(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.number(name, range))
    }

    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.needed(name).to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                self.refuse(name, "expected true or false");
                false
            }
        }
    }

    /// The items of a comma list, without empty ones.
    pub(super) fn list(&self, name: &'static str) -> Vec<&'a str> {
        self.text(name).split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
    }

    /// Each item of a comma list, parsed; the parser's error says what is accepted.
    pub(super) fn parsed_list<T: FromStr>(&mut self, name: &'static str) -> Vec<T>
    where
        T::Err: fmt::Display,
    {
        let mut parsed = Vec::new();
        for item in self.list(name) {
            match item.parse() {
                Ok(value) => parsed.push(value),
                Err(fault) => self.refuse(name, format!("{fault}")),
            }
        }
        parsed
    }

    /// One value, parsed; none when it is empty or wrong.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        match self.filled(name)?.parse() {
            Ok(value) => Some(value),
            Err(fault) => {
                self.refuse(name, format!("{fault}"));
                None
            }
        }
    }
}
