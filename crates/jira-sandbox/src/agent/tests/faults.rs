//! What a test can let go wrong, and see.

use super::*;
use crate::agent::{AgentCall, AgentFault};

#[tokio::test]
async fn calls_are_counted_by_kind() {
    let world = World::open();
    assert!(world.agent.calls().is_empty());
    let id = world.start().await;
    world.say(&id, "one").await;
    world.say(&id, "two").await;
    world.read(&id).await;
    world.get(&format!("{DL}/conversations/{id}"), "wrong").await;
    let counts = [
        (AgentCall::Open, 1),
        (AgentCall::Reconnect, 1),
        (AgentCall::Read, 1),
        (AgentCall::Post, 2),
    ];
    assert_eq!(world.agent.calls().into_iter().collect::<Vec<_>>(), counts);
    assert_eq!(world.agent.count(AgentCall::Generate), 0);
}

#[tokio::test]
async fn an_answer_of_the_test_keeps_the_call_from_the_service() {
    let world = World::open();
    let id = world.start().await;
    world.agent.fail_next(AgentCall::Post, AgentFault::rate_limit(Some(7)));
    world.agent.fail_next(AgentCall::Post, AgentFault::html(503));
    world.agent.fail_always(AgentCall::Post, AgentFault::refusal(409, "Conflict"));
    let limited = world.say(&id, "one").await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "7"));
    let page = world.say(&id, "two").await;
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
    for _ in 0..2 {
        assert_eq!(world.say(&id, "three").await.refusal(), (409, "Conflict".to_owned()));
    }
    assert!(world.read(&id).await.is_empty());
    world.agent.heal();
    assert_eq!(world.say(&id, "four").await.status, 200);
    assert_eq!(said(&world.read(&id).await), ["You said: four"]);
}

#[tokio::test]
async fn other_faults_leave_the_effect() {
    let world = World::open();
    let id = world.start().await;
    world.agent.fail_next(AgentCall::Post, AgentFault::bot_timed_out(504));
    assert_eq!(world.say(&id, "one").await.refusal(), (504, "BotError".to_owned()));
    world.agent.fail_next(AgentCall::Post, AgentFault::Cut);
    let reply = world.say(&id, "two").await;
    assert!(reply.broken && reply.json().is_null(), "{reply:?}");
    assert_eq!(said(&world.read(&id).await), ["You said: one", "You said: two"]);
    assert_eq!(world.agent.conversation(&id).unwrap().heard(), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_be_late_or_wait_for_the_test() {
    let world = World::open();
    let id = world.start().await;
    let wait = std::time::Duration::from_mins(1);
    world.agent.fail_next(AgentCall::Post, AgentFault::Late(wait));
    let begun = tokio::time::Instant::now();
    assert_eq!(world.say(&id, "late").await.status, 200);
    assert_eq!(begun.elapsed(), wait);
    world.agent.fail_next(AgentCall::Post, AgentFault::Held);
    let healing = async {
        pass(5_000).await;
        assert_eq!(world.agent.conversation(&id).unwrap().heard(), ["late", "held"]);
        world.agent.heal();
    };
    let (reply, ()) = tokio::join!(world.say(&id, "held"), healing);
    assert_eq!(reply.status, 200);
    assert_eq!(begun.elapsed(), wait + std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn the_agent_may_speak_unasked() {
    let world = World::open();
    let id = world.start().await;
    let activity = json!({ "type": "message", "from": { "id": "x", "role": "bot" }, "text": "Hi" });
    assert!(world.agent.say(&id, activity.clone()));
    assert!(!world.agent.say("nope", activity));
    assert_eq!(said(&world.read(&id).await), ["Hi"]);
}
