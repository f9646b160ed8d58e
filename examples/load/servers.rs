//! The servers under test, and how each is asked for the same three things.

use std::{path::Path, rc::Rc};

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::{
    client::{self, Call},
    process::{Process, free_port},
    tls,
    upstream::Site,
};

const GATEWAY_SECRET: &str = "load-gateway-secret-of-more-than-32-bytes";
/// Fields of the search, of which 50 issues take about 148 KB of Jira's JSON.
const SEARCH_FIELDS: &[&str] =
    &["type", "status", "summary", "assignee", "reporter", "priority", "labels", "updated", "url"];
pub(crate) const SEARCH_SIZE: u32 = 50;
/// How a gzip stream begins.
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// What is measured of each server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Task {
    Issue,
    Search,
    List,
}

impl Task {
    pub(crate) const ALL: [Self; 3] = [Self::Issue, Self::Search, Self::List];
}

/// A server, its port, and the name of its row.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) process: Process,
    pub(crate) port: u16,
    dialect: Dialect,
}

enum Dialect {
    Bridge,
    /// The requests that the bridge sends to Jira, as the upstream saw them.
    Floor {
        seen: Value,
        compressed: bool,
    },
    Peer(&'static crate::peers::Peer, Vec<(&'static str, String)>),
}

/// The bridge as it is deployed, every check on; only the limits are raised, which a load would
/// meet.
pub(crate) fn bridge(core: usize, binary: &Path, site: &Site) -> Server {
    bridge_with(core, binary, site, Vec::new())
}

/// The same with settings of its own.
pub(crate) fn bridge_with(
    core: usize,
    binary: &Path,
    site: &Site,
    own: Vec<(&'static str, String)>,
) -> Server {
    let port = free_port();
    let mut settings = vec![
        ("PORT", port.to_string()),
        ("ADMIN_ADDR", String::new()),
        ("GATEWAY_SHARED_SECRET", GATEWAY_SECRET.to_owned()),
        ("JIRA_API_BASE_URL", site.base.clone()),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "1000000".to_owned()),
        ("MAX_CONCURRENT_PER_USER", "100000".to_owned()),
        ("MAX_IN_FLIGHT", "4096".to_owned()),
    ];
    settings.extend(trust(site).into_iter().chain(own));
    let process = Process::start(core, binary, &["serve"], &settings);
    Server { name: "bridge", process, port, dialect: Dialect::Bridge }
}

/// The header that gets a request past the bridge's check of its gateway.
pub(crate) fn gateway() -> (&'static str, String) {
    ("x-gateway-token", GATEWAY_SECRET.to_owned())
}

fn trust(site: &Site) -> Option<(&'static str, String)> {
    Some((tls::TRUST, site.authority.as_ref()?.display().to_string()))
}

/// The bare proxy, asked for what the bridge asked Jira for; of an upstream with TLS compressed, as
/// the bridge asks there.
pub(crate) fn floor(core: usize, site: &Site, seen: Value) -> Server {
    let own = std::env::current_exe().expect("the system knows our own path");
    let settings: Vec<_> = trust(site).into_iter().collect();
    let mut process = Process::start(core, &own, &["floor", &site.base], &settings);
    let port = process.line().parse().expect("it tells its port");
    let dialect = Dialect::Floor { seen, compressed: site.authority.is_some() };
    Server { name: "floor (bare hyper proxy)", process, port, dialect }
}

/// Somebody else's server.
pub(crate) fn peer(
    process: Process,
    port: u16,
    peer: &'static crate::peers::Peer,
    session: Vec<(&'static str, String)>,
) -> Server {
    Server { name: peer.name, process, port, dialect: Dialect::Peer(peer, session) }
}

/// Jira itself, without anything in front.
pub(crate) fn direct(upstream_port: u16, seen: &Value, task: Task) -> Call {
    replay(upstream_port, seen, task, false).expect("the upstream has seen it")
}

impl Server {
    pub(crate) fn is_peer(&self) -> bool {
        matches!(self.dialect, Dialect::Peer(..))
    }

    /// None where the server has no such thing.
    pub(crate) fn call(&self, task: Task) -> Option<Call> {
        match &self.dialect {
            Dialect::Bridge => Some(self.rpc(
                "/mcp",
                task,
                "jira_get_issue",
                &issue_arguments(),
                "jira_search",
                &search_arguments(),
                vec![gateway(), ("mcp-protocol-version", "2025-11-25".to_owned())],
            )),
            Dialect::Floor { seen, compressed } => replay(self.port, seen, task, *compressed),
            Dialect::Peer(peer, session) => Some(self.rpc(
                peer.path,
                task,
                peer.get_issue,
                &(peer.issue_arguments)(),
                peer.search,
                &(peer.search_arguments)(),
                session.clone(),
            )),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a message")]
    fn rpc(
        &self,
        path: &str,
        task: Task,
        issue_tool: &str,
        issue: &Value,
        search_tool: &str,
        search: &Value,
        headers: Vec<(&'static str, String)>,
    ) -> Call {
        let (method, params) = match task {
            Task::Issue => ("tools/call", json!({"name": issue_tool, "arguments": issue})),
            Task::Search => ("tools/call", json!({"name": search_tool, "arguments": search})),
            Task::List => ("tools/list", json!({})),
        };
        let body =
            json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string();
        let expected: &[u8] = if task == Task::List { b"\"tools\"" } else { b"LOAD-1" };
        Call {
            port: self.port,
            method: Method::POST,
            target: path.to_owned(),
            body: body.into(),
            headers,
            expected,
            bearers: Rc::default(),
        }
    }
}

fn issue_arguments() -> Value {
    json!({"issue_key": "LOAD-1"})
}

fn search_arguments() -> Value {
    json!({"jql": "project = LOAD ORDER BY updated DESC", "max_results": SEARCH_SIZE, "fields": SEARCH_FIELDS})
}

fn replay(port: u16, seen: &Value, task: Task, compressed: bool) -> Option<Call> {
    let (kind, expected): (_, &[u8]) = match task {
        Task::Issue => ("issue", b"LOAD-1"),
        Task::Search => ("search", b"\"issues\""),
        Task::List => return None,
    };
    let gzip = compressed.then(|| ("accept-encoding", "gzip".to_owned()));
    let body = seen[kind]["body"].as_str().map(|body| Bytes::from(body.to_owned()));
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let target = seen[kind]["target"].as_str().expect("the upstream has seen it").to_owned();
    Some(Call {
        port,
        method,
        target,
        body: body.unwrap_or_default(),
        headers: gzip.into_iter().collect(),
        expected: if compressed { GZIP } else { expected },
        bearers: Rc::default(),
    })
}

/// What the upstream has seen of whoever asked it last.
pub(crate) async fn seen(upstream_port: u16) -> Value {
    let call = Call {
        port: upstream_port,
        method: Method::GET,
        target: "/load/seen".to_owned(),
        body: Bytes::new(),
        headers: Vec::new(),
        expected: b"",
        bearers: Rc::default(),
    };
    serde_json::from_slice(&client::once(&call).await).expect("it writes JSON")
}
