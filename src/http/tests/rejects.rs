//! Every refusal of the edge happens, and says what the table of errors says.

use std::collections::BTreeSet;

use auth::{Authenticate, AuthenticateError, BoxFuture, Identity};
use futures_util::{poll, stream};
use http_body_util::StreamBody;

use super::*;

type Told = (u16, String, String);

fn rpc(method: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#)
}

fn without(name: &str) -> Request {
    with(name, "")
}

/// A good call with one header replaced; without it when the value is empty.
fn with(name: &str, value: &str) -> Request {
    let mut request = call("/mcp", CALL);
    request.headers_mut().remove(name);
    if !value.is_empty() {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

/// Refuses everybody in the same way.
struct Refuses(AuthenticateError);

impl Authenticate for Refuses {
    fn authenticate<'a>(
        &'a self,
        _head: &'a http::Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        Box::pin(std::future::ready(Err(self.0)))
    }
}

fn broken_body() -> Body {
    let frame = Err::<http_body::Frame<Bytes>, _>(std::io::Error::other("reset"));
    Body::new(StreamBody::new(stream::iter([frame])))
}

fn endless_body() -> Body {
    Body::new(StreamBody::new(stream::pending::<Result<http_body::Frame<Bytes>, std::io::Error>>()))
}

#[tokio::test]
async fn every_refusal_of_the_edge_is_reachable_and_in_the_table() {
    let short = Duration::from_millis(20);
    let open = Bench::new(Settings {
        body_read_timeout: short,
        request_deadline: Duration::from_millis(200),
        challenge_on_upstream_401: true,
        ..Settings::default()
    });
    let refuses = |error| Bench::with(Settings::default(), Refuses(error));
    let unsure = refuses(AuthenticateError::Unavailable);
    let of_no_role = refuses(AuthenticateError::NoRole);
    let guarded = Bench::new(Settings { gateway: Some(gateway(&['a'])), ..Settings::default() });
    let full = Bench::new(Settings { in_flight_max: 1, ..Settings::default() });
    let hanging = rpc("hang");
    let mut held = Box::pin(full.send(call("/mcp", hanging.clone())));
    assert!(poll!(&mut held).is_pending());
    let draining = Bench::new(Settings::default());
    draining.readiness.ready();
    draining.readiness.drain();
    let streams =
        || StreamSettings { has_compat_paths: true, per_user: 1, ..StreamSettings::default() };
    let crowded = Bench::new(Settings { streams: streams(), ..Settings::default() });
    let _open = crowded.router.clone().oneshot(streams::stream()).await.unwrap();
    let used_up = StreamSettings { all: 0, ..streams() };
    let used_up = Bench::new(Settings { streams: used_up, ..Settings::default() });
    let unheard = streams::doubted(streams(), NotVouched::Unknown);
    let probe = || Request::get("/readyz").body(Body::empty()).unwrap();

    let mut told = BTreeSet::<Told>::new();
    for (bench, request) in [
        (&open, without("host")),
        (&open, with("host", "evil.test")),
        (&open, with("origin", "https://evil.test")),
        (&guarded, call("/mcp", CALL)),
        (&open, without("authorization")),
        (&unsure, call("/mcp", CALL)),
        (&open, call("/mcp", rpc("refused"))),
        (&open, call("/mcp", rpc("lacking"))),
        (&of_no_role, call("/mcp", CALL)),
        (&open, with("x-jira-site", "zo\u{eb}")),
        (&open, call("/nowhere", CALL)),
        (&crowded, streams::with_id(streams::stream(), "x")),
        (&crowded, streams::stream()),
        (&used_up, streams::stream()),
        (&unheard, streams::stream()),
        (&open, {
            let mut request = call("/mcp", "");
            *request.method_mut() = http::Method::GET;
            request
        }),
        (&open, with("accept", "text/html")),
        (&open, with("content-type", "text/plain")),
        (&open, call("/mcp", " ".repeat((1 << 20) + 1))),
        (&open, call("/mcp", endless_body())),
        (&open, call("/mcp", broken_body())),
        (&full, call("/mcp", CALL)),
        (&open, {
            let mut request = call("/mcp", CALL);
            request.extensions_mut().insert(connection::NoSlot);
            request
        }),
        (&open, call("/mcp", hanging)),
        (&open, probe()),
        (&draining, probe()),
        (&open, call("/mcp", rpc("panic"))),
    ] {
        let reply = bench.send(request).await;
        let json =
            if reply.json().get("jsonrpc").is_some() { reply.refusal() } else { reply.json() };
        assert_eq!(json["status"], reply.status.as_u16());
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        assert!(!text("message").is_empty() && !text("request_id").is_empty());
        told.insert((reply.status.as_u16(), text("error"), text("hint")));
    }
    let rows = errors();
    let listed: BTreeSet<Told> = rows
        .iter()
        .map(|row| (row.status.unwrap(), row.code.to_owned(), row.advice.to_owned()))
        .collect();
    assert_eq!(told, listed);
    assert!(rows.iter().all(|row| !row.meaning.is_empty()));
}

#[tokio::test]
async fn who_lacks_the_directorys_scope_is_told_that_one_alone() {
    let settings = Settings {
        directory_scope: Some("https://bridge.example.com/mcp/access".to_owned()),
        ..Settings::default()
    };
    let bench = Bench::with(settings, Refuses(AuthenticateError::LacksScope));
    let reply = bench.send(call("/mcp", CALL)).await;
    assert_eq!(reply.status.as_u16(), 403);
    let challenge = reply.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer error=\"insufficient_scope\", resource_metadata="));
    assert!(challenge.ends_with("scope=\"https://bridge.example.com/mcp/access\""), "{challenge}");
}
