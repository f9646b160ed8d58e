//! In clear, over HTTP/1.1.

use std::{
    future::pending,
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};

use super::{get, settings, url};
use crate::{Fault, FaultKind, HttpClient, Outgoing, Settings, chunk};

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A host that gives the same answer to every request and keeps what it got.
struct Host {
    port: u16,
    heard: Arc<Mutex<String>>,
    _serving: JoinSet<()>,
}

impl Host {
    /// A request is whole when it ends with these bytes.
    async fn start(request_end: &'static str, answer: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&heard);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut socket, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                connections.spawn(async move {
                    let mut request = Vec::new();
                    while socket.read_buf(&mut request).await.is_ok_and(|count| count > 0) {
                        if request.ends_with(request_end.as_bytes()) {
                            kept.lock().unwrap().push_str(&String::from_utf8_lossy(&request));
                            request.clear();
                            if !answer.ends_with("\r\n\r\n") {
                                let _broken = socket.write_all(answer.as_bytes()).await;
                                return;
                            }
                            socket.write_all(answer.as_bytes()).await.unwrap();
                        }
                    }
                });
            }
        });
        Self { port, heard, _serving: serving }
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().clone()
    }
}

async fn fault(client: &HttpClient, outgoing: Outgoing<'_>) -> Fault {
    match client.send(outgoing).await {
        Err(fault) => fault,
        Ok(mut answer) => loop {
            match chunk(answer.body_mut()).await {
                Err(fault) => return fault,
                Ok(more) => assert!(more.is_some(), "the answer is whole"),
            }
        },
    }
}

#[tokio::test]
async fn what_is_given_goes_out_and_nothing_else() {
    let host = Host::start("\r\n\r\nwords", EMPTY).await;
    let to = url(&format!("http://localhost:{}/a%20b?q=%2F&r#part", host.port));
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer token"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/plain"));
    let more = [header::ACCEPT, HeaderName::from_static("more")]
        .map(|name| (name, HeaderValue::from_static("added")));
    let body = Bytes::from_static(b"words");
    let outgoing = Outgoing {
        method: &Method::PUT,
        url: &to,
        headers: &headers,
        more: &more,
        body: Some(&body),
    };
    let client = HttpClient::new(settings());
    client.send(outgoing).await.unwrap();
    let mut lines: Vec<String> = host.heard().lines().map(str::to_owned).collect();
    assert_eq!(lines.remove(0), "PUT /a%20b?q=%2F&r HTTP/1.1");
    lines.sort_unstable();
    let named = format!("host: localhost:{}", host.port);
    let expected = [
        "",
        "accept: text/plain",
        "authorization: Bearer token",
        "content-length: 5",
        &named,
        "more: added",
        "user-agent: test/1",
        "words",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let host = Host::start(
        "\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let to = url(&format!("http://127.0.0.1:{}/", host.port));
    let settings = settings();
    let (client, opened) = (HttpClient::new(settings.clone()), settings.opened);
    for _ in 0..3 {
        let mut answer = client.send(get(&to)).await.unwrap();
        assert_eq!(answer.status(), 302);
        assert_eq!(chunk(answer.body_mut()).await.unwrap(), None);
    }
    let heard = host.heard();
    assert_eq!(heard.matches("GET / HTTP/1.1\r\n").count(), 3);
    assert_eq!(heard.matches("accept: */*\r\n").count(), 3);
    assert!(!heard.contains("elsewhere") && !heard.contains("cookie"), "{heard}");
    assert_eq!(opened.count(), 1, "the connection is used again");
}

#[tokio::test]
async fn a_fault_says_how_far_it_came() {
    async fn check(answer: &'static str, expected: FaultKind) {
        let host = Host::start("\r\n\r\n", answer).await;
        let to = url(&format!("http://127.0.0.1:{}/hidden", host.port));
        let fault = fault(&HttpClient::new(settings()), get(&to)).await;
        assert_eq!((fault.kind(), fault.is_timeout()), (expected, false), "{fault:?}");
        let shown = format!("{fault} {fault:?}");
        assert!(!shown.contains("hidden") && !shown.contains("127.0.0.1"), "{shown}");
    }
    check("", FaultKind::Head).await;
    check("no http at all", FaultKind::Head).await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart", FaultKind::Body).await;
    check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart", FaultKind::Body).await;

    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let to = url(&format!("http://{}/", closed.local_addr().unwrap()));
    drop(closed);
    let refused = fault(&HttpClient::new(settings()), get(&to)).await;
    assert_eq!((refused.kind(), refused.is_timeout()), (FaultKind::Connect, false));
    let is_refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    assert!(refused.causes().filter_map(|cause| cause.downcast_ref()).any(is_refused));

    let long = format!("http://127.0.0.1/{}", "a".repeat(70_000));
    let unfit = ["http://ann@127.0.0.1/", "https://:word@127.0.0.1/", "ftp://127.0.0.1/", "data:x"];
    for text in unfit.into_iter().chain([&*long]) {
        let (settings, to) = (settings(), url(text));
        let opened = settings.opened.clone();
        let refused = fault(&HttpClient::new(settings), get(&to)).await;
        assert_eq!((refused.kind(), opened.count()), (FaultKind::Request, 0), "{text:.30}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_its_time_from_the_lookup_on() {
    let settings = Settings {
        connect_timeout: Duration::from_secs(2),
        lookup: Arc::new(|_| Box::pin(pending())),
        ..settings()
    };
    let fault = fault(&HttpClient::new(settings), get(&url("http://slow.example/"))).await;
    assert_eq!((fault.kind(), fault.is_timeout()), (FaultKind::Connect, true));
}

#[tokio::test]
async fn names_are_looked_up_as_the_settings_say() {
    let host = Host::start("\r\n\r\n", EMPTY).await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    let settings = Settings {
        lookup: Arc::new(move |name| {
            names.lock().unwrap().push(name);
            Box::pin(async { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) })
        }),
        ..settings()
    };
    let client = HttpClient::new(settings.clone());
    client.send(get(&url(&format!("http://site.example:{}/", host.port)))).await.unwrap();
    assert!(host.heard().contains("host: site.example:"));
    assert_eq!(*asked.lock().unwrap(), ["site.example"]);

    let only_tls = HttpClient::new(Settings { https_only: true, ..settings });
    let to = url(&format!("http://site.example:{}/", host.port));
    assert_eq!(fault(&only_tls, get(&to)).await.kind(), FaultKind::Connect);
    assert_eq!(asked.lock().unwrap().len(), 1, "nothing was looked up");
}
