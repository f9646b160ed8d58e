//! Defects 1 to 8, 18 and 19: tokens, turns, failures, history, what is told to whom.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use jira_sandbox::{AgentCall, AgentFault};
use serde_json::json;
use tokio::time::Instant;

use super::super::{World, ended, history, open, refused, say, texts};
use crate::support::until;

/// 1: renewed a token as soon as it had it, some hundred times a second, for one idle conversation,
/// and went on after its end.
#[tokio::test]
async fn a_conversation_takes_one_token_and_none_while_it_is_idle_or_has_ended() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let ((over, _), _idle) =
        tokio::join!(open(&bridge, "anna", "one"), open(&bridge, "anna", "two"));
    ended(&bridge, "anna", &over).await;
    assert_eq!(world.token_calls(), 2);
    // They are idle for as long as this takes.
    open(&bridge, "ben", "hello").await;
    assert_eq!(world.token_calls(), 3);
}

/// 2: asked for the token of another conversation instead of renewing its own, so that each
/// conversation was over when its first token was.
#[tokio::test]
async fn a_conversation_outlives_its_tokens() {
    let world = World::with(|agent| agent.token_life = Duration::from_secs(1)).await;
    let bridge = world.bridge().await;
    let begun = Instant::now();
    let (id, _) = open(&bridge, "anna", "one").await;
    // The first token was over before the answer was.
    assert_eq!(say(&bridge, "anna", &id, "/end").await["response"], "You said: /end");
    assert_eq!(world.agent.count(AgentCall::Generate), 0);
    assert_eq!(world.agent.conversations().len(), 1);
    // Never more than one a second, and the one that came with the conversation.
    let most = begun.elapsed().as_secs() + 2;
    let calls = world.token_calls();
    assert!((2..=most).contains(&calls), "{calls} of {most}");
}

/// 3: took the last message of the first poll that brought any, and gave the others out as the
/// answer to the next question.
#[tokio::test]
async fn an_answer_is_all_messages_and_the_next_one_has_none_of_them() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (id, answer) = open(&bridge, "anna", "/several 3").await;
    let parts = ["Part 1 of 3", "Part 2 of 3", "Part 3 of 3"];
    assert_eq!(texts(&answer), parts);
    assert_eq!(answer["response"], parts.join("\n\n"));
    let next = say(&bridge, "anna", &id, "/end").await;
    assert_eq!(
        (texts(&next), &next["response"]),
        (vec!["You said: /end"], &json!("You said: /end"))
    );
}

/// 4: told the agent from the user by the sender's id, which the service rewrites: the user's own
/// words came back as the answer.
#[tokio::test]
async fn a_users_own_words_are_never_the_answer() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (id, answer) = open(&bridge, "anna", "/echo").await;
    assert_eq!(texts(&answer), ["You said: /echo"]);
    let said = history(&bridge, "anna", &id).await;
    assert_eq!(texts(&said), ["/echo", "You said: /echo"]);
    let from: Vec<_> =
        said["messages"].as_array().unwrap().iter().map(|one| &one["from"]).collect();
    assert_eq!(from, ["user", "agent"]);
}

/// 5: took the 502 of a slow agent for a failure, although the message was with the agent, and
/// never read the answer.
#[tokio::test]
async fn a_slow_agents_answer_is_waited_for_and_its_message_sent_once() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (_, answer) = open(&bridge, "anna", "/late 0.5").await;
    assert_eq!(
        (texts(&answer), &answer["status"]),
        (vec!["You said: /late 0.5"], &json!("completed"))
    );
    assert!(answer["activityId"].is_string(), "{answer}");
    assert_eq!(world.posted("/late 0.5"), 1);
}

/// 6: lost the status of each failure on its way, so that nothing was known by it, and its breaker
/// never opened.
#[tokio::test(flavor = "multi_thread")]
async fn each_failure_keeps_its_meaning_and_only_a_dead_service_opens_the_breaker() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let check = async |text: &str, code: &str, delivery: Option<&str>| {
        let refusal = refused(&bridge, "anna", json!({"message": text})).await;
        assert_eq!(refusal["error"], code, "{text}: {refusal}");
        assert_eq!(refusal["delivery"].as_str(), delivery, "{text}: {refusal}");
        assert_eq!(world.posted(text), 1, "{text}");
    };
    let slow = (0..8).map(|_| open(&bridge, "ben", "/late 0.1"));
    tokio::join!(
        check("/429 600", "rate_limited", Some("not_sent")),
        check("/gone", "not_found", None),
        check("/500", "upstream_unavailable", Some("unknown")),
        join_all(slow),
    );
    // What the service refuses is an answer; so are its limits.
    for fault in [AgentFault::refusal(400, "BadArgument"), AgentFault::rate_limit(Some(600))] {
        world.agent.fail_always(AgentCall::Open, fault);
        for _ in 0..12 {
            let refusal = refused(&bridge, "anna", json!({"message": "hello"})).await;
            assert_ne!(refusal["error"], "circuit_open", "{refusal}");
        }
    }
    world.agent.fail_always(AgentCall::Open, AgentFault::html(503));
    let mut codes = Vec::new();
    while codes.last() != Some(&json!("circuit_open")) {
        assert!(codes.len() < 100, "{codes:?}");
        let refusal = refused(&bridge, "carla", json!({"message": "hello"})).await;
        codes.push(refusal["error"].clone());
    }
    assert!(codes.contains(&json!("upstream_unavailable")), "{codes:?}");
    let asked = world.agent.count(AgentCall::Open);
    let refusal = refused(&bridge, "carla", json!({"message": "hello"})).await;
    assert_eq!((&refusal["error"], &refusal["delivery"]), (&json!("circuit_open"), &json!(null)));
    assert_eq!(world.agent.count(AgentCall::Open), asked);
}

/// 7: called a missing answer a success with a text of its own, and lost what came later.
#[tokio::test]
async fn what_comes_later_is_pending_and_then_in_the_history() {
    let world = World::start().await;
    let bridge = world.bridge_with(&[("AGENT_REPLY_TIMEOUT_MS", "1000")]).await;
    let (id, answer) = open(&bridge, "anna", "/slow 2").await;
    assert_eq!((&answer["status"], &answer["delivery"]), (&json!("pending"), &json!("delivered")));
    assert_eq!((texts(&answer), &answer["response"]), (vec![], &json!("")));
    assert!(answer["hint"].as_str().unwrap().contains("get_conversation_history"), "{answer}");
    until("the answer is there", async || {
        texts(&history(&bridge, "anna", &id).await) == ["/slow 2", "You said: /slow 2"]
    })
    .await;
    assert_eq!(world.posted("/slow 2"), 1);
}

/// 8: kept the agent's messages only, in its memory, until it was restarted; and the agent never
/// heard of an end.
#[tokio::test]
async fn both_sides_are_read_back_after_a_restart_and_the_agent_hears_the_end() {
    let world = World::start().await;
    let first = world.bridge().await;
    let (id, _) = open(&first, "anna", "one").await;
    first.stop().await;
    let second = world.bridge().await;
    assert_eq!(texts(&history(&second, "anna", &id).await), ["one", "You said: one"]);
    let end = ended(&second, "anna", &id).await;
    assert_eq!((&end["status"], &end["messageCount"]), (&json!("ended"), &json!(2)));
    let conversations = world.agent.conversations();
    assert!(conversations.len() == 1 && conversations[0].ended);
    let posts = world.posts();
    assert_eq!(posts.last().unwrap()["type"], "endOfConversation");
    let arguments = json!({"conversationId": id, "message": "three"});
    assert_eq!(refused(&second, "anna", arguments).await["error"], "not_found");
    assert_eq!(world.posts().len(), posts.len());
}

/// 18: wrote what users said into its log, and told the agent their e-mail address and tenant. The
/// log is searched in `silence.rs`.
#[tokio::test]
async fn an_agent_learns_nothing_of_a_user_but_an_id_that_says_nothing() {
    let world = World::start().await;
    let (bridge, replica) = tokio::join!(world.bridge(), world.bridge());
    tokio::join!(
        open(&bridge, "anna", "/end one"),
        open(&bridge, "ben", "/end two"),
        open(&replica, "anna", "/end three"),
    );
    let posts = world.posts();
    let id_of = |text: &str| {
        let post = posts.iter().find(|post| post["text"] == text).unwrap();
        let data = post["channelData"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), ["clientActivityID"]);
        post["from"]["id"].as_str().unwrap().to_owned()
    };
    let (anna, ben) = (id_of("/end one"), id_of("/end two"));
    assert!(anna.starts_with("dl_") && ben.starts_with("dl_") && anna != ben);
    for seen in world.seen() {
        let shown = format!("{}{}{:?}", seen.path, seen.body, seen.headers).to_lowercase();
        for personal in ["anna", "ben ", "example.com", "@", &bridge.token("anna").to_lowercase()] {
            assert!(!shown.contains(personal), "{personal} is in {shown}");
        }
    }
    // The same person has the same id in every conversation, and at every replica.
    assert_eq!(id_of("/end three"), anna);
}

/// 19: knew one address and one secret, and showed cards, images, choices and sign-ins as `[No text
/// response]`.
#[tokio::test]
async fn cards_images_choices_and_sign_ins_are_shown() {
    let world = World::start().await;
    let [_, second] = world.agent.secrets();
    let settings = [("DIRECT_LINE_SECRET", "wrong"), ("DIRECT_LINE_SECRET_PREVIOUS", &second)];
    let bridge = world.bridge_with(&settings).await;
    let (card, oauth, image, cite) = tokio::join!(
        open(&bridge, "anna", "/card"),
        open(&bridge, "anna", "/oauth"),
        open(&bridge, "anna", "/image"),
        open(&bridge, "anna", "/cite"),
    );
    let (id, card) = card;
    let text = card["response"].as_str().unwrap().to_owned() + &card["messages"].to_string();
    for part in ["Here is a card.", "Card of the sandbox", "4711", "comment", "Hero card"] {
        assert!(text.contains(part), "no {part}: {card}");
    }
    let choices = card["suggestedActions"].as_array().unwrap();
    let titles: Vec<_> = choices.iter().map(|choice| choice["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Yes", "No", "Later", "Help", "Send", "Read more", "Open"]);
    let link = oauth.1["signIn"]["url"].as_str().unwrap();
    assert!(link.starts_with("https://token.botframework.com/"), "{link}");
    assert!(image.1.to_string().contains("https://example.com/a.png"), "{}", image.1);
    assert_eq!(cite.1["citations"].as_array().unwrap().len(), 2, "{}", cite.1);
    for answer in [&card, &oauth.1, &image.1, &cite.1] {
        assert!(!answer.to_string().contains("[No"), "{answer}");
    }
    // What a card asks for is answered with a value.
    let value = json!({"action": "send", "comment": "fine"});
    let filled = json!({"conversationId": id, "message": "", "value": value.to_string()});
    let answer = bridge.call("anna", "send_message", filled).await;
    assert!(!answer.is_error, "{}", answer.value);
    assert_eq!(world.posts().last().unwrap()["value"], value);
    let posts = world.seen().into_iter().filter(|seen| seen.method == Method::POST);
    assert!(posts.count() >= 6);
}
