//! Direct to engine: who is let in, and a conversation.

use super::*;

/// One event of a stream.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data: String,
}

impl Event {
    pub(super) fn activity(&self) -> Json {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// The events of a whole stream, read as the standard of HTML says.
pub(super) fn events(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for block in text.split("\n\n").filter(|block| !block.is_empty() && !block.starts_with(':')) {
        let field = |wanted: &str| {
            let mut lines = block.lines().filter_map(|line| line.split_once(": "));
            let found = lines.find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        events.push(Event { id: field("id"), name: field("event"), data: field("data") });
    }
    events
}

/// The texts of the messages of a stream.
pub(super) fn texts(events: &[Event]) -> Vec<String> {
    let activities: Vec<_> =
        events.iter().filter(|event| event.name == "activity").map(Event::activity).collect();
    said(&activities).into_iter().map(str::to_owned).collect()
}

impl World {
    /// Starts a conversation as somebody; its id.
    pub(super) async fn start_engine(&self, token: &str) -> String {
        let body = json!({ "emitStartConversationEvent": false });
        let reply = self.post(&format!("{CLASSIC}/conversations"), token, body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.header("x-ms-conversationid").to_owned()
    }

    pub(super) async fn turn(&self, id: &str, token: &str, text: &str) -> Reply {
        let body = json!({ "activity": { "type": "message", "text": text } });
        self.post(&format!("{CLASSIC}/conversations/{id}"), token, body).await
    }

    pub(super) async fn subscribe(&self, id: &str, token: &str, last: &str) -> Reply {
        let path = format!("{CLASSIC}/conversations/{id}/subscribe");
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("last-event-id", last);
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_turn_is_a_stream_of_events() {
    let world = World::open();
    let anna = world.token("anna");
    let body = json!({ "emitStartConversationEvent": true, "locale": "en-US" });
    let path = format!("{CLASSIC}/conversations?api-version=2022-03-01-preview");
    let start = world.post(&path, &anna, body).await;
    assert_eq!((start.status, start.header("content-type")), (200, "text/event-stream"));
    let id = start.header("x-ms-conversationid").to_owned();
    let seen = events(&start.text);
    let names: Vec<_> = seen.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["activity", "end"]);
    assert_eq!(seen[0].activity()["conversation"]["id"], id);

    let turn = world.turn(&id, &anna, "hello").await;
    assert_eq!(turn.header("x-ms-conversationid"), id);
    let seen = events(&turn.text);
    assert_eq!(texts(&seen), ["You said: hello"], "nobody hears himself");
    let names: Vec<_> = seen.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["activity", "end"]);
    let known = world.agent.conversation(&id).unwrap();
    assert_eq!(known.heard(), ["hello"]);
    let answer = seen[0].activity();
    assert_eq!(answer["replyToId"], known.activities[1]["id"]);
    assert_eq!(answer["channelId"], "pva-studio");
}

#[tokio::test]
async fn without_the_event_nobody_is_greeted() {
    let world = World::open();
    let anna = world.token("anna");
    for body in [json!({}), json!({ "emitStartConversationEvent": false })] {
        let reply = world.post(&format!("{CLASSIC}/conversations"), &anna, body).await;
        assert_eq!(reply.text, "event: end\ndata: end\n\n");
    }
}

#[tokio::test]
async fn only_users_are_let_in() {
    let world = World::open();
    let expired = world.entra(&json!({ "oid": "o", "scp": "x", "exp": NOW / 1000 }));
    let user = world.entra(&json!({ "oid": "o", "scp": "CopilotStudio.Copilots.Invoke" }));
    let (head, signature) = user.rsplit_once('.').unwrap();
    let program = world.agent.app_only_token().unwrap();
    for (token, status) in [
        (world.token("anna"), 200),
        (user.clone(), 200),
        (String::new(), 401),
        ("wrong".to_owned(), 401),
        (world.token("emil"), 401),
        (world.secret.clone(), 401),
        (expired, 401),
        (format!("{head}.A{signature}"), 401),
        (format!("{head}."), 401),
        (world.entra(&json!({ "scp": "x" })), 401),
        (program.clone(), 405),
    ] {
        let reply = world.post(&format!("{CLASSIC}/conversations"), &token, json!({})).await;
        assert_eq!(reply.status, status, "{token}");
        let reply = world.get(&AgentSettings::new("").discovery_url(), &token).await;
        assert_eq!(reply.status, status, "{token}");
    }
    world.later(HOUR);
    assert_eq!(world.post(&format!("{CLASSIC}/conversations"), &user, json!({})).await.status, 401);
}

#[tokio::test]
async fn a_conversation_is_its_user_s() {
    let world = World::open();
    let (anna, ben) = (world.token("anna"), world.token("ben"));
    let id = world.start_engine(&anna).await;
    assert_eq!(world.turn(&id, &ben, "hello").await.refusal().0, 404);
    assert_eq!(world.subscribe(&id, &ben, "").await.refusal().0, 404);
    assert_eq!(world.turn("nope", &anna, "hello").await.refusal().0, 404);
    // And no channel opens it, nor does this way open those of a channel.
    let path = format!("{DL}/conversations/{id}/activities");
    assert_eq!(world.get(&path, &world.secret).await.status, 404);
    let of_channel = world.start().await;
    assert_eq!(world.turn(&of_channel, &anna, "hello").await.status, 404);
    assert!(world.agent.conversation(&id).unwrap().heard().is_empty());
}

#[tokio::test]
async fn paths_name_a_known_kind_and_agent() {
    let world = World::open();
    let anna = world.token("anna");
    for (path, status) in [
        (format!("{CLASSIC}/conversations"), 200),
        (CLASSIC.replace("dataverse-backed", "prebuilt") + "/conversations", 200),
        (CLASSIC.replace("dataverse-backed", "other") + "/conversations", 404),
        (format!("{CLASSIC}2/conversations"), 404),
        ("/copilotstudio/agents/other/conversations".to_owned(), 404),
    ] {
        assert_eq!(world.post(&path, &anna, json!({})).await.status, status, "{path}");
    }
    let id = world.start_engine(&anna).await;
    let path = format!("{CLASSIC}/conversations/{id}");
    for body in [json!({}), json!({ "activity": "x" }), json!({ "activity": {} }), json!([])] {
        assert_eq!(world.post(&path, &anna, body.clone()).await.refusal().0, 400, "{body}");
    }
}

#[tokio::test]
async fn discovery_names_addresses_that_work() {
    let world = World::open();
    let anna = world.token("anna");
    let endpoint = AgentSettings::new(BASE).discovery_url();
    let found = world.get(endpoint.strip_prefix(BASE).unwrap(), &anna).await.json();
    let path = |name: &str, id: &str| {
        let url = found[name].as_str().unwrap();
        assert_eq!(url.contains("{conversationId}"), name != "createConversation");
        url.strip_prefix(BASE).unwrap().replace("{conversationId}", id)
    };
    let start = world.post(&path("createConversation", ""), &anna, json!({})).await;
    let id = start.header("x-ms-conversationid").to_owned();
    for name in ["executeTurn", "continueTurn"] {
        let body = json!({ "activity": { "type": "message", "text": name } });
        let reply = world.post(&path(name, &id), &anna, body).await;
        assert_eq!(texts(&events(&reply.text)), [format!("You said: {name}")]);
    }
    let reply = world.get(&path("subscribe", &id), &anna).await;
    assert_eq!(texts(&events(&reply.text)), ["You said: executeTurn", "You said: continueTurn"]);
}
