//! Places on real sockets: who gives way when all are taken, and when a stream gives its back.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    sockets::{open, post, quick, rest, with_server},
    *,
};

/// Longer than any of these tests may take.
const LONG: Duration = Duration::from_mins(1);

fn few(connections_max: usize) -> ConnectionSettings {
    ConnectionSettings { connections_max, header_read_timeout: LONG, idle_timeout: LONG, ..quick() }
}

fn stream_of(user: &str) -> String {
    let token = token();
    format!(
        "GET /api/mcp/stream HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}{user}\r\n\r\n"
    )
}

async fn has_come(stream: &mut TcpStream, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let mut bytes = [0; 4096];
        let count = timeout(LONG, stream.read(&mut bytes)).await.unwrap().unwrap();
        assert_ne!(count, 0, "closed after {seen:?}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    seen
}

async fn opened(address: SocketAddr, user: &str) -> TcpStream {
    let mut stream = open(address, &stream_of(user)).await;
    has_come(&mut stream, "event: connected").await;
    stream
}

async fn soon(stream: TcpStream) -> String {
    timeout(LONG / 2, rest(stream)).await.expect("an answer, and the end")
}

#[tokio::test]
async fn the_longest_silent_connection_gives_way_to_a_request() {
    let client = async |address, _stop| {
        // Nothing was sent, or half a header, or a request that is answered.
        let mut silent = vec![open(address, "").await, open(address, "POST /mcp HT").await];
        let mut kept = open(address, &post("m", 0, "keep-alive")).await;
        has_come(&mut kept, "\r\n\r\n").await;
        silent.push(kept);
        let busy = open(address, &post("hang", 0, "keep-alive")).await;
        for _ in 0..3 {
            let answer = soon(open(address, &post("m", 0, "close")).await).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        assert_eq!(soon(silent.remove(0)).await, "");
        drop(busy);
    };
    with_server(Settings::default(), few(4), client).await;
}

#[tokio::test]
async fn streams_keep_their_places_and_probes_are_answered_all_the_same() {
    let settings = streams::settings(StreamSettings {
        has_compat_paths: true,
        heartbeat: Duration::from_millis(50),
        ..StreamSettings::default()
    });
    let client = async |address, _stop| {
        let mut streams = Vec::new();
        for user in ["1", "2", "3"] {
            streams.push(opened(address, user).await);
        }
        // Beyond the places and beyond the few that are kept for probes.
        let mut flood = Vec::new();
        for _ in 0..CONNECTIONS_RESERVE + 20 {
            flood.push(open(address, "").await);
        }
        for path in ["/healthz", "/readyz"] {
            let probe = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
            let answer = soon(open(address, &probe).await).await;
            assert!(answer.contains("content-type: application/json"), "{answer}");
            assert!(path == "/readyz" || answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        for request in [post("m", 0, "keep-alive"), stream_of("4")] {
            let answer = soon(open(address, &request).await).await;
            assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
            let head = answer.to_lowercase();
            assert!(head.contains("retry-after: ") && head.contains("connection: close"), "{head}");
        }
        for stream in &mut streams {
            has_come(stream, "event: heartbeat").await;
        }
    };
    with_server(settings, few(3), client).await;
}

#[tokio::test]
async fn a_place_is_free_when_its_client_has_gone_or_never_reads() {
    let settings = streams::settings(StreamSettings { per_user: 1, ..streams::quick() });
    let client = async |address, _stop| {
        let gone = opened(address, "").await;
        drop(gone);
        let again = async || {
            loop {
                let mut next = open(address, &stream_of("")).await;
                let head = has_come(&mut next, "\r\n\r\n").await;
                if head.starts_with("HTTP/1.1 200") {
                    return next;
                }
                assert!(head.starts_with("HTTP/1.1 429"), "{head}");
                tokio::task::yield_now().await;
            }
        };
        let deaf = timeout(LONG / 2, again()).await.expect("free soon after it is closed");
        // It ends by itself, whoever reads it.
        timeout(LONG / 2, again()).await.expect("free at the stream's end");
        assert!(soon(deaf).await.contains("retry: "));
    };
    let connections = ConnectionSettings {
        idle_timeout: Duration::ZERO,
        header_read_timeout: Duration::from_secs(1),
        ..quick()
    };
    with_server(settings, connections, client).await;
}

#[tokio::test]
async fn a_drain_ends_streams_within_its_grace() {
    let settings =
        streams::settings(StreamSettings { has_compat_paths: true, ..StreamSettings::default() });
    let client = async |address, stop: tokio::sync::oneshot::Sender<()>| {
        let mut streams = Vec::new();
        for user in 0..40 {
            streams.push(opened(address, &user.to_string()).await);
        }
        stop.send(()).unwrap();
        let mut times = std::collections::BTreeSet::new();
        for stream in streams {
            let end = soon(stream).await;
            assert!(end.ends_with("0\r\n\r\n"), "{end}");
            times.insert(end.split_once("retry: ").unwrap().1.to_owned());
        }
        times.len()
    };
    let (drain, times) = with_server(settings, few(64), client).await;
    assert_eq!(drain, Drain::Finished);
    assert!(times > 20, "clients come back apart from each other: {times}");
}

/// What a client sends behind its request before it leaves, and whether it resets the connection.
const LEAVINGS: [(&str, bool); 5] = [
    ("", false),
    ("\r\n", false),
    ("\r\n", true),
    ("G", true),
    ("GET /healthz HTTP/1.1\r\n", false),
];

async fn leave(mut stream: TcpStream, text: &str, is_reset: bool) {
    stream.write_all(text.as_bytes()).await.unwrap();
    if is_reset {
        stream.set_zero_linger().unwrap();
    }
    drop(stream);
}

#[tokio::test]
async fn bytes_that_nobody_reads_do_not_hide_that_a_client_has_gone() {
    let settings = streams::settings(StreamSettings {
        has_compat_paths: true,
        heartbeat: LONG * 10,
        open_max: LONG * 10,
        per_user: 1,
        ..StreamSettings::default()
    });
    let settings = Settings { in_flight_max: 1, request_deadline: LONG * 10, ..settings };
    let client = async |address, _stop| {
        for (text, is_reset) in LEAVINGS {
            let busy = open(address, &post("hang", 0, "keep-alive")).await;
            for _ in 0..2 {
                // Until it has arrived and is running.
                while !soon(open(address, &post("m", 0, "close")).await).await.contains(" 503 ") {}
            }
            leave(busy, text, is_reset).await;
            let free = async {
                while !soon(open(address, &post("m", 0, "close")).await).await.contains(" 200 ") {}
            };
            timeout(LONG / 2, free).await.expect("the call is over");
            let stream = opened(address, "").await;
            leave(stream, text, is_reset).await;
            let free = async {
                loop {
                    let mut next = open(address, &stream_of("")).await;
                    if has_come(&mut next, "\r\n\r\n").await.starts_with("HTTP/1.1 200") {
                        return;
                    }
                }
            };
            timeout(LONG / 2, free).await.expect("the place is free");
        }
    };
    with_server(settings, few(16), client).await;
}

#[tokio::test]
async fn what_was_sent_behind_a_running_request_is_answered_after_it() {
    let client = async |address, _stop| {
        let mut stream = open(address, &post("tick", 0, "keep-alive")).await;
        let more = post("m", 0, "keep-alive").repeat(20) + &post("m", 0, "close");
        stream.write_all(more.as_bytes()).await.unwrap();
        assert_eq!(soon(stream).await.matches("HTTP/1.1 200").count(), 22);
    };
    with_server(Settings::default(), few(16), client).await;
}
