//! What an agent's service may cost: however much it sends, one call holds little, and many calls
//! leave nothing behind.
//!
//! The real binary is weighed from outside, by the bounds of `amplification.rs`.
#![cfg(target_os = "linux")]

use futures_util::future::join_all;
use jira_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    HANGS, World, line,
    line::{SECRET, conversation_of},
    stdio::{call, engine},
    stub::{Asked, Step, json as json_answer},
};
use crate::{
    amplification::{drive::Weighed, gauge::Gauge, slowness},
    support::{NOW_MS, Process, Stdio, Upstream},
};

/// Turns of one conversation.
const TURNS: u32 = 600;
/// What the process may have grown by after them, of which most is the allocator's.
const GROWTH_KIB_MAX: u64 = 6 * 1024;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";

/// The bodies that stand where the activities of a conversation belong.
fn bombs() -> Vec<(&'static str, Vec<Step>)> {
    let list = |activities: &str| {
        let body = format!("{{\"activities\":[{activities}],\"watermark\":\"9\"}}");
        vec![Step::Send([OK, body.as_bytes()].concat())]
    };
    let message = |rest: &str| {
        format!("{{\"type\":\"message\",\"id\":\"m\",\"from\":{{\"role\":\"bot\"}},{rest}}}")
    };
    let many = |one: &str, count: usize| vec![one; count].join(",");
    let deep = |count: usize| format!("\"value\":{}1{}", "[".repeat(count), "]".repeat(count));
    let inputs = many("{\"type\":\"Input.Text\",\"id\":\"i\"}", 20_000);
    let card = format!(
        "\"attachments\":[{{\"contentType\":\"application/vnd.microsoft.card.adaptive\",\
         \"content\":{{\"type\":\"AdaptiveCard\",\"body\":[{inputs}]}}}}]"
    );
    let text = format!("\"text\":\"{}\"", "\\u0041".repeat(40_000));
    let spaces = vec![Step::Send([OK, &vec![b' '; 50 << 20]].concat())];
    let empties = format!("\"value\":[{}]", many("[]", 100_000));
    let numbered = |n: usize| message("\"text\":\"x\"").replacen("\"m\"", &format!("\"m{n}\""), 1);
    let different: Vec<_> = (0..60_000).map(numbered).collect();
    vec![
        ("50 MB of blanks", spaces),
        ("blanks without end", vec![Step::Send(OK.to_vec()), Step::Forever(vec![b' '; 65_536])]),
        ("a hundred thousand empty objects", list(&many("{}", 100_000))),
        ("sixty thousand messages", list(&different.join(","))),
        ("deep arrays", list(&message(&deep(50_000)))),
        ("many small values", list(&message(&empties))),
        ("a card of many inputs", list(&message(&card))),
        ("many such cards", list(&many(&message(&card), 12))),
        ("many long texts", list(&many(&message(&text), 30))),
    ]
}

/// One bridge, weighed under some of the bombs.
async fn weigh(bombs: Vec<(&'static str, Vec<Step>)>, slowness: f64) -> Weighed {
    let sandbox = Sandbox::of(Seed::Standard, std::sync::Arc::new(|| NOW_MS));
    let jira = Upstream::start(sandbox.router()).await;
    let bodies: Vec<_> = bombs.iter().map(|(_, steps)| steps.clone()).collect();
    // The bomb goes off when something was posted, and the message says which one it is.
    let (_, stub) = line(move |line, asked: &Asked| {
        let conversation = conversation_of(asked);
        if asked.is("POST", "/activities") {
            return Some(json_answer(200, &json!({"id": line.take(asked)})));
        }
        let text = line.first_text(&conversation).filter(|_| asked.is("GET", "/activities"))?;
        Some(bodies.get(text.parse::<usize>().ok()?)?.clone())
    })
    .await;
    let api = format!("http://{}", jira.address);
    let settings = [
        ("TOOLSETS", "agent"),
        ("DIRECT_LINE_ENDPOINT", stub.url.as_str()),
        ("DIRECT_LINE_SECRET", SECRET),
        ("JIRA_API_BASE_URL", api.as_str()),
        ("AGENT_REPLY_TIMEOUT_MS", "1000"),
        ("BREAKER_FAILURES", "10000"),
        ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0"),
    ];
    let process = Process::start(&["serve"], &settings);
    let (_, token) = sandbox.tokens().swap_remove(0);
    let url = process.url().await;
    // What is made once is no part of a request.
    let mut warm = Weighed::new(url.clone(), process.id(), slowness);
    warm.call("warm".to_owned(), &token, "send_message", &json!({"message": "hello"})).await;
    let mut weighed = Weighed::new(url, process.id(), slowness);
    for (number, (what, _)) in bombs.iter().enumerate() {
        let begun = Instant::now();
        let arguments = json!({"message": number.to_string()});
        let said = weighed.call((*what).to_owned(), &token, "send_message", &arguments).await;
        assert!(begun.elapsed() < HANGS, "{what}: {:?}", begun.elapsed());
        assert!(said.len() <= 90_000, "{what}: {} bytes", said.len());
        let reply: Value = serde_json::from_str(&said).unwrap();
        let text = reply["result"]["content"][0]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{reply}"));
        let result: Value = serde_json::from_str(text).unwrap();
        let is_known = result["delivery"] == "delivered" || result["status"] == "completed";
        assert!(is_known, "{what}: {text}");
        let id = json!({"conversationId": result["conversationId"]});
        weighed.call(format!("history: {what}"), &token, "get_conversation_history", &id).await;
    }
    assert_eq!(stub.count("POST", "/activities"), bombs.len() + 1);
    weighed
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_a_service_sends_a_call_holds_little_and_says_little() {
    let (mut first, slowness) = (bombs(), slowness());
    let mut second = first.split_off(3);
    let third = second.split_off(3);
    let all = [first, second, third].map(|bombs| weigh(bombs, slowness));
    for weighed in join_all(all).await {
        assert_eq!(weighed.excesses(), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_turns_leave_the_memory_as_it_was() {
    let world = World::start().await;
    let mut settings = engine(&world);
    settings.push(("COPILOT_TOKEN", world.sandbox.tokens().swap_remove(0).1));
    settings.push(("RATE_LIMIT_PER_USER_PER_MINUTE", "100000".to_owned()));
    let mut stdio = Stdio::start(&settings);
    let gauge = Gauge::of(stdio.id());
    let mut message = json!({"message": "begin"});
    message["conversationId"] =
        call(&mut stdio, 0, "send_message", &message).1["conversationId"].clone();
    let mut warm = 0;
    for turn in 1..=TURNS {
        message["message"] = json!(format!("turn {turn} {}", "x".repeat(500)));
        let answer = call(&mut stdio, turn, "send_message", &message).1;
        let said = answer["response"].as_str().unwrap_or_else(|| panic!("{answer}"));
        assert!(said.contains(&format!("turn {turn} ")), "{said}");
        if turn == TURNS / 4 {
            warm = gauge.now_kib();
        }
    }
    let grown = gauge.now_kib().saturating_sub(warm);
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB more than {warm}");
    assert_eq!(stdio.end(), 0);
}
