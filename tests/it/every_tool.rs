//! Every tool against every failure that any of them can meet: which code the agent is told.
//!
//! The tables are snapshots: a line for each tool, and on it the failures that do not end as the
//! column's own code.

use futures_util::future::join_all;
use jira_mcp_bridge::jira::tools;
use serde_json::{Value, json};
use tool_kit::{Tool, args::RawArguments};

use crate::support::{Bridge, Fault};

pub(crate) const ALL_SETS: (&str, &str) =
    ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm");

/// A good call of each tool that reads, and then of each that writes.
pub(crate) fn calls() -> Vec<(&'static str, Value)> {
    let mut all: Vec<&Tool> = tools::all().collect();
    all.sort_by_key(|tool| (!tool.effect.is_read(), tool.name));
    all.into_iter().map(|tool| (tool.name, serde_json::from_str(tool.sample).unwrap())).collect()
}

/// The code that each tool's call ends with, where it is not this one.
async fn others(bridge: &Bridge, expected: &str, calls: Vec<(&'static str, Value)>) -> Vec<String> {
    let ended = calls.into_iter().map(|(tool, arguments)| async move {
        let result = bridge.call("anna", tool, arguments).await;
        assert_eq!(
            result.is_error,
            result.value.get("error").is_some(),
            "{tool}: {}",
            result.value
        );
        let code = result.value["error"].as_str().unwrap_or("no error").to_owned();
        if result.is_error {
            let told = &result.value["message"];
            assert!(told.as_str().is_some_and(|told| told.len() > 8), "{tool}: {}", result.value);
        }
        (code != expected).then(|| format!("{tool}: {code}"))
    });
    join_all(ended).await.into_iter().flatten().collect()
}

/// What stands beside a tool's row as a call of it is one.
#[test]
fn every_sample_is_read_by_its_tool() {
    for tool in tools::all() {
        let sample = serde_json::from_str(tool.sample).unwrap();
        let read = (tool.read)(RawArguments::new(sample));
        assert!(read.is_ok(), "{}: {}", tool.name, read.unwrap_err().message());
    }
}

#[tokio::test]
async fn what_jira_answers_decides_the_code() {
    let scope = r#"{"code": 401, "message": "Unauthorized; scope does not match"}"#;
    let bad = r#"{"errorMessages": ["That does not work."], "errors": {}}"#;
    let faults = [
        ("unauthenticated", Fault::Status(401, r#"{"code": 401, "message": "Unauthorized"}"#)),
        ("insufficient_scope", Fault::Status(401, scope)),
        ("forbidden", Fault::Status(403, r#"{"errorMessages": ["Forbidden."], "errors": {}}"#)),
        ("not_found", Fault::Status(404, r#"{"errorMessages": ["Gone."], "errors": {}}"#)),
        ("invalid_argument", Fault::Status(400, bad)),
        ("conflict", Fault::Status(409, bad)),
        ("payload_too_large", Fault::Status(413, bad)),
        ("rate_limited", Fault::Header(429, "retry-after", "3600".to_owned())),
        ("upstream_unavailable", Fault::Status(500, "")),
        ("upstream_unavailable", Fault::Html(502)),
        ("upstream_unavailable", Fault::Cut),
        ("upstream_unavailable", Fault::NotJson),
        ("upstream_unavailable", Fault::Redirect("https://evil.example/".to_owned())),
    ];
    let mut table = Vec::new();
    for (expected, fault) in faults {
        let settings = [ALL_SETS, ("RETRY_MAX", "0"), ("BREAKER_FAILURES", "1000")];
        let bridge = Bridge::with(&settings).await;
        bridge.upstream.fail_always("/rest/", fault.clone());
        let others = others(&bridge, expected, calls()).await;
        table.push(json!({"upstream": format!("{fault:?}"), "expected": expected, "but": others}));
    }
    insta::assert_json_snapshot!("codes_by_answer", table);
}

#[tokio::test]
async fn an_upstream_that_hangs_is_a_timeout_for_every_tool() {
    let settings =
        [ALL_SETS, ("RETRY_MAX", "0"), ("JIRA_TIMEOUT_MS", "200"), ("CALL_DEADLINE_MS", "1000")];
    let bridge = Bridge::with(&[&settings[..], &[("BREAKER_FAILURES", "1000")]].concat()).await;
    bridge.upstream.fail_always("/rest/", Fault::Hang);
    assert_eq!(others(&bridge, "upstream_timeout", calls()).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_open_breaker_stops_every_tool() {
    let bridge = Bridge::with(&[ALL_SETS, ("RETRY_MAX", "0"), ("BREAKER_FAILURES", "1")]).await;
    bridge.upstream.fail_always("/rest/", Fault::Status(500, ""));
    bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    let asked = bridge.upstream.seen().len();
    assert_eq!(others(&bridge, "circuit_open", calls()).await, Vec::<String>::new());
    assert_eq!(bridge.upstream.seen().len(), asked, "nothing is sent");
}

#[tokio::test]
async fn what_the_caller_does_wrong_decides_the_code() {
    let bridge = Bridge::with(&[ALL_SETS]).await;
    let unknown = calls().into_iter().map(|(tool, mut arguments)| {
        arguments["isue_kee"] = json!("ACME-1");
        (tool, arguments)
    });
    let mut table = vec![json!({"call": "an unknown argument", "expected": "invalid_argument",
            "but": others(&bridge, "invalid_argument", unknown.collect()).await})];
    let empty = calls().into_iter().map(|(tool, _)| (tool, json!({})));
    table.push(json!({"call": "no arguments", "expected": "invalid_argument",
        "but": others(&bridge, "invalid_argument", empty.collect()).await}));
    let nested = calls().into_iter().map(|(tool, mut arguments)| {
        for value in arguments.as_object_mut().unwrap().values_mut() {
            *value = json!({"a": {"b": [1]}});
        }
        (tool, arguments)
    });
    table
        .push(json!({"call": "arguments of no type that is taken", "expected": "invalid_argument",
        "but": others(&bridge, "invalid_argument", nested.collect()).await}));
    let sent = |method: &http::Method, path: &str| bridge.upstream.count(method, path);
    let asked = sent(&http::Method::POST, "/search/") + sent(&http::Method::POST, "/changelog/");
    assert_eq!(sent(&http::Method::POST, "/rest/"), asked, "a wrong call was sent on");
    for write in [http::Method::PUT, http::Method::DELETE] {
        assert_eq!(sent(&write, "/rest/"), 0, "a wrong call was sent on");
    }
    let fenced = Bridge::with(&[ALL_SETS, ("PROJECTS_ALLOW", "LAB")]).await;
    table.push(json!({"call": "a project that is not allowed", "expected": "forbidden",
        "but": others(&fenced, "forbidden", calls()).await}));
    let hasty = Bridge::with(&[ALL_SETS, ("RATE_LIMIT_PER_USER_PER_MINUTE", "1")]).await;
    hasty.call("anna", "jira_whoami", json!({})).await;
    table.push(json!({"call": "one too many", "expected": "overloaded",
        "but": others(&hasty, "overloaded", calls()).await}));
    insta::assert_json_snapshot!("codes_by_call", table);
}
