//! The end of a conversation: what is waited for, and what is not. No time passes in these tests.

use auth::{Bearer, Identity, KeyedHasher};
use futures_util::FutureExt;
use rmcp::model::{EmptyResult, ServerResult};

use super::*;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const CANCEL: &str =
    r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;

/// A conversation that has received `lines`, and the messages in them.
async fn received(
    lines: &[&str],
    drain_grace: Duration,
) -> (Conversation<io::Cursor<String>, Vec<u8>>, Vec<RxJsonRpcMessage<RoleServer>>) {
    let bearer = Bearer::from_token("some-token").unwrap();
    let identity = Identity::of_credential(bearer, &KeyedHasher::random().unwrap());
    let mut conversation = Conversation {
        lines: Lines::new(io::Cursor::new(lines.join("\n")), 1_000),
        caller: Caller::new(identity, "stdio".into(), None),
        count: 0,
        answering: None,
        handshake: None,
        drain_grace,
        drained_by: None,
        shared: Arc::new(Shared {
            writer: tokio::sync::Mutex::new(Vec::new()),
            open: Mutex::default(),
            answered: Notify::new(),
            running: TaskTracker::new(),
            stop: CancellationToken::new(),
        }),
    };
    let mut messages = Vec::new();
    for _ in lines {
        messages.push(conversation.receive().await.unwrap());
    }
    (conversation, messages)
}

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn the_end_waits_for_the_answer_and_for_the_work() {
    for answered_first in [true, false] {
        let (mut conversation, working) = received(&[PING], LONG).await;
        let pong = ServerResult::EmptyResult(EmptyResult {});
        let answer = conversation.send(JsonRpcMessage::response(pong, RequestId::Number(1)));
        assert!(conversation.receive().now_or_never().is_none(), "nothing is done yet");
        let (mut working, mut answer) = (Some(working), Some(answer));
        if answered_first {
            answer.take().unwrap().await.unwrap();
        } else {
            drop(working.take());
        }
        assert!(conversation.receive().now_or_never().is_none(), "{answered_first}: half is done");
        drop(working);
        if let Some(answer) = answer {
            answer.await.unwrap();
        }
        assert!(matches!(conversation.receive().now_or_never(), Some(None)), "all is done");
        let written = conversation.shared.writer.lock().await.clone();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n"
        );
    }
}

#[tokio::test]
async fn nothing_is_read_before_the_handshake_is_answered() {
    let (mut conversation, _) = received(&[INITIALIZE], LONG).await;
    conversation.lines = Lines::new(io::Cursor::new(PING.to_owned()), 1_000);
    assert!(conversation.receive().now_or_never().is_none(), "the handshake is not answered yet");
    let done = ServerResult::EmptyResult(EmptyResult {});
    conversation.send(JsonRpcMessage::response(done, RequestId::Number(0))).await.unwrap();
    assert!(matches!(conversation.receive().now_or_never(), Some(Some(_))), "now the ping is");
}

#[tokio::test]
async fn an_order_to_stop_waits_for_no_handshake() {
    let (mut conversation, working) = received(&[INITIALIZE], Duration::ZERO).await;
    drop(working);
    conversation.shared.stop.cancel();
    assert!(conversation.receive().await.is_none());
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let (mut conversation, _working) = received(&[PING], Duration::ZERO).await;
    assert!(conversation.receive().await.is_none());
}

#[tokio::test]
async fn who_cancels_waits_for_no_answer() {
    let (mut conversation, working) = received(&[PING, CANCEL], LONG).await;
    drop(working);
    assert!(matches!(conversation.receive().now_or_never(), Some(None)));
}

#[tokio::test]
async fn an_order_to_stop_is_an_end() {
    let (mut conversation, working) = received(&[PING], LONG).await;
    conversation.shared.close(&RequestId::Number(1));
    drop(working);
    conversation.shared.stop.cancel();
    assert!(matches!(conversation.receive().now_or_never(), Some(None)));
}
