//! The line of an event stream in the access log: begun with its head, written at its end.

use std::sync::{Arc, OnceLock};

use metrics::{Label as _, Signals, labels::StreamEnd};
use tokio::time::Instant;
use tracing::info;

use crate::http::request_id::RequestId;

/// What is known of a stream's request when its head leaves.
pub(in crate::http) struct Head {
    pub(in crate::http) id: RequestId,
    pub(in crate::http) method: &'static str,
    pub(in crate::http) route: &'static str,
    pub(in crate::http) caller: Option<String>,
    pub(in crate::http) trace_id: Option<String>,
    pub(in crate::http) bytes_in: Option<u64>,
    pub(in crate::http) started: Instant,
}

/// Marks the answer that is an event stream without a call behind it: nothing needs to be held for
/// it, and its line comes at its end. The stream has the other half.
#[derive(Clone, Default)]
pub(in crate::http) struct StreamRecord(Arc<OnceLock<Head>>);

impl StreamRecord {
    /// The head has left.
    pub(in crate::http) fn fill(&self, head: Head) {
        // Once only: an answer has one head.
        let _ = self.0.set(head);
    }

    /// The stream is over. One whose head never left has a line already.
    pub(super) fn write(&self, signals: &Signals, end: StreamEnd, bytes_out: u64) {
        let metrics = signals.metrics();
        metrics.http_response_bytes.add(bytes_out);
        let Some(head) = self.0.get() else { return };
        let Head { id, method, route, caller, trace_id, bytes_in, started } = head;
        let open = started.elapsed();
        metrics.streams_ended.inc(end);
        metrics.stream_seconds.at(end).iter().for_each(|histogram| histogram.observe(open));
        let duration_ms = u64::try_from(open.as_millis()).unwrap_or(u64::MAX);
        let (method, route, end) = (*method, *route, end.as_str());
        let request_id = id.as_str();
        let (caller, trace_id) = (caller.as_deref(), trace_id.as_deref());
        info!(
            target: "access", method, route, status = 200, duration_ms, request_id, bytes_in, bytes_out, caller,
            trace_id, end, "stream ended"
        );
    }
}
