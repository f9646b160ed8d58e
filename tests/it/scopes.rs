//! What a token's OAuth scopes cannot do is not offered, and not tried.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};

use crate::support::Bridge;

async fn listed(bridge: &Bridge, user: &str) -> Vec<String> {
    let reply = bridge.rpc(user, "tools/list", json!({})).await;
    let tools = reply["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_asks_jira_nothing_and_narrows_once_the_token_is_known() {
    let bridge = Bridge::start().await;
    let before = listed(&bridge, "dana").await;
    assert!(before.contains(&"jira_add_comment".to_owned()));
    assert!(bridge.upstream.seen().is_empty());
    bridge.call("dana", "jira_get_projects", json!({})).await;
    let after = listed(&bridge, "dana").await;
    assert!(after.contains(&"jira_search".to_owned()) && after.len() < before.len(), "{after:?}");
    for gone in
        ["jira_add_comment", "jira_create_issue", "jira_update_issue", "jira_transition_issue"]
    {
        assert!(!after.contains(&gone.to_owned()), "{gone}");
    }
    assert_eq!(listed(&bridge, "anna").await, before, "another user's list is another list");
}

#[tokio::test]
async fn a_call_beyond_a_known_token_never_reaches_jira() {
    let bridge = Bridge::start().await;
    bridge.call("dana", "jira_get_projects", json!({})).await;
    let calls = bridge.upstream.seen().len();
    let comment = json!({"issue_key": "ACME-1", "body": "x"});
    let fault = bridge.call("dana", "jira_add_comment", comment.clone()).await;
    assert!(fault.is_error);
    assert_eq!(fault.value["error"], "insufficient_scope", "{}", fault.value);
    assert_eq!(fault.value["scope"], "write:jira-work");
    assert!(fault.value.get("status").is_none(), "nobody was asked: {}", fault.value);
    assert_eq!(bridge.upstream.seen().len(), calls);
    // Of a token that nothing is known about, Jira says it.
    let cold = Bridge::start().await.call("dana", "jira_add_comment", comment).await;
    assert_eq!(
        (&cold.value["error"], &cold.value["status"]),
        (&json!("insufficient_scope"), &json!(401))
    );
}

#[tokio::test]
async fn whoami_says_what_is_hidden_and_why() {
    let bridge = Bridge::with(&[("TOOLS_DENY", "jira_get_filters,jira_add_comment")]).await;
    let me = bridge.call("dana", "jira_whoami", json!({})).await.value;
    let groups = me["hidden_tools"].as_array().unwrap();
    assert_eq!(groups.len(), 2, "{me}");
    assert!(groups[0]["reason"].as_str().unwrap().contains("operator"), "{me}");
    assert!(groups[0]["tools"].as_array().unwrap().contains(&json!("jira_add_comment")), "{me}");
    assert_eq!(groups[1]["scope"], "write:jira-work");
    assert!(groups[1]["reason"].as_str().unwrap().contains("write:jira-work"), "{me}");
    let lacking = groups[1]["tools"].as_array().unwrap();
    assert!(lacking.contains(&json!("jira_create_issue")), "{me}");
    assert!(!lacking.contains(&json!("jira_add_comment")), "a tool has one reason: {me}");
    let all =
        Bridge::with(&[("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm")])
            .await;
    let me = all.anna("jira_whoami", json!({})).await;
    assert!(!me["hidden_tools"].to_string().contains("jira_search"), "{me}");
}

/// A site that grants these scopes and answers nothing else.
fn granting(scopes: &'static [&'static str]) -> Router {
    let site = move || json!([{"id": "c-1", "url": "https://x.atlassian.net", "name": "x", "scopes": scopes}]);
    Router::new().route("/oauth/token/accessible-resources", get(async move || Json(site())))
}

#[tokio::test]
async fn whoami_works_without_the_scope_for_people() {
    let tokens = vec![("eve".to_owned(), format!("token-eve-{}", "e".repeat(24)))];
    let bridge = Bridge::over(granting(&["read:jira-work"]), tokens, &[]).await;
    let me = bridge.call("eve", "jira_whoami", json!({})).await;
    assert!(!me.is_error, "{}", me.value);
    assert_eq!(me.value["site"]["name"], "x");
    let hidden: Vec<&Value> = me.value["hidden_tools"].as_array().unwrap().iter().collect();
    let by_scope = hidden.iter().find(|group| group["scope"] == "read:jira-user").unwrap();
    assert_eq!(by_scope["tools"], json!(["jira_find_users"]));
    assert!(!listed(&bridge, "eve").await.contains(&"jira_find_users".to_owned()));
}

#[tokio::test]
async fn granular_scopes_are_left_to_jira() {
    let tokens = vec![("eve".to_owned(), format!("token-eve-{}", "e".repeat(24)))];
    let bridge =
        Bridge::over(granting(&["read:issue-details:jira", "write:comment:jira"]), tokens, &[])
            .await;
    bridge.call("eve", "jira_whoami", json!({})).await;
    let names = listed(&bridge, "eve").await;
    assert!(
        names.contains(&"jira_search".to_owned()) && names.contains(&"jira_add_comment".to_owned())
    );
}
