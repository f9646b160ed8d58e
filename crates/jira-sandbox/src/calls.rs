//! The last calls of agents' tools, as whoever serves them tells it.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// So many calls are kept.
const KEPT_MAX: usize = 200;

/// So much of the arguments, in bytes.
const ARGUMENTS_MAX: usize = 2_000;

/// One finished call of a tool.
#[derive(Clone, Debug, Default)]
pub struct ToolCall {
    /// The tool's name.
    pub tool: String,
    /// What it was given, as JSON; a long text is cut.
    pub arguments: String,
    /// `ok`, or the error's code.
    pub outcome: String,
    /// Whether it went wrong.
    pub is_error: bool,
    /// Requests made to Jira.
    pub requests: u32,
    /// Body bytes read from Jira.
    pub bytes_from_jira: u64,
    /// Bytes of what the agent was answered.
    pub bytes_sent: u64,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

impl ToolCall {
    /// Tokens of a model's context that the agent was spared: what Jira sent beyond what the agent
    /// was sent, at four bytes a token.
    pub(crate) fn tokens_saved(&self) -> u64 {
        self.bytes_from_jira.saturating_sub(self.bytes_sent) / 4
    }
}

/// A call with its place in the order of calls, from 1 on.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) at_ms: i64,
    pub(crate) call: ToolCall,
}

/// All that is kept.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// The newest one last.
    pub(crate) calls: VecDeque<Kept>,
    /// Of all calls, those that are kept no more among them.
    pub(crate) count: u64,
    pub(crate) bytes_from_jira: u64,
    pub(crate) bytes_sent: u64,
    pub(crate) tokens_saved: u64,
}

/// The state behind the log.
#[derive(Default)]
pub(crate) struct Calls(Mutex<Seen>);

impl Calls {
    pub(crate) fn add(&self, mut call: ToolCall, at_ms: i64) {
        let end = call.arguments.floor_char_boundary(ARGUMENTS_MAX);
        if end < call.arguments.len() {
            call.arguments.truncate(end);
            call.arguments.push('…');
        }
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.count += 1;
        seen.bytes_from_jira += call.bytes_from_jira;
        seen.bytes_sent += call.bytes_sent;
        seen.tokens_saved += call.tokens_saved();
        if seen.calls.len() == KEPT_MAX {
            seen.calls.pop_front();
        }
        let number = seen.count;
        seen.calls.push_back(Kept { number, at_ms, call });
    }

    pub(crate) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_what_is_counted_is_not() {
        let calls = Calls::default();
        for at in 0..205_u32 {
            let arguments = "é".repeat(2_000);
            let bytes_from_jira = 4_000 + u64::from(at);
            let call =
                ToolCall { arguments, bytes_from_jira, bytes_sent: 400, ..ToolCall::default() };
            calls.add(call, i64::from(at));
        }
        let seen = calls.seen();
        assert_eq!((seen.calls.len(), seen.count), (200, 205));
        assert_eq!(seen.calls.front().map(|kept| (kept.number, kept.at_ms)), Some((6, 5)));
        assert!(seen.calls.iter().all(|kept| kept.call.arguments.len() <= 2_003));
        assert_eq!(seen.bytes_sent, 205 * 400);
        let more_sent = ToolCall { bytes_sent: 9, ..ToolCall::default() };
        assert_eq!(more_sent.tokens_saved(), 0);
    }
}
