//! The table of metrics: one row for each, from which the exposition, the export and the
//! documentation follow.

use std::fmt::Write as _;

/// One metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name in Prometheus; see [`Definition::otel_name`] for the one in OpenTelemetry.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// What it counts, for operators.
    pub help: &'static str,
    /// Names of its labels.
    pub labels: &'static [&'static str],
}

/// What kind of number a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many took how long.
    Histogram,
}

impl Kind {
    /// The word in Prometheus's text format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Definition {
    /// The name in OpenTelemetry: without the endings that a collector adds again when it hands the
    /// metric to Prometheus, with a dot after the namespace.
    pub fn otel_name(&self) -> String {
        let bare = self
            .name
            .trim_end_matches("_total")
            .trim_end_matches("_seconds")
            .trim_end_matches("_bytes");
        match bare.strip_prefix("jira_mcp_") {
            Some(own) => format!("jira_mcp.{own}"),
            None => bare.replacen('_', ".", 1),
        }
    }

    /// The unit in OpenTelemetry (UCUM); none for plain counts, as `1` would make a ratio of a
    /// gauge in Prometheus.
    pub fn unit(&self) -> &'static str {
        let bare = self.name.trim_end_matches("_total");
        if bare.ends_with("_seconds") {
            "s"
        } else if bare.ends_with("_bytes") {
            "By"
        } else {
            ""
        }
    }
}

macro_rules! definitions {
    ($($name:ident = $kind:ident $text:literal [$($label:literal),*] $help:literal;)+) => {
        $(pub(super) static $name: Definition =
            Definition { name: $text, kind: Kind::$kind, help: $help, labels: &[$($label),*] };)+

        /// Every metric, in the order in which they are shown.
        pub static DEFINITIONS: &[&Definition] = &[$(&$name),+];
    };
}

definitions! {
    BUILD_INFO = Gauge "jira_mcp_build_info" ["version"] "Always 1; the version that runs.";
    HTTP_REQUESTS = Counter "jira_mcp_http_requests_total" ["route", "status"]
        "HTTP requests by route pattern and status class; client_gone is one whose client left before the answer.";
    HTTP_REFUSALS = Counter "jira_mcp_http_refusals_total" ["reason"]
        "Requests that the edge refused, by the error code of the answer.";
    HTTP_RESPONSE_BYTES = Counter "jira_mcp_http_response_bytes_total" [] "Body bytes of HTTP answers.";
    HTTP_IN_FLIGHT = Gauge "jira_mcp_http_requests_in_flight" [] "HTTP requests being answered now.";
    CONNECTIONS = Counter "jira_mcp_connections_total" [] "TCP connections accepted.";
    CONNECTIONS_OPEN = Gauge "jira_mcp_connections_open" [] "TCP connections open now.";
    CONNECTIONS_MAX = Gauge "jira_mcp_connections_max" []
        "TCP connections that may be open at the same time; beyond it requests get 503.";
    STREAMS_OPEN = Gauge "jira_mcp_streams_open" [] "Event streams open now, those of subscriptions/listen among them.";
    STREAMS_ENDED = Counter "jira_mcp_streams_ended_total" ["end"] "Event streams that ended, by how.";
    STREAM_SECONDS = Histogram "jira_mcp_stream_duration_seconds" ["end"]
        "How long event streams were open, by how they ended.";
    TOOL_CALLS = Counter "jira_mcp_tool_calls_total" ["tool", "outcome"]
        "Tool calls by tool and outcome: ok, or the error code that the agent was told.";
    TOOL_CALL_SECONDS = Histogram "jira_mcp_tool_call_duration_seconds" ["tool"]
        "How long tool calls took, all they asked of Jira included.";
    TOOL_CALLS_IN_FLIGHT = Gauge "jira_mcp_tool_calls_in_flight" [] "Tool calls running now.";
    TOOL_RESULT_BYTES = Counter "jira_mcp_tool_result_bytes_total" [] "Bytes of the results of tool calls.";
    TOOLS_UNKNOWN = Counter "jira_mcp_tool_calls_unknown_total" []
        "Calls of tools that do not exist or are switched off.";
    LIMITED = Counter "jira_mcp_limit_refusals_total" ["limit"]
        "Calls refused by a limit: rate and concurrency of one user, callers at once; in_flight, streams and connections of the process.";
    UPSTREAM_REQUESTS = Counter "jira_mcp_upstream_requests_total" ["result"]
        "HTTP requests to Jira, repeats included, by what became of them.";
    UPSTREAM_RETRIES = Counter "jira_mcp_upstream_retries_total" ["reason"]
        "Repeated requests to Jira, by what had become of the one before.";
    UPSTREAM_SECONDS = Histogram "jira_mcp_upstream_request_duration_seconds" ["effect"]
        "How long single HTTP requests to Jira took, by whether they could change something.";
    UPSTREAM_BYTES = Counter "jira_mcp_upstream_response_bytes_total" []
        "Body bytes read from Jira, after decompression.";
    BREAKERS_OPEN = Gauge "jira_mcp_breakers_open" []
        "Circuit breakers that are not closed now: of Jira sites, and of single callers there.";
    CALLER_BREAKERS_OPEN = Gauge "jira_mcp_caller_breakers_open" []
        "Those of single callers among them: their own calls failed, others go on.";
    BREAKER_OPENINGS = Counter "jira_mcp_breaker_openings_total" [] "How often a circuit breaker opened.";
    BREAKER_REFUSALS = Counter "jira_mcp_breaker_refusals_total" []
        "Requests to Jira that an open circuit breaker refused.";
    AGENT_TURNS = Counter "jira_mcp_agent_turns_total" ["end"]
        "Messages sent to agents of Copilot Studio, by how the wait for the answer ended.";
    AGENT_TURN_SECONDS = Histogram "jira_mcp_agent_turn_duration_seconds" ["end"]
        "How long the wait for an agent's whole answer took, by how it ended.";
    AGENT_MESSAGES = Counter "jira_mcp_agent_messages_total" []
        "Messages that agents answered within those waits.";
    AGENT_TOKEN_CALLS = Counter "jira_mcp_agent_token_calls_total" []
        "Requests for tokens of conversations, at Direct Line or at an agent's token endpoint.";
    SIGN_INS = Counter "jira_mcp_sign_ins_total" ["outcome"]
        "Sign-ins by what became of them; misconfigured is a secret that the provider does not take.";
    SESSIONS_ENDED = Counter "jira_mcp_sessions_ended_total" ["reason"]
        "Sessions that ended before their time, by the reason.";
    GRANT_RENEWALS = Counter "jira_mcp_grant_renewals_total" ["result"]
        "Renewals of a grant at the identity provider, by what became of them; only refused ends a session.";
    ENTRA_KEY_FETCHES = Counter "jira_mcp_entra_key_fetches_total" ["result"]
        "Readings of a tenant's keys at Entra ID, by what became of them.";
    STORE_FAILURES = Counter "jira_mcp_session_store_failures_total" ["fault"]
        "Requests to the session store that failed: it gave no answer, or no key opens the record.";
    SPANS = Counter "jira_mcp_spans_total" ["fate"]
        "Spans by fate: sent, dropped because the queue was full, or failed at the receiver.";
    PROCESS_MEMORY = Gauge "process_resident_memory_bytes" [] "Resident memory.";
    PROCESS_CPU = Counter "process_cpu_seconds_total" [] "Processor time, user and system.";
    PROCESS_FILES = Gauge "process_open_fds" [] "Open file descriptors.";
    PROCESS_START = Gauge "process_start_time_seconds" [] "When the process began, in seconds since 1970.";
}

/// The table for documents.
pub fn document() -> String {
    let mut text = String::from(
        "| Metric | Kind | Labels | OpenTelemetry | Meaning |\n|---|---|---|---|---|\n",
    );
    for definition in DEFINITIONS {
        let labels: Vec<_> = definition.labels.iter().map(|label| format!("`{label}`")).collect();
        let (name, kind, otel) = (definition.name, definition.kind.word(), definition.otel_name());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| `{name}` | {kind} | {} | `{otel}` | {} |",
            labels.join(", "),
            definition.help
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions_of_prometheus() {
        for (at, definition) in DEFINITIONS.iter().enumerate() {
            let name = definition.name;
            assert!(name.starts_with("jira_mcp_") || name.starts_with("process_"), "{name}");
            assert_eq!(name.ends_with("_total"), definition.kind == Kind::Counter, "{name}");
            assert_eq!(
                name.ends_with("_duration_seconds"),
                definition.kind == Kind::Histogram,
                "{name}"
            );
            assert!(
                definition.help.ends_with('.') && !definition.help.contains(['\n', '\\', '|']),
                "{name}"
            );
            assert!(
                DEFINITIONS
                    .iter()
                    .take(at)
                    .all(|other| other.otel_name() != definition.otel_name()),
                "{name}"
            );
        }
    }

    #[test]
    fn names_lose_for_opentelemetry_what_a_collector_adds() {
        assert_eq!(TOOL_CALLS.otel_name(), "jira_mcp.tool_calls");
        assert_eq!(TOOL_CALL_SECONDS.otel_name(), "jira_mcp.tool_call_duration");
        assert_eq!(UPSTREAM_BYTES.otel_name(), "jira_mcp.upstream_response");
        assert_eq!(
            (TOOL_CALL_SECONDS.unit(), UPSTREAM_BYTES.unit(), TOOL_CALLS.unit()),
            ("s", "By", "")
        );
    }
}
