//! What one caller does costs nobody else: breaker, repeats, places, and room for what is not
//! finished.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Bridge, Fault, Tool, until};

const BROKEN: &str = "/issue/ACME-1";

async fn get(bridge: &Bridge, user: &str, key: &str) -> Tool {
    bridge.call(user, "jira_get_issue", json!({"issue_key": key})).await
}

async fn code(bridge: &Bridge, user: &str, key: &str) -> Value {
    get(bridge, user, key).await.value["error"].clone()
}

/// A bridge in front of a Jira with one broken issue.
async fn with_broken_issue(settings: &[(&str, &str)]) -> Bridge {
    let bridge = Bridge::with(settings).await;
    bridge.upstream.fail_always(BROKEN, Fault::Status(500, ""));
    bridge
}

#[tokio::test]
async fn a_broken_issue_shuts_out_nobody_but_who_asks_for_it() {
    let bridge = with_broken_issue(&[]).await;
    for _ in 0..5 {
        assert_eq!(code(&bridge, "anna", "ACME-1").await, "upstream_unavailable");
        assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
    }
    assert_eq!(code(&bridge, "anna", "ACME-2").await, "circuit_open");
    assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
}

#[tokio::test]
async fn who_asks_for_it_again_and_again_shuts_out_nobody_either() {
    let bridge = with_broken_issue(&[("RETRY_MAX", "0"), ("BREAKER_OPEN_MS", "1")]).await;
    for _ in 0..40 {
        assert_ne!(code(&bridge, "anna", "ACME-1").await, Value::Null);
        assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
    }
}

#[tokio::test]
async fn attempts_of_one_call_are_one_failure() {
    let bridge = with_broken_issue(&[]).await;
    for user in ["anna", "ben"] {
        assert_eq!(code(&bridge, user, "ACME-1").await, "upstream_unavailable");
    }
    assert!(bridge.upstream.count(&Method::GET, BROKEN) > 5);
    assert_eq!(code(&bridge, "anna", "ACME-2").await, Value::Null);
}

#[tokio::test]
async fn five_bad_calls_among_many_good_ones_are_no_outage() {
    let bridge = with_broken_issue(&[("RETRY_MAX", "0")]).await;
    for round in 0..15 {
        let user = ["anna", "ben"][round % 2];
        assert_eq!(code(&bridge, user, "ACME-2").await, Value::Null);
        if round % 3 == 0 {
            assert_eq!(code(&bridge, user, "ACME-1").await, "upstream_unavailable");
        }
    }
    assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
}

#[tokio::test]
async fn one_callers_time_outs_at_once_shut_out_nobody_else() {
    let bridge = Bridge::with(&[("RETRY_MAX", "0"), ("JIRA_TIMEOUT_MS", "200")]).await;
    bridge.upstream.fail_always(BROKEN, Fault::Hang);
    for ended in join_all((0..8).map(|_| code(&bridge, "anna", "ACME-1"))).await {
        assert_eq!(ended, "upstream_timeout");
    }
    assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
    assert_eq!(code(&bridge, "anna", "ACME-2").await, "circuit_open");
}

#[tokio::test]
async fn one_callers_failing_writes_shut_out_nobody_else() {
    let bridge = Bridge::start().await;
    bridge.upstream.fail_always("/issue/ACME-1/comment", Fault::Status(500, ""));
    for _ in 0..6 {
        let comment = json!({"issue_key": "ACME-1", "body": "Hello."});
        assert!(bridge.call("anna", "jira_add_comment", comment).await.is_error);
    }
    let comment = json!({"issue_key": "ACME-2", "body": "Hello."});
    assert!(!bridge.call("ben", "jira_add_comment", comment).await.is_error);
}

#[tokio::test]
async fn an_outage_that_several_see_opens_it_for_all() {
    let bridge = Bridge::with(&[("RETRY_MAX", "0")]).await;
    bridge.upstream.fail_always("/rest/", Fault::Status(503, ""));
    for user in ["anna", "ben", "anna", "ben", "anna"] {
        assert_eq!(code(&bridge, user, "ACME-1").await, "upstream_unavailable");
    }
    let third =
        bridge.users().into_iter().find(|user| !matches!(user.as_str(), "anna" | "ben")).unwrap();
    let asked = bridge.upstream.count(&Method::GET, "/rest/");
    assert_eq!(code(&bridge, &third, "ACME-2").await, "circuit_open");
    assert_eq!(bridge.upstream.count(&Method::GET, "/rest/"), asked, "nothing is sent");
}

#[tokio::test]
async fn others_failures_cost_nobody_the_one_repeat() {
    let bridge = with_broken_issue(&[("BREAKER_FAILURES", "1000")]).await;
    for _ in 0..20 {
        assert_eq!(code(&bridge, "anna", "ACME-1").await, "upstream_unavailable");
    }
    for fault in [Fault::Status(503, ""), Fault::Cut] {
        bridge.upstream.fail("/issue/ACME-2", fault);
        assert_eq!(code(&bridge, "ben", "ACME-2").await, Value::Null);
    }
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-2"), 4);
}

/// A connection on which this has been sent.
async fn open(bridge: &Bridge, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(bridge.url.trim_start_matches("http://")).await.unwrap();
    // What is refused may be closed before all is sent.
    let _ = stream.write_all(bytes).await;
    stream
}

fn head(bearer: &str, more: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
         content-type: application/json\r\n{more}\r\n"
    )
}

/// Whether the connection was answered with 503, or reset before that could be read; nothing while
/// it is held.
fn is_refused(stream: &TcpStream) -> Option<bool> {
    let mut bytes = [0; 12];
    match stream.try_read(&mut bytes) {
        Ok(count) => Some(count == 0 || &bytes[..count] == b"HTTP/1.1 503"),
        Err(error) => (error.kind() != std::io::ErrorKind::WouldBlock).then_some(true),
    }
}

/// Waits until this many of the connections were refused.
async fn refused(connections: &[TcpStream], at_least: usize) {
    let mut ended = vec![None; connections.len()];
    until("enough are refused", async || {
        for (ended, stream) in ended.iter_mut().zip(connections) {
            *ended = ended.or_else(|| is_refused(stream));
        }
        ended.iter().filter(|ended| **ended == Some(true)).count() >= at_least
    })
    .await;
}

#[tokio::test]
async fn no_bearer_holds_all_permits_with_bodies_that_do_not_come() {
    for body in ["content-length: 50\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"] {
        let bridge = Bridge::with(&[("MAX_IN_FLIGHT", "48")]).await;
        let mut held = Vec::new();
        for number in 0..48 {
            let bearer = format!("made-up-bearer-{}", number % 2);
            held.push(
                open(&bridge, head(&bearer, body.trim_start()).trim_end_matches("\r\n").as_bytes())
                    .await,
            );
        }
        // A third of the places each, and a quarter of them for all who are unknown while their
        // bodies are on the way.
        refused(&held, 48 - 12).await;
        assert_eq!(code(&bridge, "anna", "ACME-1").await, Value::Null);
        assert_eq!(code(&bridge, "ben", "ACME-1").await, Value::Null);
    }
}

#[tokio::test]
async fn any_number_of_bearers_leaves_permits_for_others() {
    let bridge = Bridge::with(&[("MAX_IN_FLIGHT", "32")]).await;
    let mut held = Vec::new();
    for number in 0..40 {
        let bearer = format!("made-up-bearer-{number}");
        held.push(open(&bridge, head(&bearer, "content-length: 50\r\n").as_bytes()).await);
    }
    refused(&held, 40 - 8).await;
    assert_eq!(code(&bridge, "anna", "ACME-1").await, Value::Null);
}

#[tokio::test]
async fn unfinished_bodies_share_what_room_there_is() {
    let bridge = Bridge::start().await;
    assert_eq!(code(&bridge, "anna", "ACME-1").await, Value::Null);
    let begun = |bearer: String| {
        let mut bytes = head(&bearer, "content-length: 1048576\r\n").into_bytes();
        bytes.resize(bytes.len() + 1_048_000, b' ');
        bytes
    };
    let mut held = Vec::new();
    for _ in 0..12 {
        held.push(open(&bridge, &begun("one-made-up-bearer".to_owned())).await);
    }
    // 4 MiB of one bearer, which are all that those have who are unknown.
    refused(&held, 4).await;
    for number in 0..12 {
        held.push(open(&bridge, &begun(format!("made-up-bearer-{number}"))).await);
    }
    refused(&held[12..], 4).await;
    let long = json!({"jql": format!("summary ~ {}", "x".repeat(900_000))});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "jira_search", "arguments": long}});
    assert_eq!(bridge.post("anna", &call).await.status, 200);
    assert_eq!(code(&bridge, "ben", "ACME-1").await, Value::Null);
}

#[tokio::test]
async fn unfinished_heads_share_what_room_there_is() {
    let lines = format!("x: {}\r\n", "y".repeat(7_870)).repeat(8);
    for begun in [
        format!("POST /mcp HTTP/1.1\r\nhost: localhost\r\n{lines}"),
        format!("GET /{}", "y".repeat(60_000)),
    ] {
        let bridge = Bridge::start().await;
        let mut held = Vec::new();
        for _ in 0..120 {
            held.push(open(&bridge, begun.as_bytes()).await);
        }
        until("what does not fit is closed", async || {
            let mut probe = open(&bridge, begun.as_bytes()).await;
            matches!(probe.read(&mut [0; 16]).await, Ok(0) | Err(_))
        })
        .await;
        assert_eq!(is_refused(&held[0]), None, "nothing has taken too long yet");
        assert_eq!(code(&bridge, "anna", "ACME-1").await, Value::Null);
    }
}

#[tokio::test]
async fn who_sends_too_much_before_reading_sees_why_it_is_refused() {
    let bridge = Bridge::start().await;
    for bytes in [1_060_000, 3_000_000, 7_000_000] {
        let mut stream = open(
            &bridge,
            head("made-up-bearer", &format!("content-length: {bytes}\r\n")).as_bytes(),
        )
        .await;
        stream.write_all(&vec![b' '; bytes]).await.expect("all is taken");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.expect("an answer and no reset");
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
}
