//! Direct to engine: what the agent is ordered to do.

use super::{
    engine::{events, texts},
    *,
};

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_until_the_turn_is_over() {
    let world = World::open();
    let anna = world.token("anna");
    for (text, wait, expected) in [
        ("/several 2", 300, vec!["Part 1 of 2", "Part 2 of 2"]),
        ("/slow 50", 50_000, vec!["You said: /slow 50"]),
        ("/chunks delta", 400, vec!["You said: /chunks delta"]),
        ("/silent", 0, vec![]),
    ] {
        let id = world.start_engine(&anna).await;
        let begun = tokio::time::Instant::now();
        let reply = world.turn(&id, &anna, text).await;
        assert_eq!(begun.elapsed().as_millis(), wait, "{text}");
        assert_eq!(texts(&events(&reply.text)), expected);
        assert!(reply.text.ends_with("event: end\ndata: end\n\n"));
        // Every 20 seconds without an event.
        let comments = reply.text.matches(": keep-alive\n\n").count();
        assert_eq!(comments, if text == "/slow 50" { 2 } else { 0 }, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn chunks_are_shown() {
    let world = World::open();
    let anna = world.token("anna");
    let id = world.start_engine(&anna).await;
    let reply = world.turn(&id, &anna, "/chunks cumulative").await;
    let seen = events(&reply.text);
    let typing = seen.iter().filter(|event| event.data.contains("\"typing\"")).count();
    assert_eq!(typing, 4);
}

#[tokio::test(start_paused = true)]
async fn after_an_early_end_the_rest_is_subscribed_to() {
    let world = World::open();
    let anna = world.token("anna");
    let id = world.start_engine(&anna).await;
    let reply = world.turn(&id, &anna, "/handover").await;
    let seen = events(&reply.text);
    assert!(texts(&seen).is_empty(), "{seen:?}");
    assert_eq!(seen.last().unwrap().name, "end");
    let last = &seen[seen.len() - 2].id;
    let rest = world.subscribe(&id, &anna, last).await;
    let seen = events(&rest.text);
    assert_eq!(texts(&seen), ["You said: /handover"]);
    let last = &seen[0].id;
    assert_eq!(world.subscribe(&id, &anna, last).await.text, "event: end\ndata: end\n\n");
    assert_eq!(world.subscribe(&id, &anna, "x").await.refusal().0, 400);
}

#[tokio::test(start_paused = true)]
async fn a_stream_may_break_in_the_middle_of_an_event() {
    let world = World::open();
    let anna = world.token("anna");
    for text in ["/cut", "/chunks cut"] {
        let id = world.start_engine(&anna).await;
        let reply = world.turn(&id, &anna, text).await;
        assert!(reply.broken && !reply.text.contains("event: end"), "{reply:?}");
        assert!(!reply.text.ends_with("\n\n"), "{reply:?}");
        let rest = world.subscribe(&id, &anna, "0").await;
        assert!(!rest.broken);
        let expected = format!("You said: {text}");
        assert_eq!(texts(&events(&rest.text)), [expected]);
        assert_eq!(world.agent.conversation(&id).unwrap().heard(), [text]);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_those_of_the_channel() {
    let world = World::open();
    let anna = world.token("anna");
    let id = world.start_engine(&anna).await;
    let late = world.turn(&id, &anna, "/late 2").await;
    assert_eq!(late.refusal().0, 502);
    let rest = world.subscribe(&id, &anna, "").await;
    assert_eq!(texts(&events(&rest.text)), ["You said: /late 2"]);
    let limited = world.turn(&id, &anna, "/429 3").await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "3"));
    pass(3_000).await;
    assert_eq!(world.turn(&id, &anna, "/500").await.status, 500);
    let lost = world.turn(&id, &anna, "/lost").await;
    assert!(lost.broken, "{lost:?}");
    let end = world.turn(&id, &anna, "/end").await;
    assert!(end.text.contains("endOfConversation"), "{end:?}");
    assert_eq!(world.turn(&id, &anna, "more").await.status, 404);
    let id = world.start_engine(&anna).await;
    assert_eq!(world.turn(&id, &anna, "/gone").await.status, 404);
    assert_eq!(world.turn(&id, &anna, "more").await.status, 404);
}
