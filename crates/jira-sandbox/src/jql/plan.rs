//! A query that can be run: which rows it finds, and in which order.

use std::cmp::Ordering;

use super::{condition::Condition, field::Field, order::Sort, row::Row};

/// A query that this user may run on this site: every name is resolved, so rows can be matched
/// without the site.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(super) filter: Option<Node>,
    pub(super) order: Vec<Sort>,
}

/// A condition in which every name is resolved.
#[derive(Debug, Clone)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Holds(Condition),
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
