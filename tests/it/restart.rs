//! What stands between the bridge and Jira is restarted while the bridge works.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use jira_sandbox::Sandbox;
use serde_json::json;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    chaos::{Written, no_write_is_doubled_or_lied_about},
    support::{Bridge, Upstream, until},
};

const CLIENTS: usize = 12;
/// More than the failures that open the breaker.
const RESTARTS: usize = 6;
/// Patience for a machine that is slow to start a proxy again: waits are random from nothing on.
const RETRY_BASE_MS: &str = "300";
const RETRY_MAX: &str = "10";

/// A proxy that is cut off hard: its connections break, and its port refuses new ones until it is
/// back.
struct Relay {
    to: SocketAddr,
    at: SocketAddr,
    tasks: JoinSet<()>,
}

impl Relay {
    async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut relay = Self { to, at, tasks: JoinSet::new() };
        relay.forward(listener);
        relay
    }

    fn forward(&mut self, listener: TcpListener) {
        let to = self.to;
        self.tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                connections.spawn(async move {
                    let mut far = TcpStream::connect(to).await.unwrap();
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
    }

    async fn stop(&mut self) {
        self.tasks.shutdown().await;
    }

    async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.at).await.unwrap();
        self.forward(listener);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upstream_restarts_under_load_and_no_good_call_is_lost() {
    // A lost comment is recognised by its time, so Jira's clock must go.
    let sandbox = Sandbox::with_clock(Arc::new(|| jiff::Timestamp::now().as_millisecond()));
    let mut upstream = Upstream::start(sandbox.router()).await;
    let mut relay = Relay::start(upstream.address).await;
    upstream.address = relay.at;
    let settings = [
        ("RETRY_BASE_MS", RETRY_BASE_MS),
        ("RETRY_MAX", RETRY_MAX),
        ("ADMIN_ADDR", "127.0.0.1:0"),
        ("BREAKER_FAILURES", "5"),
    ];
    let bridge = Bridge::before(upstream, sandbox.tokens(), &settings).await;
    let (stop, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let clients = join_all((0..CLIENTS).map(|client| {
        let (bridge, stop, calls) = (&bridge, &stop, &calls);
        async move {
            let mut written = Written::new();
            for round in 0.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                if client % 6 == 0 {
                    let body = format!("Round {round} of client {client}.");
                    written.insert(body.clone(), add_comment(bridge, &body).await);
                } else {
                    bridge.anna("jira_get_issue", json!({"issue_key": "ACME-5"})).await;
                }
                calls.fetch_add(1, Ordering::SeqCst);
            }
            written
        }
    }));
    let operator = async {
        for _ in 0..RESTARTS {
            let so_far = calls.load(Ordering::SeqCst);
            // Repeats are bounded by a tenth of the calls, so there must be some.
            until("the clients work", async || {
                calls.load(Ordering::SeqCst) > so_far + 20 * CLIENTS
            })
            .await;
            relay.stop().await;
            let before = repeats(&bridge).await;
            until("a closed port was met", async || repeats(&bridge).await > before).await;
            relay.start_again().await;
        }
        stop.store(true, Ordering::SeqCst);
    };
    let (written, ()) = tokio::join!(clients, operator);
    let written: Written = written.into_iter().flatten().collect();
    no_write_is_doubled_or_lied_about(&bridge, &written).await;
    for (body, outcome) in &written {
        assert!(matches!(outcome.as_str(), "done" | "not_done"), "{body} is called {outcome}");
    }
}

/// What the bridge says became of it: done, or for certain not done.
async fn add_comment(bridge: &Bridge, body: &str) -> String {
    let reply = bridge
        .call("anna", "jira_add_comment", json!({"issue_key": "ACME-20", "body": body}))
        .await;
    let outcome = if reply.is_error { reply.value["outcome"].as_str() } else { Some("done") };
    outcome.unwrap_or_else(|| panic!("{}", reply.value)).to_owned()
}

async fn repeats(bridge: &Bridge) -> u64 {
    let metrics = bridge.metrics().await;
    let lines = metrics.lines().filter(|line| line.starts_with("jira_mcp_upstream_retries_total{"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}
