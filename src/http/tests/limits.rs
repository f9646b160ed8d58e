//! What happens when there is too much, too slow, or a bug.

use std::task::Poll;

use auth::BoxFuture;
use futures_util::poll;

use super::*;

const HANG: &str = r#"{"jsonrpc":"2.0","id":1,"method":"hang"}"#;

#[tokio::test]
async fn one_call_too_many_is_shed_and_health_is_not() {
    let bench = Bench::new(Settings { in_flight_max: 2, ..Settings::default() });
    let mut first = Box::pin(bench.send(call("/mcp", HANG)));
    let mut second = Box::pin(bench.send(call("/mcp/readonly", HANG)));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    // One limit over all routes, not one each.
    for path in ["/mcp", "/mcp/readonly", "/mcp/x/core"] {
        let reply = bench.send(call(path, CALL)).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "1"), "{path}");
        assert_eq!(reply.refusal()["error"], "overloaded");
    }
    let probe = Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(bench.send(probe).await.status, 200);
    // A client that leaves gives its permit back.
    drop(first);
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200);
    assert!(matches!(poll!(&mut second), Poll::Pending));
}

#[tokio::test]
async fn the_last_deadline_answers_with_504() {
    let bench =
        Bench::new(Settings { request_deadline: Duration::from_millis(20), ..Settings::default() });
    let reply = bench.send(call("/mcp", HANG)).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.refusal()["error"]),
        (504, &json!("upstream_timeout"))
    );
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let bench = Bench::new(Settings { in_flight_max: 1, ..Settings::default() });
    for _ in 0..3 {
        let reply = bench.send(call("/mcp", r#"{"jsonrpc":"2.0","id":1,"method":"panic"}"#)).await;
        assert_eq!((reply.status.as_u16(), &reply.refusal()["error"]), (500, &json!("internal")));
        assert_eq!(reply.refusal()["request_id"], reply.header("x-request-id"));
        assert!(!reply.text.contains("secret detail"));
    }
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200);
}

/// Answers no question.
struct Silent;

impl Vouch for Silent {
    fn vouch<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn bearers_that_nobody_has_accepted_hold_half_of_the_permits() {
    let authenticate = Arc::new(PassThroughBearer::new(KeyedHasher::random().unwrap()));
    let streams = StreamSettings { has_compat_paths: true, ..StreamSettings::default() };
    let settings = Settings { in_flight_max: 32, ..streams::settings(streams) };
    let bench = Bench::among(settings, Callers { authenticate, vouch: Arc::new(Silent) });
    let taken = || call("/mcp", r#"{"jsonrpc":"2.0","id":1,"method":"taken"}"#);
    assert_eq!(bench.send(streams::of("anna", taken())).await.status, 200);
    let mut held = Vec::new();
    for number in 0..40 {
        let made_up = format!("made-up-{number}");
        let request = if number % 2 == 0 { call("/mcp", HANG) } else { streams::stream() };
        let mut answer = Box::pin(bench.send(streams::of(&made_up, request)));
        match poll!(&mut answer) {
            Poll::Pending => held.push(answer),
            Poll::Ready(reply) => {
                assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "1"));
            }
        }
    }
    assert_eq!(held.len(), 16);
    assert_eq!(bench.send(streams::of("anna", taken())).await.status, 200);
}
