//! One structured line for each tool call: who, what, with what outcome, at what cost. Never content.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::{identity::CallerKey, tools::Code};

/// What a call was about: an issue or project key, if its arguments name one that looks like one.
pub fn subject(arguments: &Map<String, Value>) -> String {
    let named = ["issue_key", "project_key", "from_key", "assignable_in"]
        .iter()
        .find_map(|name| arguments.get(*name)?.as_str());
    let key = named.map(|text| text.rsplit(['/', '=']).next().unwrap_or(text).trim()).unwrap_or_default();
    let is_key = key.len() <= 80
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_key { key.to_ascii_uppercase() } else { String::new() }
}

/// The line's content.
#[derive(Debug)]
pub struct Line<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// From [`subject`].
    pub subject: &'a str,
    /// The id under which the edge logged the request.
    pub request_id: &'a str,
    /// The keyed hash of the caller's token.
    pub user: CallerKey,
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_become_subjects() {
        for (arguments, expected) in [
            (json!({"issue_key": "ab-1"}), "AB-1"),
            (json!({"issue_key": "https://x.atlassian.net/browse/AB-1"}), "AB-1"),
            (json!({"project_key": "AB"}), "AB"),
            (json!({"issue_key": "a secret\nline"}), ""),
            (json!({"jql": "text ~ hidden"}), ""),
            (json!({"issue_key": 7}), ""),
        ] {
            assert_eq!(subject(arguments.as_object().unwrap()), expected);
        }
    }
}
