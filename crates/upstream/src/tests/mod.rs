//! The layer against a server on loopback that plays a script, however rude.

mod bodies;
mod breaker;
mod breaker_model;
mod calls;
mod retry;

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
    time::Instant,
};

use super::{Request, Response, Safety, Settings, Upstream, UpstreamError};

/// What the stub does next; after the last step it closes the connection.
enum Step {
    Send(Vec<u8>),
    /// Sends the same bytes so many times.
    Repeat(Vec<u8>, usize),
    /// Sends one byte every 10 ms for ever.
    Drip,
    /// Says nothing until the other side is gone.
    Hang,
}

struct Stub {
    url: String,
    seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    requests: AtomicU64,
    bytes_sent: AtomicU64,
    gone: Notify,
}

impl Stub {
    /// Answers the n-th request, counted from 0, with the steps that `script` gives for it.
    async fn start(script: impl Fn(u64) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        let (script, shared) = (Arc::new(script), Arc::clone(&seen));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&shared));
                connections.spawn(async move { serve(socket, &*script, &seen).await });
            }
        });
        Self { url, seen, _tasks: tasks }
    }

    fn requests(&self) -> u64 {
        self.seen.requests.load(Ordering::SeqCst)
    }

    fn request(&self, safety: Safety) -> Request {
        let method = if safety == Safety::Read { Method::GET } else { Method::POST };
        let mut request = Request::new(method, self.url.parse().unwrap(), safety, "site".into());
        if safety != Safety::Read {
            request.body = Some("{}".into());
        }
        request
    }
}

async fn serve(mut socket: TcpStream, script: &(impl Fn(u64) -> Vec<Step> + Sync), seen: &Seen) {
    if !read_request(&mut socket).await {
        return;
    }
    let number = seen.requests.fetch_add(1, Ordering::SeqCst);
    for step in script(number) {
        match step {
            Step::Send(bytes) => drop(socket.write_all(&bytes).await),
            Step::Repeat(bytes, times) => {
                for _ in 0..times {
                    if socket.write_all(&bytes).await.is_err() {
                        break;
                    }
                    seen.bytes_sent.fetch_add(bytes.len() as u64, Ordering::SeqCst);
                }
            }
            Step::Drip => {
                let mut ticks = tokio::time::interval(Duration::from_millis(10));
                while socket.write_all(b"x").await.is_ok() {
                    ticks.tick().await;
                }
            }
            Step::Hang => {
                while socket.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {}
                seen.gone.notify_one();
                pending::<()>().await;
            }
        }
    }
}

/// Reads one request; its body is `{}` or absent.
async fn read_request(socket: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    let whole = |bytes: &[u8]| {
        let end: &[u8] = if bytes.starts_with(b"POST") { b"\r\n\r\n{}" } else { b"\r\n\r\n" };
        bytes.ends_with(end)
    };
    while !whole(&bytes) {
        if socket.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return false;
        }
    }
    true
}

/// An answer with extra header lines, each ending in CRLF.
fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<Step> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    vec![Step::Send([head.as_bytes(), body].concat())]
}

/// Patient with a slow machine, quick in repeating.
fn settings() -> Settings {
    Settings {
        timeout: Duration::from_secs(10),
        retry_base: Duration::from_millis(1),
        breaker_failures: 1000,
        retry_floor: 1000,
        ..Settings::new("test")
    }
}

async fn call(settings: &Settings, request: &Request) -> Result<Response, UpstreamError> {
    let upstream = Upstream::new(settings).unwrap();
    upstream.call(request, Instant::now() + Duration::from_secs(30)).await
}
