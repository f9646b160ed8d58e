//! Who gets no stream, and what an opening asks and teaches.

use auth::BoxFuture;

use super::{
    streams::{of, settings, stream},
    *,
};

/// Says the same of every token, and counts the questions.
struct Word(Result<Vouched, NotVouched>, Arc<AtomicUsize>);

impl Vouch for Word {
    fn vouch<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(self.0))
    }
}

fn lasting() -> StreamSettings {
    StreamSettings { has_compat_paths: true, ..StreamSettings::default() }
}

/// A server whose issuer says this, and how often it was asked.
fn vouched(word: Result<Vouched, NotVouched>, is_told: bool) -> (Bench, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let authenticate = Arc::new(PassThroughBearer::new(KeyedHasher::random().unwrap()));
    let vouch = Arc::new(Word(word, asked.clone()));
    let settings = Settings { challenge_on_upstream_401: is_told, ..settings(lasting()) };
    (Bench::among(settings, Callers { authenticate, vouch }), asked)
}

fn method(name: &str) -> Request {
    call("/mcp", format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{name}"}}"#))
}

async fn opens(bench: &Bench, request: Request) -> u16 {
    bench.router.clone().oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_is_remembered_of_a_token_does_not_outweigh_that_jira_refused_it() {
    for is_told in [false, true] {
        let (bench, asked) = vouched(Ok(Vouched::Earlier), is_told);
        assert_eq!(opens(&bench, of("anna", stream())).await, 200);
        let call = |name| of("anna", method(name));
        let told = if is_told { 401 } else { 200 };
        assert_eq!(bench.send(call("refused")).await.status.as_u16(), told);
        for _ in 0..3 {
            assert_eq!(opens(&bench, of("anna", stream())).await, 401);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1, "a refusal needs no question");
        assert_eq!(opens(&bench, of("bert", stream())).await, 200, "another token");
        assert_eq!(bench.send(call("m")).await.status.as_u16(), told, "still refused");
        assert_eq!(bench.send(call("taken")).await.status, 200);
        assert_eq!(opens(&bench, of("anna", stream())).await, 200);
    }
}

#[tokio::test]
async fn an_issuer_is_asked_once_about_a_token_that_it_refuses() {
    let (bench, asked) = vouched(Err(NotVouched::Refused), false);
    for _ in 0..500 {
        let reply = bench.send(of("nobody", stream())).await;
        assert_eq!(reply.status, 401);
        assert!(reply.header("www-authenticate").contains("invalid_token"));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn a_part_of_the_connections_stays_for_calls() {
    for (connections, streams) in [(8192, 7168), (16, 14), (8, 7), (4, 3), (2, 1), (1, 1)] {
        assert_eq!(StreamSettings::all_of(connections), streams, "{connections}");
    }
}

#[tokio::test]
async fn streams_of_all_users_have_a_limit_and_calls_do_not_count() {
    let bench = Bench::new(settings(StreamSettings { all: 2, ..lasting() }));
    let open = |user| bench.router.clone().oneshot(of(user, stream()));
    let first = open("1").await.unwrap();
    let _second = open("2").await.unwrap();
    let reply = tokio::time::timeout(Duration::from_mins(1), bench.send(of("3", stream())));
    let reply = reply.await.expect("a refusal, and no stream");
    assert_eq!((reply.status.as_u16(), reply.header("retry-after")), (503, "5"));
    assert_eq!(reply.json()["error"], "streams_full");
    let limited = bench.signals.metrics().limited.at(metrics::labels::Limit::Streams).unwrap();
    assert_eq!(limited.value(), 1);
    assert_eq!(bench.send(of("3", call("/mcp", CALL))).await.status, 200);
    drop(first);
    assert_eq!(opens(&bench, of("3", stream())).await, 200);
}
