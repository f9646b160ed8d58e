//! The numbers themselves: one counter, one gauge, one histogram.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, metrics};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn inc(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// The number now.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Counts one more until the answer is dropped.
    pub fn hold(&self) -> InUse<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        InUse(self)
    }

    /// Counts one more until [`Self::leave`], for what outlives every borrow.
    pub fn enter(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One less: the other half of [`Self::enter`].
    pub fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Is this number from now on, for what is set and not counted.
    pub fn set(&self, value: i64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// The number now.
    pub fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One that is counted by a [`Gauge`] for as long as this lives.
#[derive(Debug)]
#[must_use = "it is counted only until this is dropped"]
pub struct InUse<'a>(&'a Gauge);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Upper bounds in seconds: fine around Jira's usual tenths of a second, to the deadline of a tool
/// call; the last two are for streams, which may be open for a quarter of an hour.
pub(super) const BOUNDS_S: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 40.0, 300.0, 1000.0];

/// How many took how long.
#[derive(Debug, Default)]
pub struct Histogram {
    /// One for each bound, and one for what took longer than all of them.
    buckets: [AtomicU64; BOUNDS_S.len() + 1],
    sum_us: AtomicU64,
    /// OpenTelemetry's histograms cannot be read from elsewhere as its counters can, so it is told
    /// as well.
    mirror: OnceLock<(metrics::Histogram<f64>, Vec<KeyValue>)>,
}

impl Histogram {
    /// Notes that something took so long.
    pub fn observe(&self, elapsed: Duration) {
        let seconds = elapsed.as_secs_f64();
        let at = BOUNDS_S.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS_S.len());
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us
            .fetch_add(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if let Some((mirror, attributes)) = self.mirror.get() {
            mirror.record(seconds, attributes);
        }
    }

    /// Tells this histogram of OpenTelemetry the same from now on; only the first one counts.
    pub fn mirror_to(&self, mirror: metrics::Histogram<f64>, attributes: Vec<KeyValue>) {
        let _ = self.mirror.set((mirror, attributes));
    }

    /// How many took at most each bound, with the bound; the last bound is infinity and counts all.
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = BOUNDS_S.into_iter().chain([f64::INFINITY]);
        bounds.zip(&self.buckets).scan(0, |total, (bound, bucket)| {
            *total += bucket.load(Ordering::Relaxed);
            Some((bound, *total))
        })
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    /// What all of them took together, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years of microseconds")]
    pub fn sum_s(&self) -> f64 {
        self.sum_us.load(Ordering::Relaxed) as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_into_the_first_bound_that_holds() {
        let histogram = Histogram::default();
        for millis in [0, 5, 6, 999, 1_000, 1_001, 3_600_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let counts: Vec<_> = histogram.cumulative().collect();
        let at = |bound: f64| {
            counts.iter().find(|(known, _)| known.total_cmp(&bound).is_eq()).unwrap().1
        };
        assert_eq!((at(0.005), at(0.01), at(1.0), at(2.5), at(40.0)), (2, 3, 5, 6, 6));
        assert_eq!((at(f64::INFINITY), histogram.count()), (7, 7));
        assert!((histogram.sum_s() - 3603.011).abs() < 1e-9);
    }

    #[test]
    fn a_gauge_counts_who_is_there() {
        let gauge = Gauge::default();
        let held = [gauge.hold(), gauge.hold()];
        assert_eq!(gauge.value(), 2);
        drop(held);
        assert_eq!(gauge.value(), 0);
    }
}
