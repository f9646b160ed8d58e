//! Changing what the bridge stands on while it works: the gateway's secret, and the upstream's process.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use jira_mcp_bridge::demo::Sandbox;
use serde_json::json;
use tokio::{net::TcpSocket, sync::oneshot};

use crate::support::{Bridge, NOW_MS, until};

const CLIENTS: usize = 8;
const ROTATIONS: usize = 3;
/// Each client loses at most one connection, and so many repeats are granted within ten seconds.
const RESTARTS: usize = 1;

fn secret(number: usize) -> String {
    format!("gateway-secret-{number}-").repeat(3)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_rotates_under_load_and_no_good_call_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let write = |secrets: &[usize]| {
        let lines: Vec<String> = secrets.iter().map(|number| secret(*number)).collect();
        // A rename, as mounted secret volumes do it: nobody ever reads half a file.
        let fresh = folder.path().join("fresh");
        std::fs::write(&fresh, lines.join("\n")).unwrap();
        std::fs::rename(fresh, &file).unwrap();
    };
    write(&[0]);
    let bridge = Arc::new(Bridge::with(&[("GATEWAY_SHARED_SECRET_FILE", file.to_str().unwrap())]).await);
    let passes = async |number: usize| {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let reply =
            bridge.post_to("/mcp", "anna", &[("x-gateway-token", secret(number).as_str())], &list).await;
        assert!([200, 403].contains(&reply.status));
        reply.status == 200
    };
    let current = Arc::new(Mutex::new(0));
    let (stop, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let clients = join_all((0..CLIENTS).map(async |_| {
        while !stop.load(Ordering::SeqCst) {
            let number = *current.lock().unwrap();
            assert!(passes(number).await, "a good call was refused");
            calls.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let operator = async {
        for number in 1..=ROTATIONS {
            write(&[number, number - 1]);
            until("the new secret counts", async || passes(number).await).await;
            *current.lock().unwrap() = number;
            let so_far = calls.load(Ordering::SeqCst);
            // Every client has begun a call with the new secret then.
            until("the clients have moved", async || calls.load(Ordering::SeqCst) > so_far + 2 * CLIENTS)
                .await;
            write(&[number]);
            until("the old secret is refused", async || !passes(number - 1).await).await;
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(clients, operator);
    assert!(calls.load(Ordering::SeqCst) > 100);
}

/// Serves one life of the upstream. Two of them can share a port, as in any rolling restart.
fn life(at: SocketAddr, router: axum::Router) -> (oneshot::Sender<()>, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(at).unwrap();
    let listener = socket.listen(1024).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    tokio::spawn(async move { serving.await.unwrap() });
    (stop, address)
}

/// A write meets a closing connection now and then. It is not sent again unasked, but looked up, and whoever asked is
/// told that it may be repeated.
async fn write(bridge: &Bridge, body: &str) {
    loop {
        let said =
            bridge.call("anna", "jira_add_comment", json!({"issue_key": "ACME-20", "body": body})).await;
        if !said.is_error {
            break;
        }
        let truth = (&said.value["outcome"], &said.value["retryable"]);
        assert_eq!(truth, (&json!("not_done"), &json!(true)), "{}", said.value);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_upstream_restarts_under_load_and_no_call_is_lost() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let (mut stop_upstream, address) = life(any_port, sandbox.router());
    let upstream = format!("http://{address}");
    // Calls that break in the same moment count as so many failures; the default breaker opens at five.
    let settings =
        [("JIRA_API_BASE_URL", upstream.as_str()), ("RETRY_BASE_MS", "20"), ("BREAKER_FAILURES", "50")];
    let bridge = Arc::new(Bridge::over(axum::Router::new(), sandbox.tokens(), &settings).await);
    let (stop, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let written = Mutex::new(Vec::new());
    let clients = join_all((0..CLIENTS).map(async |client| {
        for round in 0.. {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            bridge.anna("jira_get_issue", json!({"issue_key": format!("ACME-{}", client + 1)})).await;
            if round % 4 == 0 {
                let body = format!("Comment {round} of client {client}.");
                write(&bridge, &body).await;
                written.lock().unwrap().push(body);
            }
            calls.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let operator = async {
        for _ in 0..RESTARTS {
            let so_far = calls.load(Ordering::SeqCst);
            until("the load goes on", async || calls.load(Ordering::SeqCst) > so_far + 2 * CLIENTS).await;
            // The next life begins while the last one finishes what it has in hand, as in any rolling restart.
            let (next, _) = life(address, sandbox.router());
            stop_upstream.send(()).unwrap();
            stop_upstream = next;
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(clients, operator);
    let written = written.into_inner().unwrap();
    assert!(written.len() > CLIENTS);
    let mut found = Vec::new();
    let mut start_at = json!(0);
    while !start_at.is_null() {
        let asked = json!({"issue_key": "ACME-20", "max_results": 50, "start_at": start_at});
        let page = bridge.anna("jira_get_comments", asked).await;
        found.extend(page["comments"].as_array().unwrap().iter().map(|comment| comment["body"].clone()));
        start_at = page["next_start_at"].clone();
    }
    for body in written {
        assert_eq!(found.iter().filter(|seen| **seen == body).count(), 1, "{body}");
    }
}
