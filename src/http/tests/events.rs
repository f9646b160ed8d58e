//! Event streams for clients that take nothing else: quick answers, slow ones, and those that are
//! no answers.

use std::time::Duration;

use super::*;

fn call_for_events(method: &str, accept: &str) -> Request {
    let mut request = call("/mcp", format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#));
    request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
    request
}

/// What a client that takes only events reads when the answer comes after its stream has begun.
async fn late(method: &str) -> (HeaderMap, String) {
    let settings = Settings {
        events_patience: Duration::ZERO,
        events_keep_alive: Duration::from_millis(1),
        ..Settings::default()
    };
    let gate = Gate::default();
    let mut request = call_for_events(method, "text/event-stream");
    request.extensions_mut().insert(gate.clone());
    let response = Bench::new(settings).router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "the stream begins before the answer is there");
    let (parts, mut body) = response.into_parts();
    let mut text = String::new();
    while text.matches(": waiting\n\n").count() < 2 {
        let frame = http_body_util::BodyExt::frame(&mut body).await.unwrap().unwrap();
        text += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
    }
    gate.notify_one();
    text += std::str::from_utf8(&to_bytes(body, usize::MAX).await.unwrap()).unwrap();
    (parts.headers, text)
}

#[tokio::test]
async fn a_slow_answer_is_waited_for_with_comments() {
    let (headers, text) = late("slow").await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("x-accel-buffering", "no"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(headers[name], value);
    }
    let answer = text.trim_start_matches(": waiting\n\n");
    assert_eq!(answer, "event: message\ndata: {\"id\":1,\"result\":{}}\n\n");
}

#[tokio::test]
async fn what_begins_late_as_a_stream_goes_on_as_one() {
    let (_, text) = late("slow stream").await;
    assert_eq!(text.trim_start_matches(": waiting\n\n"), "data: 1\n\ndata: 2\n\n");
}

#[tokio::test]
async fn an_answer_in_time_comes_alone() {
    let bench = Bench::new(Settings::default());
    let events = bench.send(call_for_events("slow", "text/event-stream")).await;
    assert_eq!(events.text, "event: message\ndata: {\"id\":1,\"result\":{}}\n\n");
    let both = bench.send(call_for_events("slow", "text/event-stream, application/json")).await;
    assert_eq!(
        (both.header("content-type"), both.text.as_str()),
        ("application/json", r#"{"id":1,"result":{}}"#)
    );
}

#[tokio::test]
async fn a_stream_keeps_its_place_until_its_end() {
    let settings =
        Settings { events_patience: Duration::ZERO, in_flight_max: 1, ..Settings::default() };
    let bench = Bench::new(settings);
    let gate = Gate::default();
    let mut request = call_for_events("slow", "text/event-stream");
    request.extensions_mut().insert(gate.clone());
    let begun = bench.router.clone().oneshot(request).await.unwrap();
    assert_eq!(begun.status(), 200);
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 503);
    gate.notify_one();
    assert!(
        to_bytes(begun.into_body(), usize::MAX)
            .await
            .unwrap()
            .ends_with(b"{\"id\":1,\"result\":{}}\n\n")
    );
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200);
}

/// The head has left when Jira's word comes: too late for a challenge, and not too late for the
/// next request.
#[tokio::test]
async fn what_a_stream_learned_of_a_token_is_known_at_its_end() {
    let settings = || Settings {
        events_patience: Duration::ZERO,
        challenge_on_upstream_401: true,
        ..Settings::default()
    };
    // One stream is the edge's own, the other one comes from behind it.
    for (method, accept) in [
        ("slow refused", "text/event-stream"),
        ("slow stream refused", "application/json, text/event-stream"),
    ] {
        let bench = Bench::new(settings());
        let gate = Gate::default();
        let mut request = call_for_events(method, accept);
        request.extensions_mut().insert(gate.clone());
        let begun = bench.router.clone().oneshot(request).await.unwrap();
        assert_eq!(begun.status(), 200, "{method}");
        assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200, "nothing is known yet");
        gate.notify_one();
        to_bytes(begun.into_body(), usize::MAX).await.unwrap();
        assert_eq!(bench.send(call("/mcp", CALL)).await.status, 401, "{method}");
    }
}

#[tokio::test]
async fn what_is_no_reply_keeps_its_status() {
    let bench = Bench::new(Settings::default());
    for (method, status) in
        [("unreadable", 400), ("broken", 500), ("notifications/initialized", 202)]
    {
        assert_eq!(
            bench.send(call_for_events(method, "text/event-stream")).await.status,
            status,
            "{method}"
        );
    }
}
