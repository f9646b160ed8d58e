//! What an operator sets about event streams.

use std::time::Duration;

use keyring::KeyRing;

use crate::http::connection::ConnectionSettings;

/// The settings of event streams. By default there is `subscriptions/listen` and no path of their
/// own.
#[derive(Clone, Debug)]
pub struct StreamSettings {
    /// `COMPAT_STREAM`: whether `/api/mcp/stream` and `/api/mcp/command` are there.
    pub has_compat_paths: bool,
    /// `STREAM_HEARTBEAT_MS`: how often a sign of life is sent.
    pub heartbeat: Duration,
    /// `STREAM_MAX_MS`: how long a stream is open. One that was opened with a token of a directory
    /// ends with it; a token of Atlassian's lives an hour and is judged at the beginning only.
    pub open_max: Duration,
    /// `MAX_STREAMS_PER_USER`: streams of one user at the same time.
    pub per_user: usize,
    /// Streams of all users at the same time; see [`Self::all_of`].
    pub all: usize,
    /// `SESSION_ENCRYPTION_KEY`: what session ids are sealed under. Without it a key follows from
    /// the gateway's secret, or lives as long as the process.
    pub keys: Option<KeyRing>,
}

impl StreamSettings {
    /// How many of so many connections streams may hold: seven of eight, and where there are few,
    /// all but one. The others stay for calls.
    pub fn all_of(connections_max: usize) -> usize {
        let for_calls = (connections_max / 8).max(1);
        connections_max.saturating_sub(for_calls).max(1)
    }
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self {
            has_compat_paths: false,
            heartbeat: Duration::from_secs(30),
            open_max: Duration::from_mins(15),
            per_user: 4,
            all: Self::all_of(ConnectionSettings::default().connections_max),
            keys: None,
        }
    }
}
