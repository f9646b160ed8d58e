//! Direct Line: what the agent is ordered to do. Time stands still but for what an order waits for.

use super::*;

/// Says it, lets time pass, and reads: the status of the post, and what a poller sees but the
/// user's own message.
async fn order(world: &World, id: &str, text: &str, wait: u64) -> (u16, Vec<Json>) {
    let before = world.agent.conversation(id).unwrap().activities.len();
    let status = world.say(id, text).await.status;
    pass(wait).await;
    let seen = world.agent.conversation(id).unwrap().activities.len();
    assert!(seen >= before, "nothing is taken back");
    let all = world.read(id).await;
    let is_new = |activity: &Json| activity["from"]["role"] == "bot";
    (status, all.into_iter().filter(is_new).collect())
}

/// Whether each text is said so long after the post, and not before.
async fn check(text: &str, status: u16, first_ms: u64, expected: &[&str]) {
    let world = World::open();
    let id = world.start().await;
    let (got, early) = order(&world, &id, text, first_ms.saturating_sub(1)).await;
    assert_eq!(got, status, "{text}");
    let early = if first_ms == 0 { 0 } else { said(&early).len() };
    assert_eq!(early, 0, "{text}: too early");
    pass(10_000).await;
    let all = world.read(&id).await;
    assert_eq!(said(&all), expected, "{text}");
    assert_eq!(world.agent.conversation(&id).unwrap().heard(), [text], "delivered once");
    // And it is as good as before.
    assert_eq!(world.say(&id, "next").await.status, 200);
    pass(10).await;
    assert_eq!(said(&world.read(&id).await).last(), Some(&"You said: next"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn answers_come_when_and_as_ordered() {
    check("plain", 200, 0, &["You said: plain"]).await;
    check("/unknown", 200, 0, &["You said: /unknown"]).await;
    check("/slow 2", 200, 2_000, &["You said: /slow 2"]).await;
    check("/late 3", 502, 3_000, &["You said: /late 3"]).await;
    check("/typing", 200, 600, &["You said: /typing"]).await;
    check("/several 2", 200, 0, &["Part 1 of 2", "Part 2 of 2"]).await;
    check("/collide", 200, 300, &["You said: /collide"]).await;
    check("/cut", 200, 300, &["You said: /cut"]).await;
    check("/lost", 200, 0, &["You said: /lost"]).await;
    check("/handover", 200, 1_000, &["You said: /handover"]).await;
    check("/expire", 200, 0, &["You said: /expire"]).await;
    check("/double", 200, 0, &["You said: /double", "You said: /double"]).await;
    check("/echo", 200, 0, &["You said: /echo"]).await;
    check("/silent", 200, 0, &[]).await;
    for kind in ["delta", "cumulative", "empty", "cut"] {
        let text = format!("/chunks {kind}");
        check(&text, 200, 200, &[&format!("You said: {text}")]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_of_several_awaits_input() {
    let world = World::open();
    let id = world.start().await;
    let (_, answers) = order(&world, &id, "/several 3", 5_000).await;
    let hints: Vec<_> = answers.iter().map(|answer| answer["inputHint"].as_str()).collect();
    let (more, last) = (Some("ignoringInput"), Some("acceptingInput"));
    assert_eq!(hints, [more, more, last]);
    assert!(answers.iter().all(|answer| answer["replyToId"] == format!("{id}|0000000")));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_an_error_of_the_agent() {
    let world = World::open();
    let id = world.start().await;
    let reply = world.say(&id, "/late 1").await;
    assert_eq!(reply.refusal(), (502, "BotError".to_owned()));
    assert_eq!(reply.json()["httpStatusCode"], 502);
    let all = world.read(&id).await;
    assert_eq!(all[0]["text"], "/late 1", "delivered all the same");
}

#[tokio::test(start_paused = true)]
async fn refusals_keep_the_message_from_the_agent() {
    for (text, expected) in
        [("/500", (500, "ServiceError")), ("/502", (502, "BotRejectedActivity"))]
    {
        let world = World::open();
        let id = world.start().await;
        for _ in 0..2 {
            let (status, code) = world.say(&id, text).await.refusal();
            assert_eq!((status, code.as_str()), expected);
        }
        assert!(world.read(&id).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_posts_may_come_again_after_a_time() {
    let world = World::open();
    let id = world.start().await;
    let limited = world.say(&id, "/429 2.5").await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "3"));
    pass(1_400).await;
    let other = world.say(&id, "hello").await;
    assert_eq!((other.status, other.header("retry-after")), (429, "2"), "all are refused");
    pass(1_100).await;
    assert_eq!(world.say(&id, "/429 2.5").await.status, 200);
    assert_eq!(said(&world.read(&id).await), ["You said: /429 2.5"]);
    assert_eq!(world.say(&id, "/429").await.header("retry-after"), "");
    assert_eq!(world.say(&id, "hello").await.status, 200);
    assert_eq!(world.say(&id, "/429").await.status, 429);
    assert_eq!(world.say(&id, "/429").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_gone_conversation_is_gone() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "/slow 1").await;
    assert_eq!(world.say(&id, "/gone").await.refusal().0, 404);
    pass(2_000).await;
    assert_eq!(world.say(&id, "hello").await.refusal().0, 404);
    assert_eq!(world.agent.conversation(&id), None);
}

#[tokio::test(start_paused = true)]
async fn tokens_expire_when_ordered() {
    let world = World::open();
    let opened = world.post(&format!("{DL}/conversations"), &world.secret, json!({})).await.json();
    let id = opened["conversationId"].as_str().unwrap();
    let token = opened["token"].as_str().unwrap();
    let path = format!("{DL}/conversations/{id}/activities");
    assert_eq!(world.post(&path, token, say("/expire")).await.status, 200);
    assert_eq!(world.get(&path, token).await.refusal(), (403, "TokenExpired".to_owned()));
    assert_eq!(said(&world.read(id).await), ["You said: /expire"]);
}

#[tokio::test(start_paused = true)]
async fn an_echo_may_have_another_name() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "/echo").await;
    let own = &world.read(&id).await[0];
    assert_eq!(own["text"], "/echo");
    assert_ne!(own["from"]["id"], "dl_me");
    assert_eq!(own["from"].get("role"), None);
}

#[tokio::test(start_paused = true)]
async fn a_double_is_one_activity() {
    let world = World::open();
    let id = world.start().await;
    let (_, answers) = order(&world, &id, "/double", 1_000).await;
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_breaks_in_the_middle() {
    let world = World::open();
    let id = world.start().await;
    let reply = world.say(&id, "/lost").await;
    assert!(reply.broken && !reply.text.is_empty() && reply.json().is_null(), "{reply:?}");
}

#[tokio::test(start_paused = true)]
async fn chunks_name_the_first_of_their_stream() {
    let world = World::open();
    let id = world.start().await;
    for (kind, texts) in [
        ("delta", vec!["You ", "said: ", "/chunks ", "delta"]),
        (
            "cumulative",
            vec!["You ", "You said: ", "You said: /chunks ", "You said: /chunks cumulative"],
        ),
    ] {
        let before = world.agent.conversation(&id).unwrap().activities.len();
        order(&world, &id, &format!("/chunks {kind}"), 5_000).await;
        let all = world.agent.conversation(&id).unwrap().activities.split_off(before + 1);
        let (last, chunks) = all.split_last().unwrap();
        let seen: Vec<_> = chunks.iter().map(|chunk| chunk["text"].as_str().unwrap()).collect();
        assert_eq!(seen, texts);
        let stream = &chunks[0]["id"];
        for (chunk, number) in chunks.iter().zip(1..) {
            assert_eq!(chunk["type"], "typing");
            let named = (number > 1).then_some(stream);
            assert_eq!(chunk["entities"][0]["type"], "streaminfo");
            for info in [&chunk["entities"][0], &chunk["channelData"]] {
                assert_eq!(info.get("streamId"), named);
                assert_eq!(info["streamSequence"], number);
                assert_eq!(info["streamType"], "streaming");
            }
            let is_delta = chunk["channelData"]["chunkType"] == "delta";
            assert_eq!(is_delta, kind == "delta");
        }
        assert_eq!(last["type"], "message");
        assert_eq!(last["entities"][0]["streamType"], "final");
        assert_eq!(last["entities"][0]["streamId"], *stream);
        assert_eq!(last["text"], format!("You said: /chunks {kind}"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_more_than_text_has_its_form() {
    let world = World::open();
    let id = world.start().await;
    for (text, at) in [
        ("/card", "/attachments/0/content/body/0/text"),
        ("/card", "/suggestedActions/actions/3/value"),
        ("/cite", "/entities/0/citation/1/appearance/url"),
        ("/image", "/attachments/1/contentUrl"),
    ] {
        let (_, answers) = order(&world, &id, text, 10).await;
        let found = answers.last().unwrap().pointer(at).and_then(Json::as_str);
        assert!(found.is_some_and(|found| !found.is_empty()), "{text} {at}");
    }
    let (_, answers) = order(&world, &id, "/plan", 10).await;
    assert!(answers.iter().any(|answer| answer["name"] == "DynamicPlanStepTriggered"));
    let (_, answers) = order(&world, &id, "/error OpenAIRateLimitReached", 10).await;
    let text = answers.last().unwrap()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("Error code: OpenAIRateLimitReached."), "{text}");
    let (_, answers) = order(&world, &id, "/big 4096", 10).await;
    assert_eq!(answers.last().unwrap()["text"].as_str().unwrap().len(), 4096);
    let (_, answers) = order(&world, &id, "/help", 10).await;
    let help = answers.last().unwrap()["text"].as_str().unwrap().to_owned();
    for known in ["/several", "/chunks", "/429", "/handover", "/500"] {
        assert!(help.contains(known), "{known}");
    }
}

#[tokio::test]
async fn a_card_is_answered_by_its_value() {
    let world = World::open();
    let id = world.start().await;
    let submit =
        json!({ "type": "message", "from": { "id": "dl_me" }, "value": { "action": "send" } });
    let path = format!("{DL}/conversations/{id}/activities");
    assert_eq!(world.post(&path, &world.secret, submit).await.status, 200);
    assert_eq!(said(&world.read(&id).await), ["You said: {\"action\":\"send\"}"]);
}

#[tokio::test(start_paused = true)]
async fn after_the_end_the_agent_is_silent_too() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "/slow 1").await;
    let end = json!({ "type": "endOfConversation", "from": { "id": "dl_me" } });
    world.post(&format!("{DL}/conversations/{id}/activities"), &world.secret, end).await;
    pass(2_000).await;
    assert!(said(&world.read(&id).await).is_empty());
}
