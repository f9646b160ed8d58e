//! The numbers of one server, and the one way to read them all.

use std::{fmt, sync::OnceLock};

use opentelemetry::{KeyValue, metrics};

use super::{
    cell::{self, Counter, Gauge, Histogram},
    families::{self as f, Family},
    process,
    table::{Reading, Table},
};

/// Route patterns of the edge; any other path is `unmatched`.
pub const ROUTES: &[&str] = &[
    "/mcp",
    "/mcp/readonly",
    "/mcp/x/{toolsets}",
    "/healthz",
    "/readyz",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp/readonly",
    "/.well-known/oauth-protected-resource/mcp/x/{toolsets}",
    UNMATCHED,
];

const UNMATCHED: &str = "unmatched";

/// Every code with which the edge refuses a request.
pub const REFUSALS: &[&str] = &[
    "host_missing",
    "host_not_allowed",
    "origin_not_allowed",
    "gateway_token_refused",
    "unauthenticated",
    "invalid_request",
    "not_found",
    "method_not_allowed",
    "not_acceptable",
    "unsupported_media_type",
    "payload_too_large",
    "request_timeout",
    "overloaded",
    "upstream_timeout",
    "starting",
    "draining",
    "internal",
];

const STATUSES: &[&str] = &["1xx", "2xx", "3xx", "4xx", "5xx", CLIENT_GONE];
const CLIENT_GONE: &str = "client_gone";
const LIMITS: &[&str] = &["rate", "concurrency", "callers", IN_FLIGHT];
const IN_FLIGHT: &str = "in_flight";
const RESULTS: &[&str] = &[
    "ok",
    "redirect",
    "authentication",
    "permission",
    "not_found",
    "validation",
    "rate_limit",
    "server",
    "network",
    "timeout",
    "local",
];
const RETRIED: &[&str] = &["rate_limit", "server", "network", "timeout"];
const EFFECTS: &[&str] = &["read", "write"];
const FATES: &[&str] = &["sent", "dropped", "failed"];

/// Label values that are this server's own: nothing else ever becomes one.
#[derive(Debug, Default)]
pub struct Names {
    /// The registered tools.
    pub tools: Vec<&'static str>,
    /// What a tool call can end with.
    pub outcomes: Vec<&'static str>,
}

/// How many breakers are not closed, of all callers of a site and of one alone; asked when the
/// metrics are read.
type Watch = Box<dyn Fn() -> (u64, u64) + Send + Sync>;

/// Every number of one server.
#[expect(missing_docs, reason = "the help text of each family says what it counts")]
pub struct Metrics {
    pub http_requests: Table<Counter, 2>,
    pub http_refusals: Table<Counter, 1>,
    pub http_response_bytes: Counter,
    pub http_in_flight: Gauge,
    pub connections: Counter,
    pub connections_open: Gauge,
    pub tool_calls: Table<Counter, 2>,
    pub tool_call_seconds: Table<Histogram, 1>,
    pub tool_calls_in_flight: Gauge,
    pub tool_result_bytes: Counter,
    pub tools_unknown: Counter,
    pub limited: Table<Counter, 1>,
    pub upstream_requests: Table<Counter, 1>,
    pub upstream_retries: Table<Counter, 1>,
    pub upstream_seconds: Table<Histogram, 1>,
    pub upstream_bytes: Counter,
    pub breaker_openings: Counter,
    pub breaker_refusals: Counter,
    pub spans: Table<Counter, 1>,
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
        let fixed = |values: &[&'static str]| values.to_vec();
        Self {
            http_requests: Table::new(&f::HTTP_REQUESTS, [fixed(ROUTES), fixed(STATUSES)]),
            http_refusals: Table::new(&f::HTTP_REFUSALS, [fixed(REFUSALS)]),
            http_response_bytes: Counter::default(),
            http_in_flight: Gauge::default(),
            connections: Counter::default(),
            connections_open: Gauge::default(),
            tool_calls: Table::new(&f::TOOL_CALLS, [names.tools.clone(), names.outcomes.clone()]),
            tool_call_seconds: Table::new(&f::TOOL_CALL_SECONDS, [names.tools.clone()]),
            tool_calls_in_flight: Gauge::default(),
            tool_result_bytes: Counter::default(),
            tools_unknown: Counter::default(),
            limited: Table::new(&f::LIMITED, [fixed(LIMITS)]),
            upstream_requests: Table::new(&f::UPSTREAM_REQUESTS, [fixed(RESULTS)]),
            upstream_retries: Table::new(&f::UPSTREAM_RETRIES, [fixed(RETRIED)]),
            upstream_seconds: Table::new(&f::UPSTREAM_SECONDS, [fixed(EFFECTS)]),
            upstream_bytes: Counter::default(),
            breaker_openings: Counter::default(),
            breaker_refusals: Counter::default(),
            spans: Table::new(&f::SPANS_SENT, [fixed(FATES)]),
            breakers: OnceLock::new(),
        }
    }

    /// A request was answered with this status, or its client left before.
    pub fn count_request(&self, route: &str, status: Option<u16>) {
        let class = status.map_or(CLIENT_GONE, |status| match status {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        });
        let counter = self.http_requests.at([route, class]);
        if let Some(counter) = counter.or_else(|| self.http_requests.at([UNMATCHED, class])) {
            counter.inc();
        }
    }

    /// The edge refused a request with this code.
    pub fn count_refusal(&self, code: &str) {
        if let Some(counter) = self.http_refusals.at([code]) {
            counter.inc();
        }
        // The only limit of the whole process is the one that the edge answers so.
        if code == "overloaded" {
            self.count_limited(IN_FLIGHT);
        }
    }

    /// A limit of this name refused a call.
    pub fn count_limited(&self, limit: &str) {
        if let Some(counter) = self.limited.at([limit]) {
            counter.inc();
        }
    }

    /// So many spans met this fate.
    pub fn count_spans(&self, fate: &str, spans: usize) {
        if let Some(counter) = self.spans.at([fate]) {
            counter.add(spans as u64);
        }
    }

    /// The upper bounds of every histogram, in seconds.
    pub fn bounds_s(&self) -> Vec<f64> {
        cell::BOUNDS_S.to_vec()
    }

    /// Gives every histogram of a family, by its label values, one of OpenTelemetry's to tell the
    /// same.
    pub fn mirror_histograms(
        &self,
        family: &Family,
        make: impl Fn(&[&'static str]) -> (metrics::Histogram<f64>, Vec<KeyValue>),
    ) {
        for table in [&self.tool_call_seconds, &self.upstream_seconds] {
            if table.family() == family {
                for (labels, histogram) in table.cells() {
                    let (mirror, attributes) = make(&labels);
                    histogram.mirror_to(mirror, attributes);
                }
            }
        }
    }

    /// Asks this for the number of breakers that are not closed, each time the metrics are read.
    pub fn watch_breakers(&self, watch: impl Fn() -> (u64, u64) + Send + Sync + 'static) {
        let _ = self.breakers.set(Box::new(watch));
    }

    /// Tells every number, family by family in the order of [`FAMILIES`](super::FAMILIES): the
    /// family, the values of its labels, and the reading.
    pub fn read(&self, visit: &mut dyn FnMut(&'static Family, &[&'static str], Reading<'_>)) {
        let number = |value: u64| Reading::Number(float(value));
        visit(&f::BUILD_INFO, &[env!("CARGO_PKG_VERSION")], number(1));
        self.http_requests.read(visit);
        self.http_refusals.read(visit);
        visit(&f::HTTP_RESPONSE_BYTES, &[], number(self.http_response_bytes.value()));
        visit(&f::HTTP_IN_FLIGHT, &[], level(&self.http_in_flight));
        visit(&f::CONNECTIONS, &[], number(self.connections.value()));
        visit(&f::CONNECTIONS_OPEN, &[], level(&self.connections_open));
        self.tool_calls.read(visit);
        self.tool_call_seconds.read(visit);
        visit(&f::TOOL_CALLS_IN_FLIGHT, &[], level(&self.tool_calls_in_flight));
        visit(&f::TOOL_RESULT_BYTES, &[], number(self.tool_result_bytes.value()));
        visit(&f::TOOLS_UNKNOWN, &[], number(self.tools_unknown.value()));
        self.limited.read(visit);
        self.upstream_requests.read(visit);
        self.upstream_retries.read(visit);
        self.upstream_seconds.read(visit);
        visit(&f::UPSTREAM_BYTES, &[], number(self.upstream_bytes.value()));
        let (of_all, of_one) = self.breakers.get().map_or((0, 0), |watch| watch());
        visit(&f::BREAKERS_OPEN, &[], number(of_all + of_one));
        visit(&f::CALLER_BREAKERS_OPEN, &[], number(of_one));
        visit(&f::BREAKER_OPENINGS, &[], number(self.breaker_openings.value()));
        visit(&f::BREAKER_REFUSALS, &[], number(self.breaker_refusals.value()));
        self.spans.read(visit);
        for (family, value) in [
            (&f::PROCESS_MEMORY, process::resident_bytes()),
            (&f::PROCESS_CPU, process::cpu_seconds()),
            (&f::PROCESS_FILES, process::open_files()),
            (&f::PROCESS_START, process::started_at()),
        ] {
            // Not every system tells.
            if let Some(value) = value {
                visit(family, &[], Reading::Number(value));
            }
        }
    }
}

fn level(gauge: &Gauge) -> Reading<'static> {
    // A gauge is never below zero for longer than one holder takes to come back.
    Reading::Number(float(u64::try_from(gauge.value()).unwrap_or(0)))
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus and OpenTelemetry read 64-bit floats")]
fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::FAMILIES;

    #[test]
    fn reading_tells_every_family_once_and_in_order() {
        let names = Names { tools: vec!["jira_search"], outcomes: vec!["ok"] };
        let metrics = Metrics::new(&names);
        metrics.tool_calls.at(["jira_search", "ok"]).unwrap().inc();
        metrics.count_request("/mcp", Some(200));
        let mut seen: Vec<&Family> = Vec::new();
        metrics.read(&mut |family, labels, _| {
            assert_eq!(family.labels.len(), labels.len(), "{}", family.name);
            if seen.last().is_none_or(|last| *last != family) {
                seen.push(family);
            }
        });
        assert_eq!(seen, FAMILIES);
    }

    #[test]
    fn a_path_nobody_planned_is_no_label() {
        let metrics = Metrics::default();
        metrics.count_request("/mcp/x/{toolsets}", Some(200));
        metrics.count_request("/hostile\"\n} 1", Some(404));
        metrics.count_request("/mcp", None);
        let at = |labels| metrics.http_requests.at(labels).unwrap().value();
        assert_eq!(at(["/mcp/x/{toolsets}", "2xx"]), 1);
        assert_eq!((at([UNMATCHED, "4xx"]), at(["/mcp", CLIENT_GONE])), (1, 1));
    }
}
