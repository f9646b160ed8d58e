//! Changing the gateway's secret while the bridge works.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Bridge, until};

const CLIENTS: usize = 8;
const ROTATIONS: usize = 3;

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
    let bridge =
        Arc::new(Bridge::with(&[("GATEWAY_SHARED_SECRET_FILE", file.to_str().unwrap())]).await);
    let passes = async |number: usize| {
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let reply = bridge
            .post_to("/mcp", "anna", &[("x-gateway-token", secret(number).as_str())], &list)
            .await;
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
            until("the clients have moved", async || {
                calls.load(Ordering::SeqCst) > so_far + 2 * CLIENTS
            })
            .await;
            write(&[number]);
            until("the old secret is refused", async || !passes(number - 1).await).await;
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(clients, operator);
    assert!(calls.load(Ordering::SeqCst) > 100);
}
