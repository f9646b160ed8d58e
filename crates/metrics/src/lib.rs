//! What is counted and traced while calls pass through the layers: cheap on the path, read and sent
//! elsewhere.
//!
//! Counting is an addition to a number that was set up at the start: no lock, no allocation, no
//! label that a client chose. Spans are made only when somebody receives them. Neither takes a
//! token, a query or any of Jira's content.

mod definitions;
mod instruments;
pub mod labels;
mod metrics;
mod process;
mod table;
mod text;
mod trace;

pub use definitions::{DEFINITIONS, Definition, Kind, document};
pub use instruments::{Counter, Gauge, Histogram, InUse};
pub use labels::Label;
pub use metrics::{Metrics, Names};
pub use opentelemetry::KeyValue;
pub use table::{Key, Sample, Table};
pub use trace::{Role, Span, Trace, Tracer};

use std::sync::Arc;

/// The counters and the tracer of one server. A clone shares them; the default one counts for
/// nobody.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    metrics: Arc<Metrics>,
    tracer: Option<Arc<Tracer>>,
}

impl Signals {
    /// Counters for exactly these names, and a tracer if spans are wanted.
    pub fn new(names: &Names, tracer: Option<Tracer>) -> Self {
        Self { metrics: Arc::new(Metrics::new(names)), tracer: tracer.map(Arc::new) }
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Begins a span that ends when it is dropped; none, at no cost, when nothing is traced.
    pub fn span(&self, role: Role, name: impl FnOnce() -> String, parent: &Trace) -> Option<Span> {
        self.tracer.as_ref().map(|tracer| tracer.span(role, name(), parent))
    }
}
