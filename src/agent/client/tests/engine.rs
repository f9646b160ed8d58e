//! Direct to engine, before streams that end, break off and never end.

#![expect(clippy::needless_pass_by_value, reason = "a table of values reads best without marks")]

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    HANGS,
    stub::{Asked, Step, Stub, answer, events, json},
    *,
};

fn activity(text: &str, rest: Value) -> String {
    let mut activity = json!({
        "type": "message", "id": text, "text": text, "from": { "id": "agent" },
        "conversation": { "id": "conv-1" },
    });
    for (name, value) in rest.as_object().unwrap() {
        activity[name] = value.clone();
    }
    format!("id: {text}\nevent: activity\ndata: {activity}\n\n")
}

const END: &str = "event: end\ndata: end\n\n";

/// An engine at its classic address; `turn` answers the messages, `more` those who listen.
async fn service(
    turn: impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static,
    more: impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static,
) -> (Stub, Agents) {
    let stub = Stub::start(move |asked, _| {
        assert_eq!(asked.bearer(), "user-token");
        assert_eq!(asked.headers["accept"], "text/event-stream");
        assert!(asked.path.ends_with("?api-version=2022-03-01-preview"), "{}", asked.path);
        if asked.is("GET", "/subscribe") {
            more(asked)
        } else if asked.is("POST", "/bots/x/conversations") {
            events(&format!("{}{END}", activity("Hello!", json!({}))))
        } else {
            turn(asked)
        }
    })
    .await;
    let agents = agents(engine(&format!("{}/bots/x", stub.url)), Duration::from_mins(30));
    (stub, agents)
}

async fn started<'a>(agents: &'a Agents, ann: &Asker<'_>) -> Conversation<'a> {
    let (conversation, greeting) =
        agents.agent(None).unwrap().start(ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&greeting), ["Hello!"]);
    conversation
}

fn nothing(_: &Asked) -> Vec<Step> {
    answer(404, "", "")
}

#[tokio::test]
async fn a_turn_is_sent_once_and_read_to_its_end() {
    let (stub, agents) = service(
        |asked| {
            assert_eq!(asked.json()["activity"]["text"], "hi");
            assert_eq!(asked.json()["activity"]["conversation"]["id"], "conv-1");
            let ignoring = json!({ "inputHint": "ignoringInput" });
            let thought = json!({ "type": "event", "name": "DynamicPlanReceived" });
            events(
                &[
                    activity("one", ignoring.clone()),
                    activity("plan", thought),
                    activity("one", ignoring.clone()),
                    activity("mine", json!({ "from": { "role": "user" } })),
                    activity("two", ignoring),
                    END.to_owned(),
                ]
                .concat(),
            )
        },
        nothing,
    )
    .await;
    let ann = asker("ann");
    let conversation = started(&agents, &ann).await;
    let reply = conversation.send(&words("hi"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["one", "two"]);
    assert_eq!((reply.end, reply.delivery), (TurnEnd::Answered, Delivery::Delivered));
    assert_eq!(stub.count("POST", "/conversations/conv-1"), 1);
    let limit = Instant::now() + Duration::from_secs(1);
    let error = conversation.history(5, None, &ann, limit).await.unwrap_err();
    assert_eq!(error.kind.code(), "no_history");
    assert_eq!(conversation.end(&ann, limit).await.unwrap(), 4);
    let error = conversation.send(&words("hi"), &ann, waiting(9_000)).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(stub.count("POST", "/conversations/conv-1"), 1);
}

/// The official clients send the message again here.
#[tokio::test]
async fn a_cut_stream_is_listened_for_and_never_asked_again() {
    let (stub, agents) = service(
        |_| events(&activity("one", json!({ "inputHint": "ignoringInput" }))),
        |asked| {
            assert_eq!(asked.headers["last-event-id"], "one");
            events(&[activity("one", json!({})), activity("two", json!({})), END.into()].concat())
        },
    )
    .await;
    let ann = asker("ann");
    let conversation = started(&agents, &ann).await;
    let reply = conversation.send(&words("hi"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["one", "two"]);
    assert_eq!(stub.count("POST", "/conversations/conv-1"), 1);
}

#[tokio::test]
async fn an_end_before_any_message_is_listened_past() {
    let (stub, agents) = service(
        |_| events(END),
        |_| events(&format!("{}{END}", activity("handed over", json!({})))),
    )
    .await;
    let ann = asker("ann");
    let conversation = started(&agents, &ann).await;
    let reply = conversation.send(&words("hi"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["handed over"]);
    assert_eq!(stub.count("POST", "/conversations/conv-1"), 1);
}

#[tokio::test]
async fn what_cannot_be_listened_for_is_pending_or_nothing() {
    let check = async |stream: String, expected: TurnEnd| {
        let (_stub, agents) = service(move |_| events(&stream), nothing).await;
        let ann = asker("ann");
        let conversation = started(&agents, &ann).await;
        let reply = conversation.send(&words("hi"), &ann, waiting(30_000)).await.unwrap();
        assert_eq!((reply.end, reply.delivery), (expected, Delivery::Delivered));
        assert!(reply.messages.is_empty());
    };
    tokio::join!(
        check(END.to_owned(), TurnEnd::Answered),
        check("event: activity\ndata: {\"type\":\"mess".to_owned(), TurnEnd::Pending),
        check(String::new(), TurnEnd::Pending),
    );
}

#[tokio::test]
async fn streams_that_drip_flood_or_hang_end_in_time() {
    let head = events("");
    let tails = [
        Step::Hang,
        Step::Drip,
        Step::Forever(vec![b'x'; 64 * 1024]),
        Step::Forever(b": keep-alive\n\n".repeat(1_000)),
    ];
    for tail in tails {
        let steps = [head.clone(), vec![tail]].concat();
        let (_stub, agents) = service(move |_| steps.clone(), nothing).await;
        let ann = asker("ann");
        let conversation = started(&agents, &ann).await;
        let begun = Instant::now();
        let reply = conversation.send(&words("hi"), &ann, waiting(1_000)).await.unwrap();
        assert_eq!((reply.end, reply.delivery), (TurnEnd::Pending, Delivery::Delivered));
        assert!(begun.elapsed() < HANGS, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn refusals_say_what_they_are() {
    let check = async |steps: Vec<Step>, expected: Delivery, code: &str| {
        let (stub, agents) = service(move |_| steps.clone(), nothing).await;
        let ann = asker("ann");
        let conversation = started(&agents, &ann).await;
        let error = conversation.send(&words("hi"), &ann, waiting(9_000)).await.unwrap_err();
        assert_eq!((error.kind.code(), error.delivery), (code, Some(expected)));
        assert_eq!(stub.count("POST", "/conversations/conv-1"), 1, "{code}");
    };
    let redirect = answer(307, "location: http://127.0.0.1:9/\r\n", "");
    tokio::join!(
        check(answer(401, "", ""), Delivery::NotSent, "user_credentials"),
        check(answer(403, "", ""), Delivery::NotSent, "user_credentials"),
        check(answer(404, "", ""), Delivery::NotSent, "not_found"),
        check(answer(405, "", "EnableS2SAuthFeature"), Delivery::NotSent, "unsupported"),
        check(answer(429, "retry-after: 600\r\n", ""), Delivery::NotSent, "rate_limited"),
        check(redirect, Delivery::NotSent, "unreadable"),
        check(json(200, &json!({})), Delivery::Delivered, "unreadable"),
        check(answer(500, "", ""), Delivery::Unknown, "unavailable"),
        check(Vec::new(), Delivery::Unknown, "unavailable"),
    );
    let (stub, agents) = service(nothing, nothing).await;
    let nobody = Asker { credentials: None, ..asker("ann") };
    let error = agents.agent(None).unwrap().start(&nobody, waiting(9_000)).await.unwrap_err();
    assert_eq!(error.kind.code(), "user_credentials");
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn discovery_is_asked_once_and_leads_nowhere_else() {
    let elsewhere = Stub::start(|_, _| Vec::new()).await;
    let foreign = elsewhere.url.clone();
    let check = async |is_foreign: bool, status: u16, expected: &str| {
        let foreign = foreign.clone();
        let stub = Stub::start(move |asked, own| {
            if asked.is("GET", "/conversation-endpoints") {
                let turns = if is_foreign { foreign.as_str() } else { own };
                let said = json!({
                    "createConversation": format!("{own}/said"),
                    "executeTurn": format!("{turns}/said/{{conversationId}}"),
                    "continueTurn": format!("{own}/said/{{conversationId}}"),
                });
                return json(status, &said);
            }
            events(&format!("{}{END}", activity("Hello!", json!({}))))
        })
        .await;
        let url = format!("{}/copilotstudio/agents/cr1_x/conversation-endpoints", stub.url);
        let agents = agents(engine(&url), Duration::from_secs(9));
        let ann = asker("ann");
        let conversation = started(&agents, &ann).await;
        conversation.send(&words("x"), &ann, waiting(9_000)).await.unwrap();
        assert_eq!(stub.count("GET", "/conversation-endpoints"), 1);
        assert_eq!(stub.count("POST", &format!("{expected}/conv-1")), 1, "{expected}");
    };
    let classic = "/copilotstudio/dataverse-backed/authenticated/bots/cr1_x/conversations";
    check(false, 200, "/said").await;
    check(true, 200, classic).await;
    check(false, 404, classic).await;
    assert!(elsewhere.seen().is_empty());
}
