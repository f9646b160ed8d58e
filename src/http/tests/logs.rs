//! What the edge writes down: one line per request, and nothing that anybody sent in confidence.

use std::{
    io::{Result, Write},
    sync::Mutex,
};

use tracing::Level;

use super::*;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Sink {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        for secret in [token(), secret('a'), "confidential".to_owned()] {
            assert!(!text.contains(&secret), "{text}");
        }
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["target"] == "access").collect()
    }
}

/// Has this thread's lines written to it, until both are dropped.
fn listening(
    subscriber: impl tracing::Subscriber + Send + Sync,
) -> (tracing::subscriber::DefaultGuard, tracing::Dispatch) {
    // While it is the only one, a line that another test reaches first would be off for good.
    let second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    (tracing::subscriber::set_default(subscriber), second)
}

#[tokio::test]
async fn a_stream_has_one_line_at_its_end_and_never_its_id() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(Level::TRACE)
        .with_writer(move || writer.clone());
    let _guard = listening(subscriber.finish());

    let bench = Bench::new(streams::settings(streams::quick()));
    let open = bench.router.clone().oneshot(streams::stream()).await.unwrap();
    assert!(sink.lines().is_empty(), "it is not over");
    let text = to_bytes(open.into_body(), usize::MAX).await.unwrap();
    let lines = sink.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let fields = &lines[0]["fields"];
    assert_eq!((&fields["route"], &fields["end"]), (&json!("/api/mcp/stream"), &json!("time")));
    assert_eq!((&fields["status"], &fields["bytes_out"]), (&json!(200), &json!(text.len())));
    assert!(fields["caller"].is_string() && fields["request_id"].is_string(), "{fields}");
    let id = String::from_utf8(text.to_vec()).unwrap();
    let id = id.split('"').nth(3).unwrap().to_owned();
    let all = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(id.len() > 40 && !all.contains(&id), "{id}");
}

#[tokio::test]
async fn one_line_per_request_and_no_secret_at_any_level() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(Level::TRACE)
        .with_writer(move || writer.clone());
    let _guard = listening(subscriber.finish());

    let bench = Bench::new(Settings { gateway: Some(gateway(&['a'])), ..Settings::default() });
    let mut good = call("/mcp/x/confidential?jql=confidential", CALL);
    good.headers_mut().insert("x-gateway-token", secret('a').parse().unwrap());
    good.headers_mut().insert("x-ms-client-principal-name", "confidential".parse().unwrap());
    assert_eq!(bench.send(good).await.status, 200);
    assert_eq!(bench.send(call("/mcp", r#"{"a":"confidential"}"#)).await.status, 403);
    bench.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    bench.send(Request::get("/confidential").body(Body::empty()).unwrap()).await;

    let lines = sink.lines();
    let field = |line: usize, name: &str| lines[line]["fields"][name].clone();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!((field(0, "status"), field(0, "route")), (json!(200), json!("/mcp/x/{toolsets}")));
    assert_eq!(field(0, "caller").as_str().map(str::len), Some(16));
    assert!(field(0, "bytes_out").is_u64() && field(0, "duration_ms").is_u64());
    assert_eq!(
        (field(1, "status"), field(1, "reject")),
        (json!(403), json!("gateway_token_refused"))
    );
    assert_eq!((&lines[2]["level"], &lines[3]["level"]), (&json!("DEBUG"), &json!("INFO")));
    assert_eq!((field(3, "status"), field(3, "route")), (json!(404), json!("unmatched")));
    assert_eq!(lines[0]["span"]["request_id"], field(0, "request_id"));
}

#[tokio::test]
async fn a_client_that_leaves_is_written_down_too() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone());
    let _guard = listening(subscriber.finish());

    let bench = Bench::new(Settings::default());
    let mut waiting =
        Box::pin(bench.send(call("/mcp", r#"{"jsonrpc":"2.0","id":1,"method":"hang"}"#)));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    drop(waiting);
    let lines = sink.lines();
    assert_eq!((lines.len(), &lines[0]["fields"]["message"]), (1, &json!("client_gone")));
}

#[tokio::test]
async fn a_refusal_after_the_token_was_read_has_its_caller() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone());
    let _guard = listening(subscriber.finish());

    let streams = StreamSettings { per_user: 1, ..streams::quick() };
    let settings =
        Settings { request_deadline: Duration::from_millis(20), ..streams::settings(streams) };
    let bench = Bench::new(settings);
    let hang = r#"{"jsonrpc":"2.0","id":1,"method":"hang"}"#;
    let open = bench.router.clone().oneshot(streams::stream()).await.unwrap();
    assert_eq!(bench.send(streams::stream()).await.status, 429);
    assert_eq!(bench.send(streams::with_id(streams::stream(), "x")).await.status, 404);
    assert_eq!(bench.send(call("/mcp", "{")).await.status, 400);
    assert_eq!(bench.send(call("/mcp", hang)).await.status, 504);
    let mut gone = Box::pin(bench.send(call("/mcp", hang)));
    assert!(futures_util::poll!(&mut gone).is_pending());
    drop(gone);
    let mut nobody = streams::stream();
    nobody.headers_mut().remove(header::AUTHORIZATION);
    assert_eq!(bench.send(nobody).await.status, 401);
    drop(open);

    let lines = sink.lines();
    let callers: Vec<_> = lines.iter().map(|line| line["fields"]["caller"].as_str()).collect();
    assert_eq!(callers.len(), 7, "{lines:?}");
    assert_eq!(callers[5], None, "nobody");
    assert!(callers[6].is_some_and(|caller| caller.len() == 16), "{callers:?}");
    assert!(callers[..5].iter().all(|caller| *caller == callers[6]), "{callers:?}");
}
