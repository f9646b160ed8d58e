//! One comparison, ready to be put to rows.

use std::{borrow::Cow, cmp::Ordering};

use super::{
    ast::Operator,
    field::{Field, Kind},
    history::Past,
    operand::OperandValues,
    order::issue_key,
    row::{Row, Term, Values},
    text::{TextQuery, Words},
};

/// A field and what is asked of it.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) field: Field,
    pub(super) kind: Kind,
    pub(super) check: Check,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Check {
    /// `=`, `in`, `is EMPTY`.
    AnyOf(OperandValues),
    /// `!=`, `not in`, `is not EMPTY`: never true of a row whose field is empty.
    NoneOf(OperandValues),
    /// `<`, `>`, `<=`, `>=`.
    Compared(Operator, OperandValues),
    /// `~`, `!~`; neither is true of a row whose field is empty.
    Text { query: TextQuery, negated: bool },
    /// `WAS`, `CHANGED`.
    Past(Box<Past>),
}

impl Condition {
    /// Whether it is true of a row.
    pub(super) fn holds(&self, row: &dyn Row) -> bool {
        if let Check::Past(past) = &self.check {
            return past.holds(row, self.field);
        }
        let values = row.values(self.field);
        let is_empty = is_empty(&values);
        match &self.check {
            Check::AnyOf(wanted) if is_empty => wanted.empty,
            _ if is_empty => false,
            Check::AnyOf(wanted) => self.is_any_of(&values, wanted),
            Check::NoneOf(wanted) => !self.is_any_of(&values, wanted),
            Check::Compared(operator, wanted) => self.compares(&values, *operator, wanted),
            Check::Past(_) => false,
            Check::Text { query, negated } => match &values {
                Values::Text(texts) => {
                    query.is_in(&Words::of(texts.iter().map(Cow::as_ref))) != *negated
                }
                _ => false,
            },
        }
    }

    fn is_any_of(&self, values: &Values<'_>, wanted: &OperandValues) -> bool {
        match values {
            Values::Terms(terms) if self.kind == Kind::Label => {
                terms.iter().any(|term| wanted.ids.contains(&term.id.to_lowercase()))
            }
            Values::Terms(terms) => terms.iter().any(|term| wanted.ids.contains(term.id.as_ref())),
            Values::Number(number) => wanted.numbers.iter().any(|n| n.total_cmp(number).is_eq()),
            Values::Day(day) => wanted.days.contains(day),
            // Jira's index keeps whole seconds, so a moment equals all of its second.
            Values::Instants(instants) => instants.iter().any(|ms| {
                wanted.instants.iter().any(|w| w.div_euclid(1_000) == ms.div_euclid(1_000))
            }),
            Values::Text(_) | Values::Empty => false,
        }
    }

    fn compares(&self, values: &Values<'_>, operator: Operator, wanted: &OperandValues) -> bool {
        let fits = |found: Ordering| match operator {
            Operator::Lt => found.is_lt(),
            Operator::Gt => found.is_gt(),
            Operator::LtEq => found.is_le(),
            _ => found.is_ge(),
        };
        match values {
            Values::Terms(terms) if self.field == Field::Key => terms
                .iter()
                .filter_map(|term: &Term<'_>| issue_key(&term.label))
                .any(|(project, number)| {
                    wanted.keys.iter().any(|(p, n)| *p == project && fits(number.cmp(n)))
                }),
            Values::Terms(terms) => {
                terms.iter().any(|term| wanted.ranks.iter().any(|rank| fits(term.rank.cmp(rank))))
            }
            Values::Number(number) => wanted.numbers.iter().any(|n| fits(number.total_cmp(n))),
            Values::Day(day) => wanted.days.iter().any(|d| fits(day.cmp(d))),
            Values::Instants(instants) => {
                instants.iter().any(|ms| wanted.instants.iter().any(|w| fits(ms.cmp(w))))
            }
            Values::Text(_) | Values::Empty => false,
        }
    }
}

fn is_empty(values: &Values<'_>) -> bool {
    match values {
        Values::Empty => true,
        Values::Terms(terms) => terms.is_empty(),
        Values::Text(texts) => texts.iter().all(|text| text.trim().is_empty()),
        Values::Instants(instants) => instants.is_empty(),
        Values::Number(_) | Values::Day(_) => false,
    }
}
