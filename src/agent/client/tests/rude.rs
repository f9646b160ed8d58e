//! Direct Line at its worst: slow, cut, limited, doubled, misleading.

use std::time::Duration;

use serde_json::json;

use super::{
    HANGS,
    directline::{helper, line},
    stub::{Step, answer, json},
    *,
};

const SLOW: &str =
    r#"{"error":{"code":"BotError","message":"Failed to send activity: bot timed out"}}"#;

/// Defect 5 of the program that this one replaces: the late answer was never read.
#[tokio::test]
async fn a_502_then_a_late_answer_is_an_answer_and_posted_once() {
    let (_, stub) = line(|line, asked| {
        asked.is("POST", "/activities").then(|| {
            let id = line.take(asked);
            line.answer("late", &id);
            answer(502, "content-type: application/json\r\n", SLOW)
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let reply = conversation.send(&words("x"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!((texts(&reply.messages), reply.delivery), (vec!["late"], Delivery::Delivered));
    assert_eq!(reply.activity_id.as_deref(), Some("conv-1|0000000"));
    assert_eq!(stub.count("POST", "/activities"), 1);
}

#[tokio::test]
async fn slow_agents_and_limits_open_no_breaker() {
    let (_, stub) = line(|line, asked| {
        asked.is("POST", "/activities").then(|| {
            line.take(asked);
            answer(504, "content-type: application/json\r\n", SLOW)
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    // More often than any breaker would let it happen, were it a failure.
    for _ in 0..8 {
        let reply = conversation.send(&words("x"), &ann, waiting(400)).await.unwrap();
        let expected = (TurnEnd::Pending, Delivery::Delivered, 0);
        assert_eq!((reply.end, reply.delivery, reply.messages.len()), expected);
    }
    assert_eq!(stub.count("POST", "/activities"), 8);
}

#[tokio::test]
async fn a_post_that_was_cut_is_found_in_the_conversation_and_not_repeated() {
    let (_, stub) = line(|line, asked| {
        asked.is("POST", "/activities").then(|| {
            let id = line.take(asked);
            line.answer("all the same", &id);
            Vec::new()
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let reply = conversation.send(&words("x"), &ann, waiting(30_000)).await.unwrap();
    let expected = (vec!["all the same"], Delivery::Delivered);
    assert_eq!((texts(&reply.messages), reply.delivery), expected);
    assert_eq!(stub.count("POST", "/activities"), 1);
}

/// Defect 6 of the program that this one replaces: a status was lost on its way.
#[tokio::test]
async fn what_never_shows_up_is_unknown_and_what_was_refused_is_not_sent() {
    let check = async |steps: Vec<Step>, expected: Delivery, code: &str| {
        let (_, stub) =
            line(move |_, asked| asked.is("POST", "/activities").then(|| steps.clone())).await;
        let agents = helper(&stub);
        let ann = asker("ann");
        let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
        let error = conversation.send(&words("x"), &ann, waiting(30_000)).await.unwrap_err();
        assert_eq!((error.delivery, error.kind.code()), (Some(expected), code));
        assert!(stub.count("POST", "/activities") <= 2);
    };
    let code = |status: u16| json(status, &json!({ "error": { "code": "Odd<b>" } }));
    let limited = answer(429, "retry-after: 600\r\n", "");
    tokio::join!(
        check(code(500), Delivery::Unknown, "unavailable"),
        check(Vec::new(), Delivery::Unknown, "unavailable"),
        check(code(400), Delivery::NotSent, "rejected"),
        check(code(404), Delivery::NotSent, "not_found"),
        check(limited, Delivery::NotSent, "rate_limited"),
        check(
            answer(302, "location: http://evil.example/\r\n", ""),
            Delivery::NotSent,
            "unreadable"
        ),
        check(code(403), Delivery::NotSent, "operator_credentials"),
    );
}

#[tokio::test]
async fn a_hanging_service_ends_in_time_with_what_is_known() {
    let (_, stub) =
        line(|_, asked| asked.is("POST", "/activities").then(|| vec![Step::Hang])).await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let begun = Instant::now();
    let reply = conversation.send(&words("x"), &ann, waiting(700)).await.unwrap();
    assert_eq!((reply.end, reply.delivery), (TurnEnd::Pending, Delivery::Unknown));
    assert!(begun.elapsed() < HANGS, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn reads_that_drip_or_never_end_do_not_hold_the_turn() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    let drip = vec![Step::Send(head.clone()), Step::Drip];
    let flood = vec![Step::Send(head), Step::Forever(vec![b' '; 64 * 1024])];
    for steps in [drip, flood] {
        let (_, stub) = line(move |line, asked| {
            let has_posted = line.watermark() > 0;
            (asked.is("GET", "/activities") && has_posted).then(|| steps.clone())
        })
        .await;
        let agents = helper(&stub);
        let ann = asker("ann");
        let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
        let begun = Instant::now();
        let reply = conversation.send(&words("x"), &ann, waiting(1_500)).await.unwrap();
        assert_eq!((reply.end, reply.delivery), (TurnEnd::Pending, Delivery::Delivered));
        assert!(begun.elapsed() < HANGS, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_stream_elsewhere_is_not_opened_and_polling_goes_on() {
    let elsewhere = stub::Stub::start(|_, _| Vec::new()).await;
    let foreign = elsewhere.url.replacen("http", "ws", 1);
    let (_, stub) = line(move |_, asked| {
        asked.is("POST", "/conversations").then(|| {
            let opened = json!({
                "conversationId": "conv-1", "token": "t0", "expires_in": "soon",
                "streamUrl": foreign,
            });
            json(201, &opened)
        })
    })
    .await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let reply = conversation.send(&words("x"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["You said: x"]);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_no_conversation_is_said_to_be_none() {
    for body in ["<html>", "{}", r#"{"conversationId":7}"#, r#"{"conversationId":""}"#] {
        let (_, stub) =
            line(move |_, asked| asked.is("POST", "/conversations").then(|| answer(200, "", body)))
                .await;
        let agents = helper(&stub);
        let error = agents.agent(None).unwrap().open(&asker("ann"), waiting(9_000)).await;
        assert_eq!(error.unwrap_err().kind.code(), "unreadable", "{body}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_does_not_leave() {
    let (_, stub) = line(|_, _| None).await;
    let agents = helper(&stub);
    let ann = asker("ann");
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let error =
        conversation.send(&words(&"x".repeat(262_144)), &ann, waiting(9_000)).await.unwrap_err();
    assert_eq!((error.kind.code(), error.delivery), ("too_large", Some(Delivery::NotSent)));
    assert_eq!(stub.count("POST", "/activities"), 0);
}

#[tokio::test]
async fn a_token_endpoint_gives_the_token_and_cannot_lead_elsewhere() {
    let (_, stub) = line(|_, _| None).await;
    let endpoint = stub::Stub::start(|asked, _| {
        assert!(asked.bearer().is_empty());
        if asked.is("GET", "/regionalchannelsettings") {
            // Elsewhere: not called, and the address of the settings stands.
            let url = "http://127.0.0.1:9/";
            return json(200, &json!({ "channelUrlsById": { "directline": url } }));
        }
        json(200, &json!({ "token": "t0", "conversationId": "conv-1", "expires_in": 3600 }))
    })
    .await;
    let url = format!("{}/powervirtualagents/botsbyschema/x/directline/token", endpoint.url);
    let settings = BackEndSettings::DirectLine(DirectLineSettings {
        address: DirectLineAddress::parse(&stub.url).unwrap(),
        access: DirectLineAccess::TokenEndpoint(TokenEndpoint::parse(&url).unwrap()),
        locale: None,
    });
    let ann = asker("ann");
    let agents = agents(settings, Duration::from_secs(9));
    let conversation = agents.agent(None).unwrap().open(&ann, waiting(30_000)).await.unwrap();
    let reply = conversation.send(&words("x"), &ann, waiting(30_000)).await.unwrap();
    assert_eq!(texts(&reply.messages), ["You said: x"]);
    assert_eq!(endpoint.count("GET", "/token"), 1);
}
