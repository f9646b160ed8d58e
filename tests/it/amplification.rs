//! The law of amplification: whatever the text, the tool and Jira's answer, one request holds at
//! most 32 MiB and takes at most 200 ms of a processor.
//!
//! The real binary is weighed from outside. Memory is what it is in every build; time is counted in
//! what the build of the tests takes for a known piece of work. `cargo run --example soak --
//! amplify --binary …` does the same with what ships.
#![cfg(target_os = "linux")]

mod answers;
pub(crate) mod drive;
pub(crate) mod gauge;
mod shapes;

use std::sync::Arc;

use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use self::{answers::Held, drive::Weighed};
use crate::{
    every_tool,
    support::{NOW_MS, Process, Upstream},
};

/// What [`shapes::known_work`] takes a release build, in milliseconds; `soak amplify` prints it.
const KNOWN_WORK_MS: f64 = 5.4;

const SETTINGS: [(&str, &str); 5] = [
    ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive"),
    ("RATE_LIMIT_PER_USER_PER_MINUTE", "100000"),
    ("BREAKER_FAILURES", "10000"),
    ("RETRY_MAX", "0"),
    // What was freed is given back at once, so that a peak is that of its own request.
    ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0"),
];

/// How much slower than the figures' release build this one is on this machine.
pub(crate) fn slowness() -> f64 {
    let took = |_| {
        let begun = gauge::own_cpu_ms();
        shapes::known_work();
        gauge::own_cpu_ms() - begun
    };
    let least = (0..3).map(took).fold(f64::INFINITY, f64::min);
    (least / KNOWN_WORK_MS).max(1.0)
}

async fn weighed(router: axum::Router) -> (Process, Upstream, Weighed) {
    let upstream = Upstream::start(router).await;
    let base = format!("http://{}", upstream.address);
    let mut settings = SETTINGS.to_vec();
    settings.push(("JIRA_API_BASE_URL", base.as_str()));
    let process = Process::start(&["serve"], &settings);
    let url = process.url().await;
    let mut weighed = Weighed::new(url, process.id(), slowness());
    // What is made once is no part of a request.
    for name in ["the-first-token-of-all", "the-second-token-of-all"] {
        weighed.call("warm".to_owned(), name, "jira_whoami", &json!({})).await;
    }
    let weighed = Weighed::new(weighed.url, process.id(), weighed.slowness);
    (process, upstream, weighed)
}

/// The arguments of each tool that take text, from the list of tools itself.
async fn texts_of_tools(weighed: &mut Weighed, token: &str) -> Vec<(String, String, bool)> {
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let listed: Value =
        serde_json::from_str(&weighed.send("list".to_owned(), token, list).await).unwrap();
    let mut texts = Vec::new();
    for tool in listed["result"]["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        for (argument, about) in tool["inputSchema"]["properties"].as_object().unwrap() {
            if about["type"] == "string" || about["type"] == "array" {
                let is_rich = about["type"] == "string" && RICH.contains(&argument.as_str());
                texts.push((name.to_owned(), argument.clone(), is_rich));
            }
        }
    }
    texts
}

/// Arguments whose text becomes documents.
const RICH: [&str; 6] =
    ["body", "description", "append_description", "comment", "fields", "issues"];

/// As much of a text as a body holds, with all that JSON escapes.
fn cut(text: &str) -> String {
    const BYTES_MAX: usize = 900_000;
    let bytes = serde_json::to_string(text).unwrap().len();
    let share = text.chars().count() * BYTES_MAX / bytes.max(BYTES_MAX);
    text.chars().take(share).collect()
}

/// A call in which one argument is the text, or holds it.
fn with_text(mut arguments: Value, argument: &str, is_rich: bool, text: &str) -> Value {
    arguments[argument] = match argument {
        "fields" if is_rich && text.len() > 400_000 => json!({"description": text}),
        "fields" if is_rich => json!({"description": text, "environment": text}),
        "issues" => {
            let one = json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "description": text});
            Value::Array(vec![one; (900_000 / (text.len() + 100)).clamp(1, 50)])
        }
        _ => json!(text),
    };
    arguments
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_costs_more_than_its_share() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let token = sandbox.tokens().iter().find(|(name, _)| name == "anna").unwrap().1.clone();
    let (_process, upstream, mut weighed) = weighed(sandbox.router()).await;
    let small = shapes::texts(32_700);
    let large: Vec<_> =
        shapes::texts(900_000).into_iter().map(|(name, text)| (name, cut(&text))).collect();
    assert!(small.len() >= 40);
    let calls = every_tool::calls();
    let mut turn = 0;
    for (pair, (tool, argument, is_rich)) in
        texts_of_tools(&mut weighed, &token).await.into_iter().enumerate()
    {
        let arguments = &calls.iter().find(|(name, _)| *name == tool).unwrap().1;
        // Every shape where text is made into documents first; elsewhere each argument meets a few,
        // and all meet all.
        let all = tool == "jira_add_comment" && argument == "body";
        let (some, more) = match (all, is_rich) {
            (true, _) => (small.len(), 6),
            (_, true) => (5, 1),
            _ => (pair % 2, 1 - pair % 2),
        };
        for (texts, count) in [(&small, some), (&large, more)] {
            for _ in 0..count {
                turn += 1;
                let (name, text) = &texts[turn % texts.len()];
                let asked = with_text(arguments.clone(), &argument, is_rich, text);
                weighed
                    .call(format!("{argument}, {} of {name}", text.len()), &token, &tool, &asked)
                    .await;
            }
        }
    }
    for (name, body) in other_messages() {
        weighed.send(name.to_owned(), &token, body).await;
    }
    assert!(!upstream.seen().is_empty());
    let over = weighed.excesses();
    assert!(over.is_empty(), "{} of {}:\n{}", over.len(), weighed.rows.len(), over.join("\n"));
}

/// Messages of a megabyte that hold next to nothing.
fn other_messages() -> Vec<(&'static str, String)> {
    let call = |tool: &str, arguments: String| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
        )
    };
    let many = |piece: &str, count: usize| vec![piece; count].join(",");
    let members: Vec<String> = (0..60_000).map(|at| format!(r#""m{at}":0"#)).collect();
    vec![
        (
            "an array",
            call("jira_get_issues", format!(r#"{{"issue_keys":[{}]}}"#, many("\"a\"", 200_000))),
        ),
        (
            "numbers",
            call("jira_create_issues", format!(r#"{{"issues":[{}]}}"#, many("1", 400_000))),
        ),
        (
            "numbers in a text",
            call("jira_create_issues", format!(r#"{{"issues":"[{}]"}}"#, many("1", 400_000))),
        ),
        (
            "an array in a text",
            call("jira_get_issues", format!(r#"{{"issue_keys":"[{}]"}}"#, many("1", 400_000))),
        ),
        (
            "objects",
            call(
                "jira_update_issue",
                format!(
                    r#"{{"issue_key":"ACME-1","fields":{{"labels":[{}]}}}}"#,
                    many("{}", 300_000)
                ),
            ),
        ),
        (
            "labels",
            call(
                "jira_update_issue",
                format!(
                    r#"{{"issue_key":"ACME-1","fields":{{"labels":[{}]}}}}"#,
                    many("\"a\"", 30_000)
                ),
            ),
        ),
        (
            "fields",
            call(
                "jira_update_issue",
                format!(r#"{{"issue_key":"ACME-1","fields":{{{}}}}}"#, members[..15_000].join(",")),
            ),
        ),
        (
            "_meta",
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{"_meta":{{{}}}}}}}"#,
                members.join(",")
            ),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_of_jiras_costs_more_than_its_share() {
    let held = Held::default();
    let (_process, _upstream, mut weighed) = weighed(answers::router(&held)).await;
    for (at, case) in answers::cases().into_iter().enumerate() {
        *held.lock().unwrap() =
            case.answers.into_iter().map(|(end, status, text)| (end, (status, text))).collect();
        weighed
            .call(
                case.name.to_owned(),
                &format!("the-token-of-case-{at}"),
                case.tool,
                &case.arguments,
            )
            .await;
    }
    let over = weighed.excesses();
    assert!(over.is_empty(), "{} of {}:\n{}", over.len(), weighed.rows.len(), over.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sites_of_many_tokens_are_forgotten_by_weight() {
    let held = Held::default();
    held.lock().unwrap().insert("accessible-resources", (200, answers::sites(199)));
    let (_process, _upstream, mut weighed) = weighed(answers::router(&held)).await;
    for at in 0..400 {
        weighed
            .call(
                "199 sites".to_owned(),
                &format!("the-token-of-user-{at}"),
                "jira_whoami",
                &json!({}),
            )
            .await;
    }
    let over = weighed.excesses();
    assert!(over.is_empty(), "{}", over.join("\n"));
}

#[tokio::test]
async fn nothing_is_built_for_a_token_that_nobody_knows() {
    let sandbox = Sandbox::seeded(NOW_MS);
    for pin in [None, Some(("JIRA_CLOUD_ID", "11111111-2222-4333-8444-555555555555"))] {
        let settings: Vec<(&str, &str)> = pin.into_iter().collect();
        let bridge = crate::support::Bridge::over(
            Sandbox::seeded(NOW_MS).router(),
            vec![("mallory".to_owned(), "a-token-that-nobody-made".to_owned())],
            &settings,
        )
        .await;
        let asked_before = bridge.upstream.seen().len();
        // Were it read first, its `@[Name]` would be looked for, or its size refused.
        for body in ["@[Nobody Known]".to_owned(), "*a* ".repeat(200_000)] {
            for (tool, arguments) in [
                ("jira_add_comment", json!({"issue_key": "ACME-1", "body": body})),
                (
                    "jira_add_worklog",
                    json!({"issue_key": "ACME-1", "time_spent": "1h", "started": "2026-11-19T10:00:00Z", "comment": body}),
                ),
            ] {
                let refused = bridge.call("mallory", tool, arguments).await;
                assert_eq!(
                    refused.value["error"], "unauthenticated",
                    "{pin:?} {tool} {}",
                    refused.value
                );
            }
        }
        let asked = bridge.upstream.seen().len() - asked_before;
        // Whether customers read a comment is asked beside the proof of the token.
        let each = if pin.is_some() { 4 } else { 1 };
        assert!(asked <= 4 * each, "{pin:?}: {asked} questions");
    }
    drop(Arc::new(sandbox));
}
