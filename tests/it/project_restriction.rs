//! The operator's project allow-list against the tools that change many things, move them or delete
//! them.

use http::Method;
use serde_json::json;

use crate::support::Bridge;

/// The seed's first link between two projects.
const LINK_OF_MOB_AND_OPS: u64 = 10_301;

#[tokio::test]
async fn no_bulk_or_destructive_tool_leaves_the_allowed_projects() {
    let settings = [("TOOLSETS", "core,bulk,manage,destructive"), ("PROJECTS_ALLOW", "ACME")];
    let bridge = Bridge::with(&settings).await;
    for (tool, arguments) in [
        ("jira_get_issues", json!({"issue_keys": ["ACME-1", "MOB-1"]})),
        ("jira_get_issues", json!({"issue_keys": ["10100"]})),
        ("jira_bulk_edit", json!({"issue_keys": ["ACME-1", "MOB-1"], "add_labels": "x"})),
        ("jira_bulk_edit", json!({"issue_keys": ["10100"], "add_labels": "x"})),
        ("jira_bulk_edit", json!({"jql": "project = ACME) OR (project = MOB", "add_labels": "x"})),
        ("jira_bulk_edit", json!({"jql": "project = MOB", "add_labels": "x"})),
        ("jira_save_version", json!({"project_key": "MOB", "name": "9"})),
        ("jira_save_version", json!({"project_key": "10001", "name": "9"})),
        ("jira_move_issue", json!({"issue_key": "ACME-1", "target_project_key": "OPS"})),
        ("jira_move_issue", json!({"issue_key": "OPS-1", "target_project_key": "ACME"})),
        ("jira_delete_issue", json!({"issue_key": "MOB-1"})),
        ("jira_delete_comment", json!({"issue_key": "MOB-1", "comment_id": 1})),
        ("jira_delete_attachment", json!({"issue_key": "MOB-1", "attachment_id": 1})),
        ("jira_delete_worklog", json!({"issue_key": "MOB-1", "worklog_id": 1})),
        ("jira_unlink_issues", json!({"link_id": LINK_OF_MOB_AND_OPS})),
    ] {
        let refused = bridge.call("anna", tool, arguments.clone()).await;
        assert!(refused.is_error, "{tool} {arguments}: {}", refused.value);
        let text = refused.value.to_string();
        assert!(
            !text.contains("\"summary\"") && refused.value.get("confirm").is_none(),
            "{tool}: {text}"
        );
    }
    let created = bridge
        .anna("jira_create_issues", json!({"issues": [
            {"project_key": "ACME", "issue_type": "Task", "summary": "in"},
            {"project_key": "OPS", "issue_type": "Task", "summary": "out"},
            {"project_key": "ACME", "issue_type": "Task", "summary": "below", "fields": {"parent": "MOB-1"}},
            {"project_key": "ACME", "issue_type": "Task", "summary": "below", "parent_key": "MOB-1"},
        ]}))
        .await;
    assert_eq!(
        (created["created"].as_array().unwrap().len(), created["failed"].as_array().unwrap().len()),
        (1, 3),
        "{created}"
    );
    for write in [Method::PUT, Method::DELETE] {
        assert_eq!(bridge.upstream.count(&write, ""), 0);
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues"), 0);
}

#[tokio::test]
async fn one_end_of_a_link_outside_is_enough_to_keep_it() {
    for (projects, allowed) in [("MOB", false), ("OPS", false), ("MOB,OPS", true)] {
        let bridge =
            Bridge::with(&[("TOOLSETS", "destructive"), ("PROJECTS_ALLOW", projects)]).await;
        let shown = bridge
            .call("anna", "jira_unlink_issues", json!({"link_id": LINK_OF_MOB_AND_OPS}))
            .await;
        assert_eq!(!shown.is_error, allowed, "{projects}: {}", shown.value);
        if !allowed {
            assert_eq!(shown.value["error"], "forbidden");
            assert!(
                !shown.value.to_string().contains("MOB-")
                    && !shown.value.to_string().contains("OPS-")
            );
        }
    }
}

#[tokio::test]
async fn an_issue_that_was_moved_away_is_out_of_reach_under_its_old_key() {
    let sandbox = jira_sandbox::Sandbox::seeded(crate::support::NOW_MS);
    let over = async |settings: &[(&str, &str)]| {
        Bridge::over(sandbox.router(), sandbox.tokens(), settings).await
    };
    let sets = ("TOOLSETS", "core,bulk,manage,destructive");
    let open = over(&[sets]).await;
    let asked = json!({"issue_key": "ACME-20", "target_project_key": "OPS", "issue_type": "Task"});
    let preview = open.anna("jira_move_issue", asked.clone()).await;
    let mut agreed = asked;
    agreed["confirm"] = preview["confirm"].clone();
    let moved = open.anna("jira_move_issue", agreed).await;
    let found = open
        .anna("jira_get_issues", json!({"issue_keys": "ACME-20, ACME-21", "fields": "status"}))
        .await;
    assert_eq!(found["issues"][0]["key"], moved["key"]);
    assert_eq!(found["issues"][0]["moved_from"], "ACME-20");
    let fenced = over(&[sets, ("PROJECTS_ALLOW", "ACME")]).await;
    let found = fenced.anna("jira_get_issues", json!({"issue_keys": "ACME-20,ACME-21"})).await;
    assert_eq!(found["missing"], json!(["ACME-20"]), "{found}");
    for (tool, arguments) in [
        ("jira_delete_issue", json!({"issue_key": "ACME-20"})),
        ("jira_delete_comment", json!({"issue_key": "ACME-20", "comment_id": 1})),
        ("jira_delete_attachment", json!({"issue_key": "ACME-20", "attachment_id": 1})),
        ("jira_move_issue", json!({"issue_key": "ACME-20", "target_project_key": "ACME"})),
        ("jira_bulk_edit", json!({"issue_keys": "ACME-20", "add_labels": "x"})),
    ] {
        let refused = fenced.call("anna", tool, arguments).await;
        assert!(
            refused.is_error && refused.value.get("confirm").is_none(),
            "{tool}: {}",
            refused.value
        );
    }
}

#[tokio::test]
async fn a_task_hides_the_issues_of_other_projects() {
    let sandbox = jira_sandbox::Sandbox::seeded(crate::support::NOW_MS);
    let sets = ("TOOLSETS", "core,bulk");
    let open = Bridge::over(sandbox.router(), sandbox.tokens(), &[sets]).await;
    let jql = "project = MOB AND \"Story point estimate\" IS EMPTY AND status = \"To Do\"";
    let asked = json!({"jql": jql, "transition": "Done"});
    let mut agreed = asked.clone();
    agreed["confirm"] = open.anna("jira_bulk_edit", asked).await["confirm"].clone();
    let task = open.anna("jira_bulk_edit", agreed).await;
    for (projects, shown) in [("ACME", false), ("MOB", true)] {
        let fenced =
            Bridge::over(sandbox.router(), sandbox.tokens(), &[sets, ("PROJECTS_ALLOW", projects)])
                .await;
        let mut progress = json!({});
        while progress["percent"] != 100 {
            progress = fenced.anna("jira_get_task", json!({"task_id": task["task_id"]})).await;
        }
        assert_eq!(progress["failed"].as_array().unwrap().is_empty(), !shown, "{progress}");
        assert_eq!(progress.get("failed_omitted").is_some(), !shown, "{progress}");
    }
}
