//! Direct to engine, for people who sign in with Entra ID: with a token of theirs that is got on
//! their behalf, and never with one that a request brought.

use futures_util::future::join_all;
use http::header;
use jira_sandbox::{AgentProtocol, Endpoint};
use serde_json::{Value, json};

use super::World;
use crate::{
    sessions::browser::{Door, SignedIn},
    support::Bridge,
};

/// Somebody who has signed in.
struct Person {
    door: Door,
    tokens: SignedIn,
}

impl Person {
    async fn at(world: &World, bridge: &Bridge, user: &str) -> Self {
        let door = world.door(bridge);
        let tokens = door.sign_in(user).await;
        Self { door, tokens }
    }

    async fn call(&self, tool: &str, arguments: Value) -> (bool, Value) {
        let reply = self.door.call(&self.tokens.access_token, tool, arguments).await;
        let result = &reply.json()["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{reply:?}"));
        (result["isError"] == true, serde_json::from_str(text).unwrap())
    }

    async fn says(&self, id: &Value, text: &str) -> Value {
        let mut arguments = json!({"message": text});
        if !id.is_null() {
            arguments["conversationId"] = id.clone();
        }
        let (is_error, answer) = self.call("send_message", arguments).await;
        assert!(!is_error, "{text}: {answer}");
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_to_engine_a_conversation_is_whole_and_ends() {
    tokio::join!(
        a_conversation_that_is_idle_here_is_not_found(),
        a_whole_conversation_with_a_token_that_is_got_on_the_users_behalf(),
    );
}

async fn a_whole_conversation_with_a_token_that_is_got_on_the_users_behalf() {
    let world = World::start().await;
    let bridge = world.bridge_of(&world.engine(), &[]).await;
    let anna = Person::at(&world, &bridge, "anna").await;
    let (_, started) = anna.call("start_conversation", json!({})).await;
    assert!(started["response"].as_str().unwrap().starts_with("Hello, I am"), "{started}");
    let id = started["conversationId"].clone();
    for text in ["one", "two"] {
        assert_eq!(anna.says(&id, text).await["response"], format!("You said: {text}"));
    }
    let asked = json!({"conversationId": id});
    let (is_error, refusal) = anna.call("get_conversation_history", asked.clone()).await;
    assert!(is_error && refusal["message"].as_str().unwrap().contains("keeps no history"));
    let ben = Person::at(&world, &bridge, "ben").await;
    let (_, foreign) =
        ben.call("send_message", json!({"conversationId": id, "message": "x"})).await;
    let (_, forged) =
        ben.call("send_message", json!({"conversationId": "x", "message": "x"})).await;
    for name in ["error", "message", "hint", "delivery"] {
        assert_eq!(foreign[name], forged[name], "{foreign} {forged}");
    }
    assert_eq!(foreign["error"], "not_found");
    assert_eq!(anna.call("end_conversation", asked.clone()).await.1["status"], "ended");
    assert_eq!(anna.call("end_conversation", asked).await.1["error"], "not_found");
    // What the agent's service got is a token of the user for it, one, and got once.
    let bearers = world.bearers();
    assert_eq!(bearers.len(), 1, "{} bearers", bearers.len());
    let brought = [&anna.tokens.access_token, &anna.tokens.refresh_token];
    let passed = bridge.tokens().map(str::to_owned).collect::<Vec<_>>();
    for other in brought.into_iter().chain(&passed) {
        assert!(!bearers[0].contains(other.as_str()), "a token that a request brought was sent");
    }
    let known = world.agent.conversations();
    assert!(known.len() == 1 && known[0].protocol == AgentProtocol::DirectToEngine);
    assert_eq!(known[0].heard(), ["one", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_passed_through_never_reaches_the_agent() {
    let world = World::start().await;
    let bridge = world.bridge_of(&world.engine(), &[]).await;
    let calls = [("send_message", json!({"message": "hello"})), ("start_conversation", json!({}))];
    for (tool, arguments) in calls {
        let answer = bridge.call("anna", tool, arguments).await;
        assert_eq!((answer.is_error, &answer.value["error"]), (true, &json!("unauthenticated")));
        let hint = answer.value["hint"].as_str().unwrap();
        assert!(hint.contains("Entra ID"), "{hint}");
    }
    assert!(world.seen().is_empty(), "{:?}", world.seen());
    // Who signed in with Atlassian has no such token, either.
    let settings = [world.engine(), world.sign_in("atlassian")].concat();
    let bridge = world.bridge_of(&settings, &[]).await;
    let anna = Person::at(&world, &bridge, "anna").await;
    let (_, refusal) = anna.call("send_message", json!({"message": "hello"})).await;
    assert_eq!(refusal["error"], "unauthenticated", "{refusal}");
    assert!(world.seen().is_empty(), "{:?}", world.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_end_early_break_or_hand_over_lose_nothing() {
    let world = World::start().await;
    let mut settings = world.engine();
    // The agent tells its operations itself.
    settings.push(("COPILOT_DIRECT_URL", world.settings.discovery_url()));
    let bridge = world.bridge_of(&settings, &[]).await;
    let anna = Person::at(&world, &bridge, "anna").await;
    let orders = [
        "/cut",
        "/handover",
        "/chunks delta some words",
        "/chunks cumulative some words",
        "/chunks empty",
        "/chunks cut",
        "/plan",
        "/double",
        "/typing",
        "/slow 0.5",
        "/late 0.5",
    ];
    let check = async |order: &str| {
        let answer = anna.says(&Value::Null, order).await;
        assert_eq!(super::texts(&answer), [format!("You said: {order}")], "{order}: {answer}");
        assert!(!answer.to_string().contains("A secret"), "{answer}");
    };
    let several = anna.says(&Value::Null, "/several 3").await;
    assert_eq!(several["response"], "Part 1 of 3\n\nPart 2 of 3\n\nPart 3 of 3");
    join_all(orders.map(check)).await;
    for order in orders {
        let all = world.agent.conversations();
        let heard = all.iter().flat_map(|one| one.heard()).filter(|text| *text == order).count();
        assert_eq!(heard, 1, "{order} was sent more than once");
    }
    let ended = anna.says(&Value::Null, "/end").await;
    assert_eq!(ended["status"], "ended", "{ended}");
    let more = json!({"conversationId": ended["conversationId"], "message": "more"});
    assert_eq!(anna.call("send_message", more).await.1["error"], "not_found");
    let asked =
        world.seen().into_iter().filter(|seen| seen.path.contains("conversation-endpoints"));
    assert_eq!(asked.count(), 1, "what an agent tells is remembered");
}

/// An OAuth card that asks for a token of the user: over either way to the agent it is answered,
/// once, and nobody has to see it.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_asks_for_a_token_gets_one_on_the_users_behalf() {
    let check = async |is_engine: bool| {
        let world = World::start().await;
        let by_line = || [world.direct_line(), world.sign_in("entra")].concat();
        let settings = if is_engine { world.engine() } else { by_line() };
        let bridge = world.bridge_of(&settings, &[]).await;
        let anna = Person::at(&world, &bridge, "anna").await;
        let before = world.seen().len();
        let answer = anna.says(&Value::Null, "/sso").await;
        assert_eq!(answer["response"], "You are signed in.", "{answer}");
        assert!(answer.get("signIn").is_none(), "{answer}");
        let seen: Vec<_> = world.seen().into_iter().skip(before).collect();
        let invokes = seen.iter().filter(|seen| seen.body.contains("signin/tokenExchange"));
        assert_eq!(invokes.count(), 1);
        for seen in &seen {
            let sent = format!("{:?}{}", seen.headers.get(header::AUTHORIZATION), seen.body);
            assert!(!sent.contains(&anna.tokens.access_token), "our own token was sent");
        }
        // Without a token for it, the person is asked.
        let card = anna.says(&Value::Null, "/oauth").await;
        let link = card["signIn"]["url"].as_str().unwrap_or_else(|| panic!("{card}"));
        assert!(link.starts_with("https://"), "{link}");
    };
    tokio::join!(check(true), check(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_entra_token_for_it_gets_the_link() {
    tokio::join!(nobody_has_signed_in(), somebody_elses_application());
}

async fn nobody_has_signed_in() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (_, answer) = super::open(&bridge, "anna", "/sso").await;
    assert!(answer["signIn"]["url"].as_str().unwrap().starts_with("https://"), "{answer}");
    assert!(!world.posts().iter().any(|post| post["type"] == "invoke"));
}

/// With any other resource an agent could have a token for Microsoft Graph sent to itself.
async fn somebody_elses_application() {
    let world = World::with(|agent| {
        "https://graph.microsoft.com".clone_into(&mut agent.token_exchange_uri);
    })
    .await;
    let settings = [world.direct_line(), world.sign_in("entra")].concat();
    let bridge = world.bridge_of(&settings, &[]).await;
    let anna = Person::at(&world, &bridge, "anna").await;
    let tokens = world.sandbox.identity().requests(Endpoint::Token);
    let answer = anna.says(&Value::Null, "/sso").await;
    assert!(answer["signIn"]["url"].is_string(), "{answer}");
    assert_eq!(world.sandbox.identity().requests(Endpoint::Token), tokens);
    assert!(!world.posts().iter().any(|post| post["type"] == "invoke"));
}

async fn a_conversation_that_is_idle_here_is_not_found() {
    let world = World::start().await;
    let bridge = world.bridge_of(&world.engine(), &[("CONVERSATION_IDLE_MS", "1000")]).await;
    let anna = Person::at(&world, &bridge, "anna").await;
    let id = anna.says(&Value::Null, "hello").await["conversationId"].clone();
    let asked = json!({"conversationId": id});
    // Looking does not keep it alive.
    crate::support::until("it is over", async || {
        anna.call("get_conversation_history", asked.clone()).await.1["error"] == "not_found"
    })
    .await;
    let more = json!({"conversationId": id, "message": "more"});
    assert_eq!(anna.call("send_message", more).await.1["error"], "not_found");
    assert_eq!(world.agent.conversations()[0].heard(), ["hello"]);
}
