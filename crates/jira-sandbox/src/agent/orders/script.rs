//! What the agent does about a message, step by step.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::{
    agent::{
        activity::{end, event, first_message, message, typing},
        settings::AgentSettings,
    },
    json::put,
};

use super::{
    cards, chunks,
    order::{Chunks, HELP, Order},
    step::{Act, Step, after, now},
};

const GREETING: &str =
    "Hello, I am the sandbox agent. I repeat what you say; `/help` lists what else I can do.";

/// Between two messages of one turn, and before what follows an accident.
const PAUSE_MS: u64 = 300;

/// The agent's answer to a text.
pub(in crate::agent) fn steps(order: &Order, text: &str, settings: &AgentSettings) -> Vec<Step> {
    let said = format!("You said: {text}");
    let answer = || Act::Say(message(&said));
    match order {
        Order::Say | Order::Echo | Order::RateLimit(_) | Order::Lost => vec![now(answer())],
        Order::Help => vec![now(Act::Say(message(HELP)))],
        Order::Several(count) => several(*count),
        Order::Slow(wait) | Order::Late(wait) => vec![Step { after: *wait, act: answer() }],
        Order::Card => vec![now(Act::Say(cards::with_actions()))],
        Order::OAuth => vec![now(cards::oauth(None))],
        Order::Sso => vec![now(cards::oauth(Some(&settings.token_exchange_uri)))],
        Order::Cite => vec![now(Act::Say(cards::with_citations()))],
        Order::Image => vec![now(Act::Say(cards::with_image()))],
        Order::Typing => vec![
            now(Act::Say(typing())),
            after(PAUSE_MS, Act::Say(typing())),
            after(PAUSE_MS, answer()),
        ],
        Order::Chunks(Chunks::Delta) => chunks::deltas(&said),
        Order::Chunks(Chunks::Cumulative) => chunks::cumulative(&said),
        Order::Chunks(Chunks::Empty) => chunks::empty(&said),
        Order::Chunks(Chunks::Cut) => chunks::broken(&said),
        Order::Plan => plan(&said),
        Order::Double => vec![now(answer()), after(PAUSE_MS / 3, Act::Repeat)],
        Order::End => vec![now(answer()), now(Act::Say(end()))],
        Order::Expire => vec![now(answer()), now(Act::Expire)],
        Order::Collide => vec![now(Act::Collide), after(PAUSE_MS, answer())],
        Order::Cut => vec![now(Act::Cut), after(PAUSE_MS, answer())],
        Order::Handover => handover(&said),
        Order::Error(code) => vec![now(Act::Say(message(&failure(code))))],
        Order::Big(bytes) => vec![now(Act::Say(message(&"0123456789abcde\n".repeat(bytes / 16))))],
        Order::Silent | Order::Gone | Order::Broken | Order::Refused => Vec::new(),
    }
}

/// What the agent begins a conversation with, when it is asked to begin.
pub(in crate::agent) fn greeting() -> Vec<Step> {
    let mut greeting = message(GREETING);
    let say = |text: &str| json!({ "type": "imBack", "title": text, "value": text });
    let actions = json!({ "to": [], "actions": [say("/help"), say("/card")] });
    put(&mut greeting, "suggestedActions", actions);
    vec![now(Act::Say(greeting))]
}

/// What follows when a user has signed in.
pub(in crate::agent) fn signed_in() -> Vec<Step> {
    vec![now(Act::Say(message("You are signed in.")))]
}

fn several(count: usize) -> Vec<Step> {
    let part = |number: usize| {
        let text = format!("Part {number} of {count}");
        let part = if number == count { message(&text) } else { first_message(&text) };
        after(if number == 1 { 0 } else { PAUSE_MS }, Act::Say(part))
    };
    (1..=count).map(part).collect()
}

/// The agent leaves the user to another one, whose answer comes after the end of the stream.
fn handover(said: &str) -> Vec<Step> {
    let mut answer = message(said);
    put(&mut answer, "from", json!({ "id": "other-agent", "name": "Other agent", "role": "bot" }));
    vec![
        now(Act::Say(event("handoff.initiate", json!({ "reason": "ordered" })))),
        now(Act::EndStream),
        Step { after: Duration::from_secs(1), act: Act::Say(answer) },
    ]
}

/// What agents let out about their own work; nobody should pass it on.
fn plan(said: &str) -> Vec<Step> {
    let says = |name: &str, value: Json| now(Act::Say(event(name, value)));
    let step = "5a9db0c1-0000-4000-8000-00000000057e";
    vec![
        says("DynamicPlanReceived", json!({ "steps": ["sandbox.topic.Search"] })),
        says(
            "DynamicPlanStepTriggered",
            json!({ "stepId": step, "taskDialogId": "sandbox.topic.Search", "thought": "A secret thought" }),
        ),
        says(
            "DynamicPlanStepBindUpdate",
            json!({ "stepId": step, "arguments": { "q": "A secret argument" } }),
        ),
        says(
            "DynamicPlanStepFinished",
            json!({ "stepId": step, "observation": "A secret observation" }),
        ),
        says("DynamicPlanFinished", json!({ "wasCancelled": false })),
        now(Act::Say(message(said))),
    ]
}

/// As the agent words it when a topic of it fails.
fn failure(code: &str) -> String {
    format!(
        "Sorry, something went wrong. Error code: {code}. Conversation Id: sandbox. Time (UTC): \
         2026-01-01T00:00:00.000Z."
    )
}
