//! The accept loop on a real socket: slow clients, big heads, the connection cap and the drain.

use std::net::SocketAddr;

use futures_util::future::select_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};

use super::*;

const SHORT: Duration = Duration::from_millis(50);

pub(super) fn quick() -> ConnectionSettings {
    ConnectionSettings {
        drain_pause: Duration::ZERO,
        drain_grace: Duration::from_secs(20),
        ..Default::default()
    }
}

/// Serves while `client` runs, then drains.
pub(super) async fn with_server<F: Future>(
    settings: Settings,
    connections: ConnectionSettings,
    client: impl FnOnce(SocketAddr, oneshot::Sender<()>) -> F,
) -> (Drain, F::Output) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bench = Bench::new(settings);
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        // A client that ended without saying so has dropped its sender: the same signal.
        let _ = stopped.await;
    };
    let signals = Signals::default();
    let served =
        serve(listener, bench.router.clone(), &connections, &bench.readiness, &signals, shutdown);
    let ended = tokio::join!(served, client(address, stop));
    assert!(!bench.readiness.is_ready());
    ended
}

pub(super) async fn open(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

pub(super) async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is an end like any other.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn post(method: &str, length: usize, connection: &str) -> String {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#);
    let length = length.max(body.len());
    format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         connection: {connection}\r\ncontent-length: {length}\r\n\r\n{body}",
        token()
    )
}

#[tokio::test]
async fn slow_heads_and_idle_connections_are_closed() {
    let connections =
        ConnectionSettings { header_read_timeout: SHORT, idle_timeout: SHORT, ..quick() };
    let client = async |address, _stop| {
        for head in ["", "POST /mcp HT", "POST /mcp HTTP/1.1\r\nhost: localhost\r\n"] {
            assert!(!rest(open(address, head).await).await.contains("200 OK"), "{head}");
        }
        let answered_then_idle = rest(open(address, &post("m", 0, "keep-alive")).await).await;
        assert!(answered_then_idle.starts_with("HTTP/1.1 200 OK"));
        let answered_then_slow = format!("{}POST /mcp", post("m", 0, "keep-alive"));
        let answered_then_slow = rest(open(address, &answered_then_slow).await).await;
        assert_eq!(answered_then_slow.matches("HTTP/1.1 200 OK").count(), 1);
    };
    assert_eq!(with_server(Settings::default(), connections, client).await.0, Drain::Finished);
}

/// Reads until the whole answer to [`post`] has come.
async fn answered(stream: &mut TcpStream) {
    let mut seen = String::new();
    while !seen.ends_with('}') {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "closed after {seen:?}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    assert!(seen.starts_with("HTTP/1.1 200 OK"), "{seen}");
}

/// Long against [`SHORT`], and longer than any of these tests may take.
const LONG: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_gateway_may_come_back_after_a_while() {
    let connections =
        ConnectionSettings { header_read_timeout: SHORT, idle_timeout: LONG, ..quick() };
    let client = async |address, _stop| {
        let mut stream = open(address, "").await;
        for _ in 0..2 {
            stream.write_all(post("m", 0, "keep-alive").as_bytes()).await.unwrap();
            answered(&mut stream).await;
            assert!(timeout(SHORT * 3, stream.readable()).await.is_err(), "closed");
        }
        // A head that has begun gets no more time than any other.
        stream.write_all(b"POST").await.unwrap();
        assert_eq!(timeout(LONG / 2, rest(stream)).await.expect("the server closes it"), "");
    };
    assert_eq!(with_server(Settings::default(), connections, client).await.0, Drain::Finished);
    let defaults = ConnectionSettings::default();
    assert_eq!(
        (defaults.header_read_timeout.as_secs(), defaults.idle_timeout.as_secs()),
        (10, 120)
    );
}

#[tokio::test]
async fn idle_connections_give_way_when_slots_are_scarce() {
    let connections = ConnectionSettings {
        connections_max: 4,
        header_read_timeout: SHORT,
        idle_timeout: LONG,
        ..quick()
    };
    let client = async |address, _stop| {
        let mut idle = Vec::new();
        for _ in 0..3 {
            let mut stream = open(address, &post("m", 0, "keep-alive")).await;
            answered(&mut stream).await;
            idle.push(stream);
        }
        // Whichever gives way first: with two left, slots are no longer scarce.
        let first = select_all(idle.into_iter().map(|stream| Box::pin(rest(stream))));
        assert_eq!(timeout(LONG / 2, first).await.expect("the server closes one").0, "");
    };
    assert_eq!(with_server(Settings::default(), connections, client).await.0, Drain::Finished);
}

#[tokio::test]
async fn slow_bodies_are_cut_with_408() {
    let settings = Settings { body_read_timeout: SHORT, ..Settings::default() };
    let client = async |address, _stop| {
        let answer = rest(open(address, &post("m", 500, "keep-alive")).await).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("request_timeout"));
    };
    with_server(settings, quick(), client).await;
}

#[tokio::test]
async fn big_heads_are_refused() {
    let client = async |address, _stop| {
        let many = "x: 1\r\n".repeat(101);
        let large = format!("x: {}\r\n", "y".repeat(70_000));
        for lines in [many, large] {
            let answer =
                rest(open(address, &format!("GET /healthz HTTP/1.1\r\n{lines}\r\n")).await).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
        }
        let fits = format!(
            "GET /healthz HTTP/1.1\r\nconnection: close\r\nx: {}\r\n\r\n",
            "y".repeat(60_000)
        );
        assert!(rest(open(address, &fits).await).await.starts_with("HTTP/1.1 200"));
    };
    with_server(Settings::default(), quick(), client).await;
}

#[tokio::test]
async fn above_the_cap_connections_wait_for_a_place() {
    let connections =
        ConnectionSettings { connections_max: 1, header_read_timeout: SHORT, ..quick() };
    let client = async |address, _stop| {
        let silent = rest(open(address, "").await);
        let mut waiting = Box::pin(rest(open(address, &post("m", 0, "close")).await));
        // The slot comes free when the silent one is closed, and not before.
        tokio::select! {
            biased;
            closed = silent => assert_eq!(closed, ""),
            early = &mut waiting => panic!("answered above the cap: {early}"),
        }
        assert!(waiting.await.starts_with("HTTP/1.1 200 OK"));
    };
    with_server(Settings::default(), connections, client).await;
}

#[tokio::test]
async fn probes_are_answered_when_every_slot_is_taken() {
    let connections =
        ConnectionSettings { connections_max: 2, header_read_timeout: LONG, ..quick() };
    let client = async |address, _stop| {
        let busy = post("hang", 0, "keep-alive");
        let _busy = [open(address, &busy).await, open(address, &busy).await];
        for path in ["/healthz", "/readyz/"] {
            let probe =
                open(address, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
            let answer = timeout(LONG / 2, rest(probe)).await.expect("an answer, and the end");
            assert!(answer.starts_with("HTTP/1.1 200") || path == "/readyz/", "{answer}");
        }
        // Nobody waits for ever.
        let call = open(address, &post("m", 0, "keep-alive")).await;
        let answer = timeout(LONG / 2, rest(call)).await.expect("an answer, and the end");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after"), "{answer}");
        assert!(answer.contains("connections_full"), "{answer}");
    };
    with_server(Settings::default(), connections, client).await;
}

#[tokio::test]
async fn connections_end_with_their_answer_when_slots_are_scarce() {
    let connections = ConnectionSettings { connections_max: 16, idle_timeout: LONG, ..quick() };
    let client = async |address, _stop| {
        let mut kept = Vec::new();
        for _ in 0..15 {
            let mut stream = open(address, &post("m", 0, "keep-alive")).await;
            answered(&mut stream).await;
            kept.push(stream);
        }
        let last = open(address, &post("m", 0, "keep-alive")).await;
        let answer = timeout(LONG / 2, rest(last)).await.expect("an answer, and the end");
        assert!(answer.contains("connection: close"), "{answer}");
    };
    with_server(Settings::default(), connections, client).await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_given_up() {
    let connections = ConnectionSettings { write_stall_timeout: SHORT, ..quick() };
    let client = async |address, stop: oneshot::Sender<()>| {
        let deaf = open(address, &post("large", 0, "close")).await;
        // Its answer has begun to arrive, so the call is in hand when the drain starts.
        deaf.readable().await.unwrap();
        stop.send(()).unwrap();
        deaf
    };
    let (drain, deaf) = with_server(Settings::default(), connections, client).await;
    assert_eq!(drain, Drain::Finished);
    assert!(rest(deaf).await.len() < 64 << 20);
}

#[tokio::test]
async fn calls_in_hand_finish_and_new_ones_are_refused() {
    let settings = Settings { request_deadline: Duration::from_millis(300), ..Settings::default() };
    let client = async |address, stop: oneshot::Sender<()>| {
        let idle = open(address, &post("m", 0, "keep-alive")).await;
        idle.readable().await.unwrap();
        let busy = open(address, &post("hang", 0, "keep-alive")).await;
        let probe = open(address, "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n").await;
        assert!(rest(probe).await.contains("200 OK"));
        stop.send(()).unwrap();
        assert!(rest(idle).await.contains("200 OK"));
        // The idle connection is closed only once the listener is gone.
        assert!(TcpStream::connect(address).await.is_err());
        assert!(rest(busy).await.starts_with("HTTP/1.1 504"));
    };
    assert_eq!(with_server(settings, quick(), client).await.0, Drain::Finished);
}

#[tokio::test]
async fn a_call_beyond_the_grace_is_cut() {
    let connections = ConnectionSettings { drain_grace: SHORT, ..quick() };
    let client = async |address, stop: oneshot::Sender<()>| {
        let busy = open(address, &post("hang", 0, "keep-alive")).await;
        let probe = open(address, "GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n").await;
        assert!(rest(probe).await.contains("200 OK"));
        stop.send(()).unwrap();
        assert_eq!(rest(busy).await, "");
    };
    let (drain, ()) = with_server(Settings::default(), connections, client).await;
    assert_eq!(drain, Drain::Cut { connections: 1 });
}
