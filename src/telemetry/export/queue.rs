//! The queue between calls that end spans and the thread that sends them: bounded, never waited
//! for, and counted.

use std::{
    sync::{
        Arc, OnceLock,
        mpsc::{self, RecvTimeoutError, SyncSender, TrySendError},
    },
    thread,
    time::Duration,
};

use metrics::{Signals, labels::SpanResult};
use opentelemetry::Context;
use opentelemetry_application_insights::Exporter as AppInsights;
use opentelemetry_otlp::SpanExporter as Otlp;
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{Span, SpanData, SpanExporter as _, SpanProcessor},
};
use tokio::runtime::Handle;

use super::client::Client;

/// Spans that wait to be sent, and spans of one sending: the defaults of OpenTelemetry's
/// specification.
const WAITING_MAX: usize = 2048;
const BATCH_MAX: usize = 512;
/// How long a span may wait for others to be sent with; the specification's default.
const LINGER: Duration = Duration::from_secs(5);

/// The way into the queue, as the spans see it.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    into: SyncSender<Item>,
    signals: Arc<OnceLock<Signals>>,
}

#[derive(Debug)]
enum Item {
    Span(Box<SpanData>),
    /// Send everything before this, then say so.
    Flush(mpsc::Sender<()>),
}

/// The way out of the queue.
pub(super) struct Feed(mpsc::Receiver<Item>);

/// Where spans are sent.
pub(super) enum Receiver {
    Otlp(Box<Otlp>),
    AppInsights(Box<AppInsights<Client>>),
}

impl Receiver {
    pub(super) fn otlp(mut exporter: Otlp, resource: &Resource) -> Self {
        exporter.set_resource(resource);
        Self::Otlp(Box::new(exporter))
    }

    pub(super) fn app_insights(mut exporter: AppInsights<Client>, resource: &Resource) -> Self {
        exporter.set_resource(resource);
        Self::AppInsights(Box::new(exporter))
    }

    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match self {
            Self::Otlp(exporter) => exporter.export(batch).await,
            Self::AppInsights(exporter) => exporter.export(batch).await,
        }
    }
}

impl Queue {
    pub(super) fn new() -> (Self, Feed) {
        let (into, out) = mpsc::sync_channel(WAITING_MAX);
        (Self { into, signals: Arc::default() }, Feed(out))
    }

    /// Starts the thread that sends; it ends when the last span processor is gone.
    pub(super) fn start(
        &self,
        feed: Feed,
        receivers: Vec<Receiver>,
        signals: Signals,
    ) -> Result<(), std::io::Error> {
        let _ = self.signals.set(signals.clone());
        let runtime = Handle::current();
        thread::Builder::new()
            .name("telemetry".to_owned())
            .spawn(move || send_all(&feed, &receivers, &signals, &runtime))
            .map(drop)
    }

    fn count(&self, result: SpanResult) {
        if let Some(signals) = self.signals.get() {
            signals.metrics().spans.inc(result);
        }
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.into.try_send(Item::Span(Box::new(span)))
        {
            self.count(SpanResult::Dropped);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(LINGER)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let (done, wait) = mpsc::channel();
        // A full queue means a receiver that does not keep up: what is in it is being sent already.
        self.into.try_send(Item::Flush(done)).map_err(|_| OTelSdkError::Timeout(Duration::ZERO))?;
        wait.recv_timeout(timeout).map_err(|_| OTelSdkError::Timeout(timeout))
    }
}

fn send_all(feed: &Feed, receivers: &[Receiver], signals: &Signals, runtime: &Handle) {
    let mut batch = Vec::new();
    let mut was_failing = false;
    loop {
        let received = feed.0.recv_timeout(LINGER);
        let flushed = match received {
            Ok(Item::Span(span)) => {
                batch.push(*span);
                if batch.len() < BATCH_MAX {
                    continue;
                }
                None
            }
            Ok(Item::Flush(done)) => Some(done),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if !batch.is_empty() {
            let is_failing = !send(&std::mem::take(&mut batch), receivers, signals, runtime);
            // Once for each change, or a receiver that is down for a day would fill the log.
            match (was_failing, is_failing) {
                (false, true) => tracing::warn!("traces cannot be sent for now"),
                (true, false) => tracing::info!("traces can be sent again"),
                _ => {}
            }
            was_failing = is_failing;
        }
        if let Some(done) = flushed {
            // Nobody waits any more when the time was up.
            let _ = done.send(());
        }
    }
}

/// Sends to every receiver; spans have failed if one of them did not take them.
fn send(batch: &[SpanData], receivers: &[Receiver], signals: &Signals, runtime: &Handle) -> bool {
    // The error may quote the receiver's answer, so it is not logged.
    let taken = receivers
        .iter()
        .filter(|receiver| runtime.block_on(receiver.export(batch.to_vec())).is_ok())
        .count();
    let is_sent = taken == receivers.len();
    let result = if is_sent { SpanResult::Sent } else { SpanResult::Failed };
    signals.metrics().spans.add(result, batch.len() as u64);
    is_sent
}

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;
    use metrics::{Names, Role, Trace, Tracer};

    #[test]
    fn spans_that_find_no_place_are_dropped_and_counted() {
        let (queue, feed) = Queue::new();
        let provider = SdkTracerProvider::builder().with_span_processor(queue.clone()).build();
        let signals = Signals::new(&Names::default(), Some(Tracer::new(&provider, "test", "1")));
        queue.signals.set(signals.clone()).unwrap();
        for _ in 0..WAITING_MAX + 3 {
            drop(signals.span(Role::Server, String::new, &Trace::default()));
        }
        assert_eq!(signals.metrics().spans.at(SpanResult::Dropped).unwrap().value(), 3);
        assert!(queue.shutdown_with_timeout(Duration::ZERO).is_err(), "nobody empties it");
        assert_eq!(feed.0.try_iter().count(), WAITING_MAX);
    }
}
