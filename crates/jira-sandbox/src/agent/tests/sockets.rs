//! Direct Line: the socket, over a real connection.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

use super::*;

type Socket = WebSocketStream<TcpStream>;

/// The world behind a port of this machine.
struct Served {
    world: World,
    address: String,
}

/// What a socket did next.
#[derive(Debug, PartialEq)]
enum Next {
    Set(Json),
    Empty,
    /// Closed, with this reason.
    Closed(String),
    /// Ended without a word.
    Broken,
}

impl Served {
    #[expect(clippy::disallowed_methods, reason = "it serves until the test ends")]
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let world = World::of(AgentSettings::new(&format!("http://{address}")));
        let router = world.router.clone();
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { world, address }
    }

    /// A conversation, and the address of its socket.
    async fn start(&self) -> (String, String) {
        let path = format!("{DL}/conversations");
        let opened = self.world.post(&path, &self.world.secret, json!({})).await.json();
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        (text("conversationId"), text("streamUrl"))
    }

    async fn reconnect(&self, id: &str, watermark: &str) -> String {
        let path = format!("{DL}/conversations/{id}{watermark}");
        let reply = self.world.get(&path, &self.world.secret).await.json();
        reply["streamUrl"].as_str().unwrap().to_owned()
    }

    /// Connects; the status of the refusal if there is one.
    async fn connect(&self, url: &str) -> Result<Socket, u16> {
        let stream = TcpStream::connect(&self.address).await.unwrap();
        match client_async(url, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

async fn next(socket: &mut Socket) -> Next {
    match socket.next().await {
        Some(Ok(Message::Text(text))) if text.is_empty() => Next::Empty,
        Some(Ok(Message::Text(text))) => Next::Set(serde_json::from_str(&text).unwrap()),
        Some(Ok(Message::Close(frame))) => {
            Next::Closed(frame.map(|frame| frame.reason.to_string()).unwrap_or_default())
        }
        Some(Ok(other)) => panic!("{other:?}"),
        Some(Err(_)) | None => Next::Broken,
    }
}

/// The activities up to a message of this text, and the last watermark.
async fn until(socket: &mut Socket, text: &str) -> (Vec<Json>, String) {
    let mut seen = Vec::new();
    for _ in 0..100 {
        match next(socket).await {
            Next::Set(mut set) => {
                seen.append(set["activities"].as_array_mut().unwrap());
                if said(&seen).contains(&text) {
                    return (seen, set["watermark"].as_str().unwrap().to_owned());
                }
            }
            Next::Empty => {}
            other => panic!("{other:?} instead of {text}; {seen:?}"),
        }
    }
    panic!("nobody says {text}; {seen:?}")
}

/// How a socket ends, after which no message of the agent came; one that goes on is read for a
/// while only.
async fn end(socket: &mut Socket) -> Next {
    for _ in 0..100 {
        match next(socket).await {
            Next::Set(set) => assert!(said(set["activities"].as_array().unwrap()).is_empty()),
            Next::Empty => {}
            other => return other,
        }
    }
    Next::Empty
}

fn kinds(activities: &[Json]) -> Vec<&str> {
    activities.iter().map(|activity| activity["type"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_socket_shows_what_is_said_and_who_is_typing() {
    let served = Served::open().await;
    let (id, url) = served.start().await;
    // What was said before it connected comes first, but for what was passing.
    served.world.say(&id, "/typing").await;
    pass(5_000).await;
    let mut socket = served.connect(&url).await.unwrap();
    let (seen, _) = until(&mut socket, "You said: /typing").await;
    assert_eq!(kinds(&seen), ["message", "message"]);
    served.world.say(&id, "/chunks delta").await;
    let (seen, mark) = until(&mut socket, "You said: /chunks delta").await;
    assert_eq!(kinds(&seen), ["message", "typing", "typing", "typing", "typing", "message"]);
    drop(socket);
    served.world.say(&id, "missed").await;
    let url = served.reconnect(&id, &format!("?watermark={mark}")).await;
    let mut socket = served.connect(&url).await.unwrap();
    let (seen, _) = until(&mut socket, "You said: missed").await;
    assert_eq!(seen.len(), 2, "{seen:?}");
    // Without a watermark only what comes from now on is shown.
    let url = served.reconnect(&id, "").await;
    let mut socket = served.connect(&url).await.unwrap();
    served.world.say(&id, "new").await;
    let (seen, _) = until(&mut socket, "You said: new").await;
    assert_eq!(seen.len(), 2, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn the_second_socket_closes_the_first() {
    let served = Served::open().await;
    let (id, url) = served.start().await;
    let mut first = served.connect(&url).await.unwrap();
    served.world.say(&id, "one").await;
    until(&mut first, "You said: one").await;
    let mut second = served.connect(&url).await.unwrap();
    until(&mut second, "You said: one").await;
    assert_eq!(end(&mut first).await, Next::Closed("collision".to_owned()));
    served.world.say(&id, "two").await;
    until(&mut second, "You said: two").await;
    assert_eq!(served.world.agent.conversation(&id).unwrap().sockets, 1);
}

#[tokio::test(start_paused = true)]
async fn sockets_end_as_ordered() {
    for (text, expected) in [
        ("/collide", Next::Closed("collision".to_owned())),
        ("/cut", Next::Broken),
        ("/chunks cut", Next::Broken),
    ] {
        let served = Served::open().await;
        let (id, url) = served.start().await;
        let mut socket = served.connect(&url).await.unwrap();
        served.world.say(&id, "hello").await;
        until(&mut socket, "You said: hello").await;
        served.world.say(&id, text).await;
        let ended = end(&mut socket).await;
        assert_eq!(ended, expected, "{text}");
        assert_eq!(served.world.agent.conversation(&id).unwrap().sockets, 0, "{text}");
        let url = served.reconnect(&id, "?watermark=0").await;
        let mut socket = served.connect(&url).await.unwrap();
        until(&mut socket, &format!("You said: {text}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_ends_with_its_conversation() {
    let served = Served::open().await;
    let (id, url) = served.start().await;
    let mut socket = served.connect(&url).await.unwrap();
    served.world.say(&id, "hello").await;
    until(&mut socket, "You said: hello").await;
    assert!(served.world.agent.forget(&id));
    assert_eq!(end(&mut socket).await, Next::Closed(String::new()));
}

#[tokio::test(start_paused = true)]
async fn an_idle_socket_gets_empty_frames() {
    let served = Served::open().await;
    let (_, url) = served.start().await;
    let mut socket = served.connect(&url).await.unwrap();
    let begun = tokio::time::Instant::now();
    for _ in 0..3 {
        assert_eq!(next(&mut socket).await, Next::Empty);
    }
    assert!(begun.elapsed() >= Duration::from_secs(40), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_address_is_good_for_a_minute_and_one_conversation() {
    let served = Served::open().await;
    let (id, url) = served.start().await;
    let (other, _) = served.start().await;
    let opened =
        served.world.post(&format!("{DL}/conversations"), &served.world.secret, json!({})).await;
    let token = opened.json()["token"].as_str().unwrap().to_owned();
    let (base, ticket) = url.split_once("&t=").unwrap();
    for (url, status) in [
        (base.to_owned(), 401),
        (format!("{base}&t=wrong"), 403),
        (format!("{base}&t={token}"), 403),
        (format!("{base}&t={}", served.world.secret), 403),
        (url.replace(&id, &other), 403),
        (format!("{}&t={ticket}", base.replace("watermark=-", "watermark=x")), 400),
    ] {
        assert_eq!(served.connect(&url).await.err(), Some(status), "{url}");
    }
    // Nor is the ticket a token.
    let path = format!("{DL}/conversations/{id}/activities");
    assert_eq!(served.world.get(&path, ticket).await.status, 403);
    let plain = url.split_once(&served.address).unwrap().1;
    assert_eq!(served.world.get(plain, "").await.status, 400, "no handshake");
    served.world.later(60 * SECOND - 1);
    assert!(served.connect(&url).await.is_ok());
    served.world.later(1);
    assert_eq!(served.connect(&url).await.err(), Some(403));
}

#[tokio::test]
async fn a_socket_can_be_spoiled() {
    use crate::agent::{AgentCall, AgentFault};
    let served = Served::open().await;
    let (_, url) = served.start().await;
    let agent = &served.world.agent;
    agent.fail_next(AgentCall::Stream, AgentFault::refusal(503, "Sorry"));
    assert_eq!(served.connect(&url).await.err(), Some(503));
    agent.fail_next(AgentCall::Stream, AgentFault::Cut);
    let mut socket = served.connect(&url).await.unwrap();
    assert_eq!(next(&mut socket).await, Next::Broken);
    assert_eq!(agent.count(AgentCall::Stream), 2);
}
