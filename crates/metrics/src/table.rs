//! A metric with labels whose values are all known at the start: one number for each combination,
//! and no way to add one.

use std::{marker::PhantomData, time::Duration};

use super::{
    definitions::Definition,
    instruments::{Counter, Gauge, Histogram},
    labels::Label,
};

/// Beyond so many combinations, those that never happened are left out when they are read.
const SHOWN_EMPTY_MAX: usize = 24;

/// One number for each combination of label values, found by a key of type `K`.
#[derive(Debug)]
pub struct Table<T, K> {
    definition: &'static Definition,
    /// The values of each label, in the definition's order.
    values: Vec<Vec<&'static str>>,
    cells: Box<[T]>,
    key: PhantomData<fn(K)>,
}

/// What names one number of a table: a label, two labels, or the names that were registered at the
/// start.
pub trait Key {
    /// Where the number stands among those of all combinations, the last label's values next to
    /// each other; none for a name that was not registered.
    fn position(&self, values: &[Vec<&'static str>]) -> Option<usize>;
}

/// A label alone.
impl<L: Label> Key for L {
    fn position(&self, _: &[Vec<&'static str>]) -> Option<usize> {
        Some(self.index())
    }
}

/// Two labels.
impl<A: Label, B: Label> Key for (A, B) {
    fn position(&self, _: &[Vec<&'static str>]) -> Option<usize> {
        Some(self.0.index() * B::VALUES.len() + self.1.index())
    }
}

/// Names that the product registered.
impl<const LABELS: usize> Key for [&str; LABELS] {
    fn position(&self, values: &[Vec<&'static str>]) -> Option<usize> {
        let mut at = 0;
        for (known, value) in values.iter().zip(self) {
            at = at * known.len() + known.iter().position(|known| known == value)?;
        }
        Some(at)
    }
}

/// What a number says when it is read.
#[derive(Debug)]
pub enum Sample<'a> {
    /// A counter or gauge.
    Number(f64),
    /// A histogram.
    Histogram(&'a Histogram),
}

/// How a number is read.
pub(super) trait Cell {
    fn read(&self) -> Sample<'_>;
    fn is_untouched(&self) -> bool;
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
impl Cell for Counter {
    fn read(&self) -> Sample<'_> {
        Sample::Number(self.value() as f64)
    }

    fn is_untouched(&self) -> bool {
        self.value() == 0
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
impl Cell for Gauge {
    fn read(&self) -> Sample<'_> {
        Sample::Number(self.value() as f64)
    }

    fn is_untouched(&self) -> bool {
        self.value() == 0
    }
}

impl Cell for Histogram {
    fn read(&self) -> Sample<'_> {
        Sample::Histogram(self)
    }

    fn is_untouched(&self) -> bool {
        self.count() == 0
    }
}

impl<T: Default, L: Label> Table<T, L> {
    /// A number for each value of a label.
    pub(super) fn of_label(definition: &'static Definition) -> Self {
        Self::new(definition, vec![L::VALUES.to_vec()])
    }
}

impl<T: Default, A: Label, B: Label> Table<T, (A, B)> {
    /// A number for each pair of values.
    pub(super) fn of_labels(definition: &'static Definition) -> Self {
        Self::new(definition, vec![A::VALUES.to_vec(), B::VALUES.to_vec()])
    }
}

impl<T: Default, const LABELS: usize> Table<T, [&str; LABELS]> {
    /// A number for each combination of these names, in the order of the definition's labels.
    pub(super) fn of_names(
        definition: &'static Definition,
        names: [Vec<&'static str>; LABELS],
    ) -> Self {
        Self::new(definition, names.into())
    }
}

impl<K: Key> Table<Counter, K> {
    /// One more of these; a name that was not registered at the start is not counted.
    pub fn inc(&self, key: K) {
        self.add(key, 1);
    }

    /// So many more of these.
    pub fn add(&self, key: K, count: u64) {
        if let Some(counter) = self.at(key) {
            counter.add(count);
        }
    }
}

impl<K: Key> Table<Histogram, K> {
    /// Notes that one of these took so long.
    pub fn observe(&self, key: K, elapsed: Duration) {
        if let Some(histogram) = self.at(key) {
            histogram.observe(elapsed);
        }
    }
}

impl<T, K> Table<T, K> {
    fn new(definition: &'static Definition, values: Vec<Vec<&'static str>>) -> Self
    where
        T: Default,
    {
        let count = values.iter().map(Vec::len).product();
        let cells = (0..count).map(|_| T::default()).collect();
        Self { definition, values, cells, key: PhantomData }
    }

    /// What it counts.
    pub fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// The number for these values; none for a name that was not registered at the start.
    #[expect(clippy::needless_pass_by_value, reason = "keys are labels: a byte or two")]
    pub fn at(&self, key: K) -> Option<&T>
    where
        K: Key,
    {
        self.cells.get(key.position(&self.values)?)
    }

    /// Every number with its label values.
    pub fn cells(&self) -> impl Iterator<Item = (Vec<&'static str>, &T)> {
        self.cells.iter().enumerate().map(|(mut at, cell)| {
            let mut labels = vec![""; self.values.len()];
            for (label, known) in labels.iter_mut().zip(&self.values).rev() {
                *label = known.get(at % known.len()).copied().unwrap_or_default();
                at /= known.len();
            }
            (labels, cell)
        })
    }

    /// Tells every number that is to be shown.
    pub(super) fn read(
        &self,
        visit: &mut dyn FnMut(&'static Definition, &[&'static str], Sample<'_>),
    ) where
        T: Cell,
    {
        let shows_all = self.cells.len() <= SHOWN_EMPTY_MAX;
        for (labels, cell) in self.cells().filter(|(_, cell)| shows_all || !cell.is_untouched()) {
            visit(self.definition, &labels, cell.read());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Kind,
        labels::{Effect, RetryReason},
    };

    static TWO: Definition =
        Definition { name: "x", kind: Kind::Counter, help: "", labels: &["a", "b"] };

    #[test]
    fn each_combination_of_names_has_its_own_number_and_no_other_exists() {
        let table =
            Table::<Counter, [&str; 2]>::of_names(&TWO, [vec!["a0", "a1"], vec!["b0", "b1", "b2"]]);
        for (count, a, b) in [(1, "a0", "b2"), (2, "a1", "b0"), (3, "a1", "b2")] {
            table.add([a, b], count);
        }
        assert!(table.at(["a2", "b0"]).is_none() && table.at(["b0", "a0"]).is_none());
        let seen: Vec<_> =
            table.cells().map(|(labels, cell)| (labels.join(" "), cell.value())).collect();
        let expected =
            [("a0 b0", 0), ("a0 b1", 0), ("a0 b2", 1), ("a1 b0", 2), ("a1 b1", 0), ("a1 b2", 3)];
        assert_eq!(seen, expected.map(|(labels, count)| (labels.to_owned(), count)));
    }

    #[test]
    fn each_combination_of_labels_counts_under_its_own_values() {
        let table = Table::<Counter, (Effect, RetryReason)>::of_labels(&TWO);
        let pairs = Effect::ALL.iter().flat_map(|a| RetryReason::ALL.iter().map(move |b| (*a, *b)));
        for (count, key) in (1..).zip(pairs.clone()) {
            table.add(key, count);
        }
        for ((count, (a, b)), (labels, cell)) in (1..).zip(pairs).zip(table.cells()) {
            assert_eq!((labels, cell.value()), (vec![a.as_str(), b.as_str()], count));
        }
    }
}
