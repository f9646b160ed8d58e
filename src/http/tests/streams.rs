//! Event streams that stay open without a call: what they say, who gets one, and how they end.

use std::time::SystemTime;

use auth::{AuthenticateError, Bearer, BoxFuture, Identity};
use http_body_util::BodyExt;
use metrics::labels::StreamEnd;

use super::*;

const SHORT: Duration = Duration::from_millis(20);

pub(super) fn settings(streams: StreamSettings) -> Settings {
    Settings { streams, ..Settings::default() }
}

/// A stream that shows life often and is soon over.
pub(super) fn quick() -> StreamSettings {
    StreamSettings {
        has_compat_paths: true,
        heartbeat: SHORT,
        open_max: SHORT * 7,
        ..StreamSettings::default()
    }
}

fn lasting() -> StreamSettings {
    StreamSettings { has_compat_paths: true, ..StreamSettings::default() }
}

pub(super) fn stream() -> Request {
    let mut request = call("/api/mcp/stream", Body::empty());
    *request.method_mut() = http::Method::GET;
    request
}

fn listen() -> Request {
    let mut request = call("/mcp", r#"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen"}"#);
    request.headers_mut().insert("mcp-method", HeaderValue::from_static("subscriptions/listen"));
    request
}

pub(super) fn of(user: &str, mut request: Request) -> Request {
    let bearer = format!("Bearer {}-{user}", token()).parse().unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    request
}

pub(super) fn with_id(mut request: Request, id: &str) -> Request {
    request.headers_mut().insert("x-session-id", id.parse().unwrap());
    request
}

/// Says the same of every token.
struct Doubt(NotVouched, Arc<AtomicUsize>);

impl Vouch for Doubt {
    fn vouch<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Err(self.0)))
    }
}

pub(super) fn doubted(streams: StreamSettings, doubt: NotVouched) -> Bench {
    let authenticate = Arc::new(PassThroughBearer::new(KeyedHasher::random().unwrap()));
    let vouch = Arc::new(Doubt(doubt, Arc::default()));
    Bench::among(settings(streams), Callers { authenticate, vouch })
}

async fn begun(bench: &Bench, request: Request) -> Response {
    let response = bench.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

async fn next(response: &mut Response) -> String {
    let frame = response.body_mut().frame().await.unwrap().unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

fn id_in(opening: &str) -> String {
    let data = opening.strip_prefix("event: connected\ndata: ").unwrap();
    let data: Value = serde_json::from_str(data.trim_end()).unwrap();
    data["session_id"].as_str().unwrap().to_owned()
}

fn retry_in(line: &str) -> u32 {
    line.strip_prefix("retry: ").unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_paths_are_there_where_they_are_wanted() {
    let (off, on) = (Bench::new(Settings::default()), Bench::new(settings(lasting())));
    for slash in ["", "/"] {
        let command = format!("/api/mcp/command{slash}");
        let path = format!("/api/mcp/stream{slash}");
        for (method, path, allow) in [
            ("POST", &command, None),
            ("GET", &command, Some("POST")),
            ("DELETE", &command, Some("POST")),
            ("POST", &path, Some("GET")),
            ("HEAD", &path, Some("GET")),
        ] {
            let request = || {
                let mut request = call(path, CALL);
                *request.method_mut() = method.parse().unwrap();
                request
            };
            assert_eq!(off.send(request()).await.status, 404, "{method} {path}");
            let reply = on.send(request()).await;
            let expected = if allow.is_some() { 405 } else { 200 };
            assert_eq!(reply.status, expected, "{method} {path}");
            assert_eq!(reply.header("allow"), allow.unwrap_or_default(), "{method} {path}");
            let hint = if method == "POST" && expected == 405 { "opened with GET" } else { "" };
            assert!(reply.text.contains(hint), "{method} {path} {}", reply.text);
            let mut request = request();
            request.headers_mut().remove("authorization");
            let reply = on.send(request).await;
            assert_eq!(reply.status, 401, "{method} {path}");
            let path = path.trim_end_matches('/');
            let document = format!("/.well-known/oauth-protected-resource{path}");
            assert!(reply.header("www-authenticate").contains(&document), "{method} {path}");
            let document = Request::get(document).header("host", "localhost");
            let document = on.send(document.body(Body::empty()).unwrap()).await.json();
            assert_eq!(document["resource"], format!("http://localhost{path}"));
        }
    }
    assert_eq!(off.send(stream()).await.status, 404);
    let mut narrowed = call("/api/mcp/command", CALL);
    narrowed.headers_mut().insert("x-mcp-readonly", HeaderValue::from_static("true"));
    let seen = on.send(with_id(narrowed, "x")).await;
    assert_eq!(seen.status, 404, "an id that is none");
    let seen = on.send(call("/api/mcp/command", CALL)).await.json();
    assert_eq!((&seen["token_arrived"], &seen["readonly"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn a_stream_shows_life_and_says_at_its_end_when_to_come_back() {
    let bench = Bench::new(settings(quick()));
    let reply = bench.send(stream()).await;
    for (name, value) in [("cache-control", "no-cache"), ("x-accel-buffering", "no")] {
        assert_eq!(reply.header(name), value);
    }
    let mut blocks: Vec<&str> = reply.text.strip_suffix("\n\n").unwrap().split("\n\n").collect();
    let (opening, end) = (blocks.remove(0), blocks.pop().unwrap());
    assert!(id_in(opening).len() >= 22);
    assert!((1_000..=30_000).contains(&retry_in(end)), "{end}");
    assert!((2..=6).contains(&blocks.len()), "{blocks:?}");
    for beat in blocks {
        let data = beat.strip_prefix("event: heartbeat\ndata: ").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        let time: jiff::Timestamp = data["timestamp"].as_str().unwrap().parse().unwrap();
        assert!((jiff::Timestamp::now().as_second() - time.as_second()).abs() < 60, "{time}");
    }
}

#[tokio::test]
async fn a_subscription_has_comments_for_life_and_ends_with_its_result() {
    let bench = Bench::new(settings(quick()));
    let reply = bench.send(listen()).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "text/event-stream"));
    let rest = reply.text.strip_prefix("event: message\ndata: {\"id\":\"first\"}\n\n").unwrap();
    let end = rest.trim_start_matches(": heartbeat\n\n");
    assert!(rest.len() - end.len() >= 2 * ": heartbeat\n\n".len(), "{rest}");
    let (retry, end) = end.split_once('\n').unwrap();
    assert!((1_000..=30_000).contains(&retry_in(retry)));
    assert_eq!(end, "event: message\ndata: {\"id\":\"last\"}\n\n");
}

#[tokio::test]
async fn streams_of_both_kinds_share_the_places_of_their_user() {
    let bench = Bench::new(settings(StreamSettings { per_user: 2, ..lasting() }));
    let first = begun(&bench, of("anna", stream())).await;
    let second = begun(&bench, of("anna", listen())).await;
    for request in [stream(), listen()] {
        let reply = bench.send(of("anna", request)).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (429, "5"));
        assert!(reply.text.contains("too_many_streams"), "{}", reply.text);
        let id = reply.json().get("id").cloned();
        assert!(id.is_none_or(|id| id == 1), "the id of the request: {}", reply.text);
    }
    let _other = begun(&bench, of("bert", stream())).await;
    let metrics = bench.signals.metrics();
    assert_eq!(metrics.streams_open.value(), 3);
    for closed in [first, second] {
        drop(closed);
        drop(begun(&bench, of("anna", listen())).await);
    }
    assert_eq!(metrics.streams_open.value(), 1);
    let ended = |end| metrics.streams_ended.at(end).unwrap().value();
    assert_eq!(ended(StreamEnd::ClientGone), 4);
}

#[tokio::test]
async fn a_token_that_its_issuer_refuses_opens_none_and_holds_no_place() {
    for (doubt, status) in [(NotVouched::Refused, 401), (NotVouched::Unknown, 503)] {
        let bench = doubted(StreamSettings { per_user: 1, ..lasting() }, doubt);
        for request in [stream(), listen(), stream(), listen()] {
            let reply = bench.send(request).await;
            assert_eq!(reply.status.as_u16(), status);
            let challenge = reply.header("www-authenticate");
            let challenge_starts = r#"Bearer error="invalid_token", resource_metadata="#;
            assert_eq!(challenge.starts_with(challenge_starts), status == 401, "{challenge}");
            assert_eq!(reply.headers.contains_key("retry-after"), status == 503);
        }
    }
}

#[tokio::test]
async fn who_is_known_by_an_account_needs_nobodys_word() {
    let asked = Arc::new(AtomicUsize::new(0));
    let vouch = Arc::new(Doubt(NotVouched::Refused, asked.clone()));
    let authenticate = Arc::new(authenticators::sessions());
    let bench = Bench::among(settings(lasting()), Callers { authenticate, vouch });
    let mut request = stream();
    let bearer = HeaderValue::from_static("Bearer session-anna");
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    drop(begun(&bench, request).await);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(bench.send(stream()).await.status, 401);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_open_stream_is_no_request_in_flight() {
    let streams = lasting();
    let bench = Bench::new(Settings { in_flight_max: 1, ..settings(streams) });
    let open = [begun(&bench, stream()).await, begun(&bench, listen()).await];
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200);
    assert_eq!(bench.signals.metrics().http_in_flight.value(), 0);
    drop(open);
}

#[tokio::test]
async fn a_drain_ends_every_stream_in_good_order_and_opens_none() {
    let bench = Bench::new(settings(lasting()));
    let mut open = vec![begun(&bench, stream()).await, begun(&bench, listen()).await];
    for response in &mut open {
        next(response).await;
    }
    bench.readiness.ready();
    bench.readiness.drain();
    for response in &mut open {
        assert!(next(response).await.starts_with("retry: "));
        assert!(response.body_mut().frame().await.is_none());
    }
    for request in [stream(), listen()] {
        let reply = bench.send(request).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "1"));
    }
    drop(open);
    let ended = &bench.signals.metrics().streams_ended;
    assert_eq!(ended.at(StreamEnd::Drain).unwrap().value(), 2);
}

#[tokio::test]
async fn a_session_id_opens_its_owners_door_only_and_replaces_no_bearer() {
    let bench = Bench::new(settings(lasting()));
    let id = id_in(&next(&mut begun(&bench, of("anna", stream())).await).await);
    drop(begun(&bench, with_id(of("anna", stream()), &id)).await);
    let command = |user| of(user, call("/api/mcp/command", CALL));
    let seen = bench.send(with_id(command("anna"), &id)).await.json();
    assert_eq!(seen["headers"].get("x-session-id"), None, "{seen}");
    let mut answers = Vec::new();
    let turned: String = id.chars().rev().collect();
    for (user, id) in [("bert", id.as_str()), ("anna", turned.as_str()), ("anna", "")] {
        for request in [of(user, stream()), command(user)] {
            let reply = bench.send(with_id(request, id)).await;
            let json = reply.json();
            let said = if json["jsonrpc"].is_null() { json } else { reply.refusal() };
            answers.push((reply.status, said["error"].clone(), said["message"].clone()));
        }
    }
    assert_eq!(answers[0].0, 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // Elsewhere it means nothing.
    let elsewhere = with_id(of("bert", call("/mcp", CALL)), &id);
    assert_eq!(bench.send(elsewhere).await.status, 200);
    let mut without = with_id(stream(), &id);
    without.headers_mut().remove(header::AUTHORIZATION);
    assert_eq!(bench.send(without).await.status, 401);
}

/// Takes every bearer for so long.
struct For(Duration);

impl Authenticate for For {
    fn authenticate<'a>(
        &'a self,
        head: &'a http::Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        Box::pin(async move {
            let bearer = Bearer::from_headers(head.headers())?;
            let identity = Identity::of_credential(bearer, &KeyedHasher::random().unwrap());
            Ok(Identity { good_until: Some(SystemTime::now() + self.0), ..identity })
        })
    }
}

#[tokio::test]
async fn a_stream_ends_in_good_order_with_the_token_that_opened_it() {
    let many = Duration::from_hours(1);
    for (token, open_max, end) in [(SHORT, many, StreamEnd::Token), (many, SHORT, StreamEnd::Time)]
    {
        let streams = StreamSettings { heartbeat: many, open_max, ..lasting() };
        let bench = Bench::with(settings(streams), For(token));
        for request in [stream(), listen()] {
            let reply = tokio::time::timeout(Duration::from_mins(1), bench.send(request));
            assert!(reply.await.unwrap().text.contains("retry: "));
        }
        assert_eq!(bench.signals.metrics().streams_ended.at(end).unwrap().value(), 2, "{end:?}");
    }
}
