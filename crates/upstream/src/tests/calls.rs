//! Which calls are repeated, which are not, and how they end.

use std::time::Duration;

use http::{HeaderValue, Method, header::AUTHORIZATION};
use tokio::{io::AsyncWriteExt, time::Instant};

use super::{Step, Stub, answer, call, settings};
use crate::{Request, Safety, Sent, Settings, Upstream, UpstreamError};

/// Serves the answers in turn, the last one for ever; expects the final status and the number of
/// requests.
async fn check(
    safety: Safety,
    answers: &'static [(u16, &'static str)],
    status: u16,
    requests: u64,
) {
    let last = answers.len() - 1;
    let stub = Stub::start(move |number| {
        let (status, headers) = answers[usize::try_from(number).unwrap().min(last)];
        answer(status, headers, b"{}")
    })
    .await;
    let response = call(&settings(), &stub.request(safety)).await.unwrap();
    assert_eq!(
        (response.status.as_u16(), stub.requests()),
        (status, requests),
        "{safety:?} {answers:?}"
    );
    assert_eq!((u64::from(response.attempts), response.bytes_read), (requests, 2 * requests));
}

#[tokio::test]
async fn answers_are_repeated_as_safety_allows() {
    use Safety::{IdempotentWrite, Read, Write};
    check(Read, &[(503, ""), (200, "")], 200, 2).await;
    check(Read, &[(500, "")], 500, 4).await;
    check(Read, &[(404, "")], 404, 1).await;
    check(Write, &[(500, ""), (200, "")], 500, 1).await;
    check(Write, &[(503, "retry-after: 0\r\n"), (200, "")], 503, 1).await;
    check(Write, &[(429, ""), (201, "")], 201, 2).await;
    check(IdempotentWrite, &[(500, ""), (200, "")], 500, 1).await;
    check(IdempotentWrite, &[(503, "retry-after: 0\r\n"), (200, "")], 200, 2).await;
}

#[tokio::test]
async fn orders_to_wait_are_obeyed_or_passed_on() {
    use Safety::Read;
    check(Read, &[(429, "retry-after: Thu, 26 Mar 2020 12:00:00 GMT\r\n"), (200, "")], 200, 2)
        .await;
    check(Read, &[(429, "retry-after: Thu, 26 Mar 2099 12:00:00 GMT\r\n"), (200, "")], 429, 1)
        .await;
    check(Read, &[(429, "retry-after: 6\r\n"), (200, "")], 429, 1).await;
    check(
        Read,
        &[(429, "retry-after: 1\r\nratelimit-reason: jira-quota-tenant-based\r\n")],
        429,
        1,
    )
    .await;
    let start = Instant::now();
    check(Read, &[(503, "retry-after: 1\r\n"), (200, "")], 200, 2).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_lost_answer_is_repeated_for_reads_only() {
    async fn check(safety: Safety, steps: fn() -> Vec<Step>, code: &str, requests: u64) {
        let stub = Stub::start(move |_| steps()).await;
        let error = call(&settings(), &stub.request(safety)).await.unwrap_err();
        assert_eq!((error.code(), error.sent(), stub.requests()), (code, Sent::Maybe, requests));
        assert_eq!(u64::from(error.attempts()), requests);
    }
    let half = || vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec())];
    check(Safety::Read, Vec::new, "network", 4).await;
    check(Safety::Write, Vec::new, "network", 1).await;
    check(Safety::IdempotentWrite, Vec::new, "network", 1).await;
    check(Safety::Read, half, "truncated", 4).await;
    check(Safety::Write, half, "truncated", 1).await;
}

#[tokio::test]
async fn a_write_that_never_left_may_be_tried_again() {
    let stub = Stub::start(|_| Vec::new()).await;
    let request = stub.request(Safety::Write);
    drop(stub);
    let error = call(&settings(), &request).await.unwrap_err();
    assert_eq!((error.code(), error.sent(), error.attempts()), ("connect", Sent::No, 4));
}

#[tokio::test]
async fn hanging_ends_with_the_attempt_or_the_deadline() {
    let stub = Stub::start(|_| vec![Step::Hang]).await;
    let brief = Settings { timeout: Duration::from_millis(100), ..settings() };
    let error = call(&brief, &stub.request(Safety::Write)).await.unwrap_err();
    assert_eq!((error.code(), error.sent(), stub.requests()), ("timeout", Sent::Maybe, 1));
    let upstream = Upstream::new(&settings()).unwrap();
    let at = |ms| Instant::now() + Duration::from_millis(ms);
    let error = upstream.call(&stub.request(Safety::Read), at(100)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.sent(), error.attempts()),
        ("deadline_exceeded", Sent::Maybe, 1)
    );
    let error = upstream.call(&stub.request(Safety::Read), Instant::now()).await.unwrap_err();
    assert_eq!((error.code(), error.sent(), error.attempts()), ("deadline_exceeded", Sent::No, 0));
}

#[tokio::test]
async fn no_wait_outlasts_the_deadline() {
    let stub = Stub::start(|_| answer(503, "retry-after: 4\r\n", b"")).await;
    let upstream = Upstream::new(&settings()).unwrap();
    let start = Instant::now();
    let response =
        upstream.call(&stub.request(Safety::Read), start + Duration::from_secs(3)).await.unwrap();
    assert_eq!((response.status.as_u16(), stub.requests()), (503, 1));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_dropped_call_stops_at_once() {
    let stub = Stub::start(|_| vec![Step::Hang]).await;
    let (settings, request) = (settings(), stub.request(Safety::Read));
    let mut going = Box::pin(call(&settings, &request));
    while stub.requests() == 0 {
        let _ = tokio::time::timeout(Duration::from_millis(5), &mut going).await;
    }
    drop(going);
    stub.seen.gone.notified().await;
}

#[tokio::test]
async fn redirects_are_returned_and_not_followed() {
    let target = Stub::start(|_| answer(200, "", b"")).await;
    let location = format!("location: {}\r\n", target.url);
    let stub = Stub::start(move |_| answer(302, &location, b"")).await;
    let response = call(&settings(), &stub.request(Safety::Read)).await.unwrap();
    assert_eq!((response.status.as_u16(), target.requests()), (302, 0));
    assert_eq!(response.headers["location"], target.url);
}

#[tokio::test]
async fn the_breaker_opens_at_failures_and_not_at_limits() {
    async fn check(status: u16, opens: bool) {
        let stub = Stub::start(move |_| answer(status, "", b"")).await;
        let upstream = Upstream::new(&Settings { retry_max: 0, ..Settings::new("test") }).unwrap();
        let far = Instant::now() + Duration::from_secs(30);
        for _ in 0..5 {
            upstream.call(&stub.request(Safety::Write), far).await.unwrap();
        }
        let sixth = upstream.call(&stub.request(Safety::Write), far).await;
        assert_eq!(matches!(sixth, Err(UpstreamError::CircuitOpen { .. })), opens, "{status}");
        assert_eq!(stub.requests(), if opens { 5 } else { 6 });
    }
    check(500, true).await;
    check(429, false).await;
    check(403, false).await;
}

/// Calls that meet a listener which closes every connection, or nothing at all, until the breaker
/// refuses one.
#[tokio::test]
async fn an_upstream_that_stays_away_opens_the_breaker() {
    for (is_listening, safety) in
        [(true, Safety::Read), (true, Safety::Write), (false, Safety::Read), (false, Safety::Write)]
    {
        let stub = Stub::start(|_| Vec::new()).await;
        let request = stub.request(safety);
        let kept = is_listening.then_some(stub);
        let few = Settings { breaker_failures: 5, retry_floor: 10, ..settings() };
        let upstream = Upstream::new(&few).unwrap();
        let far = Instant::now() + Duration::from_secs(30);
        for _ in 0..5 {
            let error = upstream.call(&request, far).await.unwrap_err();
            assert!(matches!(error.code(), "connect" | "network"), "{error:?}");
        }
        let sixth = upstream.call(&request, far).await;
        assert!(
            matches!(sixth, Err(UpstreamError::CircuitOpen { .. })),
            "{sixth:?} {is_listening}"
        );
        drop(kept);
    }
}

#[tokio::test]
async fn connections_that_are_mended_never_open_the_breaker() {
    let stub =
        Stub::start(|number| if number % 2 == 0 { Vec::new() } else { answer(200, "", b"{}") })
            .await;
    let upstream = Upstream::new(&Settings { breaker_failures: 5, ..settings() }).unwrap();
    let far = Instant::now() + Duration::from_secs(30);
    for _ in 0..20 {
        assert_eq!(upstream.call(&stub.request(Safety::Read), far).await.unwrap().attempts, 2);
    }
}

/// Answers each connection's first request and closes it at the second one, as an upstream does
/// that let it idle.
async fn closing_when_used_again(upstream: &Upstream, request: &mut Request) -> u64 {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    request.url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let far = Instant::now() + Duration::from_secs(30);
    let mut closed = 0;
    let serving = async {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            assert!(super::read_request(&mut socket).await);
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            closed += u64::from(super::read_request(&mut socket).await);
        }
    };
    let calling = async {
        upstream.call(request, far).await.unwrap();
        upstream.call(request, far).await.map_or(0, |answer| answer.attempts)
    };
    let attempts = tokio::select! { attempts = calling => attempts, () = serving => 0 };
    assert_eq!(closed, 1);
    attempts.into()
}

#[tokio::test]
async fn a_connection_closed_while_idle_costs_no_repeat() {
    for (safety, attempts) in [(Safety::Read, 2), (Safety::IdempotentWrite, 0), (Safety::Write, 0)]
    {
        let upstream = Upstream::new(&Settings { retry_floor: 0, ..settings() }).unwrap();
        let mut request = Stub::start(|_| Vec::new()).await.request(safety);
        assert_eq!(closing_when_used_again(&upstream, &mut request).await, attempts, "{safety:?}");
    }
}

#[tokio::test]
async fn repeats_stay_below_a_tenth_of_the_calls() {
    let stub = Stub::start(|_| answer(503, "", b"")).await;
    let upstream = Upstream::new(&Settings { retry_floor: 0, ..settings() }).unwrap();
    for _ in 0..60 {
        let far = Instant::now() + Duration::from_secs(30);
        assert_eq!(upstream.call(&stub.request(Safety::Read), far).await.unwrap().status, 503);
    }
    assert_eq!(stub.requests(), 66);
}

#[tokio::test]
async fn errors_name_neither_url_nor_token() {
    let stub = Stub::start(|_| Vec::new()).await;
    let mut request = stub.request(Safety::Write);
    request.url.set_query(Some("jql=hidden"));
    request.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hidden"));
    let error = call(&settings(), &request).await.unwrap_err();
    let mut shown = format!("{error:?}");
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        shown.push_str(&error.to_string());
        cause = error.source();
    }
    assert!(!shown.contains("hidden") && !shown.contains("127.0.0.1"), "{shown}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let url = "ftp://127.0.0.1/".parse().unwrap();
    let request = Request::new(Method::GET, url, Safety::Read, "site".into());
    let error = call(&settings(), &request).await.unwrap_err();
    assert_eq!((error.code(), error.sent()), ("invalid_request", Sent::No));
}
