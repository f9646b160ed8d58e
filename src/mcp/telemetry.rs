//! What is counted and traced about one tool call, beside its audit line. Names follow
//! OpenTelemetry's semantic conventions for MCP:
//! <https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md>.

use metrics::{KeyValue, Role, Span};
use tool_kit::{Code, Tool};

use crate::telemetry::audit;

use super::{call::Traces, server::Server};

/// The conventions' word for a failure that was answered as a result.
const TOOL_ERROR: &str = "tool_error";

/// The exporter's name for what is no trace of a log.
/// Source: <https://docs.rs/opentelemetry-application-insights>, "Events".
const CUSTOM_EVENT: &str = "ai.custom";

impl Server {
    /// Below the message's own trace, if it brought one, with a link to the request's; else below
    /// the request's.
    pub(super) fn tool_span(&self, tool: &Tool, traces: &Traces) -> Option<Span> {
        let is_own = !traces.message.is_empty();
        let parent = if is_own { &traces.message } else { &traces.request };
        let mut span =
            self.0.signals.span(Role::Server, || format!("tools/call {}", tool.name), parent)?;
        if is_own {
            span.link(&traces.request);
        }
        span.set("mcp.method.name", "tools/call");
        span.set("gen_ai.operation.name", "execute_tool");
        span.set("gen_ai.tool.name", tool.name);
        Some(span)
    }

    /// Counts a finished call and completes its span.
    pub(super) fn record_call(&self, line: &audit::Line<'_>, span: Option<&mut Span>) {
        let metrics = self.0.signals.metrics();
        let outcome = line.outcome.map_or("ok", Code::name);
        metrics.tool_calls.inc([line.tool, outcome]);
        metrics.tool_call_seconds.observe([line.tool], line.elapsed);
        metrics.tool_result_bytes.add(line.bytes_sent as u64);
        let Some(span) = span else { return };
        span.set("jira_mcp.outcome", outcome);
        span.set("jira_mcp.request_id", line.request_id.to_owned());
        span.set("jira_mcp.upstream_requests", i64::from(line.jira_calls));
        span.set(
            "jira_mcp.upstream_bytes",
            i64::try_from(line.bytes_from_jira).unwrap_or(i64::MAX),
        );
        span.set("jira_mcp.result_bytes", i64::try_from(line.bytes_sent).unwrap_or(i64::MAX));
        if line.outcome.is_some() {
            span.fail(TOOL_ERROR);
        }
        if self.0.settings.custom_events {
            span.event(CUSTOM_EVENT, custom_event(line, outcome));
        }
    }
}

/// What Application Insights shows as `customEvents`: the exporter takes the name from the first
/// attribute, and the others become `customDimensions`, which are texts.
fn custom_event(line: &audit::Line<'_>, outcome: &'static str) -> Vec<KeyValue> {
    let duration_ms = i64::try_from(line.elapsed.as_millis()).unwrap_or(i64::MAX);
    let mut event = vec![
        KeyValue::new("ai.customEvent.name", "MCPEvent"),
        KeyValue::new("Type", "tool"),
        KeyValue::new("Tool", line.tool),
        KeyValue::new("UserId", line.user.to_string()),
        KeyValue::new("Outcome", outcome),
        KeyValue::new("Duration", duration_ms),
    ];
    event.extend(line.session.map(|session| KeyValue::new("SessionId", session.to_owned())));
    event
}
