//! Documents from a server on loopback: what is taken, what is not, and how often it is asked.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::json;

use super::*;

/// Answers every request with one text, in which `URL` is its own address.
struct Server {
    id: String,
    answer: Arc<Mutex<String>>,
    requests: Arc<AtomicUsize>,
    heads: Arc<Mutex<String>>,
}

impl Server {
    fn start(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let id = format!("http://127.0.0.1:{}/c.json", listener.local_addr().unwrap().port());
        let answer = Arc::new(Mutex::new(answer.replace("URL", &id)));
        let (requests, heads) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<String>>::default());
        let (shown, counted, seen) =
            (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(&heads));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, mut head) = (stream.unwrap(), Vec::new());
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                counted.fetch_add(1, Ordering::Relaxed);
                *seen.lock().unwrap() = String::from_utf8(head).unwrap();
                let answer = shown.lock().unwrap().clone();
                // The client may close before it has read all.
                let _ = stream.write_all(answer.as_bytes());
                if answer.ends_with("never") {
                    let _ = stream.read(&mut byte);
                }
            }
        });
        Self { id, answer, requests, heads }
    }

    fn asked(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\
         Connection: close\r\n\r\n{body}"
    )
}

fn usual() -> String {
    json!({ "client_id": "URL", "client_name": "C", "redirect_uris": ["http://localhost/cb"] })
        .to_string()
}

fn documents() -> Documents {
    documents_within(Duration::from_secs(5))
}

fn documents_within(timeout: Duration) -> Documents {
    let own = Url::parse("http://127.0.0.1:1").unwrap();
    let hosts = DocumentHosts::PublicAndLoopback;
    let fetcher = Fetcher::new(hosts, "bridge/1", http_client::system_lookup()).unwrap();
    Documents::new(fetcher.hurried(timeout), hosts, own)
}

#[tokio::test]
async fn a_document_is_fetched_once_and_kept_as_long_as_it_says() {
    let server = Server::start(&ok("Cache-Control: max-age=600\r\n", &usual()));
    let (documents, now) = (documents(), Instant::now());
    let at = |seconds| documents.client(&server.id, now + Duration::from_secs(seconds));
    let together = tokio::join!(at(0), at(0), at(0));
    assert!(together.0.is_ok() && together.1.is_ok() && together.2.is_ok());
    assert!(at(599).await.is_ok());
    assert_eq!(server.asked(), 1);
    assert!(at(601).await.is_ok());
    assert_eq!(server.asked(), 2);
    let head = server.heads.lock().unwrap().to_ascii_lowercase();
    assert!(head.contains("accept: application/json\r\n"), "{head}");
    for absent in ["accept-encoding", "cookie", "referer", "authorization"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[tokio::test]
async fn a_fault_is_kept_for_ten_seconds() {
    let server = Server::start("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    let (documents, now) = (documents(), Instant::now());
    let at = |seconds| documents.client(&server.id, now + Duration::from_secs(seconds));
    assert!(at(0).await.is_err() && at(9).await.is_err());
    assert_eq!(server.asked(), 1);
    *server.answer.lock().unwrap() = ok("", &usual()).replace("URL", &server.id);
    assert!(at(11).await.is_ok());
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn what_is_no_document_is_refused() {
    let check = async |answer: String, expected: &str| {
        let server = Server::start(&answer);
        let fault = documents().client(&server.id, Instant::now()).await.unwrap_err();
        assert!(fault.to_string().contains(expected), "{fault}");
        assert_eq!(server.asked(), 1);
    };
    let to = "HTTP/1.1 302 Found\r\nLocation: URL\r\nContent-Length: 0\r\n\r\n";
    check(to.to_owned(), "redirects").await;
    check("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_owned(), "status 200").await;
    check(ok("", &format!("{}{}", usual(), " ".repeat(65 * 1_024))), "65536 bytes").await;
    check(ok("", &usual().replace("URL", "URL/")), "byte for byte").await;
    check(ok("", &usual().replace("client_name", "client_secret")), "secret").await;
    check(ok("", "<!doctype html><title>no</title>"), "not a JSON object").await;
    check(ok("", &usual()).replace("application/json", "text/html"), "content type").await;
    check(ok("Content-Encoding: gzip\r\n", "\u{1f}zip"), "not a JSON object").await;
    check("no HTTP at all\r\n\r\n".to_owned(), "cannot be fetched").await;
}

#[tokio::test]
async fn a_document_that_never_ends_is_given_up() {
    let part = usual().split_at(20).0.to_owned() + "never";
    let server = Server::start(&ok("", &part));
    let documents = documents_within(Duration::from_millis(100));
    let found = documents.client(&server.id, Instant::now()).await;
    assert_eq!(found, Err(ClientFault::Unreachable));
}

#[tokio::test]
async fn an_address_that_may_not_be_asked_is_not_asked() {
    let server = Server::start(&ok("", &usual()));
    let own = Url::parse("https://bridge.example").unwrap();
    let fetcher =
        Fetcher::new(DocumentHosts::Public, "bridge/1", http_client::system_lookup()).unwrap();
    let documents = Documents::new(fetcher, DocumentHosts::Public, own);
    for id in [server.id.clone(), server.id.replace("http:", "https:")] {
        let fault = documents.client(&id, Instant::now()).await.unwrap_err();
        assert!(matches!(fault, ClientFault::Refused { .. }), "{fault}");
    }
    assert_eq!(server.asked(), 0);
}
