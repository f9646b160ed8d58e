//! Clients that send a little now and then, or two requests as one.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use super::{
    sockets::{open, post, quick, rest, with_server},
    *,
};

const SHORT: Duration = Duration::from_millis(200);
/// Beyond this a test has failed; nothing is measured by it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends `begin` at once, then `drip` over and over, a byte each time; what came back when the
/// server gave up.
async fn dripped(address: std::net::SocketAddr, begin: &str, drip: &str) -> String {
    let (mut reading, mut writing) = open(address, begin).await.into_split();
    let answer = async {
        let mut bytes = Vec::new();
        // A reset after the answer is an end like any other.
        let _ = reading.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let dripping = async {
        let mut ticks = interval(SHORT / 10);
        for byte in drip.as_bytes().iter().cycle() {
            ticks.tick().await;
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
        std::future::pending::<String>().await
    };
    let ended = async {
        tokio::select! {
            answer = answer => answer,
            never = dripping => never,
        }
    };
    timeout(PATIENCE, ended).await.expect("the server gives up although bytes keep coming")
}

#[tokio::test]
async fn a_byte_now_and_then_buys_no_time_for_a_head_or_a_body() {
    let settings = Settings { body_read_timeout: SHORT, ..Settings::default() };
    let connections = ConnectionSettings { header_read_timeout: SHORT, ..quick() };
    let client = async |address, _stop| {
        let answer =
            dripped(address, "POST /mcp HTTP/1.1\r\nhost: localhost\r\n", "x-a: b\r\n").await;
        assert!(!answer.contains("200 OK"), "{answer}");
        // In production the two limits are ten seconds each, whatever the pace.
        let answer = dripped(address, &post("m", 500, "keep-alive"), " ").await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    };
    with_server(settings, connections, client).await;
    assert_eq!(ConnectionSettings::default().header_read_timeout, Duration::from_secs(10));
    assert_eq!(Settings::default().body_read_timeout, Duration::from_secs(10));
    // And no more of them at a time than docs/RELIABILITY.md says.
    assert_eq!(ConnectionSettings::default().connections_max, 8192);
}

/// Both waits of a connection are short.
fn impatient() -> ConnectionSettings {
    ConnectionSettings { header_read_timeout: SHORT, idle_timeout: SHORT, ..quick() }
}

#[tokio::test]
async fn a_request_may_take_longer_than_a_connection_waits_and_silence_after_it_ends_it() {
    let settings = Settings { request_deadline: SHORT * 3, ..Settings::default() };
    let client = async |address, _stop| {
        let stream = open(address, &post("hang", 0, "keep-alive")).await;
        let answer = timeout(PATIENCE, rest(stream)).await.expect("the server closes it");
        assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    };
    with_server(settings, impatient(), client).await;
}

#[tokio::test]
async fn a_slow_reader_gets_its_whole_answer() {
    let client = async |address, _stop| {
        let mut stream = open(address, &post("large", 0, "close")).await;
        let mut bytes = vec![0; 1 << 20];
        let mut count = 0;
        for _ in 0..3 {
            count += stream.read(&mut bytes).await.unwrap();
            let never = timeout(SHORT * 2, std::future::pending::<()>()).await;
            assert!(never.is_err());
        }
        count += rest(stream).await.len();
        assert!(count > 64 << 20, "{count}");
    };
    with_server(Settings::default(), impatient(), client).await;
}

#[tokio::test]
async fn a_smuggled_request_is_not_run() {
    let client = async |address, _stop| {
        let inner = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
        let head = post("m", 0, "keep-alive");
        let (head, body) = head.split_once("\r\n\r\n").unwrap();
        let chunked = format!(
            "{head}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n{inner}",
            body.len()
        );
        let answer = rest(open(address, &chunked).await).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        let twice = format!("{head}\r\ncontent-length: 1\r\n\r\n{body}");
        let answer = rest(open(address, &twice).await).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    };
    with_server(Settings::default(), quick(), client).await;
}

#[tokio::test]
async fn five_hundred_silent_connections_are_closed() {
    let connections = ConnectionSettings { header_read_timeout: SHORT, ..quick() };
    let client = async |address, _stop| {
        let mut silent: Vec<TcpStream> = Vec::new();
        for _ in 0..500 {
            silent.push(open(address, "POST /mcp HTTP/1.1\r\n").await);
        }
        for stream in silent {
            let answer = timeout(PATIENCE, rest(stream)).await.expect("the server closes it");
            assert!(!answer.contains("200 OK"));
        }
    };
    with_server(Settings::default(), connections, client).await;
}
