//! Versions and moves between projects.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, part};

const SETS: (&str, &str) = ("TOOLSETS", "core,manage");

#[tokio::test]
async fn the_manage_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "manage")]).await;
    let reply = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("manage_tools", reply["result"]["tools"]);
}

#[tokio::test]
async fn a_version_is_made_once_and_changed_by_name() {
    let bridge = Bridge::with(&[SETS]).await;
    let asked = json!({"project_key": "ACME", "name": " 3.0 ", "release_date": "2027-03-01", "description": "next"});
    let mut dry = asked.clone();
    dry["dry_run"] = json!(true);
    assert_eq!(bridge.anna("jira_save_version", dry).await["would_create"]["name"], "3.0");
    let made = bridge.anna("jira_save_version", asked.clone()).await;
    assert_eq!(
        part(&made, &["name", "released", "created"]),
        json!({"name": "3.0", "released": false, "created": true})
    );
    let same = bridge.anna("jira_save_version", asked).await;
    assert_eq!((&same["id"], &same["updated"]), (&made["id"], &json!(false)), "{same}");
    let release = json!({"project_key": "ACME", "name": "3.0", "released": "true", "new_name": "3.0.0", "archived": false});
    let mut dry = release.clone();
    dry["dry_run"] = json!(true);
    let shown = bridge.anna("jira_save_version", dry).await;
    assert_eq!(shown["before"], json!({"name": "3.0", "released": false}));
    let saved = bridge.anna("jira_save_version", release.clone()).await;
    assert_eq!(
        saved,
        json!({"id": made["id"], "name": "3.0.0", "released": true, "updated": true, "changed": {"name": "3.0.0", "released": true}})
    );
    assert_eq!(bridge.upstream.count(&Method::POST, "/version"), 1);
    assert_eq!(bridge.upstream.count(&Method::PUT, "/version"), 1);
    let fault = bridge.refused("jira_save_version", release).await;
    assert_eq!(fault["error"], "not_found");
    assert!(fault["hint"].as_str().unwrap().contains("3.0.0"), "{fault}");
}

#[tokio::test]
async fn a_versions_dates_are_days_as_people_say_them() {
    let bridge = Bridge::with(&[SETS]).await;
    let asked = json!({"project_key": "ACME", "name": "9.0", "start_date": "last monday", "release_date": "24 Dec 2098"});
    let made = bridge.anna("jira_save_version", asked).await;
    assert_eq!(
        (&made["created"], &made["release_date"]),
        (&json!(true), &json!("2098-12-24")),
        "{made}"
    );
    assert_eq!(made["start_date"].as_str().map(str::len), Some(10), "{made}");
    let moved = json!({"project_key": "ACME", "name": "9.0", "release_date": "2099/1/5"});
    let moved = bridge.anna("jira_save_version", moved).await;
    assert_eq!(moved["changed"], json!({"release_date": "2099-01-05"}), "{moved}");
}

#[tokio::test]
async fn versions_that_cannot_be_saved_say_why() {
    let bridge = Bridge::with(&[SETS]).await;
    for (arguments, error, text) in [
        (
            json!({"project_key": "ACME", "name": "2.4", "release_date": "soon"}),
            "invalid_argument",
            "must be a day like",
        ),
        (json!({"project_key": "ACME", "name": "x".repeat(256)}), "invalid_argument", "1 to 255"),
        (
            json!({"project_key": "ACME", "name": "2.4", "new_name": "2.3"}),
            "invalid_argument",
            "already exists",
        ),
        (
            json!({"project_key": "ACME", "name": "2.4", "start_date": "2030-01-01"}),
            "invalid_argument",
            "before the release",
        ),
        (json!({"project_key": "NOPE", "name": "1"}), "not_found", "NOPE"),
    ] {
        let fault = bridge.refused("jira_save_version", arguments).await;
        assert_eq!(fault["error"], error, "{fault}");
        assert!(fault.to_string().contains(text), "{text}: {fault}");
    }
    let ben =
        bridge.call("ben", "jira_save_version", json!({"project_key": "ACME", "name": "9"})).await;
    assert_eq!(ben.value["error"], "insufficient_scope", "{}", ben.value);
    assert_eq!(ben.value["scope"], "manage:jira-project");
    let femi = bridge
        .call(
            "femi",
            "jira_save_version",
            json!({"project_key": "OPS", "name": "9", "site": "sandbox"}),
        )
        .await;
    assert_eq!(femi.value["error"], "not_found", "{}", femi.value);
    assert!(femi.value["hint"].as_str().unwrap().contains("administrators"), "{}", femi.value);
}

async fn moved(bridge: &Bridge, arguments: &Value) -> (Value, crate::support::Tool) {
    let preview = bridge.anna("jira_move_issue", arguments.clone()).await;
    let mut agreed = arguments.clone();
    agreed["confirm"] = preview["confirm"].clone();
    (preview["preview"].clone(), bridge.call("anna", "jira_move_issue", agreed).await)
}

#[tokio::test]
async fn a_moved_issue_answers_with_its_new_key() {
    let bridge = Bridge::with(&[SETS]).await;
    let made = bridge
        .anna("jira_create_issue", json!({"project_key": "ACME", "issue_type": "Task", "summary": "on the move", "components": "Mail"}))
        .await;
    let key = made["key"].as_str().unwrap();
    let (preview, done) =
        moved(&bridge, &json!({"issue_key": key, "target_project_key": "ops"})).await;
    assert_eq!(preview["to"], json!({"project": "OPS", "type": "Task"}));
    assert_eq!(preview["may_be_lost"], json!(["components"]));
    assert!(!done.is_error, "{}", done.value);
    assert_eq!(done.value["old_key"], key);
    assert!(done.value["key"].as_str().unwrap().starts_with("OPS-"), "{}", done.value);
    assert_eq!(bridge.upstream.count(&Method::GET, "/bulk/queue/"), 3, "it waited for the task");
    let read = bridge.anna("jira_get_issue", json!({"issue_key": key})).await;
    assert_eq!(read["key"], done.value["key"]);
    // Under the old key the issue is found again where many are read.
    let bridge_keys = json!({"issue_keys": [key], "target_project_key": "ACME"});
    let fault = bridge.refused("jira_move_issue", bridge_keys).await;
    assert_eq!(fault["error"], "invalid_argument");
}

#[tokio::test]
async fn a_move_that_jira_gives_up_says_why() {
    let bridge = Bridge::with(&[SETS]).await;
    let made = bridge
        .anna(
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "stuck"}),
        )
        .await;
    let asked = json!({"issue_key": made["key"], "target_project_key": "MOB", "issue_type": "bug"});
    let (_, done) = moved(&bridge, &asked).await;
    assert_eq!(done.value["error"], "invalid_argument", "{}", done.value);
    assert!(done.value["message"].as_str().unwrap().contains("is required"), "{}", done.value);
    let read = bridge.anna("jira_get_issue", json!({"issue_key": made["key"]})).await;
    assert_eq!(read["key"], made["key"]);
}

#[tokio::test]
async fn moves_that_make_no_sense_are_refused() {
    let bridge = Bridge::with(&[SETS]).await;
    let found = bridge
        .anna(
            "jira_search",
            json!({"jql": "project = ACME AND issuetype = Sub-task", "max_results": 1}),
        )
        .await;
    let subtask = &found["issues"][0]["key"];
    for (arguments, text) in [
        (
            json!({"issue_key": subtask, "target_project_key": "MOB", "issue_type": "Task"}),
            "subtasks go with it",
        ),
        (json!({"issue_key": "OPS-1", "target_project_key": "OPS"}), "already"),
        (
            json!({"issue_key": "ACME-1", "target_project_key": "OPS", "issue_type": "Epik"}),
            "Issue types here",
        ),
        (json!({"issue_key": "ACME-1", "target_project_key": "NOPE"}), "no project NOPE"),
        (json!({"issue_key": "ACME-99999", "target_project_key": "OPS"}), "may not see it"),
    ] {
        let fault = bridge.refused("jira_move_issue", arguments).await;
        assert!(fault.to_string().contains(text), "{text}: {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues/move"), 0);
}
