//! Whose a conversation is: one person's, by whatever token they come, at whichever replica.

use axum::{Json, Router, routing::get};
use http::{HeaderMap, Method, header};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use super::{World, ended, history, open, refused, say, texts};
use crate::{
    sessions::world::key,
    support::{Bridge, Fault},
};

/// What every tool that takes an id answers to it, without what names the request.
async fn envelopes(bridge: &Bridge, user: &str, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (tool, arguments) in [
        ("send_message", json!({"conversationId": id, "message": "hello"})),
        ("get_conversation_history", json!({"conversationId": id})),
        ("end_conversation", json!({"conversationId": id})),
    ] {
        let mut answer = bridge.call(user, tool, arguments).await;
        assert!(answer.is_error, "{tool} {id}: {}", answer.value);
        answer.value.as_object_mut().unwrap().remove("request_id");
        all.push(answer.value);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_tells_why_an_id_opens_nothing() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let begin = |text| open(&bridge, "anna", text);
    let (foreign, over, left, gone, idle) = tokio::join!(
        open(&bridge, "ben", "mine"),
        begin("/end"),
        begin("one"),
        begin("two"),
        async {
            let old = World::start().await;
            old.set_ahead_ms(-3_600_000);
            let bridge = old.bridge().await;
            let (id, _) = open(&bridge, "anna", "long ago").await;
            (old, bridge, id)
        },
    );
    ended(&bridge, "anna", &left.0).await;
    let known = world.agent.conversations();
    let known = known.iter().find(|one| one.heard() == ["two"]).unwrap();
    assert!(world.agent.forget(&known.id));
    let (_, mac_and_id) = foreign.0.split_once('_').unwrap();
    let service_id = mac_and_id.get(23..).unwrap();
    assert!(world.agent.conversation(service_id).is_some(), "the service's id is in ours");
    let forged = format!("c1_{}_{service_id}", "A".repeat(22));
    let posts = world.posts().len();
    let expected = envelopes(&bridge, "anna", "x").await;
    for envelope in &expected {
        assert_eq!(envelope["error"], "not_found", "{envelope}");
    }
    assert_eq!(expected[0], expected[1]);
    for id in [&foreign.0, &over.0, &left.0, &gone.0, &forged, service_id, "c1_", "🙂"] {
        assert_eq!(envelopes(&bridge, "anna", id).await, expected, "{id}");
    }
    let (old, bridge, id) = idle;
    old.set_ahead_ms(0);
    assert_eq!(envelopes(&bridge, "anna", &id).await, expected);
    assert_eq!(world.posts().len(), posts, "nothing is posted");
    assert_eq!(old.posts().len(), 1);
}

#[test]
fn nothing_but_the_id_itself_opens_a_conversation() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (world, bridge, ids) = runtime.block_on(async {
        let world = World::start().await;
        let bridge = world.bridge().await;
        let (one, two) = tokio::join!(open(&bridge, "anna", "one"), open(&bridge, "ben", "two"));
        (world, bridge, [one.0, two.0])
    });
    let own = ids[0].clone();
    let foreign = ids[1].clone();
    let letters = || proptest::sample::select(('!'..='~').collect::<Vec<_>>());
    let length = own.len();
    let changed = (0..length, letters()).prop_map({
        let own = own.clone();
        move |(at, letter)| format!("{}{letter}{}", &own[..at], &own[at + 1..])
    });
    let cut = (0..length).prop_map({
        let own = own.clone();
        move |at| own[..at].to_owned()
    });
    let longer = "[ -~]{1,40}".prop_map({
        let own = own.clone();
        move |more| format!("{own}.{more}")
    });
    let mixed = Just(format!("{}{}", &own[..25], &foreign[25..]));
    let all = prop_oneof![8 => changed, 3 => cut, 3 => longer, 1 => mixed, 3 => "c1_\\PC{0,60}"];
    let asked = world.seen().len();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(150));
    let tried = runner.run(&all, |id| {
        // Blanks around an id are no part of it, and an empty one is no argument; now and then
        // nothing is changed.
        prop_assume!(id.trim() != own && !id.trim().is_empty());
        let arguments = json!({"conversationId": id, "message": "hello"});
        let answer = runtime.block_on(bridge.call("anna", "send_message", arguments));
        let code = answer.value["error"].as_str().unwrap_or_default();
        prop_assert!(code == "not_found", "{id:?}: {}", answer.value);
        Ok(())
    });
    tried.unwrap();
    let _inside = runtime.enter();
    let posts = world.seen().into_iter().skip(asked).filter(|seen| seen.method == Method::POST);
    assert_eq!(posts.count(), 0, "nobody is asked about an id that is none");
}

/// Jira's `/me` for tokens of any number of people: `<account>.<whatever>`.
fn accounts() -> Router {
    let me = async |headers: HeaderMap| {
        let bearer = headers.get(header::AUTHORIZATION).unwrap().to_str().unwrap();
        let account = bearer.strip_prefix("Bearer ").unwrap().split('.').next().unwrap();
        Json(json!({"account_id": format!("account-of-{account}")}))
    };
    Router::new().route("/me", get(me))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_its_persons_everywhere() {
    tokio::join!(
        a_person_finds_their_conversations_with_every_token_of_theirs(),
        a_person_who_signed_in_is_the_one_whose_token_is_passed_through(),
        any_replica_serves_any_turn(),
        who_is_known_is_asked_about_once(),
    );
}

async fn a_person_finds_their_conversations_with_every_token_of_theirs() {
    let world = World::start().await;
    let settings = world.direct_line();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let token = |text: &str| (text.to_owned(), format!("{text}.made-at-run-time-{}", text.len()));
    let tokens = vec![token("anna"), token("ben"), ("later".into(), "anna.renewed-token".into())];
    let bridge = Bridge::over(accounts(), tokens, &settings).await;
    let (id, _) = open(&bridge, "anna", "one").await;
    let arguments = json!({"conversationId": id, "message": "not mine"});
    assert_eq!(refused(&bridge, "ben", arguments).await["error"], "not_found");
    assert_eq!(say(&bridge, "later", &id, "/end").await["response"], "You said: /end");
    // Whose a token is, is asked once.
    assert_eq!(bridge.upstream.count(&Method::GET, "/me"), 3);
}

async fn a_person_who_signed_in_is_the_one_whose_token_is_passed_through() {
    let world = World::start().await;
    let settings = [world.direct_line(), world.sign_in("atlassian")].concat();
    let bridge = world.bridge_of(&settings, &[]).await;
    let (id, _) = open(&bridge, "anna", "by my own token").await;
    let door = world.door(&bridge);
    let anna = door.sign_in("anna").await;
    let arguments = json!({"conversationId": id});
    let ben = door.sign_in("ben").await;
    let read = door.call(&ben.access_token, "get_conversation_history", arguments.clone()).await;
    assert_eq!(read.outcome(), "not_found", "{read:?}");
    let read = door.call(&anna.access_token, "get_conversation_history", arguments).await;
    assert_eq!(read.outcome(), "ok", "{read:?}");
    let renewed = door.refresh(&anna).await.tokens(&anna.client_id);
    let arguments = json!({"conversationId": id, "message": "/end"});
    let said = door.call(&renewed.access_token, "send_message", arguments).await;
    assert_eq!(said.outcome(), "ok", "{said:?}");
    assert_eq!(world.agent.conversations()[0].heard(), ["by my own token", "/end"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_that_nobody_vouches_for_says_nothing() {
    let world = World::start().await;
    let check = async |fault: Fault| {
        let own = [("CALL_DEADLINE_MS", "1000"), ("UPSTREAM_401", "http_401")];
        let bridge = world.bridge_with(&own).await;
        bridge.upstream.fail_always("", fault.clone());
        let params = json!({"name": "send_message", "arguments": {"message": "hello"}});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let reply = bridge.post("anna", &call).await;
        // A token that was refused is the client's to renew.
        let is_refusal = matches!(fault, Fault::Status(401, _));
        assert_eq!(reply.status, if is_refusal { 401 } else { 200 }, "{fault:?}: {}", reply.text);
        // Inside a result it is escaped.
        let text = reply.text.replace('\\', "");
        assert!(text.contains(r#""error":"unauthenticated""#), "{fault:?}: {}", reply.text);
    };
    tokio::join!(
        check(Fault::Status(401, "{}")),
        check(Fault::Status(403, "{}")),
        check(Fault::Status(200, r#"{"account_id":" "}"#)),
        check(Fault::Status(200, "{}")),
        check(Fault::Html(503)),
        check(Fault::NotJson),
        check(Fault::Cut),
        check(Fault::Hang),
        check(Fault::Drip),
    );
    assert!(world.seen().is_empty(), "{:?}", world.seen());
}

/// A token without `read:me` is refused there, and sends nobody there again.
async fn who_is_known_is_asked_about_once() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (id, _) = open(&bridge, "anna", "0").await;
    let asked = bridge.upstream.seen().len();
    assert!(asked > 0 && bridge.upstream.count(&Method::GET, "/me") == 1);
    say(&bridge, "anna", &id, "1").await;
    assert_eq!(bridge.upstream.seen().len(), asked, "{:?}", bridge.upstream.seen());
}

async fn any_replica_serves_any_turn() {
    let world = World::start().await;
    let sealed = key(3);
    let own = [("SESSION_ENCRYPTION_KEY", sealed.as_str())];
    // One has a key of sessions beside the secret; by the secret it opens what the others sealed.
    let (one, two, three) = tokio::join!(world.bridge(), world.bridge(), world.bridge_with(&own));
    let (id, _) = open(&one, "anna", "0").await;
    for (number, bridge) in (1..).zip([&two, &three]) {
        let text = number.to_string();
        let answer = say(bridge, "anna", &id, &text).await;
        assert_eq!(answer["response"], format!("You said: {text}"));
        assert_eq!(texts(&history(bridge, "anna", &id).await).len(), 2 * (number + 1));
    }
    assert_eq!(ended(&two, "anna", &id).await["messageCount"], 6);
    let posts = world.posts().len();
    for bridge in [&one, &two, &three] {
        let message = json!({"conversationId": id, "message": "more"});
        assert_eq!(refused(bridge, "anna", message).await["error"], "not_found");
    }
    assert_eq!(world.posts().len(), posts);
    assert_eq!(world.agent.conversations().len(), 1);
}
