//! How many files the process may have open, a connection being one.

use crate::{config::Config, http::CONNECTIONS_RESERVE};

/// Logs, listeners, watched files, the connections of operators, and those to other services.
const OTHERS: usize = 256;

/// Says so when all connections, and a call of each request to Jira, would be more than there may
/// be: then the accept loop waits for free files, and probes with it.
pub(super) fn check(config: &Config) {
    let connections = config.connections.connections_max.saturating_add(CONNECTIONS_RESERVE);
    let needed = connections.saturating_add(config.http.in_flight_max).saturating_add(OTHERS);
    if let Some(allowed) = platform::open_files_max().filter(|allowed| *allowed < needed as u64) {
        tracing::warn!(
            allowed,
            needed,
            "the limit of open files (ulimit -n, LimitNOFILE) is too low for MAX_CONNECTIONS and MAX_IN_FLIGHT: \
             raise it, or lower them"
        );
    }
}
