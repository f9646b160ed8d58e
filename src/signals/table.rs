//! A metric with labels whose values are all known at the start: one number for each combination,
//! and no way to add one.

use super::{
    cell::{Counter, Gauge, Histogram},
    families::Family,
};

/// Beyond so many combinations, those that never happened are left out when they are read.
const SHOWN_EMPTY_MAX: usize = 24;

/// One number for each combination of label values.
#[derive(Debug)]
pub struct Table<T, const LABELS: usize> {
    family: &'static Family,
    values: [Vec<&'static str>; LABELS],
    cells: Box<[T]>,
}

/// What a number says when it is read.
#[derive(Debug)]
pub enum Reading<'a> {
    /// A counter or gauge.
    Number(f64),
    /// A histogram.
    Times(&'a Histogram),
}

/// How a number is read.
pub(super) trait Cell {
    fn read(&self) -> Reading<'_>;
    fn is_untouched(&self) -> bool;
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
impl Cell for Counter {
    fn read(&self) -> Reading<'_> {
        Reading::Number(self.value() as f64)
    }

    fn is_untouched(&self) -> bool {
        self.value() == 0
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
impl Cell for Gauge {
    fn read(&self) -> Reading<'_> {
        Reading::Number(self.value() as f64)
    }

    fn is_untouched(&self) -> bool {
        self.value() == 0
    }
}

impl Cell for Histogram {
    fn read(&self) -> Reading<'_> {
        Reading::Times(self)
    }

    fn is_untouched(&self) -> bool {
        self.count() == 0
    }
}

impl<T: Default, const LABELS: usize> Table<T, LABELS> {
    /// All combinations of these values, in the order of the family's labels.
    pub(super) fn new(family: &'static Family, values: [Vec<&'static str>; LABELS]) -> Self {
        let count = values.iter().map(Vec::len).product();
        Self { family, values, cells: (0..count).map(|_| T::default()).collect() }
    }

    /// What it counts.
    pub fn family(&self) -> &'static Family {
        self.family
    }

    /// The number for these values; none for values that were not known at the start.
    pub fn at(&self, values: [&str; LABELS]) -> Option<&T> {
        let mut at = 0;
        for (known, value) in self.values.iter().zip(values) {
            at = at * known.len() + known.iter().position(|known| *known == value)?;
        }
        self.cells.get(at)
    }

    /// Every number with its label values.
    pub fn cells(&self) -> impl Iterator<Item = ([&'static str; LABELS], &T)> {
        self.cells.iter().enumerate().map(|(mut at, cell)| {
            let mut labels = [""; LABELS];
            for (label, known) in labels.iter_mut().zip(&self.values).rev() {
                *label = known.get(at % known.len()).copied().unwrap_or_default();
                at /= known.len();
            }
            (labels, cell)
        })
    }
}

impl<T: Default, const LABELS: usize> Table<T, LABELS> {
    /// Tells every number that is to be shown.
    pub(super) fn read(&self, visit: &mut dyn FnMut(&'static Family, &[&'static str], Reading<'_>))
    where
        T: Cell,
    {
        let shows_all = self.cells.len() <= SHOWN_EMPTY_MAX;
        for (labels, cell) in self.cells().filter(|(_, cell)| shows_all || !cell.is_untouched()) {
            visit(self.family, &labels, cell.read());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Kind;

    static FAMILY: Family =
        Family { name: "x", kind: Kind::Counter, help: "", labels: &["a", "b"] };

    #[test]
    fn each_combination_has_its_own_number_and_no_other_exists() {
        let table: Table<Counter, 2> =
            Table::new(&FAMILY, [vec!["a0", "a1"], vec!["b0", "b1", "b2"]]);
        for (count, a, b) in [(1, "a0", "b2"), (2, "a1", "b0"), (3, "a1", "b2")] {
            table.at([a, b]).unwrap().add(count);
        }
        assert!(table.at(["a2", "b0"]).is_none() && table.at(["b0", "a0"]).is_none());
        let seen: Vec<_> =
            table.cells().map(|(labels, cell)| (labels.join(" "), cell.value())).collect();
        let expected =
            [("a0 b0", 0), ("a0 b1", 0), ("a0 b2", 1), ("a1 b0", 2), ("a1 b1", 0), ("a1 b2", 3)];
        assert_eq!(seen, expected.map(|(labels, count)| (labels.to_owned(), count)));
    }
}
