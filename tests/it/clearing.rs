//! What clears a field and what does not; and a name that two boards' sprints have.

use http::Method;
use serde_json::{Value, json};

use crate::support::Bridge;

/// The issue as it stands, and what would become of it.
async fn update(bridge: &Bridge, more: Value) -> Value {
    let mut arguments = json!({ "issue_key": "ACME-9" });
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bridge.anna("jira_update_issue", arguments).await
}

#[tokio::test]
async fn an_empty_text_changes_nothing_and_is_told() {
    let bridge = Bridge::start().await;
    let texts = [
        "description",
        "append_description",
        "assignee",
        "priority",
        "due_date",
        "parent_key",
        "components",
        "fix_versions",
        "labels",
    ];
    let before = bridge.anna("jira_get_issue", json!({ "issue_key": "ACME-9" })).await;
    for name in texts {
        let mut arguments = json!({ "summary": "Other" });
        arguments[name] = json!(" ");
        let dry = {
            let mut arguments = arguments.clone();
            arguments["dry_run"] = json!(true);
            update(&bridge, arguments).await
        };
        assert_eq!(dry["left_unchanged"], json!([name]), "{dry}");
        let done = update(&bridge, arguments).await;
        assert_eq!(done["left_unchanged"], json!([name]), "{done}");
        assert_eq!(done["changed"], json!({ "summary": "Other" }), "{name}");
        // Alone it is no change at all, and the accepted forms are named.
        let mut alone = json!({ "issue_key": "ACME-9" });
        alone[name] = json!("");
        let fault = bridge.refused("jira_update_issue", alone).await;
        let said = fault.to_string();
        assert!(said.contains(&format!("({name})")) && said.contains("null in `fields`"), "{said}");
    }
    let after = bridge.anna("jira_get_issue", json!({ "issue_key": "ACME-9" })).await;
    for same in ["description", "assignee", "priority", "labels", "components"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    // Null is how strict schemas leave an argument out: not a word about it.
    let done = update(&bridge, json!({ "summary": "Third", "description": null })).await;
    assert!(done.get("left_unchanged").is_none(), "{done}");
}

#[tokio::test]
async fn what_says_so_clears_and_the_reply_shows_it() {
    let bridge = Bridge::start().await;
    let set = json!({ "labels": ["one"], "assignee": "me", "due_date": "2026-12-24" });
    let check = async |clear: Value, name: &str| {
        update(&bridge, set.clone()).await;
        let done = update(&bridge, clear.clone()).await;
        assert!(done["changed"].get(name).is_some(), "{clear}: {done}");
        let issue =
            bridge.anna("jira_get_issue", json!({ "issue_key": "ACME-9", "fields": [name] })).await;
        assert!(issue.get(name).is_none(), "{clear}: {issue}");
    };
    check(json!({ "labels": [] }), "labels").await;
    check(json!({ "fields": { "labels": null } }), "labels").await;
    check(json!({ "fields": { "labels": [] } }), "labels").await;
    check(json!({ "assignee": "none" }), "assignee").await;
    check(json!({ "fields": { "assignee": "" } }), "assignee").await;
    check(json!({ "due_date": "none" }), "due").await;
    check(json!({ "fields": { "due_date": null } }), "due").await;
    check(json!({ "fields": { "description": null }, "replace_rich_text": true }), "description")
        .await;
}

#[tokio::test]
async fn an_empty_goal_is_told_too() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,agile")]).await;
    let both = json!({ "sprint_id": 8, "name": "Eight", "goal": "" });
    let done = bridge.anna("jira_update_sprint", both).await;
    assert_eq!(done["left_unchanged"], json!(["goal"]), "{done}");
    let alone = json!({ "sprint_id": 8, "goal": "" });
    let fault = bridge.refused("jira_update_sprint", alone).await;
    assert!(fault.to_string().contains("goal none clears"), "{fault}");
}

#[tokio::test]
async fn an_empty_description_of_a_version_is_told_too() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,manage")]).await;
    let made = json!({ "project_key": "ACME", "name": "77", "description": "The seventh." });
    bridge.anna("jira_save_version", made).await;
    let empty = json!({ "project_key": "ACME", "name": "77", "description": "", "released": true });
    let done = bridge.anna("jira_save_version", empty).await;
    assert_eq!(done["left_unchanged"], json!(["description"]), "{done}");
    assert_eq!(done["changed"], json!({ "released": true }), "{done}");
}

#[tokio::test]
async fn a_name_of_two_sprints_that_have_not_begun_is_a_question() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,agile")]).await;
    let mut ids = Vec::new();
    for board in [1, 2] {
        let asked = json!({ "board_id": board, "name": "Twin" });
        ids.push(bridge.anna("jira_create_sprint", asked).await["id"].clone());
    }
    // Only one of them holds an issue, so a search knows that one alone.
    let moved = json!({ "issue_keys": "ACME-9", "sprint_id": ids[0] });
    bridge.anna("jira_move_to_sprint", moved).await;
    let fault = bridge.refused("jira_get_sprint_report", json!({ "sprint_id": "twin" })).await;
    assert_eq!(fault["error"], "ambiguous_name", "{fault}");
    let writes = bridge.upstream.count(&Method::POST, "/rest/agile/1.0/sprint/");
    let fault =
        bridge.refused("jira_update_sprint", json!({ "sprint_id": "Twin", "name": "x" })).await;
    assert_eq!(fault["candidates"].as_array().unwrap().len(), 2, "{fault}");
    assert_eq!(bridge.upstream.count(&Method::POST, "/rest/agile/1.0/sprint/"), writes);
}
