//! Nothing that is said to an agent or by it, nothing that opens anything, and nobody's name is
//! ever written or counted, at any level: the real binary at trace, with traces and metrics on.

use std::{collections::BTreeSet, sync::Mutex};

use futures_util::future::join_all;
use http::header;
use serde_json::{Value, json};

use super::World;
use crate::{
    sessions::browser::Door,
    support::{Process, Receiver, Upstream},
};

/// What is asked, each in a conversation of its own.
const SAID: [&str; 17] = [
    "quietword in a message",
    "/card quietword",
    "/oauth quietword",
    "/sso quietword",
    "/cite quietword",
    "/plan quietword",
    "/chunks delta quietword",
    "/late 0.1 quietword",
    "/lost quietword",
    "/error quietword",
    "/error OpenAIRateLimitReached quietword",
    "/expire quietword",
    "/500 quietword",
    "/429 600 quietword",
    "/gone quietword",
    "/end quietword",
    "/502 quietword",
];

/// Texts of the agent that must not be written either.
const TEXTS_OF_THE_AGENT: [&str; 8] = [
    "You said",
    "Card of the sandbox",
    "A secret",
    "says the handbook",
    "token.botframework.com",
    "I am the sandbox agent",
    "Please sign in",
    "something went wrong",
];

/// A client of the process.
struct Talk {
    client: reqwest::Client,
    url: String,
    replies: Mutex<String>,
    ids: Mutex<BTreeSet<String>>,
}

impl Talk {
    fn new(url: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, url: url.to_owned(), replies: Mutex::default(), ids: Mutex::default() }
    }

    async fn call(&self, token: &str, tool: &str, arguments: Value) -> Value {
        let mut params = json!({"name": tool, "arguments": arguments});
        params["_meta"] = json!({"progressToken": "p"});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = self.client.post(format!("{}/mcp", self.url)).bearer_auth(token);
        let request = request.header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let text = request.body(body.to_string()).send().await.unwrap().text().await.unwrap();
        self.replies.lock().unwrap().push_str(&text);
        let last = text.lines().filter_map(|line| line.strip_prefix("data:")).next_back();
        let reply: Value = serde_json::from_str(last.unwrap_or(&text)).unwrap();
        let shown = reply["result"]["content"][0]["text"].as_str();
        let shown: Value = serde_json::from_str(shown.unwrap_or("{}")).unwrap();
        let id = shown["conversationId"].as_str().map(str::to_owned);
        self.ids.lock().unwrap().extend(id);
        shown
    }

    async fn everything(&self, token: &str) {
        let started = self.call(token, "start_conversation", json!({})).await;
        let id = started["conversationId"].clone();
        let said = SAID.map(|text| self.call(token, "send_message", json!({"message": text})));
        let more = json!({"message": "quietword once more", "conversationId": id});
        tokio::join!(join_all(said), self.call(token, "send_message", more));
        for tool in ["get_conversation_history", "end_conversation", "end_conversation"] {
            self.call(token, tool, json!({"conversationId": id})).await;
        }
        let value = json!({"message": "quietword", "value": r#"{"quietword":"quietword"}"#});
        self.call(token, "send_message", value).await;
        for wrong in [
            json!({"message": "quietword", "conversationId": "c1_quietword"}),
            json!({"message": "", "conversationId": id}),
            json!({"message": "quietword", "value": "quietword"}),
            json!({"message": "quietword", "quietword": "quietword"}),
        ] {
            self.call(token, "send_message", wrong).await;
        }
    }
}

/// Every token, id and name that the services know.
fn secrets(world: &World) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = world.agent.secrets().into_iter().collect();
    for seen in world.seen() {
        if let Some(bearer) = seen.headers.get(header::AUTHORIZATION) {
            let bearer = bearer.to_str().unwrap();
            all.insert(bearer.strip_prefix("Bearer ").unwrap().to_owned());
        }
        for text in [&seen.answer, &seen.body] {
            let json: Value = serde_json::from_str(text).unwrap_or_default();
            let stream = json["streamUrl"].as_str().and_then(|url| url.split_once("t="));
            all.extend(stream.map(|(_, token)| token.split('&').next().unwrap().to_owned()));
            let texts = [&json["token"], &json["from"]["id"], &json["value"]["token"]];
            all.extend(texts.into_iter().filter_map(|text| text.as_str().map(str::to_owned)));
        }
    }
    for conversation in world.agent.conversations() {
        all.insert(conversation.id);
        all.extend(conversation.user);
    }
    all
}

#[track_caller]
fn assert_silent(place: &str, text: &str, secrets: &BTreeSet<String>) {
    for secret in secrets {
        let line = || text.lines().find(|line| line.contains(secret)).unwrap_or_default();
        assert!(!text.contains(secret), "{secret} is in the {place}: {}", line());
        // Eight letters of a token would be enough to know it by.
        let tail = secret.get(secret.len().saturating_sub(12)..).unwrap_or_default();
        assert!(secret.len() < 24 || !text.contains(tail), "the end of {secret} is in the {place}");
    }
}

/// A process of these settings, all that could be said to it, and all that it wrote.
async fn listen_to(
    world: &World,
    base: Vec<(&'static str, String)>,
    sign_in: bool,
) -> (Talk, String, String, BTreeSet<String>) {
    let receiver = Receiver::start().await;
    let otlp = format!("http://{}", receiver.address);
    let jira = Upstream::start(world.sandbox.router()).await;
    let api = format!("http://{}", jira.address);
    let mut settings: Vec<(&str, &str)> =
        base.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend([
        ("LOG_LEVEL", "trace"),
        ("ADMIN_ADDR", "127.0.0.1:0"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.as_str()),
        ("JIRA_API_BASE_URL", api.as_str()),
        ("AGENT_REPLY_TIMEOUT_MS", "4000"),
        ("MAX_CONCURRENT_PER_USER", "100"),
    ]);
    let process = Process::start(&["serve"], &settings);
    let url = process.url().await;
    let talk = Talk::new(&url);
    let (token, mut hidden) = if sign_in {
        let door: Door = world.door_at(&url);
        let tokens = door.sign_in("anna").await;
        let hidden = BTreeSet::from([tokens.access_token.clone(), tokens.refresh_token]);
        (tokens.access_token, hidden)
    } else {
        let (_, token) = world.sandbox.tokens().swap_remove(0);
        (token.clone(), BTreeSet::from([token]))
    };
    talk.everything(&token).await;
    let admin = process.lines("listening")[0]["admin_address"].as_str().unwrap().to_owned();
    let metrics = talk.client.get(format!("http://{admin}/metrics")).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    process.terminate();
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0));
    assert!(log.lines().count() > 60, "trace must have written something: {log}");
    let [traces, _] = receiver.everything();
    assert!(traces.len() > 1_000, "something was traced");
    hidden.extend(secrets(world));
    for (place, text) in [("log", &log), ("metrics", &metrics), ("traces", &traces)] {
        assert_silent(place, text, &hidden);
        assert_silent(place, text, &talk.ids.lock().unwrap());
        for word in ["quietword", "Anna", "@example.com", "sandbox-connection"] {
            assert!(!text.contains(word), "{word} is in the {place}");
        }
        for word in TEXTS_OF_THE_AGENT {
            assert!(!text.contains(word), "{word} is in the {place}");
        }
    }
    (talk, log, metrics, hidden)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_and_no_secret_is_said() {
    tokio::join!(over_direct_line(), direct_to_engine());
}

async fn over_direct_line() {
    let world = World::start().await;
    let (talk, log, metrics, mut hidden) = listen_to(&world, world.direct_line(), false).await;
    let replies = talk.replies.into_inner().unwrap();
    assert!(replies.contains("quietword") && talk.ids.into_inner().unwrap().len() > 5);
    // The service's ids stand in ours; nothing else of all this is said to anybody.
    for conversation in world.agent.conversations() {
        hidden.remove(&conversation.id);
    }
    assert_silent("replies", &replies, &hidden);
    assert!(metrics.contains("tool=\"send_message\""), "{metrics}");
    assert!(log.contains("send_message"), "{log}");
}

async fn direct_to_engine() {
    let world = World::start().await;
    let (talk, _, _, mut hidden) = listen_to(&world, world.engine(), true).await;
    for conversation in world.agent.conversations() {
        hidden.remove(&conversation.id);
    }
    let replies = talk.replies.into_inner().unwrap();
    assert!(replies.contains("quietword"));
    assert_silent("replies", &replies, &hidden);
}
