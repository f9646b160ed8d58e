//! Errors that teach: what a refused call offers for the next one, at what cost, and that it never
//! hides the error.

use http::Method;
use serde_json::json;

use crate::support::{Bridge, Fault};

#[tokio::test]
async fn a_refused_query_offers_the_nearest_names() {
    let bridge = Bridge::start().await;
    let asked = json!({"jql": "project = ACNE AND stauts = Done AND priority = Hihg"});
    let fault = bridge.refused("jira_search", asked).await;
    assert_eq!(fault["error"], "invalid_argument");
    for (at, offered) in ["ACME (Acme Webshop)", "status", "High"].iter().enumerate() {
        assert_eq!(fault["problems"][at]["nearest"][0], *offered, "{fault}");
    }
    let fault = bridge
        .refused("jira_search", json!({"jql": "project = ACME AND", "count_only": true}))
        .await;
    assert!(fault["message"].as_str().unwrap().contains("Expecting a field name"), "{fault}");
    let fault = bridge.refused("jira_search", json!({"jql": "project = ACME statusx = 1"})).await;
    assert_eq!(fault["character"], 16, "{fault}");
}

#[tokio::test]
async fn one_mistake_is_said_once_and_asked_once() {
    let bridge = Bridge::start().await;
    let asked = json!({"jql": "project = ACME AND asignee = currentUser()"});
    for _ in 0..2 {
        let fault = bridge.refused("jira_search", asked.clone()).await;
        assert_eq!(fault["nearest"][0], "assignee", "{fault}");
        assert!(fault.get("hint").is_none(), "general advice beside the nearest name: {fault}");
        assert_eq!(fault.to_string().matches("asignee").count(), 1, "{fault}");
        assert!(fault.to_string().len() < 330, "{} bytes: {fault}", fault.to_string().len());
    }
    assert_eq!(
        bridge.upstream.count(&Method::POST, "/search/jql"),
        2,
        "Jira's refusal of a query is no stale name"
    );
    let nothing_near =
        bridge.refused("jira_search", json!({"jql": "project = ACME AND zzzzzzzzz = 1"})).await;
    assert!(nothing_near["hint"].as_str().unwrap().contains("quotes"), "{nothing_near}");
}

#[tokio::test]
async fn positions_are_those_of_the_query_as_it_was_given() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "MOB")]).await;
    let fault = bridge.refused("jira_search", json!({"jql": "status Done"})).await;
    let problem = if fault["problems"].is_array() { &fault["problems"][0] } else { &fault };
    assert_eq!(problem["character"], 8, "{fault}");
    let fault = bridge.refused("jira_search", json!({"jql": "project = ACMEE"})).await;
    assert!(!fault.to_string().contains("Webshop"), "{fault}");
}

#[tokio::test]
async fn a_good_call_asks_for_no_advice() {
    let bridge = Bridge::start().await;
    bridge.anna("jira_search", json!({"jql": "project = ACME", "max_results": 1})).await;
    bridge.anna("jira_find_users", json!({"query": "anna"})).await;
    assert_eq!(bridge.upstream.count(&Method::GET, "/jql/"), 0);
    assert_eq!(bridge.upstream.count(&Method::GET, "/project/search"), 0);
}

#[tokio::test]
async fn the_error_stands_when_advice_cannot_be_had() {
    let bridge = Bridge::start().await;
    for _ in 0..2 {
        bridge.upstream.fail("/jql/autocompletedata", Fault::Status(403, "{}"));
        bridge.upstream.fail("/project/search", Fault::NotJson);
    }
    let fault =
        bridge.refused("jira_search", json!({"jql": "project = ACNE AND stauts = Done"})).await;
    assert_eq!(
        (&fault["error"], &fault["status"]),
        (&json!("invalid_argument"), &json!(400)),
        "{fault}"
    );
    assert!(fault["message"].as_str().unwrap().contains("'ACNE'"), "{fault}");
    assert!(fault.get("problems").is_none(), "{fault}");
    let fault = bridge.refused("jira_get_project", json!({"project_key": "ACNE"})).await;
    assert_eq!(fault["error"], "not_found", "{fault}");
    assert!(fault.get("candidates").is_none(), "{fault}");
}

#[tokio::test]
async fn an_unknown_project_offers_the_closest() {
    let bridge = Bridge::start().await;
    for (tool, arguments) in [
        ("jira_get_project", json!({"project_key": "ACNE"})),
        ("jira_get_project", json!({"project_key": "webshop"})),
        ("jira_get_create_fields", json!({"project_key": "ACMEE"})),
        ("jira_create_issue", json!({"project_key": "AMCE", "issue_type": "Task", "summary": "x"})),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert_eq!(fault["error"], "not_found", "{tool}: {fault}");
        assert_eq!(fault["candidates"][0], "ACME (Acme Webshop)", "{tool} {arguments}: {fault}");
    }
    let guest =
        bridge.call("carla", "jira_get_create_fields", json!({"project_key": "ACME"})).await;
    assert!(guest.is_error && guest.value.get("candidates").is_none(), "{}", guest.value);
}

#[tokio::test]
async fn an_unknown_person_offers_the_closest_names() {
    let bridge = Bridge::start().await;
    let asked = json!({"issue_key": "ACME-1", "assignee": "Bne Developer"});
    let fault = bridge.refused("jira_update_issue", asked).await;
    assert_eq!(fault["error"], "invalid_argument", "{fault}");
    assert!(fault["candidates"].to_string().contains("Ben Developer (557058"), "{fault}");
    let fault = bridge
        .refused("jira_update_issue", json!({"issue_key": "ACME-1", "assignee": "Xyz"}))
        .await;
    assert!(fault.get("candidates").is_none(), "{fault}");
}
