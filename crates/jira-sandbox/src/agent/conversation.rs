//! One conversation: all that was said, in order, and who reads along.

use serde_json::Value as Json;
use tokio::{sync::watch, time::Instant};

use crate::{clock, json::put};

use super::{activity, ids};

/// Messages can be read for a day.
const MESSAGES_KEPT_MS: i64 = 24 * clock::HOUR_MS;

/// How a conversation was begun, and so how it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentProtocol {
    /// Direct Line 3.0.
    DirectLine,
    /// Direct to engine.
    DirectToEngine,
}

/// What an entry of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Can be read for a day.
    Lasting,
    /// Only for those who are connected now.
    Passing,
    /// No activity: the event stream ends here, though more may come.
    StreamEnd,
    /// No activity: the event stream breaks off here.
    StreamCut,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) activity: Json,
    at_ms: i64,
}

/// A card that waits for a user to sign in.
#[derive(Clone, Debug)]
pub(super) struct SignIn {
    pub(super) connection: String,
    /// `tokenExchangeResource.id`, if a token can be given instead.
    pub(super) exchange: Option<String>,
}

/// The place of one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Socket {
    Open,
    /// Another socket took its place.
    Collided,
    /// It broke.
    Broken,
}

#[derive(Debug)]
pub(super) struct Conversation {
    id: String,
    pub(super) protocol: AgentProtocol,
    /// Direct Line: the id that stands in the place of what users say of themselves. Direct to
    /// engine: whose token it was begun with.
    pub(super) user: Option<String>,
    /// Until then there is a token for it, and nothing else.
    pub(super) opened: bool,
    pub(super) ended: bool,
    /// How many turns of the agent are not over.
    pub(super) running: usize,
    pub(super) sign_in: Option<SignIn>,
    /// No post is taken before; by the clock of the runtime, as all that takes a while.
    pub(super) limited_until: Option<Instant>,
    entries: Vec<Entry>,
    ids: usize,
    /// Sockets are counted from 1, in the order in which they connected.
    sockets: u64,
    collided: u64,
    broken: u64,
    connected: usize,
    used_ms: i64,
    changed: watch::Sender<()>,
}

impl Conversation {
    pub(super) fn new(id: String, protocol: AgentProtocol, user: Option<String>, now: i64) -> Self {
        Self {
            id,
            protocol,
            user,
            opened: false,
            ended: false,
            running: 0,
            sign_in: None,
            limited_until: None,
            entries: Vec::new(),
            ids: 0,
            sockets: 0,
            collided: 0,
            broken: 0,
            connected: 0,
            used_ms: now,
            changed: watch::Sender::default(),
        }
    }

    /// When it was last used.
    pub(super) fn used_ms(&self) -> i64 {
        self.used_ms
    }

    /// Sees the changes that follow; ends with the conversation.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Wakes those who read along.
    pub(super) fn wake(&self) {
        self.changed.send_replace(());
    }

    /// The id of an activity that is not shown to anybody, or not yet.
    pub(super) fn next_id(&mut self) -> String {
        let number = self.ids;
        self.ids += 1;
        match self.protocol {
            AgentProtocol::DirectLine => format!("{}|{number:07}", self.id),
            AgentProtocol::DirectToEngine => ids::guid(),
        }
    }

    /// Adds an activity, stamped by the service; its id.
    pub(super) fn add(&mut self, activity: Json, now: i64) -> String {
        let id = self.next_id();
        self.add_as(&id, activity, now);
        id
    }

    /// The same with an id that was taken before.
    pub(super) fn add_as(&mut self, id: &str, mut activity: Json, now: i64) {
        let channel = match self.protocol {
            AgentProtocol::DirectLine => "directline",
            AgentProtocol::DirectToEngine => "pva-studio",
        };
        put(&mut activity, "id", id);
        put(&mut activity, "timestamp", clock::agile_time(now));
        put(&mut activity, "channelId", channel);
        put(&mut activity, "conversation", serde_json::json!({ "id": self.id }));
        let kind = activity.get("type").and_then(Json::as_str);
        self.ended |= kind == Some("endOfConversation");
        let kind = if kind == Some("typing") { Kind::Passing } else { Kind::Lasting };
        self.push(kind, activity, now);
    }

    /// Adds a mark for event streams.
    pub(super) fn mark(&mut self, kind: Kind, now: i64) {
        self.push(kind, Json::Null, now);
    }

    /// Adds the last activity of the agent once more, as it was.
    pub(super) fn repeat(&mut self, now: i64) {
        let is_last = |entry: &&Entry| activity::is_of_agent(&entry.activity);
        if let Some(entry) = self.entries.iter().rev().find(is_last).cloned() {
            self.push(entry.kind, entry.activity, now);
        }
    }

    fn push(&mut self, kind: Kind, activity: Json, now: i64) {
        self.entries.push(Entry { kind, activity, at_ms: now });
        self.used_ms = now;
        self.wake();
    }

    /// How many entries there are: the watermark of those who know them all.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// What a poller is shown from a watermark on, so many at most, and the watermark that leads
    /// on.
    pub(super) fn lasting(&self, from: usize, most: usize, now: i64) -> (Vec<Json>, usize) {
        let mut shown = Vec::new();
        for (at, entry) in self.entries.iter().enumerate().skip(from) {
            let is_kept = now.saturating_sub(entry.at_ms) < MESSAGES_KEPT_MS;
            if entry.kind != Kind::Lasting || !is_kept {
                continue;
            }
            if shown.len() == most {
                return (shown, at);
            }
            shown.push(entry.activity.clone());
        }
        (shown, self.entries.len())
    }

    /// What a socket is shown from a watermark on, if it has been connected since `since`: what is
    /// passing is not shown afterwards.
    pub(super) fn live(&self, from: usize, since: usize, now: i64) -> Vec<Json> {
        let (mut shown, _) = self.lasting(from.min(since), usize::MAX, now);
        if from >= since {
            let entries = self.entries.get(from..).unwrap_or_default().iter();
            let is_shown = |entry: &&Entry| matches!(entry.kind, Kind::Lasting | Kind::Passing);
            shown = entries.filter(is_shown).map(|entry| entry.activity.clone()).collect();
        }
        shown
    }

    /// A new socket takes the place of all before it.
    pub(super) fn connect(&mut self) -> u64 {
        self.sockets += 1;
        self.connected += 1;
        self.wake();
        self.sockets
    }

    /// A socket has ended, in whatever way.
    pub(super) fn disconnect(&mut self) {
        self.connected = self.connected.saturating_sub(1);
    }

    /// How many sockets have not ended.
    pub(super) fn connected(&self) -> usize {
        self.connected
    }

    pub(super) fn socket(&self, number: u64) -> Socket {
        if number <= self.broken {
            Socket::Broken
        } else if number <= self.collided || number < self.sockets {
            Socket::Collided
        } else {
            Socket::Open
        }
    }

    /// Breaks all sockets, without a word.
    pub(super) fn break_sockets(&mut self) {
        self.broken = self.sockets;
        self.wake();
    }

    /// Closes all sockets, as if another one had come.
    pub(super) fn collide_sockets(&mut self) {
        self.collided = self.sockets;
        self.wake();
    }

    /// All activities ever, those that are passing too.
    pub(super) fn activities(&self) -> Vec<Json> {
        let entries = self.entries.iter().map(|entry| &entry.activity);
        entries.filter(|activity| activity.is_object()).cloned().collect()
    }
}
