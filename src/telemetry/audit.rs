//! One structured line for each tool call: who, what, with what outcome, at what cost. Never
//! content.

use std::time::Duration;

use auth::PrincipalKey;
use tool_kit::Code;

/// The line's content.
#[derive(Debug)]
pub struct Line<'a> {
    /// The tool's name.
    pub tool: &'static str,
    /// What the call was about, as far as it may be written.
    pub subject: &'a str,
    /// The id under which the edge logged the request.
    pub request_id: &'a str,
    /// The trace that the call belongs to, if there is one.
    pub trace_id: Option<&'a str>,
    /// The keyed hash of the caller's token.
    pub user: PrincipalKey,
    /// The session that the request named, under a name that opens nothing.
    pub session: Option<&'a str>,
    /// The error, if there was one.
    pub outcome: Option<Code>,
    /// HTTP calls made to Jira.
    pub jira_calls: u32,
    /// Body bytes read from Jira.
    pub bytes_from_jira: u64,
    /// Bytes of the reply's text.
    pub bytes_sent: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Line<'_> {
    /// Writes the line to the log.
    pub fn write(&self) {
        let row = self.outcome.map(Code::row);
        let outcome = row.map_or("ok", |row| row.code);
        tracing::info!(
            target: "audit",
            tool = self.tool,
            subject = self.subject,
            request_id = self.request_id,
            trace_id = self.trace_id,
            user = %self.user,
            outcome,
            class = row.map(|row| row.class.name()),
            severity = row.map(|row| row.severity.name()),
            jira_calls = self.jira_calls,
            bytes_from_jira = self.bytes_from_jira,
            bytes_sent = self.bytes_sent,
            duration_ms = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            "tool call"
        );
    }
}
