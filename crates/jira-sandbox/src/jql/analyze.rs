//! Semantic analysis: asks a site about everything a query names (fields, operators, values,
//! functions, sort keys), which turns it into a [`Plan`].
//!
//! Every fault of a query is reported, not the first alone, in the order in which it is read. `NOT`
//! is carried down to the comparisons, as in Jira: `NOT assignee = me` is `assignee != me`, and so
//! finds no issue without an assignee.

use std::collections::HashSet;

use super::{
    ast::{Clause, Expr, FieldRef, Operand, Operator, OrderBy, Query},
    condition::{Check, Condition},
    dates::Clock,
    field::{Field, Kind},
    function::is_list,
    history::Past,
    operand::{FieldContext, OperandValues},
    order::Sort,
    plan::{Node, Plan},
    site::{CustomRef, Site},
    text::TextQuery,
};

/// The most sort keys Jira takes.
const SORTS_MAX: usize = 7;

impl Query {
    /// Analyzes the query; the error is Jira's `errorMessages`, one for each fault.
    pub(crate) fn plan(&self, site: &dyn Site) -> Result<Plan, Vec<String>> {
        let mut analyzer = Analyzer::new(site);
        let filter = self.filter.as_ref().map(|expr| analyzer.node(expr, false));
        let order = analyzer.order(&self.order);
        let errors = analyzer.into_errors();
        if errors.is_empty() { Ok(Plan { filter, order }) } else { Err(errors) }
    }
}

/// Collects the faults of one query as it goes through it.
pub(super) struct Analyzer<'a> {
    site: &'a dyn Site,
    clock: Clock,
    errors: Vec<String>,
}

impl<'a> Analyzer<'a> {
    pub(super) fn new(site: &'a dyn Site) -> Self {
        let clock = Clock { now_ms: site.now_ms(), zone: site.time_zone() };
        Self { site, clock, errors: Vec::new() }
    }

    /// Every fault found so far, each once.
    pub(super) fn into_errors(self) -> Vec<String> {
        let mut seen = HashSet::new();
        self.errors.into_iter().filter(|error| seen.insert(error.clone())).collect()
    }

    /// The runnable form of a condition, or of its opposite; of no meaning once a fault is found.
    pub(super) fn node(&mut self, expr: &Expr, negated: bool) -> Node {
        match (expr, negated) {
            (Expr::Not(inner), _) => self.node(inner, !negated),
            (Expr::And(parts), false) | (Expr::Or(parts), true) => {
                Node::All(parts.iter().map(|part| self.node(part, negated)).collect())
            }
            (Expr::And(parts), true) | (Expr::Or(parts), false) => {
                Node::Any(parts.iter().map(|part| self.node(part, negated)).collect())
            }
            (Expr::Clause(clause), _) => self.clause(clause, negated),
        }
    }

    /// Several custom fields may share a name: one of them has to satisfy the clause, or all if it
    /// excludes.
    fn clause(&mut self, clause: &Clause, negated: bool) -> Node {
        let conditions = match self.fields(clause) {
            Ok(fields) => fields
                .into_iter()
                .filter_map(|(field, kind)| self.condition(clause, negated, field, kind)),
            Err(error) => {
                self.errors.push(error);
                return Node::Any(Vec::new());
            }
        };
        let conditions = conditions.map(Node::Holds).collect();
        if clause.operator.is_negative() == negated {
            Node::Any(conditions)
        } else {
            Node::All(conditions)
        }
    }

    /// The fields a clause is about, all of which know its operator.
    fn fields(&self, clause: &Clause) -> Result<Vec<(Field, Kind)>, String> {
        let Clause { field: shown, operator, operand, .. } = clause;
        if operator.takes_value() {
            check_usage(shown, *operator, operand)?;
        }
        let named = self.named(shown);
        if named.is_empty() {
            return Err(format!(
                "Field '{shown}' does not exist or you do not have permission to view it."
            ));
        }
        let able: Vec<_> =
            named.into_iter().filter(|(field, kind)| field.supports(*kind, *operator)).collect();
        if able.is_empty() && operator.is_historical() {
            return Err(format!("History searches do not support the '{shown}' field."));
        }
        if able.is_empty() {
            return Err(format!(
                "The operator '{operator}' is not supported by the '{shown}' field."
            ));
        }
        if operator.takes_value()
            && *operand == Operand::Empty
            && able.iter().any(|(field, _)| !field.can_be_empty())
        {
            return Err(format!(
                "The field '{shown}' does not support searching for EMPTY values."
            ));
        }
        Ok(able)
    }

    /// Jira offers `"Story Points[Number]"` when it completes a query: the kind in brackets is no
    /// part of the name.
    fn named(&self, shown: &FieldRef) -> Vec<(Field, Kind)> {
        let mut customs = match shown {
            FieldRef::Custom(number) => self.site.custom_fields(CustomRef::Number(*number)),
            FieldRef::Name(name) => match Field::named(name.trim()) {
                Some(field) => return vec![(field, field.kind())],
                None => self.site.custom_fields(CustomRef::Name(name.trim())),
            },
        };
        if let FieldRef::Name(name) = shown
            && customs.is_empty()
            && let Some((bare, _)) =
                name.trim().strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
        {
            customs = self.site.custom_fields(CustomRef::Name(bare.trim()));
        }
        customs.into_iter().map(|custom| (Field::Custom(custom.number), custom.kind)).collect()
    }

    fn condition(
        &mut self,
        clause: &Clause,
        negated: bool,
        field: Field,
        kind: Kind,
    ) -> Option<Condition> {
        let operator = if negated { clause.operator.opposite() } else { clause.operator };
        let context = FieldContext {
            site: self.site,
            clock: &self.clock,
            shown: &clause.field,
            field,
            kind,
            operator: clause.operator,
        };
        let faults_before = self.errors.len();
        let check = match operator {
            _ if operator.is_historical() => {
                Check::Past(Box::new(Past::read(clause, &context, negated, &mut self.errors)))
            }
            Operator::Like | Operator::NotLike if clause.operand != Operand::Empty => {
                let query = text_query(&context, &clause.operand)
                    .map_err(|error| self.errors.push(error))
                    .ok()?;
                Check::Text { query, negated: operator == Operator::NotLike }
            }
            _ => {
                let mut wanted = OperandValues::default();
                context.read(&clause.operand, &mut wanted, &mut self.errors);
                match operator {
                    Operator::Eq | Operator::In | Operator::Is | Operator::Like => {
                        Check::AnyOf(wanted)
                    }
                    Operator::Lt | Operator::Gt | Operator::LtEq | Operator::GtEq => {
                        Check::Compared(operator, wanted)
                    }
                    _ => Check::NoneOf(wanted),
                }
            }
        };
        (self.errors.len() == faults_before).then_some(Condition { field, kind, check })
    }

    /// The runnable sort keys; of no meaning once a fault is found.
    pub(super) fn order(&mut self, order: &[OrderBy]) -> Vec<Sort> {
        if order.len() > SORTS_MAX {
            self.errors.push(format!("A JQL query can be sorted by at most {SORTS_MAX} fields."));
        }
        let mut sorts: Vec<Sort> = Vec::new();
        for OrderBy { field: shown, descending } in order.iter().take(SORTS_MAX) {
            match self.named(shown).first() {
                None => self.errors.push(format!("Not able to sort using field '{shown}'.")),
                Some((field, _)) if !field.is_sortable() => {
                    self.errors.push(format!("Field '{shown}' does not support sorting."));
                }
                Some((field, _)) if sorts.iter().any(|sort| sort.field == *field) => {
                    let twice = "is referenced multiple times in the JQL sort.";
                    self.errors.push(format!("The sort field '{shown}' {twice}"));
                }
                Some((field, _)) => {
                    let descending = descending.unwrap_or_else(|| field.descends_by_default());
                    sorts.push(Sort { field: *field, descending });
                }
            }
        }
        sorts
    }
}

/// Refuses an operand of a kind the operator cannot take, whatever the field.
fn check_usage(shown: &FieldRef, operator: Operator, operand: &Operand) -> Result<(), String> {
    let fault = match (operator, operand) {
        (Operator::Is | Operator::IsNot, Operand::Empty) => return Ok(()),
        (Operator::Is | Operator::IsNot, _) => "searching for non-empty values".to_owned(),
        _ if *operand == Operand::Empty && !operator.takes_empty() => {
            "the empty value representation 'EMPTY'".to_owned()
        }
        _ if operator.takes_list() && !is_list(operand) => {
            format!("the non-list value '{operand}'")
        }
        _ if !operator.takes_list() && is_list(operand) => format!("the list value '{operand}'"),
        _ => return Ok(()),
    };
    Err(format!("Operator '{operator}' does not support {fault} for field '{shown}'."))
}

fn text_query(context: &FieldContext<'_>, operand: &Operand) -> Result<TextQuery, String> {
    let shown = context.shown;
    let Operand::Literal(literal) = operand else {
        let mut errors = Vec::new();
        context.read(operand, &mut OperandValues::default(), &mut errors);
        let unfit = || format!("The value '{operand}' is invalid for the field '{shown}'.");
        return Err(errors.into_iter().next().unwrap_or_else(unfit));
    };
    let text = literal.to_text();
    if text.trim().is_empty() {
        return Err(format!("The field '{shown}' does not support searching for an empty string."));
    }
    TextQuery::parse(&text)
        .ok_or_else(|| format!("Unable to parse the text '{text}' for field '{shown}'."))
}
