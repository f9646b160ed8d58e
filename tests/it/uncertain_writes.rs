//! Writes whose answer is lost: sent once, looked up, and reported as what they are.

use std::sync::Arc;

use futures_util::future::join_all;
use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Bridge, Fault, NOW_MS};

/// What each tool is asked, and where its write goes.
fn writes() -> [(&'static str, Value, Method, &'static str); 7] {
    [
        (
            "jira_add_comment",
            json!({"issue_key": "ACME-1", "body": "**Lost** or not?"}),
            Method::POST,
            "/comment",
        ),
        (
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "Lost or not?"}),
            Method::POST,
            "/rest/api/3/issue",
        ),
        (
            "jira_update_issue_summary",
            json!({"issue_key": "ACME-1", "summary": "New"}),
            Method::PUT,
            "/issue/ACME-1",
        ),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "assignee": "me", "priority": "Low", "due_date": "2026-12-24",
                "add_labels": "fresh", "fields": {"Customer count": 5}}),
            Method::PUT,
            "/issue/ACME-1",
        ),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "append_description": "One *more* line."}),
            Method::PUT,
            "/issue/ACME-1",
        ),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "description": "Other.", "replace_rich_text": true, "fields": {"labels": []}}),
            Method::PUT,
            "/issue/ACME-1",
        ),
        (
            "jira_transition_issue",
            json!({"issue_key": "ACME-1", "transition": STEP}),
            Method::POST,
            "/transitions",
        ),
    ]
}

/// Where ACME-1 can go from where it is.
const STEP: &str = "In Progress";

/// A bridge over a sandbox in which time passes, as the age of a comment counts here.
async fn live(settings: &[(&str, &str)]) -> Bridge {
    let sandbox = Sandbox::with_clock(Arc::new(|| jiff::Timestamp::now().as_millisecond()));
    Bridge::over(sandbox.router(), sandbox.tokens(), settings).await
}

#[tokio::test]
async fn a_lost_comment_is_found_below_many_newer_ones() {
    let bridge = live(&[]).await;
    // The look must wait until others have written more than a page.
    let gate = Arc::new(Semaphore::new(0));
    bridge.upstream.fail_on(
        &Method::POST,
        "/comment",
        Fault::LostAfter(Box::new(Fault::Status(502, ""))),
    );
    bridge.upstream.fail_on(&Method::GET, "/issue/ACME-1/comment", Fault::Held(Arc::clone(&gate)));
    let lost =
        bridge.anna("jira_add_comment", json!({"issue_key": "ACME-1", "body": "Lost or not?"}));
    let others = async {
        bridge.upstream.saw(&Method::GET, "/issue/ACME-1/comment").await;
        for number in 0..120 {
            let more = json!({"issue_key": "ACME-1", "body": format!("Number {number}.")});
            bridge.anna("jira_add_comment", more).await;
        }
        gate.add_permits(1);
    };
    let (reply, ()) = tokio::join!(lost, others);
    assert_eq!(reply["verified"], true, "{reply}");
}

#[tokio::test]
async fn what_was_done_is_found_and_reported_as_done() {
    for (tool, arguments, method, path) in writes() {
        for fault in [Fault::Status(502, ""), Fault::Cut, Fault::Redirect("/elsewhere".to_owned())]
        {
            let bridge = live(&[]).await;
            bridge.upstream.fail_on(&method, path, Fault::LostAfter(Box::new(fault)));
            let done = bridge.anna(tool, arguments.clone()).await;
            assert_eq!(done["verified"], true, "{tool} {done}");
            assert_eq!(bridge.upstream.count(&method, path), 1, "{tool}");
        }
        let bridge = live(&[]).await;
        let done = bridge.anna(tool, arguments).await;
        assert!(done.get("verified").is_none(), "{tool} {done}");
    }
}

#[tokio::test]
async fn what_was_not_done_may_be_repeated() {
    for (tool, arguments, method, path) in writes() {
        for fault in [Fault::Status(500, ""), Fault::Html(502), Fault::Cut] {
            let bridge = live(&[]).await;
            bridge.upstream.fail_on(&method, path, fault);
            let envelope = bridge.refused(tool, arguments.clone()).await;
            assert_eq!(bridge.upstream.count(&method, path), 1, "{tool}");
            // A search that finds nothing proves nothing.
            let outcome = if tool == "jira_create_issue" { "unknown" } else { "not_done" };
            assert_eq!(envelope["outcome"], outcome, "{tool} {envelope}");
            assert_eq!(envelope["retryable"], outcome == "not_done", "{tool} {envelope}");
        }
    }
}

#[tokio::test]
async fn a_comment_of_somebody_else_is_not_the_lost_one() {
    let asked = json!({"issue_key": "ACME-1", "body": "Same words."});
    let bridge = live(&[]).await;
    assert!(!bridge.call("ben", "jira_add_comment", asked.clone()).await.is_error);
    bridge.upstream.fail_on(&Method::POST, "/comment", Fault::Status(502, ""));
    assert_eq!(bridge.refused("jira_add_comment", asked).await["outcome"], "not_done");
}

#[tokio::test]
async fn a_look_that_fails_leaves_the_outcome_unknown() {
    for (tool, arguments, method, path) in writes() {
        let bridge = live(&[("RETRY_MAX", "0")]).await;
        bridge.upstream.fail_on(&method, path, Fault::Down);
        let envelope = bridge.refused(tool, arguments).await;
        assert_eq!(
            (&envelope["outcome"], &envelope["retryable"]),
            (&json!("unknown"), &json!(false)),
            "{tool} {envelope}"
        );
        assert_eq!(bridge.upstream.count(&method, path), 1, "{tool}");
    }
}

#[tokio::test]
async fn a_write_that_hangs_is_looked_up_within_the_calls_time() {
    let settings = [("JIRA_TIMEOUT_MS", "500"), ("CALL_DEADLINE_MS", "2000")];
    let both = settings.iter().flat_map(|setting| writes().map(|write| (setting, write)));
    join_all(both.map(|(setting, (tool, arguments, method, path))| async move {
        let bridge = live(&[*setting]).await;
        bridge.upstream.fail_on(&method, path, Fault::LostAfter(Box::new(Fault::Hang)));
        let done = bridge.anna(tool, arguments).await;
        assert_eq!(done["verified"], true, "{tool} {setting:?} {done}");
        assert_eq!(bridge.upstream.count(&method, path), 1, "{tool}");
    }))
    .await;
    let bridge = live(&[("JIRA_TIMEOUT_MS", "300")]).await;
    bridge.upstream.fail_on(&Method::POST, "/comment", Fault::Hang);
    let envelope =
        bridge.refused("jira_add_comment", json!({"issue_key": "ACME-1", "body": "x"})).await;
    assert_eq!(
        (&envelope["error"], &envelope["outcome"], &envelope["retryable"]),
        (&json!("upstream_timeout"), &json!("unknown"), &json!(false)),
        "Jira may still be at work on it: {envelope}"
    );
    assert_eq!(bridge.upstream.count(&Method::POST, "/comment"), 1);
}

#[tokio::test]
async fn a_request_id_is_known_to_other_replicas_too() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let one = Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await;
    let other = Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await;
    let asked = |id: &str| json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once", "request_id": id});
    let first = one.anna("jira_create_issue", asked("r-1")).await;
    assert_eq!(first["created"], true);
    for _ in 0..2 {
        let again = other.anna("jira_create_issue", asked("r-1")).await;
        assert_eq!(again["key"], first["key"]);
        assert_eq!(
            (&again["created"], &again["repeated_request_id"]),
            (&json!(false), &json!(true))
        );
    }
    assert_eq!(other.upstream.count(&Method::POST, "/rest/api/3/issue"), 0);
    assert_eq!(
        other.upstream.count(&Method::POST, "/search/jql"),
        1,
        "the second time it is known"
    );
    let second = other.anna("jira_create_issue", asked("r-2")).await;
    assert_ne!(second["key"], first["key"], "another id is another issue");
    let bens = other.call("ben", "jira_create_issue", asked("r-1")).await.value;
    assert_eq!(bens["created"], true, "another user's id is another id: {bens}");
}

#[tokio::test]
async fn only_a_request_id_costs_a_search() {
    let bridge = Bridge::start().await;
    let mut asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once"});
    bridge.anna("jira_create_issue", asked.clone()).await;
    assert_eq!(bridge.upstream.count(&Method::POST, "/search/jql"), 0);
    asked["request_id"] = json!("r-1");
    asked["dry_run"] = json!(true);
    bridge.anna("jira_create_issue", asked.clone()).await;
    assert_eq!(bridge.upstream.count(&Method::POST, "/search/jql"), 0, "a dry run makes nothing");
    asked["dry_run"] = json!(false);
    bridge.upstream.fail("/search/jql", Fault::Status(400, "{}"));
    let made = bridge.anna("jira_create_issue", asked).await;
    assert_eq!(made["created"], true, "a search that fails keeps nobody from creating");
    assert_eq!(bridge.upstream.count(&Method::POST, "/search/jql"), 1);
}

#[tokio::test]
async fn a_lost_create_is_found_by_its_request_id() {
    let bridge = Bridge::start().await;
    let asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once", "request_id": "r-1"});
    let fault = Fault::LostAfter(Box::new(Fault::Status(502, "")));
    bridge.upstream.fail_on(&Method::POST, "/rest/api/3/issue", fault);
    let made = bridge.anna("jira_create_issue", asked.clone()).await;
    assert_eq!((&made["created"], &made["verified"]), (&json!(true), &json!(true)));
    let again = bridge.anna("jira_create_issue", asked).await;
    assert_eq!((&again["key"], &again["created"]), (&made["key"], &json!(false)));
    assert_eq!(bridge.upstream.count(&Method::POST, "/rest/api/3/issue"), 1);
}
