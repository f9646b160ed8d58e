//! From operands to what a row is compared with: ids, numbers and moments, or the sentence that
//! refuses them.

use std::collections::HashSet;

use jiff::civil::Date;

use super::{
    ast::{FieldRef, Literal, Operand, Operator},
    dates::Clock,
    field::{EPIC_LINK, Field, Kind},
    function::Function,
    order::issue_key,
    row::Term,
    site::Site,
};

/// One field of one clause, and whom to ask about it.
pub(super) struct FieldContext<'a> {
    pub(super) site: &'a dyn Site,
    pub(super) clock: &'a Clock,
    /// The name as the query has it, for messages.
    pub(super) shown: &'a FieldRef,
    pub(super) field: Field,
    pub(super) kind: Kind,
    pub(super) operator: Operator,
}

/// What an operand stands for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct OperandValues {
    /// `EMPTY` is among the values.
    pub(super) empty: bool,
    /// Ids; labels in lower case.
    pub(super) ids: HashSet<String>,
    /// The picked values' ranks, for `priority > Medium`.
    pub(super) ranks: Vec<i64>,
    /// The issues' keys, for `key > P-5`.
    pub(super) keys: Vec<(String, u64)>,
    pub(super) numbers: Vec<f64>,
    pub(super) days: Vec<Date>,
    pub(super) instants: Vec<i64>,
}

impl FieldContext<'_> {
    /// Adds what `operand` stands for to `wanted`; complaints go to `errors`.
    pub(super) fn read(
        &self,
        operand: &Operand,
        wanted: &mut OperandValues,
        errors: &mut Vec<String>,
    ) {
        let outcome = match operand {
            Operand::Empty => {
                wanted.empty = true;
                Ok(())
            }
            Operand::List(items) => {
                for item in items {
                    self.read(item, wanted, errors);
                }
                Ok(())
            }
            Operand::Literal(literal) => self.literal(literal, wanted),
            Operand::Function { name, args } => self.function(name, args, wanted),
        };
        errors.extend(outcome.err());
    }

    fn literal(&self, literal: &Literal, wanted: &mut OperandValues) -> Result<(), String> {
        let text = literal.to_text();
        let shown = self.shown;
        match self.kind {
            Kind::Label => {
                wanted.ids.insert(text.to_lowercase());
            }
            Kind::Number => {
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                let complaint =
                    || format!("Value '{text}' for the '{shown}' field is not a valid number.");
                wanted.numbers.push(number.ok_or_else(complaint)?);
            }
            Kind::Day | Kind::Instant => {
                let ms = match literal {
                    Literal::Number(ms) => Some(*ms),
                    Literal::Text(text) => self.clock.literal(text),
                };
                let formats = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', \
                               'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.";
                ms.and_then(|ms| self.moment(ms, wanted)).ok_or_else(|| {
                    format!("Date value '{text}' for field '{shown}' is invalid. {formats}")
                })?;
            }
            Kind::Choice | Kind::User | Kind::Version | Kind::Issue => {
                self.picked(literal, &text, wanted)?;
            }
            Kind::Text | Kind::Presence | Kind::OrderOnly => {}
        }
        Ok(())
    }

    fn picked(
        &self,
        literal: &Literal,
        text: &str,
        wanted: &mut OperandValues,
    ) -> Result<(), String> {
        if self.field == Field::Resolution && text.eq_ignore_ascii_case("unresolved") {
            wanted.empty = true;
            return Ok(());
        }
        let terms = self.site.resolve(self.field, text);
        if terms.is_empty() && !self.forgives(text) {
            return Err(self.unknown(literal, text));
        }
        for Term { id, label, rank } in terms {
            wanted.ids.insert(id.into_owned());
            wanted.ranks.push(rank);
            wanted.keys.extend(issue_key(&label));
        }
        Ok(())
    }

    /// A list of keys answers those that exist; one that is no key at all is still refused.
    fn forgives(&self, text: &str) -> bool {
        self.field == Field::Key && self.operator.takes_list() && is_issue_name(text)
    }

    fn unknown(&self, literal: &Literal, text: &str) -> String {
        let shown = self.shown;
        let is_number = matches!(literal, Literal::Number(_));
        match self.field {
            Field::Key | Field::Parent | Field::IssueLink if !is_issue_name(text) => {
                format!("The issue key '{text}' for field '{shown}' is invalid.")
            }
            Field::Parent if shown.to_string().eq_ignore_ascii_case(EPIC_LINK) => {
                format!("No issues have a parent epic with key or name '{text}'")
            }
            Field::Key | Field::Parent | Field::IssueLink => {
                "Issue does not exist or you do not have permission to see it.".to_owned()
            }
            Field::Sprint => {
                let by = if is_number { format!("id {text}") } else { format!("name '{text}'") };
                format!("Sprint with {by} does not exist or you do not have permission to view it.")
            }
            Field::Custom(_) if self.kind != Kind::User => {
                format!("The option '{text}' for field '{shown}' does not exist.")
            }
            _ if is_number => {
                format!("A value with ID '{text}' does not exist for the field '{shown}'.")
            }
            _ => format!("The value '{text}' does not exist for the field '{shown}'."),
        }
    }

    fn function(
        &self,
        name: &str,
        args: &[String],
        wanted: &mut OperandValues,
    ) -> Result<(), String> {
        if let Some(moment) = self.clock.function(name, args) {
            let ms = moment?;
            return self.moment(ms, wanted).ok_or_else(|| self.unfit(name));
        }
        let Some(function) = Function::named(name) else {
            return Err(format!("Unable to find JQL function '{name}({})'.", args.join(", ")));
        };
        function.check_count(name, args.len())?;
        if !function.fits(self.field, self.kind) {
            return Err(self.unfit(name));
        }
        wanted.ids.extend(function.ids(name, args, self.site)?);
        Ok(())
    }

    /// Adds a moment as this field wants it; `None` when the field holds no dates, or the calendar
    /// ends before it.
    fn moment(&self, ms: i64, wanted: &mut OperandValues) -> Option<()> {
        match self.kind {
            Kind::Instant => wanted.instants.push(ms),
            Kind::Day => wanted.days.push(self.clock.day(ms)?),
            _ => return None,
        }
        Some(())
    }

    fn unfit(&self, function: &str) -> String {
        let shown = self.shown;
        match self.kind {
            Kind::Day | Kind::Instant => {
                format!(
                    "A date for the field '{shown}' provided by the function '{function}' is not valid."
                )
            }
            Kind::Number => {
                let value = format!(
                    "A value provided by the function '{function}' for the field '{shown}'"
                );
                format!("{value} is not a valid number.")
            }
            _ => format!(
                "A value provided by the function '{function}' is invalid for the field '{shown}'."
            ),
        }
    }
}

fn is_issue_name(text: &str) -> bool {
    issue_key(text).is_some() || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
}
