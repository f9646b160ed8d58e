//! How two rows compare in one field, and how issue keys do: `P-2` stands before `P-10`.

use std::cmp::Ordering;

use jiff::civil::Date;

use super::{
    field::Field,
    row::{Row, Values},
};

/// One sort key of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) field: Field,
    pub(super) descending: bool,
}

impl Sort {
    /// Rows without a value stand last going up and first going down, as they do in Jira.
    pub(super) fn compare(self, a: &dyn Row, b: &dyn Row) -> Ordering {
        let ascending = match (SortKey::of(self.field, a), SortKey::of(self.field, b)) {
            (Some(a), Some(b)) => a.compare(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if self.descending { ascending.reverse() } else { ascending }
    }
}

/// A key's project in upper case and its number.
pub(super) fn issue_key(text: &str) -> Option<(String, u64)> {
    let (project, number) = text.trim().rsplit_once('-')?;
    let starts_well = project.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_plain = project.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let is_counted = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (starts_well && is_plain && is_counted)
        .then_some((project.to_ascii_uppercase(), number.parse().ok()?))
}

enum SortKey {
    Key(String, u64),
    Ranked(i64, String),
    Text(String),
    Number(f64),
    Day(Date),
    Instant(i64),
}

impl SortKey {
    /// Where a row stands in a field; the first of several values counts.
    fn of(field: Field, row: &dyn Row) -> Option<Self> {
        match row.values(field) {
            Values::Empty => None,
            Values::Terms(terms) => {
                let term = terms.into_iter().next()?;
                let key = if matches!(field, Field::Key | Field::Parent) {
                    issue_key(&term.label)
                } else {
                    None
                };
                Some(match key {
                    Some((project, number)) => Self::Key(project, number),
                    None => Self::Ranked(term.rank, term.label.to_lowercase()),
                })
            }
            Values::Text(texts) => {
                let text = texts.into_iter().next()?;
                // A LexoRank is ordered by its bytes; people's words without letter case.
                let is_rank = field == Field::Rank;
                Some(Self::Text(if is_rank { text.into_owned() } else { text.to_lowercase() }))
            }
            Values::Number(number) => Some(Self::Number(number)),
            Values::Day(day) => Some(Self::Day(day)),
            Values::Instants(instants) => instants.into_iter().next().map(Self::Instant),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Key(a, m), Self::Key(b, n)) => a.cmp(b).then(m.cmp(n)),
            (Self::Ranked(m, a), Self::Ranked(n, b)) => m.cmp(n).then_with(|| a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Day(a), Self::Day(b)) => a.cmp(b),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            _ => self.variant().cmp(&other.variant()),
        }
    }

    /// Keeps the order total even if a row answers one field in two shapes.
    fn variant(&self) -> u8 {
        match self {
            Self::Key(..) => 0,
            Self::Ranked(..) => 1,
            Self::Text(_) => 2,
            Self::Number(_) => 3,
            Self::Day(_) => 4,
            Self::Instant(_) => 5,
        }
    }
}
