//! Judging a query against a site, which turns it into a [`Plan`] that rows are put to.
//!
//! Every fault of a query is reported, not the first alone, in the order in which it is read. `NOT`
//! is carried down to the comparisons, as in Jira: `NOT assignee = me` is `assignee != me`, and so
//! finds no issue without an assignee.

use std::cmp::Ordering;

use super::{Field, Query, Row, Site, condition::Condition, judge::Judge, order::Sort};

/// A query that this user may run on this site: every name is resolved, so rows can be judged
/// without the site.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    filter: Option<Node>,
    order: Vec<Sort>,
}

/// A judged condition.
#[derive(Debug, Clone)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Holds(Condition),
}

impl Query {
    /// Judges the query; the error is Jira's `errorMessages`, one for each fault.
    pub(crate) fn plan(&self, site: &dyn Site) -> Result<Plan, Vec<String>> {
        let mut judge = Judge::new(site);
        let filter = self.filter.as_ref().map(|expr| judge.node(expr, false));
        let order = judge.order(&self.order);
        let errors = judge.into_errors();
        if errors.is_empty() { Ok(Plan { filter, order }) } else { Err(errors) }
    }
}

impl Plan {
    /// Whether a row belongs to the result.
    pub(crate) fn matches(&self, row: &dyn Row) -> bool {
        self.filter.as_ref().is_none_or(|node| node.holds(row))
    }

    /// Which of two rows comes first; never `Equal` for rows with different ids.
    ///
    /// Without `ORDER BY` the newest comes first.
    pub(crate) fn compare(&self, a: &dyn Row, b: &dyn Row) -> Ordering {
        if self.order.is_empty() {
            let newest_first = Sort { field: Field::Created, descending: true };
            return newest_first.compare(a, b).then_with(|| b.id().cmp(&a.id()));
        }
        let mut by_keys = self.order.iter().map(|sort| sort.compare(a, b));
        by_keys.find(|order| order.is_ne()).unwrap_or_else(|| a.id().cmp(&b.id()))
    }
}

impl Node {
    fn holds(&self, row: &dyn Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Holds(condition) => condition.holds(row),
        }
    }
}
