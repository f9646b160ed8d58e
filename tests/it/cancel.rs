//! A client that does not want its answer any more: reads stop at once, writes are finished.

use std::sync::Arc;

use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinHandle};

use crate::support::{Bridge, Fault, NOW_MS, Reply, until};

const CALLS: usize = 300;

fn call(id: &Value, tool: &str, arguments: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

/// A bridge that knows anna's site already, so that a tool's first request is the one it is about.
async fn warm() -> Arc<Bridge> {
    let bridge = Arc::new(Bridge::start().await);
    for user in ["anna", "ben"] {
        assert!(
            !bridge.call(user, "jira_get_issue", json!({"issue_key": "ACME-1"})).await.is_error
        );
    }
    bridge
}

fn read(bridge: &Arc<Bridge>, user: &'static str, id: Value) -> JoinHandle<Reply> {
    let bridge = Arc::clone(bridge);
    tokio::spawn(async move {
        bridge.post(user, &call(&id, "jira_get_issue", &json!({"issue_key": "ACME-2"}))).await
    })
}

async fn cancel(bridge: &Bridge, user: &str, params: Value) {
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params});
    let reply = bridge.post(user, &notice).await;
    assert_eq!((reply.status, reply.text.as_str()), (202, ""));
}

/// The envelope of a tool error, or the result of a tool.
fn told(reply: &Reply) -> Value {
    serde_json::from_str(reply.json()["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_clients_hang_up_and_three_hundred_upstream_calls_stop() {
    let bridge = warm().await;
    for _ in 0..CALLS {
        bridge.upstream.fail("/issue/ACME-2", Fault::Hang);
    }
    let calls: Vec<_> = (0..CALLS).map(|id| read(&bridge, "anna", json!(id))).collect();
    until("all calls wait for Jira", async || bridge.upstream.waiting() == CALLS).await;
    for call in calls {
        call.abort();
    }
    until("no call waits for Jira", async || bridge.upstream.waiting() == 0).await;
    assert!(!bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-2"})).await.is_error);
}

#[tokio::test]
async fn a_call_is_cancelled_by_its_own_caller_only() {
    let bridge = warm().await;
    let gate = Arc::new(Semaphore::new(0));
    bridge.upstream.fail("/issue/ACME-2", Fault::Held(Arc::clone(&gate)));
    bridge.upstream.fail("/issue/ACME-2", Fault::Hang);
    let bens = read(&bridge, "ben", json!("r-1"));
    until("ben's call is held", async || bridge.upstream.waiting() == 1).await;
    let annas = read(&bridge, "anna", json!("r-1"));
    until("both calls wait", async || bridge.upstream.waiting() == 2).await;
    for wrong in [
        json!({"requestId": "r-2"}),
        json!({"requestId": 1}),
        json!({}),
        json!({"requestId": ["r-1"]}),
    ] {
        let notice =
            json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": wrong});
        bridge.post("anna", &notice).await;
    }
    assert_eq!(bridge.upstream.waiting(), 2, "an unknown id cancels nothing");
    cancel(&bridge, "anna", json!({"requestId": "r-1", "reason": "the user pressed stop"})).await;
    let cancelled = annas.await.unwrap();
    assert_eq!(told(&cancelled)["error"], "cancelled", "{}", cancelled.text);
    until("only ben's call waits", async || bridge.upstream.waiting() == 1).await;
    gate.add_permits(1);
    assert_eq!(
        told(&bens.await.unwrap())["key"],
        "ACME-2",
        "ben's call has the same id and goes on"
    );
}

#[tokio::test]
async fn two_calls_with_one_id_are_both_answered() {
    let bridge = warm().await;
    let gate = Arc::new(Semaphore::new(0));
    for _ in 0..2 {
        bridge.upstream.fail("/issue/ACME-2", Fault::Held(Arc::clone(&gate)));
    }
    let calls = [read(&bridge, "anna", json!(1)), read(&bridge, "anna", json!(1))];
    until("both calls are held", async || bridge.upstream.waiting() == 2).await;
    cancel(&bridge, "anna", json!({"requestId": 1})).await;
    gate.add_permits(2);
    for call in calls {
        assert_eq!(told(&call.await.unwrap())["key"], "ACME-2");
    }
}

#[tokio::test]
async fn a_write_is_finished_although_nobody_waits_for_it() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let bridge = Arc::new(Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await);
    for by_notice in [false, true] {
        let body = format!("Written in any case, {by_notice}.");
        let gate = Arc::new(Semaphore::new(0));
        bridge.upstream.fail_on(&Method::POST, "/comment", Fault::Held(Arc::clone(&gate)));
        let message =
            call(&json!(5), "jira_add_comment", &json!({"issue_key": "ACME-1", "body": body}));
        let client = Arc::clone(&bridge);
        let writing = tokio::spawn(async move { client.post("anna", &message).await });
        until("the write is under way", async || bridge.upstream.waiting() == 1).await;
        if by_notice {
            cancel(&bridge, "anna", json!({"requestId": 5})).await;
        } else {
            writing.abort();
        }
        assert_eq!(bridge.upstream.waiting(), 1, "a write that has begun is not dropped");
        gate.add_permits(1);
        until("the comment is there", async || {
            let found = bridge.anna("jira_get_comments", json!({"issue_key": "ACME-1"})).await;
            found["comments"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|comment| comment["body"] == body)
                .count()
                == 1
        })
        .await;
        if by_notice {
            assert!(
                told(&writing.await.unwrap())["comment_id"].is_string(),
                "who still waits is told the truth"
            );
        }
    }
}
