//! One structured line for each tool call: who, what, with what outcome, at what cost. Never content.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::{identity::CallerKey, tools::Code};

/// What a call was about: an issue or project key, if its arguments name one that looks like one.
pub fn subject(arguments: &Map<String, Value>) -> String {
    let named = [("issue_key", true), ("from_key", true), ("project_key", false), ("assignable_in", false)]
        .iter()
        .find_map(|(name, is_issue)| Some((arguments.get(*name)?.as_str()?, *is_issue)));
    let Some((text, is_issue)) = named else { return String::new() };
    let key = text.rsplit(['/', '=']).next().unwrap_or(text).trim();
    let (project, number) = key.rsplit_once('-').unwrap_or((key, ""));
    let is_project = project.len() <= 80
        && project.starts_with(|c: char| c.is_ascii_alphabetic())
        && project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_number = (1..=18).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    // What has not the form of a key may be anything that was typed in its place.
    let is_key = is_project && if is_issue { is_number } else { key == project };
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
    /// The trace that the call belongs to, if there is one.
    pub trace_id: Option<&'a str>,
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
            (json!({"issue_key": "secret"}), ""),
            (json!({"issue_key": "secret-"}), ""),
            (json!({"project_key": "a-secret"}), ""),
            (json!({"jql": "text ~ hidden"}), ""),
            (json!({"issue_key": 7}), ""),
        ] {
            assert_eq!(subject(arguments.as_object().unwrap()), expected);
        }
    }
}
