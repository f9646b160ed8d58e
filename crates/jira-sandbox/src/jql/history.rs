//! What was: `status WAS Done BY anna`, `assignee CHANGED FROM me AFTER -7d`.
//!
//! Source: "WAS" and "CHANGED" on Jira's "JQL operators" page.

use std::{borrow::Cow, collections::HashSet};

use super::{
    ast::{Clause, Operand, Predicate},
    field::{Field, Kind},
    operand::{FieldContext, OperandValues},
    row::{FieldChange, Row, Term, Values},
};

/// The moments and people that a search of the past is confined to.
#[derive(Debug, Clone)]
pub(super) struct When {
    /// The first moment, and the first after the last.
    from_ms: i64,
    until_ms: i64,
    /// Account ids.
    by: Option<HashSet<String>>,
}

/// What is asked of an issue's past.
#[derive(Debug, Clone)]
pub(super) struct Past {
    what: What,
    when: When,
    negated: bool,
}

#[derive(Debug, Clone)]
enum What {
    /// It held one of these at some time.
    Was(OperandValues),
    /// It went from one of these to one of those.
    Changed { from: Option<OperandValues>, to: Option<OperandValues> },
}

impl Past {
    /// Reads a clause whose operator looks back; complaints go to `errors`.
    pub(super) fn read(
        clause: &Clause,
        context: &FieldContext<'_>,
        negated: bool,
        errors: &mut Vec<String>,
    ) -> Self {
        let values = |operand: &Operand, errors: &mut Vec<String>| {
            let mut wanted = OperandValues::default();
            context.read(operand, &mut wanted, errors);
            wanted
        };
        let mut when = When { from_ms: i64::MIN, until_ms: i64::MAX, by: None };
        let (mut from, mut to) = (None, None);
        for (predicate, operand) in &clause.predicates {
            match predicate {
                Predicate::From => from = Some(values(operand, errors)),
                Predicate::To => to = Some(values(operand, errors)),
                _ => when.narrow(*predicate, operand, context, errors),
            }
        }
        let operator = clause.operator;
        let what = if operator.takes_value() {
            What::Was(values(&clause.operand, errors))
        } else {
            What::Changed { from, to }
        };
        Self { what, when, negated: operator.denies_the_past() != negated }
    }

    /// Whether it is true of a row's past in this field.
    pub(super) fn holds(&self, row: &dyn Row, field: Field) -> bool {
        let changes = row.history(field);
        let found = match &self.what {
            What::Changed { from, to } => changes.iter().any(|change| {
                self.when.takes(change.at_ms, &change.by)
                    && from.as_ref().is_none_or(|wanted| is_any_of(&change.from, wanted))
                    && to.as_ref().is_none_or(|wanted| is_any_of(&change.to, wanted))
            }),
            What::Was(wanted) => self.was(row, field, &changes, wanted),
        };
        found != self.negated
    }

    /// A value that was set within the time, or earlier and kept into it.
    fn was(
        &self,
        row: &dyn Row,
        field: Field,
        changes: &[FieldChange],
        wanted: &OperandValues,
    ) -> bool {
        let first =
            changes.first().map_or_else(|| ids(&row.values(field)), |change| change.from.clone());
        let created = match row.values(Field::Created) {
            Values::Instants(instants) => instants.first().copied().unwrap_or(i64::MIN),
            _ => i64::MIN,
        };
        let creator = ids(&row.values(Field::Creator)).into_iter().next().unwrap_or_default();
        let begin = FieldChange { at_ms: created, by: creator, from: Vec::new(), to: first };
        let spells = std::iter::once(&begin).chain(changes);
        let ends = changes.iter().map(|change| change.at_ms).chain([i64::MAX]);
        spells.zip(ends).any(|(change, end)| {
            let is_by = self.when.by.as_ref().is_none_or(|people| people.contains(&change.by));
            is_by
                && change.at_ms < self.when.until_ms
                && end > self.when.from_ms
                && is_any_of(&change.to, wanted)
        })
    }
}

impl When {
    fn narrow(
        &mut self,
        predicate: Predicate,
        operand: &Operand,
        context: &FieldContext<'_>,
        errors: &mut Vec<String>,
    ) {
        let mut wanted = OperandValues::default();
        if predicate == Predicate::By {
            let people = FieldContext { field: Field::Assignee, kind: Kind::User, ..*context };
            people.read(operand, &mut wanted, errors);
            self.by = Some(wanted.ids);
            return;
        }
        let moments = FieldContext { field: Field::Created, kind: Kind::Instant, ..*context };
        moments.read(operand, &mut wanted, errors);
        let Some(first) = wanted.instants.first().copied() else { return };
        let last = wanted.instants.last().copied().unwrap_or(first);
        let (from, until) = match predicate {
            Predicate::After => (first.saturating_add(1), i64::MAX),
            Predicate::Before => (i64::MIN, first),
            Predicate::On => context.clock.whole_day(first).unwrap_or((first, first)),
            _ => (first, last.saturating_add(1)),
        };
        self.from_ms = self.from_ms.max(from);
        self.until_ms = self.until_ms.min(until);
    }

    fn takes(&self, at_ms: i64, by: &str) -> bool {
        (self.from_ms..self.until_ms).contains(&at_ms)
            && self.by.as_ref().is_none_or(|people| people.contains(by))
    }
}

fn is_any_of(held: &[String], wanted: &OperandValues) -> bool {
    if held.is_empty() { wanted.empty } else { held.iter().any(|id| wanted.ids.contains(id)) }
}

fn ids(values: &Values<'_>) -> Vec<String> {
    match values {
        Values::Terms(terms) => {
            terms.iter().map(|term: &Term<'_>| Cow::into_owned(term.id.clone())).collect()
        }
        _ => Vec::new(),
    }
}
