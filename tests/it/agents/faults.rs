//! What goes wrong between an agent and its service, and what a client is told: each message is
//! sent once, and each answer comes once and whole, now or later.

use futures_util::future::join_all;
use jira_sandbox::{AgentCall, AgentFault};
use serde_json::{Value, json};

use super::{World, history, open, refused, say, texts};
use crate::support::until;

/// All at once: they mostly wait for the agent to be quiet.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_belongs_to_its_own_message() {
    tokio::join!(
        a_late_answer_is_in_the_history_and_in_no_other_answer(),
        two_calls_at_once_in_one_conversation_get_their_own_answers(),
        a_greeting_is_no_answer(),
    );
}

async fn a_late_answer_is_in_the_history_and_in_no_other_answer() {
    let world = World::start().await;
    let bridge = world.bridge_with(&[("AGENT_REPLY_TIMEOUT_MS", "2500")]).await;
    let (id, answer) = open(&bridge, "anna", "/late 3.5").await;
    assert_eq!(answer["status"], "pending", "{answer}");
    assert_eq!((&answer["delivery"], texts(&answer)), (&json!("delivered"), vec![]), "{answer}");
    // It comes while the next answer is collected.
    let next = say(&bridge, "anna", &id, "next").await;
    assert_eq!((texts(&next), &next["status"]), (vec!["You said: next"], &json!("completed")));
    let said = || history(&bridge, "anna", &id);
    until("the late answer is there", async || texts(&said().await).len() == 4).await;
    assert!(texts(&said().await).contains(&"You said: /late 3.5"));
    assert_eq!((world.posted("/late 3.5"), world.posted("next")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_break_collide_repeat_and_think_aloud_change_no_answer() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let orders = [
        "/cut",
        "/collide",
        "/lost",
        "/double",
        "/typing",
        "/chunks delta of some words",
        "/chunks cumulative of some words",
        "/chunks empty",
        "/chunks cut",
        "/plan",
        "/handover",
        "/late 0.2",
        "/slow 0.5",
    ];
    let check = async |order: &str| {
        let (id, answer) = open(&bridge, "anna", order).await;
        let expected = format!("You said: {order}");
        assert_eq!(texts(&answer), [expected.as_str()], "{order}: {answer}");
        assert_eq!(answer["status"], "completed", "{order}: {answer}");
        assert!(!answer.to_string().contains("A secret"), "{order}: {answer}");
        let said = history(&bridge, "anna", &id).await;
        let mut said = texts(&said).into_iter().map(str::to_owned).collect::<Vec<_>>();
        // The service shows a double twice.
        said.dedup();
        assert_eq!(said, [order, &expected], "{order}");
        assert_eq!(world.posted(order), 1, "{order}");
    };
    join_all(orders.map(check)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_service_that_break_off_lose_nothing() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let expired = || AgentFault::refusal(403, "TokenExpired");
    let faults = [
        (AgentCall::Stream, AgentFault::Cut),
        (AgentCall::Stream, expired()),
        (AgentCall::Read, AgentFault::Cut),
        (AgentCall::Read, AgentFault::html(502)),
        (AgentCall::Read, expired()),
        (AgentCall::Post, AgentFault::Cut),
        (AgentCall::Post, AgentFault::bot_timed_out(504)),
        (AgentCall::Post, expired()),
    ];
    let count = faults.len();
    for (call, fault) in faults {
        world.agent.fail_next(call, fault);
    }
    let texts: Vec<_> = (0..count).map(|number| format!("text {number}")).collect();
    let answers = join_all(texts.iter().map(|text| open(&bridge, "anna", text))).await;
    for (text, (_, answer)) in texts.iter().zip(&answers) {
        assert_eq!(answer["response"], format!("You said: {text}"), "{answer}");
        let all = world.agent.conversations();
        let heard = all.iter().flat_map(|one| one.heard()).filter(|heard| heard == text).count();
        assert_eq!(heard, 1, "{text}");
    }
    // A post that was refused for its token was not taken, and is the one that is sent again.
    assert_eq!(world.posts().len(), count + 1);
}

#[tokio::test]
async fn tokens_that_end_in_the_middle_are_replaced_within_bounds() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (id, _) = open(&bridge, "anna", "/expire").await;
    assert_eq!(say(&bridge, "anna", &id, "/end").await["response"], "You said: /end");
    // The one that came with the conversation, and one for that which was taken away.
    assert_eq!(world.token_calls(), 2);
    assert_eq!(world.agent.conversations().len(), 1);
}

#[tokio::test]
async fn a_conversation_that_the_agent_ends_or_the_service_forgets_is_not_found() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (ended, forgotten) =
        tokio::join!(open(&bridge, "anna", "/end"), open(&bridge, "anna", "hello"));
    assert_eq!((texts(&ended.1), &ended.1["status"]), (vec!["You said: /end"], &json!("ended")));
    let known = world.agent.conversations();
    let known = known.iter().find(|one| one.heard() == ["hello"]).unwrap();
    assert!(world.agent.forget(&known.id));
    let posts = world.posts().len();
    for id in [ended.0, forgotten.0] {
        let message = json!({"conversationId": id, "message": "more"});
        assert_eq!(refused(&bridge, "anna", message).await["error"], "not_found");
        for tool in ["get_conversation_history", "end_conversation"] {
            let answer = bridge.call("anna", tool, json!({"conversationId": id})).await;
            assert_eq!((answer.is_error, &answer.value["error"]), (true, &json!("not_found")));
        }
    }
    assert_eq!(world.posts().len(), posts, "nothing is posted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_quota_is_a_limit_and_other_codes_are_data() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let quota = async |code: &str| {
        let refusal = refused(&bridge, "anna", json!({"message": format!("/error {code}")})).await;
        assert_eq!(refusal["error"], "rate_limited", "{refusal}");
        assert_eq!(refusal["agentError"], json!({"code": code, "isQuota": true}), "{refusal}");
        assert_eq!(refusal["delivery"], "delivered", "{refusal}");
        let id = refusal["conversationId"].as_str().unwrap();
        assert_eq!(texts(&history(&bridge, "anna", id).await).len(), 2);
    };
    let other = async |code: &str| {
        let (_, answer) = open(&bridge, "anna", &format!("/error {code}")).await;
        assert_eq!(answer["agentError"], json!({"code": code, "isQuota": false}), "{answer}");
        assert_eq!(answer["status"], "completed", "{answer}");
    };
    tokio::join!(
        quota("EnforcementMessage"),
        quota("GenAIToolPlannerRateLimitReached"),
        quota("GenAISearchandSummarizeRateLimitReached"),
        quota("OpenAIRateLimitReached"),
        other("ContentFiltered"),
        other("2012"),
    );
}

async fn two_calls_at_once_in_one_conversation_get_their_own_answers() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let replica = world.bridge().await;
    let (id, _) = open(&bridge, "anna", "begin").await;
    let at = |bridge, text| say(bridge, "anna", &id, text);
    let (one, two, three) =
        tokio::join!(at(&bridge, "/slow 0.7"), at(&bridge, "two"), at(&replica, "three"));
    let answers = [(one, "/slow 0.7"), (two, "two"), (three, "three")];
    for (answer, text) in answers {
        assert_eq!(texts(&answer), [format!("You said: {text}")], "{answer}");
    }
}

async fn a_greeting_is_no_answer() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let start = |arguments: Value| bridge.call("anna", "start_conversation", arguments);
    let (greeted, asked) =
        tokio::join!(start(json!({})), start(json!({"initialMessage": "/slow 0.3"})));
    let (greeted, asked) = (greeted.value, asked.value);
    assert!(greeted["response"].as_str().unwrap().starts_with("Hello, I am"), "{greeted}");
    assert_eq!((&greeted["status"], texts(&greeted).len()), (&json!("started"), 1), "{greeted}");
    assert_eq!((&asked["status"], texts(&asked)), (&json!("started"), vec!["You said: /slow 0.3"]));
    assert!(asked["greeting"].as_str().unwrap().starts_with("Hello, I am"), "{asked}");
}
