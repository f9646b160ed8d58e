//! What this replica knows of one conversation: its token, how far it was read, whether it is over.
//!
//! Whether a conversation is over is what its activities say; this is only where they were read to.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::Instant;

use super::{request::START_EVENT, token::TokenState, wire::Opened};
use crate::agent::client::{
    activity::{Kind, Role},
    activity_set::ActivitySet,
};

/// The address of a stream has to be used within 60 seconds.
/// Source: Microsoft, "Receive activities from the bot", WebSocket.
const STREAM_URL_LIFE: Duration = Duration::from_secs(50);

/// Posts whose ids are remembered, to know what a late answer answers: that of a message much
/// further back comes no more.
const POSTS_MAX: usize = 64;

#[derive(Default)]
pub(super) struct Known {
    pub(super) tokens: TokenState,
    stream: Option<(SecretString, Instant)>,
    /// How far the activities were read.
    pub(super) watermark: Option<String>,
    /// The ids of the last posts, as far as they were read.
    posts: Vec<String>,
    last_activity: Option<Timestamp>,
    /// Messages of either side.
    pub(super) messages: usize,
    is_ended: bool,
    is_greeting_asked: bool,
    has_agent_spoken: bool,
}

/// It holds tokens and somebody's words.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("is_ended", &self.is_ended).finish_non_exhaustive()
    }
}

impl Known {
    /// Takes a new token and a new address to listen at.
    pub(super) fn take(&mut self, opened: Opened, now: Instant) {
        if let Some(token) = opened.token {
            self.tokens.set(token);
        }
        if let Some(url) = opened.stream_url {
            self.stream = Some((url, now));
        }
    }

    /// The address to listen at, if it can still be used; once.
    pub(super) fn take_stream_url(&mut self, now: Instant) -> Option<SecretString> {
        let (url, since) = self.stream.take()?;
        (now.saturating_duration_since(since) < STREAM_URL_LIFE).then_some(url)
    }

    /// Learns from what was read behind the watermark.
    pub(super) fn learn(&mut self, set: &ActivitySet) {
        for activity in &set.activities {
            self.last_activity = self.last_activity.max(activity.timestamp());
            let is_agents = activity.role() == Role::Agent;
            match activity.kind() {
                Kind::End => self.is_ended = true,
                Kind::Message => {
                    self.messages += 1;
                    self.has_agent_spoken |= is_agents;
                }
                Kind::Other if !is_agents && activity.name() == Some(START_EVENT) => {
                    self.is_greeting_asked = true;
                }
                _ => {}
            }
            if let Some(id) = activity.id().filter(|_| !is_agents) {
                self.posts.push(id.to_owned());
            }
        }
        let too_many = self.posts.len().saturating_sub(POSTS_MAX);
        self.posts.drain(..too_many);
        if set.watermark.is_some() {
            self.watermark.clone_from(&set.watermark);
        }
    }

    /// Begins to read from the beginning.
    pub(super) fn forget_reading(&mut self) {
        self.watermark = None;
        self.posts.clear();
        self.messages = 0;
    }

    /// Notes that we asked for a greeting.
    pub(super) fn asked_for_greeting(&mut self) {
        self.is_greeting_asked = true;
    }

    /// Notes the end.
    pub(super) fn end(&mut self) {
        self.is_ended = true;
    }

    /// Whether nothing may be posted any more: it was ended, or nobody said anything for too long.
    pub(super) fn is_over(&self, now: Timestamp, idle_time: Duration) -> bool {
        let idle = self.last_activity.map(|last| now.duration_since(last));
        let is_idle = idle
            .and_then(|idle| Duration::try_from(idle).ok())
            .is_some_and(|idle| idle >= idle_time);
        self.is_ended || is_idle
    }

    /// Whether the agent was asked to begin and has not said anything yet.
    pub(super) fn is_greeting_due(&self) -> bool {
        self.is_greeting_asked && !self.has_agent_spoken
    }

    /// The ids of the posts before this turn.
    pub(super) fn posts(&self) -> &[String] {
        &self.posts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(activities: &str) -> ActivitySet {
        let body = format!(r#"{{"activities":[{activities}],"watermark":"3"}}"#);
        ActivitySet::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_conversation_is_over_by_what_its_activities_say() {
        let idle = Duration::from_mins(30);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let check = |activities: &str, now: &str, expected: bool| {
            let mut known = Known::default();
            known.learn(&set(activities));
            assert_eq!(known.is_over(at(now), idle), expected, "{activities} {now}");
        };
        let message = r#"{"type":"message","id":"c|1","timestamp":"2026-01-01T00:00:00.5Z"}"#;
        check(message, "2026-01-01T00:30:00Z", false);
        check(message, "2026-01-01T00:30:01Z", true);
        // A clock that is behind the service's ends nothing.
        check(message, "2025-01-01T00:00:00Z", false);
        check(r#"{"type":"message","id":"c|1"}"#, "2026-01-01T00:00:00Z", false);
        for from in [r#"{"role":"bot"}"#, r#"{"role":"user"}"#, "null"] {
            let end = format!(r#"{{"type":"endOfConversation","from":{from}}}"#);
            check(&end, "2026-01-01T00:00:00Z", true);
        }
    }

    #[test]
    fn a_greeting_is_due_from_its_event_until_the_agent_speaks() {
        let mut known = Known::default();
        assert!(!known.is_greeting_due());
        known.learn(&set(r#"{"type":"event","name":"startConversation","id":"c|0"}"#));
        assert!(known.is_greeting_due());
        assert_eq!(known.posts().len(), 1);
        known.learn(&set(r#"{"type":"message","from":{"role":"bot"},"id":"c|1"}"#));
        assert!(!known.is_greeting_due() && known.messages == 1);
    }

    #[tokio::test]
    async fn a_stream_is_opened_at_an_address_once_and_soon() {
        let now = Instant::now();
        let mut known = Known::default();
        let body = br#"{"conversationId":"c","streamUrl":"wss://x"}"#;
        let give = |known: &mut Known| known.take(Opened::parse(body, now).unwrap(), now);
        give(&mut known);
        assert!(known.take_stream_url(now).is_some() && known.take_stream_url(now).is_none());
        give(&mut known);
        assert!(known.take_stream_url(now + STREAM_URL_LIFE).is_none());
    }
}
