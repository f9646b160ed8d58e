//! A Direct Line service that keeps to the document but for what a test wants otherwise, down to
//! the single byte. Like the sandbox's agent it takes `/end` for the end, which is an answer that
//! nobody has to wait behind.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jira_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use super::stub::{Asked, Step, Stub, json as answer};
use crate::support::{Bridge, NOW_MS};

/// The secret that it takes.
pub(super) const SECRET: &str = "s1";

/// What it keeps.
#[derive(Default)]
pub(super) struct Line {
    conversations: Mutex<BTreeMap<String, Vec<Value>>>,
    tokens: Mutex<Vec<String>>,
}

impl Line {
    /// Adds an activity, stamped by the service; its id.
    pub(super) fn say(&self, conversation: &str, mut activity: Value) -> String {
        let mut all = self.conversations.lock().unwrap();
        let activities = all.get_mut(conversation).expect("a conversation");
        let id = format!("{conversation}|{:07}", activities.len());
        activity["id"] = id.clone().into();
        activity["timestamp"] = jiff::Timestamp::now().to_string().into();
        activities.push(activity);
        id
    }

    /// A message of the agent that hands over to the user.
    pub(super) fn answer(&self, conversation: &str, text: &str, post: &str) {
        let message = json!({
            "type": "message", "text": text, "replyToId": post, "from": {"role": "bot"},
            "inputHint": "acceptingInput",
        });
        self.say(conversation, message);
    }

    /// A conversation with a token, which leads to a stream at `stream`.
    pub(super) fn opened(&self, status: u16, conversation: &str, stream: &str) -> Vec<Step> {
        let mut tokens = self.tokens.lock().unwrap();
        let token = format!("token-{}", tokens.len());
        tokens.push(token.clone());
        let opened = json!({
            "conversationId": conversation, "token": token, "expires_in": 1800, "streamUrl": stream,
        });
        answer(status, &opened)
    }

    /// How many conversations there are.
    pub(super) fn count(&self) -> usize {
        self.conversations.lock().unwrap().len()
    }

    /// Whether anything was said in a conversation.
    pub(super) fn has_posts(&self, conversation: &str) -> bool {
        let all = self.conversations.lock().unwrap();
        all.get(conversation).is_some_and(|activities| !activities.is_empty())
    }

    /// What was said first in a conversation.
    pub(super) fn first_text(&self, conversation: &str) -> Option<String> {
        let all = self.conversations.lock().unwrap();
        Some(all.get(conversation)?.first()?["text"].as_str()?.to_owned())
    }

    /// A new conversation.
    pub(super) fn begin(&self) -> String {
        let mut all = self.conversations.lock().unwrap();
        let id = format!("conv-{}", all.len());
        all.insert(id.clone(), Vec::new());
        id
    }

    /// Puts a post into its conversation.
    pub(super) fn take(&self, asked: &Asked) -> String {
        self.say(&conversation_of(asked), asked.json())
    }

    /// All that is right.
    pub(super) fn serve(&self, asked: &Asked, own: &str) -> Vec<Step> {
        let is_token = self.tokens.lock().unwrap().iter().any(|token| token == asked.bearer());
        if asked.bearer() != SECRET && !is_token {
            return answer(403, &json!({"error": {"code": "TokenExpired"}}));
        }
        let stream = format!("{}/stream", own.replacen("http", "ws", 1));
        if asked.is("POST", "/conversations") {
            return self.opened(201, &self.begin(), &stream);
        }
        if asked.is("POST", "/activities") {
            let id = self.take(asked);
            let posted = asked.json();
            if posted["type"] == "message" {
                let (conversation, text) =
                    (conversation_of(asked), posted["text"].as_str().unwrap());
                self.answer(&conversation, &format!("You said: {text}"), &id);
                if text.starts_with("/end") {
                    self.say(&conversation, json!({"type": "endOfConversation"}));
                }
            }
            return answer(200, &json!({"id": id}));
        }
        let conversation = conversation_of(asked);
        let all = self.conversations.lock().unwrap();
        let Some(activities) = all.get(&conversation) else {
            return answer(404, &json!({"error": {"code": "NotFound"}}));
        };
        if asked.is("GET", "/activities") {
            let from = asked.path.split_once("watermark=").map_or(0, |(_, n)| n.parse().unwrap());
            let new = activities.get(from..).unwrap_or_default();
            let watermark = activities.len().to_string();
            return answer(200, &json!({"activities": new, "watermark": watermark}));
        }
        if asked.method == "GET" && asked.path.contains("/conversations/") {
            return self.opened(200, &conversation, &stream);
        }
        answer(404, &json!({"error": {"code": "NotFound"}}))
    }
}

/// The conversation that a path is about.
pub(super) fn conversation_of(asked: &Asked) -> String {
    let (_, rest) = asked.path.split_once("/conversations/").unwrap_or_default();
    rest.split(['/', '?']).next().unwrap().to_owned()
}

/// The service, with what a test wants otherwise.
pub(super) async fn line(
    special: impl Fn(&Line, &Asked) -> Option<Vec<Step>> + Send + Sync + 'static,
) -> (Arc<Line>, Stub) {
    let line = Arc::new(Line::default());
    let shared = Arc::clone(&line);
    let stub = Stub::start(move |asked, own| {
        special(&shared, asked).unwrap_or_else(|| shared.serve(asked, own))
    });
    (line, stub.await)
}

/// A bridge to a service of tests.
pub(super) async fn bridge_to(stub: &Stub, own: &[(&'static str, &str)]) -> Bridge {
    let sandbox = Sandbox::of(Seed::Standard, Arc::new(|| NOW_MS));
    let base = [
        ("TOOLSETS", "agent"),
        ("DIRECT_LINE_ENDPOINT", stub.url.as_str()),
        ("DIRECT_LINE_SECRET", SECRET),
    ];
    let all: Vec<_> = base.into_iter().chain(own.iter().copied()).collect();
    Bridge::over(sandbox.router(), sandbox.tokens(), &all).await
}
