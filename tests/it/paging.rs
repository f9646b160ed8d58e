//! Paging under a byte budget: every item comes exactly once, and no reply is ever too large.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::Bridge;

async fn walk(bridge: &Bridge, budget: usize, mut asked: Value) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        let page = bridge.call("anna", "jira_search", asked.clone()).await;
        assert!(!page.is_error, "{}", page.value);
        assert!(page.bytes <= budget, "{} bytes over a budget of {budget}", page.bytes);
        let issues = page.value["issues"].as_array().unwrap();
        keys.extend(issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
        let Value::String(token) = &page.value["next_page_token"] else {
            assert_eq!(page.value["is_last"], true);
            return keys;
        };
        asked["next_page_token"] = json!(token);
        assert!(!issues.is_empty(), "a page without issues is no page");
    }
}

#[tokio::test]
async fn a_small_budget_loses_nothing() {
    let all = {
        let bridge =
            Bridge::with(&[("MAX_RESPONSE_BYTES", "450000"), ("MAX_RESULTS_CAP", "100")]).await;
        walk(
            &bridge,
            450_000,
            json!({"jql": "created >= -3650d ORDER BY key", "max_results": 100, "fields": "key"}),
        )
        .await
    };
    assert!(all.len() >= 300, "{}", all.len());
    for (budget, fields) in [
        (3_000, json!(null)),
        (2_000, json!(["summary"])),
        (9_000, json!(["summary", "description"])),
    ] {
        let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", &budget.to_string())]).await;
        let asked =
            json!({"jql": "created >= -3650d ORDER BY key", "max_results": 50, "fields": fields});
        let keys = walk(&bridge, budget, asked).await;
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "an issue came twice");
        assert_eq!(keys, all);
    }
}

#[tokio::test]
async fn comments_page_under_a_budget() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "2500")]).await;
    for number in 0..12 {
        let body = format!("{number} {}", "long ".repeat(150));
        bridge.anna("jira_add_comment", json!({"issue_key": "ACME-2", "body": body})).await;
    }
    let (mut start_at, mut ids) = (json!(0), Vec::new());
    loop {
        let page = bridge
            .call("anna", "jira_get_comments", json!({"issue_key": "ACME-2", "start_at": start_at}))
            .await;
        assert!(page.bytes <= 2_500, "{}", page.bytes);
        ids.extend(
            page.value["comments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|comment| comment["id"].to_string()),
        );
        let total = page.value["total"].as_u64().unwrap();
        let Some(next) = page.value.get("next_start_at") else {
            assert_eq!(ids.len() as u64, total);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            return;
        };
        start_at = next.clone();
    }
}

#[tokio::test]
async fn no_reply_exceeds_the_budget_with_structured_content() {
    let bridge =
        Bridge::with(&[("MAX_RESPONSE_BYTES", "6000"), ("STRUCTURED_CONTENT", "true")]).await;
    for (tool, arguments) in [
        (
            "jira_search",
            json!({"jql": "created >= -3650d", "fields": ["description", "summary"], "max_results": 50}),
        ),
        (
            "jira_get_issue",
            json!({"issue_key": "ACME-5", "fields": ["*all"], "include": "comments,changelog,transitions"}),
        ),
        ("jira_get_create_fields", json!({"project_key": "ACME", "issue_type": "Bug"})),
        ("jira_get_projects", json!({})),
    ] {
        let reply = bridge.call("anna", tool, arguments).await;
        assert!(!reply.is_error && reply.bytes <= 6_000, "{tool}: {} bytes", reply.bytes);
    }
}
