//! The log of a conversation as an event stream: `event: activity`, and `event: end` at the end.
//!
//! Source of the form: "Server-sent events",
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

use std::io;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, header},
};
use futures_util::stream;
use serde_json::Value as Json;
use tokio::{sync::watch, time::sleep};

use crate::agent::{
    activity::is_of_agent,
    conversation::{Conversation, Entry, Kind},
    refusal::Refusal,
    server::Server,
};

const END: &str = "event: end\ndata: end\n\n";

/// What is sent before the connection breaks: an event that nobody can read.
const HALF_AN_EVENT: &str = "event: activity\ndata: {\"type\":\"message\",\"text\":\"You sa";

enum State {
    Reading,
    /// The connection is to break.
    Breaking,
    Over,
}

/// Reads the log from one entry on.
pub(super) struct Reader {
    server: Server,
    id: String,
    next: usize,
    /// Whether the marks in the log end this stream; who comes for the rest has seen them.
    obeys_marks: bool,
    changed: watch::Receiver<()>,
    state: State,
}

/// What there is to send next.
enum Found {
    Entry(Box<Entry>),
    /// A turn is going on.
    NotYet,
    Nothing,
}

impl Reader {
    /// For the turn that begins at this entry.
    pub(super) fn of_turn(server: &Server, id: &str, from: usize) -> Result<Self, Refusal> {
        Self::new(server, id, from, true)
    }

    /// For what comes after an event.
    pub(super) fn of_rest(server: &Server, id: &str, from: usize) -> Result<Self, Refusal> {
        Self::new(server, id, from, false)
    }

    fn new(server: &Server, id: &str, next: usize, obeys_marks: bool) -> Result<Self, Refusal> {
        let changed = server.with(id, |conversation, _| conversation.watch())?;
        let (server, id) = (server.clone(), id.to_owned());
        Ok(Self { server, id, next, obeys_marks, changed, state: State::Reading })
    }

    fn find(&self) -> Found {
        let read = |conversation: &mut Conversation, _| match conversation.entry(self.next) {
            Some(entry) => Found::Entry(Box::new(entry.clone())),
            None if conversation.running > 0 => Found::NotYet,
            None => Found::Nothing,
        };
        self.server.with(&self.id, read).unwrap_or(Found::Nothing)
    }

    /// The next piece of the stream; `None` at its end.
    async fn piece(&mut self) -> Option<Result<Bytes, io::Error>> {
        match self.state {
            State::Reading => {}
            State::Breaking => {
                self.state = State::Over;
                return Some(Err(io::ErrorKind::ConnectionReset.into()));
            }
            State::Over => return None,
        }
        loop {
            match self.find() {
                Found::Entry(entry) => {
                    self.next += 1;
                    if let Some(text) = self.text(&entry) {
                        return Some(Ok(Bytes::from(text)));
                    }
                }
                Found::Nothing => {
                    self.state = State::Over;
                    return Some(Ok(Bytes::from_static(END.as_bytes())));
                }
                Found::NotYet => {
                    tokio::select! {
                        // An end of the changes is the end of the conversation, which is found.
                        _ = self.changed.changed() => {}
                        () = sleep(self.server.settings.keep_alive) => {
                            return Some(Ok(Bytes::from_static(b": keep-alive\n\n")));
                        }
                    }
                }
            }
        }
    }

    /// An entry as an event; `None` for what this stream does not show.
    fn text(&mut self, entry: &Entry) -> Option<String> {
        match entry.kind {
            Kind::StreamEnd if self.obeys_marks => {
                self.state = State::Over;
                Some(END.to_owned())
            }
            Kind::StreamCut if self.obeys_marks => {
                self.state = State::Breaking;
                Some(HALF_AN_EVENT.to_owned())
            }
            Kind::StreamEnd | Kind::StreamCut => None,
            Kind::Lasting | Kind::Passing => {
                let (id, activity) = (self.next, &entry.activity);
                let is_shown = is_of_agent(activity);
                is_shown.then(|| event(id, activity))
            }
        }
    }
}

fn event(id: usize, activity: &Json) -> String {
    format!("id: {id}\nevent: activity\ndata: {activity}\n\n")
}

/// A stream of events; its head names the conversation.
pub(super) fn response(id: &str, reader: Reader) -> Response<Body> {
    let pieces = stream::unfold(reader, async |mut reader| {
        let piece = reader.piece().await?;
        Some((piece, reader))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-ms-conversationid", id);
    }
    response
}
