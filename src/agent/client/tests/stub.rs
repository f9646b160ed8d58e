//! A server that reads a request and then does what a script says, byte by byte.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::SinkExt as _;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

/// What was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn bearer(&self) -> &str {
        self.headers
            .get("authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or("")
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(super) fn is(&self, method: &str, end: &str) -> bool {
        self.method == method && self.path.split('?').next().unwrap().ends_with(end)
    }
}

/// What the server does next; after the last step it closes the connection.
#[derive(Clone)]
pub(super) enum Step {
    Send(Vec<u8>),
    /// Sends the same bytes for ever.
    Forever(Vec<u8>),
    /// Sends one byte every 10 ms for ever.
    Drip,
    /// Says nothing until the other side is gone.
    Hang,
    /// Becomes a socket and sends these frames, then stays open.
    Frames(Vec<String>),
}

pub(super) fn answer(status: u16, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    vec![Step::Send(format!("{head}{body}").into_bytes())]
}

pub(super) fn json(status: u16, body: &Value) -> Vec<Step> {
    answer(status, "content-type: application/json\r\n", &body.to_string())
}

/// The head of a stream of events, and some of them.
pub(super) fn events(text: &str) -> Vec<Step> {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\
                x-ms-conversationid: conv-1\r\n\r\n";
    vec![Step::Send(format!("{head}{text}").into_bytes())]
}

pub(super) struct Stub {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Stub {
    /// Answers each request as the script says; it is told the server's own address.
    pub(super) async fn start(
        script: impl Fn(&Asked, &str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (script, own, shared) = (Arc::new(script), url.clone(), Arc::clone(&seen));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut socket, _)) = listener.accept().await {
                let (script, own, seen) = (Arc::clone(&script), own.clone(), Arc::clone(&shared));
                connections.spawn(async move {
                    let Some(asked) = read(&mut socket).await else { return };
                    seen.lock().unwrap().push(asked.clone());
                    let steps = script(&asked, &own);
                    play(socket, &asked, steps).await;
                });
            }
        });
        Self { url, seen, _tasks: tasks }
    }

    pub(super) fn seen(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests of this method went to a path with this end.
    pub(super) fn count(&self, method: &str, end: &str) -> usize {
        self.seen().iter().filter(|asked| asked.is(method, end)).count()
    }
}

async fn read(socket: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[end + 4..].to_vec()).ok()?;
    Some(Asked { method, path, headers, body })
}

async fn play(mut socket: TcpStream, asked: &Asked, steps: Vec<Step>) {
    for step in steps {
        let result = match step {
            Step::Send(bytes) => socket.write_all(&bytes).await,
            Step::Forever(bytes) => loop {
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
            },
            Step::Drip => loop {
                tokio::time::sleep(Duration::from_millis(10)).await;
                if socket.write_all(b"x").await.is_err() {
                    return;
                }
            },
            Step::Hang => pending().await,
            Step::Frames(frames) => return become_socket(socket, asked, frames).await,
        };
        if result.is_err() {
            return;
        }
    }
    socket.shutdown().await.ok();
}

async fn become_socket(mut socket: TcpStream, asked: &Asked, frames: Vec<String>) {
    let accept = derive_accept_key(asked.headers["sec-websocket-key"].as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut socket = WebSocketStream::from_raw_socket(socket, Role::Server, None).await;
    for frame in frames {
        if socket.send(Message::text(frame)).await.is_err() {
            return;
        }
    }
    pending::<()>().await;
}
