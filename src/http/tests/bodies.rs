//! How a body may arrive: size, framing, pace, and the headers that describe it.

use futures_util::{poll, stream};
use http_body_util::StreamBody;

use super::*;

fn frames(frames: Vec<Result<Bytes, std::io::Error>>) -> Body {
    let frames = frames.into_iter().map(|frame| frame.map(http_body::Frame::data));
    Body::new(StreamBody::new(stream::iter(frames)))
}

fn endless() -> Body {
    Body::new(StreamBody::new(stream::pending::<Result<http_body::Frame<Bytes>, std::io::Error>>()))
}

#[tokio::test]
async fn size_is_bounded_with_and_without_a_declared_length() {
    let bench = Bench::new(Settings { body_bytes_max: 100, ..Settings::default() });
    let padded = |len: usize| format!("{CALL}{}", " ".repeat(len - CALL.len()));
    let check = async |request: Request, status: u16, reached: usize| {
        let reply = bench.send(request).await;
        assert_eq!((reply.status.as_u16(), bench.reached()), (status, reached), "{}", reply.text);
        if status == 413 {
            assert_eq!(reply.refusal()["error"], "payload_too_large");
        }
    };
    check(call("/mcp", padded(100)), 200, 1).await;
    check(call("/mcp", padded(101)), 413, 1).await;
    let chunk = || Ok(Bytes::from(" ".repeat(40)));
    check(call("/mcp", frames(vec![Ok(CALL.into()), chunk()])), 200, 2).await;
    check(call("/mcp", frames(vec![Ok(CALL.into()), chunk(), chunk()])), 413, 2).await;
    // Refused by its declaration alone: this body never sends a byte.
    let mut declared = call("/mcp", endless());
    declared.headers_mut().insert("content-length", "101".parse().unwrap());
    check(declared, 413, 2).await;
    let broken = frames(vec![Ok("{".into()), Err(std::io::Error::other("reset"))]);
    check(call("/mcp", broken), 400, 2).await;
}

#[tokio::test]
async fn a_slow_body_is_cut() {
    let body_read_timeout = Duration::from_millis(20);
    let bench = Bench::new(Settings { body_read_timeout, ..Settings::default() });
    let reply = bench.send(call("/mcp", endless())).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.refusal()["error"]),
        (408, &json!("request_timeout"))
    );
    assert_eq!(bench.reached(), 0);
}

#[tokio::test]
async fn header_dialects_are_understood() {
    let bench = Bench::new(Settings::default());
    let check = async |name: &'static str, lines: &[&str], status: u16| {
        let mut request = call("/mcp", CALL);
        request.headers_mut().remove(name);
        for line in lines {
            request.headers_mut().append(name, line.parse().unwrap());
        }
        let reply = bench.send(request).await;
        assert_eq!(reply.status, status, "{name} {lines:?}: {}", reply.text);
        let seen = reply.json();
        if status == 200 {
            assert_eq!(seen["headers"]["accept"], "application/json, text/event-stream");
            assert_eq!(seen["headers"]["content-type"], "application/json");
        }
    };
    check("accept", &[], 200).await;
    check("accept", &["*/*"], 200).await;
    check("accept", &["Application/Json"], 200).await;
    check("accept", &["application/json", "text/event-stream"], 200).await;
    check("accept", &["text/html"], 406).await;
    check("content-type", &["APPLICATION/JSON; charset=UTF-8"], 200).await;
    check("content-type", &["application/json; charset=latin1"], 415).await;
    check("content-type", &["text/plain"], 415).await;
    check("content-type", &[], 415).await;
    check("content-encoding", &["identity"], 200).await;
    check("content-encoding", &["gzip"], 415).await;
}

#[tokio::test]
async fn who_is_known_by_an_account_finds_room_beside_made_up_tokens() {
    let settings = Settings { in_flight_max: 16, ..Settings::default() };
    let bench = Bench::with(settings, authenticators::sessions());
    let slow = |token: &str| {
        let request = call("/mcp", endless());
        Box::pin(bench.send(authenticators::bearing(request, token)))
    };
    let mut waiting = Vec::new();
    for number in 0..8 {
        let mut sending = slow(&format!("made-up-{number}"));
        assert!(poll!(&mut sending).is_pending(), "{number}");
        waiting.push(sending);
    }
    assert!(poll!(slow("session-anna")).is_pending(), "a place is kept for her");
    assert_eq!(slow("made-up-8").await.status, 503, "no more of those whom nobody knows");
}
