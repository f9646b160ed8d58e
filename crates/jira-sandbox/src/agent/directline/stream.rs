//! The socket at a `streamUrl`: what is said, as it is said.

use axum::{
    body::Body,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    http::{Response, Uri},
};
use serde_json::{Value as Json, json};
use tokio::{
    sync::watch,
    time::{Instant, interval_at},
};

use crate::agent::{
    conversation::Socket,
    faults::{AgentCall, AgentFault},
    refusal::Refusal,
    server::{Server, parameter},
    tokens::{Purpose, Shut},
};

use super::conversations::watermark;

/// The end of a conversation, or of this socket in favor of another.
const NORMAL_CLOSURE: u16 = 1000;

/// Needs no header of authorization: the address has a token of its own.
pub(crate) async fn stream(
    State(server): State<Server>,
    Path(id): Path<String>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response<Body> {
    let faults = &server.state().faults;
    let healed = faults.watch();
    let fault = faults.next(AgentCall::Stream);
    if let Some(response) = fault.as_ref().and_then(AgentFault::answer) {
        return response;
    }
    let opened = match upgrade {
        Ok(upgrade) => allowed(&server, &id, &uri).map(|from| (upgrade, from)),
        Err(_) => Err(Refusal::bad("A WebSocket handshake is expected here")),
    };
    let (upgrade, from) = match opened {
        Ok(opened) => opened,
        Err(refusal) => return refusal.into_response(),
    };
    let breaks = fault == Some(AgentFault::Cut);
    // Before the handshake is answered: what is said from then on is heard.
    let reader = if breaks { None } else { Reader::connect(&server, id, from) };
    let response = upgrade.on_upgrade(async move |socket| {
        if let Some((reader, changed)) = reader {
            reader.serve(changed, socket).await;
        }
    });
    match fault {
        // The body of a handshake is no half of anything.
        Some(fault) if !breaks => fault.deliver(response, healed).await,
        _ => response,
    }
}

/// The watermark to begin at.
fn allowed(server: &Server, id: &str, uri: &Uri) -> Result<usize, Refusal> {
    let ticket = parameter(uri, "t").ok_or_else(Refusal::no_credential)?;
    let access = server.state().tokens.open(Purpose::Stream, &ticket, server.now());
    let access = access.map_err(Refusal::shut)?;
    if access.conversation != id {
        return Err(Refusal::shut(Shut::Unknown));
    }
    server.with(id, |_, _| ())?;
    Ok(watermark(uri)?.unwrap_or(0))
}

/// What there is for a socket.
enum News {
    /// An `ActivitySet`.
    Said(Json),
    Nothing,
    Closed(Socket),
}

struct Reader {
    server: Server,
    id: String,
    /// Which of the conversation's sockets this is.
    number: u64,
    /// How much of the log it was sent.
    known: usize,
    /// How long the log was when it connected.
    since: usize,
}

impl Reader {
    /// Takes the place of the conversation's socket; none when it is forgotten.
    fn connect(server: &Server, id: String, from: usize) -> Option<(Self, watch::Receiver<()>)> {
        let connected = server.with(&id, |conversation, _| {
            (conversation.connect(), conversation.len(), conversation.watch())
        });
        let (number, since, changed) = connected.ok()?;
        let server = server.clone();
        Some((Self { server, id, number, known: from.min(since), since }, changed))
    }

    /// Until the client leaves, another socket comes, or the conversation is forgotten.
    async fn serve(mut self, mut changed: watch::Receiver<()>, mut socket: WebSocket) {
        let period = self.server.settings.keep_alive;
        let mut alive = interval_at(Instant::now() + period, period);
        loop {
            match self.news() {
                News::Closed(Socket::Broken) => return,
                News::Closed(why) => return close(socket, why).await,
                News::Nothing => {}
                News::Said(set) => {
                    if socket.send(Message::text(set.to_string())).await.is_err() {
                        return;
                    }
                    continue;
                }
            }
            tokio::select! {
                // An end of the changes is the end of the conversation, which is seen above.
                _ = changed.changed() => {}
                _ = alive.tick() => {
                    if socket.send(Message::text("")).await.is_err() {
                        return;
                    }
                }
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    // What else clients send is a sign of life at most.
                    Some(Ok(_)) => {}
                },
            }
        }
    }

    fn news(&mut self) -> News {
        let Self { server, id, number, known, since } = self;
        let read = server.with(id, |conversation, now| {
            match conversation.socket(*number) {
                Socket::Open => {}
                closed => return News::Closed(closed),
            }
            let activities = conversation.live(*known, *since, now);
            *known = conversation.len();
            if activities.is_empty() {
                return News::Nothing;
            }
            News::Said(json!({ "activities": activities, "watermark": known.to_string() }))
        });
        read.unwrap_or(News::Closed(Socket::Open))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The conversation may be forgotten.
        let _ = self.server.with(&self.id, |conversation, _| conversation.disconnect());
    }
}

async fn close(mut socket: WebSocket, why: Socket) {
    let reason = if why == Socket::Collided { "collision" } else { "" };
    let frame = CloseFrame { code: NORMAL_CLOSURE, reason: Utf8Bytes::from_static(reason) };
    // The client may be gone already.
    let _ = socket.send(Message::Close(Some(frame))).await;
}
