//! Whole conversations over Direct Line.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    stub::{Asked, Step, Stub, json},
    *,
};

/// A service that keeps to the document: one conversation `conv-1`, secret `s1`.
#[derive(Default)]
pub(super) struct Line {
    activities: Mutex<Vec<Value>>,
    tokens: Mutex<usize>,
}

impl Line {
    pub(super) fn say(&self, mut activity: Value) -> String {
        let mut activities = self.activities.lock().unwrap();
        let id = format!("conv-1|{:07}", activities.len());
        activity["id"] = id.clone().into();
        activity["timestamp"] = jiff::Timestamp::now().to_string().into();
        activities.push(activity);
        id
    }

    pub(super) fn answer(&self, text: &str, post: &str) {
        self.say(json!({
            "type": "message", "text": text, "replyToId": post, "from": { "role": "bot" },
            "inputHint": "acceptingInput",
        }));
    }

    pub(super) fn watermark(&self) -> usize {
        self.activities.lock().unwrap().len()
    }

    fn opened(&self, status: u16, own: &str) -> Vec<Step> {
        let mut tokens = self.tokens.lock().unwrap();
        *tokens += 1;
        let stream = format!("{}/stream", own.replacen("http", "ws", 1));
        let opened = json!({
            "conversationId": "conv-1", "token": format!("t{tokens}"), "expires_in": 1800,
            "streamUrl": stream,
        });
        json(status, &opened)
    }

    /// Everything but what a test wants otherwise. An echo has another sender than its post had.
    pub(super) fn serve(&self, asked: &Asked, own: &str) -> Vec<Step> {
        let is_secret = asked.bearer() == "s1";
        if !is_secret && asked.bearer() != format!("t{}", self.tokens.lock().unwrap()) {
            return json(403, &json!({ "error": { "code": "BadArgument" } }));
        }
        if asked.is("POST", "/conversations") {
            return self.opened(201, own);
        }
        if asked.is("GET", "/conversations/conv-1") {
            return self.opened(200, own);
        }
        if asked.is("GET", "/activities") {
            let all = self.activities.lock().unwrap();
            let from = asked.path.split_once("watermark=").map_or(0, |(_, n)| n.parse().unwrap());
            let new = all.get(from..).unwrap_or_default();
            return json(200, &json!({ "activities": new, "watermark": all.len().to_string() }));
        }
        if asked.is("POST", "/activities") {
            let id = self.take(asked);
            let posted = asked.json();
            if posted["type"] == "message" {
                self.answer(&format!("You said: {}", posted["text"].as_str().unwrap()), &id);
            }
            return json(200, &json!({ "id": id }));
        }
        json(404, &json!({ "error": { "code": "NotFound" } }))
    }

    /// Puts a post into the conversation, under another sender's id.
    pub(super) fn take(&self, asked: &Asked) -> String {
        let mut activity = asked.json();
        activity["from"] = json!({ "id": "relabelled-by-the-service" });
        self.say(activity)
    }
}

/// A service, with what a test wants otherwise.
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

pub(super) fn helper(stub: &Stub) -> Agents {
    agents(by_secrets(&stub.url, &["s1"]), Duration::from_mins(30))
}

#[tokio::test]
async fn a_whole_conversation_and_its_history() {
    let (line, stub) = line(|_, _| None).await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap();
    let first = conversation.send(&words("one 🙂"), &ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&first.messages), ["You said: one 🙂"]);
    assert_eq!((first.end, first.delivery), (TurnEnd::Answered, Delivery::Delivered));
    assert_eq!(first.activity_id.as_deref(), Some("conv-1|0000000"));
    let again = agents.conversation(conversation.id(), None, &ann).await.unwrap();
    let second = again.send(&words("two"), &ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&second.messages), ["You said: two"]);

    let limit = Instant::now() + Duration::from_secs(9);
    let newest = again.history(3, None, &ann, limit).await.unwrap();
    assert_eq!(texts(&newest.messages), ["You said: one 🙂", "two", "You said: two"]);
    assert_eq!((newest.total, newest.before), (4, Some(1)));
    let older = again.history(3, newest.before, &ann, limit).await.unwrap();
    assert_eq!(texts(&older.messages), ["one 🙂"]);
    assert_eq!((older.messages[0].from, older.before), (From::User, None));

    // Defect 1: one token for it all, and no call for another.
    assert_eq!(*line.tokens.lock().unwrap(), 1);
    assert_eq!(stub.count("POST", "/activities"), 2);
    // Another replica with the same secret reads and goes on.
    let replica = helper(&stub);
    let there = replica.conversation(conversation.id(), None, &ann).await.unwrap();
    let third = there.send(&words("three"), &ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&third.messages), ["You said: three"]);

    // Defect 8: the service is told of the end, and every replica then knows it.
    assert_eq!(there.end(&ann, limit + Duration::from_secs(9)).await.unwrap(), 6);
    let posts = stub.count("POST", "/activities");
    let ended = again.send(&words("four"), &ann, waiting(9_000)).await.unwrap_err();
    assert!(ended.is_not_found() && ended.delivery == Some(Delivery::NotSent));
    assert!(again.history(3, None, &ann, limit).await.unwrap_err().is_not_found());
    assert!(again.end(&ann, limit).await.unwrap_err().is_not_found());
    assert_eq!(stub.count("POST", "/activities"), posts);
}

/// Defect 12 of the program that this one replaces: users were not kept apart.
#[tokio::test]
async fn a_foreign_or_forged_id_is_no_conversation_and_nobody_is_asked() {
    let (_, stub) = line(|_, _| None).await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap();
    let asked = stub.seen().len();
    let check = async |id: &str, principal: &str, agent: Option<&str>| {
        let found = agents.conversation(id, agent, &asker(principal)).await;
        found.unwrap_err().is_not_found()
    };
    assert!(check(conversation.id(), "bob", None).await);
    assert!(check("conv-1", "ann", None).await);
    assert!(check(conversation.id(), "ann", Some("other")).await);
    assert_eq!(stub.seen().len(), asked);
    assert!(conversation.id().len() <= 200 && conversation.id().is_ascii());
}

#[tokio::test]
async fn an_idle_conversation_is_over_and_nothing_is_posted() {
    let (line, stub) = line(|_, _| None).await;
    let agents = agents(by_secrets(&stub.url, &["s1"]), Duration::from_millis(1));
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap();
    line.say(json!({ "type": "message", "text": "old", "from": { "role": "bot" } }));
    line.activities.lock().unwrap()[0]["timestamp"] = "2020-01-01T00:00:00Z".into();
    let error = conversation.send(&words("x"), &ann, waiting(9_000)).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(stub.count("POST", "/activities"), 0);
}

/// Defect 2 of the program that this one replaces: a dead token ended its conversation.
#[tokio::test]
async fn a_dead_token_is_replaced_by_the_secret_once() {
    let (line, stub) = line(|_, _| None).await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap();
    *line.tokens.lock().unwrap() += 1;
    let reply = conversation.send(&words("x"), &ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["You said: x"]);
    assert_eq!(line.activities.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn the_second_secret_is_tried_once_and_none_is_the_operators_matter() {
    let (_, stub) = line(|_, _| None).await;
    let ann = asker("ann");
    let old = agents(by_secrets(&stub.url, &["s0", "s1"]), Duration::from_secs(9));
    let agent = old.agent(None).unwrap();
    agent.open(&ann, waiting(9_000)).await.unwrap();
    agent.open(&ann, waiting(9_000)).await.unwrap();
    let bearers: Vec<_> = stub.seen().iter().map(|asked| asked.bearer().to_owned()).collect();
    assert_eq!(bearers, ["s0", "s1", "s1"]);
    let wrong = agents(by_secrets(&stub.url, &["s0", "s2"]), Duration::from_secs(9));
    let error = wrong.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap_err();
    assert!(matches!(error.kind, AgentErrorKind::OperatorCredentials));
    assert!(!format!("{error} {error:?}").contains("s0"));
}

#[tokio::test]
async fn a_greeting_is_waited_for_and_answers_nothing() {
    let (_, stub) = line(|line, asked| {
        (asked.is("POST", "/activities") && asked.json()["type"] == "event").then(|| {
            let id = line.take(asked);
            line.answer("Hello!", &id);
            json(200, &json!({ "id": id }))
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let agent = agents.agent(Some("helper")).unwrap();
    let (conversation, greeting) = agent.start(&ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&greeting), ["Hello!"]);
    let reply = conversation.send(&words("x"), &ann, waiting(9_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["You said: x"]);
    assert!(matches!(agents.agent(Some("x")).unwrap_err().kind, AgentErrorKind::NoSuchAgent));
}

#[tokio::test]
async fn typing_is_heard_by_socket() {
    let (_, stub) = line(|_, asked| {
        let frame = |activity: Value| json!({ "activities": [activity] }).to_string();
        asked.is("GET", "/stream").then(|| {
            let typing = json!({ "type": "typing", "from": { "role": "bot" } });
            vec![Step::Frames(vec![String::new(), "{odd".to_owned(), frame(typing)])]
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let heard = Mutex::new(Vec::new());
    let report = |progress| heard.lock().unwrap().push(progress);
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(9_000)).await.unwrap();
    let waiting = Waiting { report: Some(&report), ..waiting(30_000) };
    let reply = conversation.send(&words("x"), &ann, waiting).await.unwrap();
    assert_eq!(texts(&reply.messages), ["You said: x"]);
    let heard = heard.into_inner().unwrap();
    assert!(heard.contains(&TurnProgress::Typing), "{heard:?}");
    assert!(heard.contains(&TurnProgress::Messages(1)), "{heard:?}");
}
