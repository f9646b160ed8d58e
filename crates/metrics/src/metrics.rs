//! The numbers of one server, and the one way to read them all.

use std::{fmt, sync::OnceLock};

use opentelemetry::{KeyValue, metrics};

use super::{
    definitions::{self as d, Definition},
    instruments::{self, Counter, Gauge, Histogram},
    labels::{
        Effect, KeyFetchResult, Limit, Refusal, RenewalResult, RetryReason, Route, SessionEnd,
        SignInOutcome, SpanResult, StatusClass, StoreFailure, StreamEnd, TurnResult,
        UpstreamResult,
    },
    process,
    table::{Sample, Table},
};

/// Label values that only the product knows, told once at the start.
#[derive(Debug, Default, Clone)]
pub struct Names {
    /// The version that runs.
    pub version: &'static str,
    /// The registered tools.
    pub tools: Vec<&'static str>,
    /// What a tool call can end with.
    pub outcomes: Vec<&'static str>,
}

/// How many breakers are not closed, of all callers of a site and of one alone; asked when the
/// metrics are read.
type Watch = Box<dyn Fn() -> (u64, u64) + Send + Sync>;

/// Every number of one server.
#[expect(missing_docs, reason = "the help text of each definition says what it counts")]
pub struct Metrics {
    version: &'static str,
    pub http_requests: Table<Counter, (Route, StatusClass)>,
    pub http_refusals: Table<Counter, Refusal>,
    pub http_response_bytes: Counter,
    pub http_in_flight: Gauge,
    pub connections: Counter,
    pub connections_open: Gauge,
    pub connections_max: Gauge,
    pub streams_open: Gauge,
    pub streams_ended: Table<Counter, StreamEnd>,
    pub stream_seconds: Table<Histogram, StreamEnd>,
    pub tool_calls: Table<Counter, [&'static str; 2]>,
    pub tool_call_seconds: Table<Histogram, [&'static str; 1]>,
    pub tool_calls_in_flight: Gauge,
    pub tool_result_bytes: Counter,
    pub tools_unknown: Counter,
    pub limited: Table<Counter, Limit>,
    pub upstream_requests: Table<Counter, UpstreamResult>,
    pub upstream_retries: Table<Counter, RetryReason>,
    pub upstream_seconds: Table<Histogram, Effect>,
    pub upstream_bytes: Counter,
    pub breaker_openings: Counter,
    pub breaker_refusals: Counter,
    pub agent_turns: Table<Counter, TurnResult>,
    pub agent_turn_seconds: Table<Histogram, TurnResult>,
    pub agent_messages: Counter,
    pub agent_token_calls: Counter,
    pub sign_ins: Table<Counter, SignInOutcome>,
    pub sessions_ended: Table<Counter, SessionEnd>,
    pub grant_renewals: Table<Counter, RenewalResult>,
    pub entra_key_fetches: Table<Counter, KeyFetchResult>,
    pub store_failures: Table<Counter, StoreFailure>,
    pub spans: Table<Counter, SpanResult>,
    breakers: OnceLock<Watch>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new(&Names::default())
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(super) fn new(names: &Names) -> Self {
        Self {
            version: names.version,
            http_requests: Table::of_labels(&d::HTTP_REQUESTS),
            http_refusals: Table::of_label(&d::HTTP_REFUSALS),
            http_response_bytes: Counter::default(),
            http_in_flight: Gauge::default(),
            connections: Counter::default(),
            connections_open: Gauge::default(),
            connections_max: Gauge::default(),
            streams_open: Gauge::default(),
            streams_ended: Table::of_label(&d::STREAMS_ENDED),
            stream_seconds: Table::of_label(&d::STREAM_SECONDS),
            tool_calls: Table::of_names(
                &d::TOOL_CALLS,
                [names.tools.clone(), names.outcomes.clone()],
            ),
            tool_call_seconds: Table::of_names(&d::TOOL_CALL_SECONDS, [names.tools.clone()]),
            tool_calls_in_flight: Gauge::default(),
            tool_result_bytes: Counter::default(),
            tools_unknown: Counter::default(),
            limited: Table::of_label(&d::LIMITED),
            upstream_requests: Table::of_label(&d::UPSTREAM_REQUESTS),
            upstream_retries: Table::of_label(&d::UPSTREAM_RETRIES),
            upstream_seconds: Table::of_label(&d::UPSTREAM_SECONDS),
            upstream_bytes: Counter::default(),
            breaker_openings: Counter::default(),
            breaker_refusals: Counter::default(),
            agent_turns: Table::of_label(&d::AGENT_TURNS),
            agent_turn_seconds: Table::of_label(&d::AGENT_TURN_SECONDS),
            agent_messages: Counter::default(),
            agent_token_calls: Counter::default(),
            sign_ins: Table::of_label(&d::SIGN_INS),
            sessions_ended: Table::of_label(&d::SESSIONS_ENDED),
            grant_renewals: Table::of_label(&d::GRANT_RENEWALS),
            entra_key_fetches: Table::of_label(&d::ENTRA_KEY_FETCHES),
            store_failures: Table::of_label(&d::STORE_FAILURES),
            spans: Table::of_label(&d::SPANS),
            breakers: OnceLock::new(),
        }
    }

    /// The edge refused a request with this code.
    pub fn count_refusal(&self, refusal: Refusal) {
        self.http_refusals.inc(refusal);
        // The limits of the whole process, each with a code of its own.
        let limit = match refusal {
            Refusal::Overloaded => Limit::InFlight,
            Refusal::StreamsFull => Limit::Streams,
            Refusal::ConnectionsFull => Limit::Connections,
            _ => return,
        };
        self.limited.inc(limit);
    }

    /// The upper bounds of every histogram, in seconds.
    pub fn bounds_s(&self) -> Vec<f64> {
        instruments::BOUNDS_S.to_vec()
    }

    /// Gives every histogram of a definition, by its label values, one of OpenTelemetry's to tell
    /// the same.
    pub fn mirror_histograms(
        &self,
        definition: &Definition,
        make: impl Fn(&[&'static str]) -> (metrics::Histogram<f64>, Vec<KeyValue>),
    ) {
        mirror(&self.stream_seconds, definition, &make);
        mirror(&self.tool_call_seconds, definition, &make);
        mirror(&self.upstream_seconds, definition, &make);
        mirror(&self.agent_turn_seconds, definition, &make);
    }

    /// Asks this for the number of breakers that are not closed, each time the metrics are read.
    pub fn watch_breakers(&self, watch: impl Fn() -> (u64, u64) + Send + Sync + 'static) {
        let _ = self.breakers.set(Box::new(watch));
    }

    /// Tells every number, definition by definition in the order of
    /// [`DEFINITIONS`](super::DEFINITIONS): the
    /// definition, the values of its labels, and the sample.
    pub fn read(&self, visit: &mut dyn FnMut(&'static Definition, &[&'static str], Sample<'_>)) {
        let number = |value: u64| Sample::Number(float(value));
        visit(&d::BUILD_INFO, &[self.version], number(1));
        self.http_requests.read(visit);
        self.http_refusals.read(visit);
        visit(&d::HTTP_RESPONSE_BYTES, &[], number(self.http_response_bytes.value()));
        visit(&d::HTTP_IN_FLIGHT, &[], level(&self.http_in_flight));
        visit(&d::CONNECTIONS, &[], number(self.connections.value()));
        visit(&d::CONNECTIONS_OPEN, &[], level(&self.connections_open));
        visit(&d::CONNECTIONS_MAX, &[], level(&self.connections_max));
        visit(&d::STREAMS_OPEN, &[], level(&self.streams_open));
        self.streams_ended.read(visit);
        self.stream_seconds.read(visit);
        self.tool_calls.read(visit);
        self.tool_call_seconds.read(visit);
        visit(&d::TOOL_CALLS_IN_FLIGHT, &[], level(&self.tool_calls_in_flight));
        visit(&d::TOOL_RESULT_BYTES, &[], number(self.tool_result_bytes.value()));
        visit(&d::TOOLS_UNKNOWN, &[], number(self.tools_unknown.value()));
        self.limited.read(visit);
        self.upstream_requests.read(visit);
        self.upstream_retries.read(visit);
        self.upstream_seconds.read(visit);
        visit(&d::UPSTREAM_BYTES, &[], number(self.upstream_bytes.value()));
        let (of_all, of_one) = self.breakers.get().map_or((0, 0), |watch| watch());
        visit(&d::BREAKERS_OPEN, &[], number(of_all + of_one));
        visit(&d::CALLER_BREAKERS_OPEN, &[], number(of_one));
        visit(&d::BREAKER_OPENINGS, &[], number(self.breaker_openings.value()));
        visit(&d::BREAKER_REFUSALS, &[], number(self.breaker_refusals.value()));
        self.agent_turns.read(visit);
        self.agent_turn_seconds.read(visit);
        visit(&d::AGENT_MESSAGES, &[], number(self.agent_messages.value()));
        visit(&d::AGENT_TOKEN_CALLS, &[], number(self.agent_token_calls.value()));
        self.sign_ins.read(visit);
        self.sessions_ended.read(visit);
        self.grant_renewals.read(visit);
        self.entra_key_fetches.read(visit);
        self.store_failures.read(visit);
        self.spans.read(visit);
        for (definition, value) in [
            (&d::PROCESS_MEMORY, process::resident_bytes()),
            (&d::PROCESS_CPU, process::cpu_seconds()),
            (&d::PROCESS_FILES, process::open_files()),
            (&d::PROCESS_START, process::started_at()),
        ] {
            // Not every system tells.
            if let Some(value) = value {
                visit(definition, &[], Sample::Number(value));
            }
        }
    }
}

/// Gives the histograms of a table, if it is the one of this definition, a mirror each.
fn mirror<K>(
    table: &Table<Histogram, K>,
    definition: &Definition,
    make: &impl Fn(&[&'static str]) -> (metrics::Histogram<f64>, Vec<KeyValue>),
) {
    if table.definition() == definition {
        for (labels, histogram) in table.cells() {
            let (mirror, attributes) = make(&labels);
            histogram.mirror_to(mirror, attributes);
        }
    }
}

fn level(gauge: &Gauge) -> Sample<'static> {
    // A gauge is never below zero for longer than one holder takes to come back.
    Sample::Number(float(u64::try_from(gauge.value()).unwrap_or(0)))
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DEFINITIONS, labels::Label};

    fn metrics() -> Metrics {
        let names = Names { version: "1.2.3", tools: vec!["jira_search"], outcomes: vec!["ok"] };
        Metrics::new(&names)
    }

    #[test]
    fn every_definition_is_told_once_and_in_order() {
        let metrics = metrics();
        metrics.tool_calls.inc(["jira_search", "ok"]);
        metrics.http_requests.inc((Route::Mcp, StatusClass::Success));
        let mut seen: Vec<&Definition> = Vec::new();
        metrics.read(&mut |definition, labels, _| {
            assert_eq!(definition.labels.len(), labels.len(), "{}", definition.name);
            if seen.last().is_none_or(|last| *last != definition) {
                seen.push(definition);
            }
        });
        assert_eq!(seen, DEFINITIONS);
    }

    #[test]
    fn labels_have_the_names_of_their_definitions() {
        for (definition, labels) in [
            (&d::HTTP_REQUESTS, vec![Route::NAME, StatusClass::NAME]),
            (&d::HTTP_REFUSALS, vec![Refusal::NAME]),
            (&d::STREAMS_ENDED, vec![StreamEnd::NAME]),
            (&d::STREAM_SECONDS, vec![StreamEnd::NAME]),
            (&d::LIMITED, vec![Limit::NAME]),
            (&d::UPSTREAM_REQUESTS, vec![UpstreamResult::NAME]),
            (&d::UPSTREAM_RETRIES, vec![RetryReason::NAME]),
            (&d::UPSTREAM_SECONDS, vec![Effect::NAME]),
            (&d::AGENT_TURNS, vec![TurnResult::NAME]),
            (&d::AGENT_TURN_SECONDS, vec![TurnResult::NAME]),
            (&d::SIGN_INS, vec![SignInOutcome::NAME]),
            (&d::SESSIONS_ENDED, vec![SessionEnd::NAME]),
            (&d::GRANT_RENEWALS, vec![RenewalResult::NAME]),
            (&d::ENTRA_KEY_FETCHES, vec![KeyFetchResult::NAME]),
            (&d::STORE_FAILURES, vec![StoreFailure::NAME]),
            (&d::SPANS, vec![SpanResult::NAME]),
        ] {
            assert_eq!(definition.labels, labels, "{}", definition.name);
        }
    }

    #[test]
    fn every_refusal_is_counted_as_what_it_is() {
        let metrics = metrics();
        for refusal in Refusal::ALL {
            metrics.count_refusal(*refusal);
        }
        for (labels, counter) in metrics.http_refusals.cells() {
            assert_eq!(counter.value(), 1, "{labels:?}");
        }
        for limit in [Limit::InFlight, Limit::Streams, Limit::Connections] {
            assert_eq!(metrics.limited.at(limit).unwrap().value(), 1);
        }
    }
}
