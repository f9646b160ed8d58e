//! What all limits together come to: the most memory that the process takes, whoever does what to
//! it.
//!
//! The table stands in `docs/RELIABILITY.md`, and a test holds its sums against the memory that is
//! shipped.

use std::fmt::Write as _;

use crate::{agent::client as agents, http, signin};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// The process before its first request, its code included: 10.3 MiB were measured, and room.
const PROCESS: usize = 16 * MIB;
/// Metadata and site lists 8 MiB each, the counts, breakers and budgets of callers the rest.
const REMEMBERED: usize = 24 * MIB;
/// A connection without a call. 9 KiB were measured for a silent one, 11 for one whose header has
/// come in part, 17 for an event stream, 19 for one of `subscriptions/listen`.
const CONNECTION: usize = 19 * KIB;
/// A call that waits for Jira, with both of its connections: a thousand took 65 MiB.
const CALL: usize = 64 * KIB;
/// The amplification law: a request of 1 MiB at most, while its texts are converted.
const CONVERSION: usize = 32 * MIB;

/// What an operator sets of it.
#[derive(Clone, Copy, Debug)]
pub struct Deployment {
    /// `MAX_CONNECTIONS`
    pub connections: usize,
    /// `MAX_IN_FLIGHT`
    pub requests: usize,
    /// Threads that work, by default as many as there are cores; `TOKIO_WORKER_THREADS`.
    pub threads: usize,
    /// Whether people sign in here (`AUTH`), with sessions in memory, which takes the most.
    pub has_signin: bool,
}

/// One limit, and the memory behind it.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is bounded.
    pub what: &'static str,
    /// Its most, in bytes.
    pub bytes: usize,
}

/// Every limit with its most.
pub fn limits(deployment: Deployment) -> Vec<Limit> {
    let Deployment { connections, requests, threads, has_signin } = deployment;
    let connections = connections + http::CONNECTIONS_RESERVE;
    let free = http::BODY_BYTES_FREE + upstream::REQUEST_BYTES_FREE + upstream::ANSWER_BYTES_FREE;
    let answers = upstream::ANSWERS_BYTES_MAX + upstream::LARGE_ANSWERS_BYTES_MAX;
    let limit = |what, bytes| Limit { what, bytes };
    let mut limits = vec![
        limit("the process before its first request", PROCESS),
        limit("what is remembered: metadata, sites, counts of callers", REMEMBERED),
        limit(
            "connections without a call, each an event stream",
            connections.saturating_sub(requests) * CONNECTION,
        ),
        // What an allocator loses to sizes of its own.
        limit("headers beyond 8 KiB", http::HEADERS_BYTES_MAX + http::HEADERS_BYTES_MAX / 4),
        limit("running requests, with their connections", requests * CALL),
        limit("what each of them may hold in any case", requests * free),
        limit("bodies beyond that, as they came and as they were read", 2 * http::BODIES_BYTES_MAX),
        limit("requests to Jira beyond that", upstream::REQUESTS_BYTES_MAX),
        limit("answers of Jira beyond that, and what is made of them", answers + answers / 2),
        limit("texts being converted, one for each thread", threads * CONVERSION),
        limit("a key being made of a gateway secret", http::KEY_BYTES),
    ];
    if has_signin {
        limits.extend([
            limit("sign-in: sessions that are remembered", signin::SESSIONS_BYTES_MAX),
            limit("sign-in: records, where they are kept in memory", signin::RECORDS_BYTES_MAX),
            limit("sign-in: documents of clients", signin::DOCUMENTS_BYTES_MAX),
        ]);
    }
    limits
}

/// What the tools for agents take beside all that, where `TOOLSETS` holds `agent`: their services
/// are called by a client of their own.
pub fn agent_limits() -> Vec<Limit> {
    let answers = upstream::ANSWERS_BYTES_MAX + upstream::LARGE_ANSWERS_BYTES_MAX;
    let limit = |what, bytes| Limit { what, bytes };
    vec![
        limit("conversations that are remembered", agents::REMEMBERED_BYTES_MAX),
        limit("what agents have said in turns that go on", agents::HELD_BYTES_MAX),
        limit("sockets, each with half a message", agents::SOCKETS_MAX * agents::SOCKET_BYTES),
        limit("requests beyond what each call may hold", upstream::REQUESTS_BYTES_MAX),
        limit("answers beyond that, and what is made of them", answers + answers / 2),
        limit("tokens on behalf of who brings one of Entra ID's", signin::ON_BEHALF_BYTES_MAX),
    ]
}

/// The most of all that the tools for agents take.
pub fn agent_total() -> usize {
    agent_limits().iter().map(|limit| limit.bytes).sum()
}

/// That table as the document shows it, in MiB.
pub fn agent_table() -> String {
    let limits = agent_limits();
    let mut text = String::from("| What | MiB |\n|---|---|\n");
    for Limit { what, bytes } in &limits {
        // Writing to a String does not fail.
        let _ = writeln!(text, "| {what} | {} |", bytes.div_ceil(MIB));
    }
    let _ = writeln!(text, "| **all together** | **{}** |", agent_total().div_ceil(MIB));
    text
}

/// The most of all together.
pub fn total(deployment: Deployment) -> usize {
    limits(deployment).iter().map(|row| row.bytes).sum()
}

/// The table as the document shows it, in MiB, a column for each deployment.
pub fn table(deployments: &[(&str, Deployment)]) -> String {
    let mut text = String::from("| What |");
    for (name, _) in deployments {
        // Writing to a String does not fail.
        let _ = write!(text, " {name} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(deployments.len()));
    let columns: Vec<Vec<Limit>> =
        deployments.iter().map(|(_, deployment)| limits(*deployment)).collect();
    let names = columns.first().into_iter().flatten().map(|row| row.what);
    for (at, what) in names.enumerate() {
        let _ = write!(text, "\n| {what} |");
        for row in columns.iter().filter_map(|rows| rows.get(at)) {
            let _ = write!(text, " {} |", row.bytes.div_ceil(MIB));
        }
    }
    text.push_str("\n| **all together** |");
    for (_, deployment) in deployments {
        let _ = write!(text, " **{}** |", total(*deployment).div_ceil(MIB));
    }
    text.push('\n');
    text
}
