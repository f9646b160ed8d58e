//! Arguments as long as a request, and said twice: each gets a short answer, soon.

use http::Method;
use serde_json::json;

use crate::support::Bridge;

#[tokio::test]
async fn arguments_of_any_length_get_a_short_answer() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,context,collab,agile,bulk,manage")]).await;
    let long = "é".repeat(100_000);
    let quotes = "\"".repeat(150_000);
    for (tool, arguments) in [
        ("jira_search", json!({"jql": "project = ACME", "fields": [long]})),
        ("jira_get_issue", json!({"issue_key": "ACME-1", "fields": [long]})),
        ("jira_get_changelog", json!({"issue_key": "ACME-1", "fields": [long]})),
        ("jira_create_issue", json!({"project_key": "ACME", "issue_type": long, "summary": "x"})),
        (
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "priority": long}),
        ),
        (
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "assignee": long}),
        ),
        ("jira_transition_issue", json!({"issue_key": "ACME-1", "transition": long})),
        ("jira_link_issues", json!({"from_key": "ACME-1", "to_key": "ACME-2", "relation": long})),
        ("jira_find_users", json!({"query": long})),
        ("jira_get_projects", json!({"query": long})),
        ("jira_get_sprints", json!({"board_id": long})),
        (
            "jira_save_version",
            json!({"project_key": "ACME", "name": "zz", "description": quotes, "dry_run": true}),
        ),
        (
            "jira_create_sprint",
            json!({"board_id": "1", "name": "zz", "goal": quotes, "dry_run": true}),
        ),
    ] {
        let reply = bridge.call("anna", tool, arguments).await;
        assert!(reply.is_error, "{tool}: {:.200}", reply.value.to_string());
        assert!(reply.bytes < 12_000, "{tool}: {} bytes", reply.bytes);
        assert_ne!(reply.value["error"], "internal", "{tool}");
    }
}

#[tokio::test]
async fn a_preview_stays_within_the_budget() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "4000")]).await;
    let asked = json!({
        "project_key": "ACME", "issue_type": "Task", "summary": "x", "description": "é\"\n".repeat(9_000), "dry_run": true,
    });
    let reply = bridge.call("anna", "jira_create_issue", asked).await;
    assert!(!reply.is_error && reply.bytes <= 4_000, "{} bytes: {}", reply.bytes, reply.value);
    assert_eq!(reply.value["would_create"]["summary"], "x");
}

#[tokio::test]
async fn what_is_said_twice_is_refused() {
    let bridge = Bridge::start().await;
    for (tool, arguments) in [
        (
            "jira_create_issue",
            json!({"project_key": "MOB", "issue_type": "Task", "summary": "x", "fields": {"Project": "ACME"}}),
        ),
        (
            "jira_create_issue",
            json!({"project_key": "MOB", "issue_type": "Task", "summary": "x", "fields": {"summary": "y"}}),
        ),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "summary": "x", "fields": {"Summary": "y"}}),
        ),
    ] {
        let fault = bridge.refused(tool, arguments).await;
        assert!(fault["message"].as_str().unwrap().contains("as an argument"), "{fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::PUT, ""), 0);
}

#[tokio::test]
async fn a_secret_sent_as_a_request_id_is_not_echoed() {
    let bridge = Bridge::start().await;
    let token = bridge.token("anna").to_owned();
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    // The harness searches every answer for tokens.
    let reply = bridge.post_to("/mcp", "anna", &[("x-request-id", token.as_str())], &list).await;
    assert_eq!((reply.status, reply.header("x-request-id").len()), (200, 32));
    let sane = bridge.post_to("/mcp", "anna", &[("x-request-id", "call-7")], &list).await;
    assert_eq!(sane.header("x-request-id"), "call-7");
}

#[tokio::test]
async fn errors_stay_within_the_budget_too() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "2000")]).await;
    let long = "é".repeat(5_000);
    for (tool, arguments) in [
        ("jira_search", json!({"jql": format!("project = \"{long}\"")})),
        ("jira_create_issue", json!({"project_key": "MOB", "issue_type": "Bug", "summary": "x"})),
        ("jira_create_issue", json!({"project_key": "MOB", "issue_type": long, "summary": "x"})),
        ("jira_update_issue", json!({"issue_key": "ACME-1", "assignee": long})),
        ("jira_transition_issue", json!({"issue_key": "ACME-1", "transition": long})),
    ] {
        let reply = bridge.call("anna", tool, arguments).await;
        assert!(
            reply.is_error && reply.bytes <= 2_000,
            "{tool}: {} bytes: {}",
            reply.bytes,
            reply.value
        );
        assert!(
            reply.value["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{}",
            reply.value
        );
    }
}
