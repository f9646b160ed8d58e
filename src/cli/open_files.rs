//! How many files the process may have open, a connection being one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{config::Config, http::CONNECTIONS_RESERVE};

/// Logs, listeners, watched files, the connections of operators, and those to other services.
const OTHERS: usize = 256;

/// Takes as many as the system allows: connections, and as many calls to Jira, need more than the
/// customary 1024.
pub(super) fn raise() {
    let allowed = getrlimit(Resource::Nofile);
    let most = Rlimit { current: allowed.maximum, maximum: allowed.maximum };
    if allowed.current != allowed.maximum {
        // What is then too few is told when it is known how many are needed.
        let _ = setrlimit(Resource::Nofile, most);
    }
}

/// Says so when all connections, and a call of each request to Jira, would be more than there may
/// be: then the accept loop waits for free files, and probes with it.
pub(super) fn check(config: &Config) {
    let connections = config.connections.connections_max.saturating_add(CONNECTIONS_RESERVE);
    let needed = connections.saturating_add(config.http.in_flight_max).saturating_add(OTHERS);
    let allowed = getrlimit(Resource::Nofile).current;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < needed as u64) {
        tracing::warn!(
            allowed,
            needed,
            "the limit of open files (ulimit -n, LimitNOFILE) is too low for MAX_CONNECTIONS and MAX_IN_FLIGHT: \
             raise it, or lower them"
        );
    }
}
