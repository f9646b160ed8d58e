//! Direct Line: conversations, what is said in them, and how they end.

use super::*;

#[tokio::test]
async fn the_agent_repeats_what_it_is_told() {
    let world = World::open();
    let id = world.start().await;
    let posted = world.say(&id, "hello").await;
    assert_eq!((posted.status, posted.json()), (200, json!({ "id": format!("{id}|0000000") })));
    let activities = world.read(&id).await;
    let [own, answer] = activities.as_slice() else { panic!("{activities:?}") };
    assert_eq!(
        *own,
        json!({
            "type": "message", "text": "hello", "from": { "id": "dl_me" },
            "id": format!("{id}|0000000"), "timestamp": "2026-11-20T10:00:00.000Z",
            "channelId": "directline", "conversation": { "id": id },
        })
    );
    assert_eq!(answer["text"], "You said: hello");
    assert_eq!(answer["id"], format!("{id}|0000001"));
    assert_eq!(answer["replyToId"], own["id"]);
    assert_eq!(answer["from"]["role"], "bot");
    assert_eq!(answer["inputHint"], "acceptingInput");
    assert_eq!(answer["channelId"], "directline");
    assert_eq!(world.agent.conversation(&id).unwrap().heard(), ["hello"]);
}

#[tokio::test]
async fn a_watermark_leads_on() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "one").await;
    let path = format!("{DL}/conversations/{id}/activities");
    let all = world.get(&path, &world.secret).await.json();
    let mark = all["watermark"].as_str().unwrap();
    let next = world.get(&format!("{path}?watermark={mark}"), &world.secret).await.json();
    assert_eq!(next, json!({ "activities": [], "watermark": mark }));
    world.say(&id, "two").await;
    let next = world.get(&format!("{path}?watermark={mark}"), &world.secret).await.json();
    assert_eq!(said(next["activities"].as_array().unwrap()), ["You said: two"]);
    for whole in ["", "0", "-"] {
        let path = format!("{path}?watermark={whole}");
        let activities = world.get(&path, &world.secret).await.json()["activities"].take();
        assert_eq!(activities.as_array().unwrap().len(), 4, "{whole}");
    }
    let odd = world.get(&format!("{path}?watermark=abc"), &world.secret).await;
    assert_eq!(odd.refusal(), (400, "BadArgument".to_owned()));
}

#[tokio::test]
async fn the_event_of_the_start_is_greeted() {
    let world = World::open();
    let id = world.start().await;
    let event = json!({ "type": "event", "name": "startConversation", "from": { "id": "dl_me" } });
    let path = format!("{DL}/conversations/{id}/activities");
    let posted = world.post(&path, &world.secret, event).await.json();
    let activities = world.read(&id).await;
    assert_eq!(said(&activities).len(), 1);
    assert_eq!(activities[1]["replyToId"], posted["id"]);
    assert_eq!(activities[1]["suggestedActions"]["actions"][0]["type"], "imBack");
    for other in [json!("other"), Json::Null] {
        let event = json!({ "type": "event", "name": other, "from": { "id": "dl_me" } });
        assert_eq!(world.post(&path, &world.secret, event).await.status, 200);
    }
    assert_eq!(said(&world.read(&id).await).len(), 1);
}

#[tokio::test]
async fn whose_an_activity_is_says_the_service() {
    let world = World::open();
    let body = json!({ "user": { "id": "dl_bound", "name": "Me" } });
    let opened = world.post(&format!("{DL}/conversations"), &world.secret, body).await.json();
    let id = opened["conversationId"].as_str().unwrap();
    let token = opened["token"].as_str().unwrap();
    let path = format!("{DL}/conversations/{id}/activities");
    for (role, kept) in [(json!("bot"), None), (json!("user"), Some("user")), (json!(7), None)] {
        let from = json!({ "id": "dl_other", "name": "Other", "role": role });
        let forged = json!({
            "type": "message", "from": from, "text": "x", "id": "forged", "timestamp": "never",
            "channelId": "email", "conversation": { "id": "forged" },
        });
        assert_eq!(world.post(&path, token, forged).await.status, 200);
        let activities = world.read(id).await;
        let own = &activities[activities.len() - 2];
        assert_eq!(own["from"]["id"], "dl_bound");
        assert_eq!(own["from"]["role"].as_str(), kept, "{role}");
        assert!(own["id"].as_str().unwrap().starts_with(id), "{own}");
        assert_eq!(own["conversation"]["id"], *id);
        assert_eq!(own["channelId"], "directline");
    }
}

#[tokio::test]
async fn what_the_agent_cannot_take_is_refused() {
    let world = World::open();
    let id = world.start().await;
    let path = format!("{DL}/conversations/{id}/activities");
    let from = json!({ "id": "dl_me" });
    for (body, code) in [
        (json!({ "from": from, "text": "x" }), "MissingProperty"),
        (json!({ "type": "", "from": from }), "MissingProperty"),
        (json!({ "type": "message", "text": "x" }), "MissingProperty"),
        (json!({ "type": "message", "text": "x", "from": {} }), "MissingProperty"),
        (json!({ "type": "message", "text": "x", "from": { "id": "" } }), "MissingProperty"),
        (json!([]), "BadArgument"),
    ] {
        let reply = world.post(&path, &world.secret, body.clone()).await;
        assert_eq!(reply.refusal(), (400, code.to_owned()), "{body}");
    }
    let empty = say("").to_string().len();
    for (bytes, status) in [(262_144, 200), (262_145, 400)] {
        let body = say(&"x".repeat(bytes - empty));
        assert_eq!(body.to_string().len(), bytes);
        assert_eq!(world.post(&path, &world.secret, body).await.status, status, "{bytes}");
    }
    assert_eq!(world.agent.conversation(&id).unwrap().heard().len(), 1);
}

#[tokio::test]
async fn after_the_end_nothing_is_said_and_all_can_be_read() {
    for by_agent in [false, true] {
        let world = World::open();
        let id = world.start().await;
        world.say(&id, "hello").await;
        if by_agent {
            assert_eq!(world.say(&id, "/end").await.status, 200);
        } else {
            let end = json!({ "type": "endOfConversation", "from": { "id": "dl_me" } });
            let path = format!("{DL}/conversations/{id}/activities");
            assert_eq!(world.post(&path, &world.secret, end).await.status, 200);
        }
        assert_eq!(world.say(&id, "more").await.status, 404);
        let activities = world.read(&id).await;
        let last = activities.last().unwrap();
        assert_eq!(last["type"], "endOfConversation");
        assert_eq!(last["from"]["role"] == "bot", by_agent);
        let path = format!("{DL}/conversations/{id}");
        assert_eq!(world.get(&path, &world.secret).await.status, 200);
        assert!(world.agent.conversation(&id).unwrap().ended);
    }
}

#[tokio::test]
async fn messages_are_kept_for_a_day_and_conversations_for_weeks() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "old").await;
    world.later(23 * HOUR);
    world.say(&id, "young").await;
    world.later(HOUR);
    assert_eq!(said(&world.read(&id).await), ["You said: young"]);
    world.later(14 * 24 * HOUR);
    assert!(world.read(&id).await.is_empty());
    world.later(24 * HOUR);
    let path = format!("{DL}/conversations/{id}");
    for path in [path.clone(), format!("{path}/activities")] {
        assert_eq!(world.get(&path, &world.secret).await.refusal().0, 404, "{path}");
    }
}

#[tokio::test]
async fn users_of_a_conversation_may_type_and_join_unseen() {
    let world = World::open();
    let id = world.start().await;
    let path = format!("{DL}/conversations/{id}/activities");
    for kind in ["typing", "conversationUpdate"] {
        let activity = json!({ "type": kind, "from": { "id": "dl_me" } });
        assert_eq!(world.post(&path, &world.secret, activity).await.status, 200, "{kind}");
    }
    assert!(world.read(&id).await.is_empty());
    // Their ids are taken all the same.
    let posted = world.say(&id, "hello").await.json();
    assert_eq!(posted["id"], format!("{id}|0000002"));
}

#[tokio::test]
async fn long_conversations_are_read_page_by_page() {
    let mut settings = AgentSettings::new(BASE);
    settings.activities_per_page = 3;
    let world = World::of(settings);
    let id = world.start().await;
    for text in ["one", "two"] {
        world.say(&id, text).await;
    }
    let (mut sizes, mut mark) = (Vec::new(), String::new());
    while sizes.last() != Some(&0) {
        let path = format!("{DL}/conversations/{id}/activities?watermark={mark}");
        let page = world.get(&path, &world.secret).await.json();
        sizes.push(page["activities"].as_array().unwrap().len());
        mark = page["watermark"].as_str().unwrap().to_owned();
    }
    assert_eq!((sizes, mark.as_str()), (vec![3, 1, 0], "4"));
}
