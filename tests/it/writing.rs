//! The tools that write: what arrives in Jira, and what is refused before anything happens.

use http::Method;
use serde_json::json;

use crate::support::{Bridge, part};

#[tokio::test]
async fn a_created_issue_reads_back_as_it_was_written() {
    let bridge = Bridge::start().await;
    let description = "# Plan\n\n- one\n- [ ] two\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\nAsk @[Ben Developer].";
    let made = bridge
        .anna(
            "jira_create_issue",
            json!({
                "project_key": "acme", "issue_type": "task", "summary": "  A  new\nthing ", "description": description,
                "assignee": "me", "priority": "high", "labels": "x, y", "due_date": "2026-12-24",
                "components": ["Mail"], "fields": "{\"Story Points\": \"5\"}",
            }),
        )
        .await;
    assert_eq!(made["created"], true);
    let fields = [
        "summary",
        "assignee",
        "priority",
        "labels",
        "due",
        "components",
        "Story Points",
        "description",
    ];
    let read =
        bridge.anna("jira_get_issue", json!({"issue_key": made["key"], "fields": fields})).await;
    assert_eq!(
        part(
            &read,
            &["summary", "assignee", "priority", "labels", "due", "components", "Story Points"]
        ),
        json!({
            "summary": "A new thing", "assignee": "Anna Admin", "priority": "High", "labels": ["x", "y"],
            "due": "2026-12-24", "components": ["Mail"], "Story Points": 5,
        })
    );
    let text = read["description"].as_str().unwrap();
    for piece in ["# Plan", "[ ] two", "| 1 | 2 |", "[@Ben Developer](accountid:"] {
        assert!(text.contains(piece), "{piece} is missing in {text}");
    }
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let bridge = Bridge::start().await;
    let asked =
        json!({"project_key": "ACME", "issue_type": "Task", "summary": "never", "dry_run": true});
    let shown = bridge.anna("jira_create_issue", asked).await;
    assert_eq!(shown["would_create"]["summary"], "never");
    let asked = json!({"issue_key": "ACME-1", "summary": "never", "add_labels": ["never"], "dry_run": "true"});
    let shown = bridge.anna("jira_update_issue", asked).await;
    assert_ne!(shown["before"]["summary"], shown["after"]["summary"]);
    assert_eq!(bridge.upstream.count(&Method::PUT, ""), 0);
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue"), 0);
}

#[tokio::test]
async fn a_repeated_request_id_creates_once() {
    let bridge = Bridge::start().await;
    let asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": "once", "request_id": "r-1"});
    let (one, two) = tokio::join!(
        bridge.anna("jira_create_issue", asked.clone()),
        bridge.anna("jira_create_issue", asked.clone()),
    );
    assert_eq!(one["key"], two["key"]);
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue"), 1);
    let other = bridge.call("ben", "jira_create_issue", asked).await;
    assert_ne!(other.value["key"], one["key"], "another user's id is another id");
}

#[tokio::test]
async fn what_jira_would_refuse_is_explained_before() {
    let bridge = Bridge::start().await;
    for (arguments, part) in [
        (
            json!({"project_key": "ACME", "issue_type": "Tsk", "summary": "x"}),
            "Issue types here: Epic",
        ),
        (json!({"project_key": "NOPE", "issue_type": "Task", "summary": "x"}), "no project NOPE"),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": " \n "}),
            "`summary` is required",
        ),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x".repeat(256)}),
            "at most 255",
        ),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "priority": "Urgent"}),
            "Highest",
        ),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "assignee": "Nobody Known"}),
            "assignable person",
        ),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "fields": {"Stori Points": 1}}),
            "Story Points",
        ),
        (
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "fields": "{"}),
            "not valid JSON",
        ),
        (
            json!({"project_key": "MOB", "issue_type": "Bug", "summary": "x"}),
            "Required fields are missing",
        ),
    ] {
        let fault = bridge.refused("jira_create_issue", arguments.clone()).await;
        assert!(fault.to_string().contains(part), "{part} is missing in {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue"), 0);
}

#[tokio::test]
async fn several_people_of_one_name_are_listed_and_nothing_is_written() {
    let bridge = Bridge::start().await;
    let fault = bridge
        .refused("jira_add_comment", json!({"issue_key": "OPS-1", "body": "Ask @[Ben]."}))
        .await;
    assert_eq!(fault["error"], "ambiguous_name", "{fault}");
    assert!(fault["candidates"].as_array().unwrap().len() >= 2, "{fault}");
    assert_eq!(bridge.upstream.count(&Method::POST, "/comment"), 0);
}

#[tokio::test]
async fn an_update_changes_what_is_named_and_nothing_else() {
    let bridge = Bridge::start().await;
    let before = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-9"})).await;
    let arguments = json!({
        "issue_key": "ACME-9", "summary": "Changed", "assignee": "none", "add_labels": ["fresh"],
        "append_description": "A **last** word.",
    });
    let changed = bridge.anna("jira_update_issue", arguments).await;
    let text = changed["changed"]["description"].clone();
    assert!(text.as_str().unwrap().ends_with("characters"), "{changed}");
    assert_eq!(
        changed["changed"],
        json!({"summary": "Changed", "assignee": "none", "labels": {"added": ["fresh"]}, "description": text})
    );
    let after = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-9"})).await;
    assert_eq!(after["summary"], "Changed");
    assert!(after.get("assignee").is_none());
    assert!(after["labels"].as_array().unwrap().contains(&json!("fresh")));
    let text = bridge
        .anna("jira_get_issue", json!({"issue_key": "ACME-9", "fields": ["description"]}))
        .await;
    assert!(text["description"].as_str().unwrap().ends_with("A **last** word."), "{text}");
    for same in ["type", "status", "reporter", "priority", "created"] {
        assert_eq!(before[same], after[same]);
    }
    let fault = bridge.refused("jira_update_issue", json!({"issue_key": "ACME-9"})).await;
    assert!(fault["message"].as_str().unwrap().contains("Nothing to change"), "{fault}");
}

#[tokio::test]
async fn summary_comment_and_move_are_acknowledged_and_visible() {
    let bridge = Bridge::start().await;
    let done = bridge
        .anna("jira_update_issue_summary", json!({"issue_key": "ACME-6", "summary": "Short"}))
        .await;
    assert_eq!(done, json!({"key": "ACME-6", "updated": true, "changed": {"summary": "Short"}}));
    let comment = bridge
        .anna("jira_add_comment", json!({"issue_key": "ACME-6", "body": "hello **there**"}))
        .await;
    assert!(comment["url"].as_str().unwrap().contains("focusedCommentId="), "{comment}");
    let made = bridge
        .anna(
            "jira_create_issue",
            json!({"project_key": "ACME", "issue_type": "Task", "summary": "to be moved"}),
        )
        .await;
    let moved = bridge
        .anna(
            "jira_transition_issue",
            json!({"issue_key": made["key"], "transition": "in progress", "comment": "on it"}),
        )
        .await;
    assert_eq!(
        part(&moved, &["from", "to", "comment"]),
        json!({"from": "To Do", "to": "In Progress", "comment": "added"})
    );
    let again = bridge.anna("jira_list_transitions", json!({"issue_key": made["key"]})).await;
    assert_eq!(again["status"], "In Progress");
    let fault = bridge
        .refused(
            "jira_transition_issue",
            json!({"issue_key": made["key"], "transition": "Shipped"}),
        )
        .await;
    assert!(fault["candidates"].to_string().contains("Done"), "{fault}");
}

#[tokio::test]
async fn users_do_only_what_jira_lets_them() {
    let bridge = Bridge::start().await;
    let create = json!({"project_key": "ACME", "issue_type": "Task", "summary": "x"});
    let guest = bridge.call("carla", "jira_create_issue", create.clone()).await;
    assert!(guest.is_error, "{}", guest.value);
    let hidden = bridge.call("carla", "jira_get_issue", json!({"issue_key": "OPS-1"})).await;
    assert_eq!(hidden.value["error"], "not_found");
    let readonly = bridge.call("dana", "jira_create_issue", create).await;
    assert_eq!(readonly.value["error"], "insufficient_scope", "{}", readonly.value);
    assert_eq!(readonly.value["scope"], "write:jira-work");
    let expired = bridge.call("emil", "jira_whoami", json!({})).await;
    assert_eq!(expired.value["error"], "unauthenticated", "{}", expired.value);
    assert!(expired.value["hint"].as_str().unwrap().contains("sign in"), "{}", expired.value);
}

#[tokio::test]
async fn who_may_not_edit_is_told_so() {
    let bridge = Bridge::start().await;
    let fault = bridge
        .call("carla", "jira_update_issue", json!({"issue_key": "ACME-7", "summary": "x"}))
        .await
        .value;
    assert_eq!(fault["error"], "forbidden", "{fault}");
}

#[tokio::test]
async fn one_section_is_replaced_and_the_rest_stays() {
    let bridge = Bridge::start().await;
    let text = "# Goal\n\nold goal\n\n> [!WARNING]\n> careful\n\n# Plan\n\nkeep";
    let asked =
        json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "description": text});
    let key = bridge.anna("jira_create_issue", asked).await["key"].clone();
    let change = json!({"issue_key": key, "section": "goal", "description": "new **goal**"});
    let shown = bridge
        .anna(
            "jira_update_issue",
            json!({"issue_key": key, "section": "goal", "description": "x", "dry_run": true}),
        )
        .await;
    assert!(shown["after"]["description"].as_str().unwrap().contains("[…]"), "{shown}");
    bridge.anna("jira_update_issue", change).await;
    let read =
        bridge.anna("jira_get_issue", json!({"issue_key": key, "fields": ["description"]})).await;
    assert_eq!(read["description"], "# Goal\n\nnew **goal**\n\n# Plan\n\nkeep");
    for (arguments, part) in [
        (
            json!({"issue_key": key, "section": "Nothing", "description": "x"}),
            "no heading 'Nothing'",
        ),
        (json!({"issue_key": key, "section": "Goal"}), "give both"),
        (json!({"issue_key": key, "description": "x", "append_description": "y"}), "not both"),
        (
            json!({"issue_key": key, "add_labels": ["a", "b"], "remove_labels": "b"}),
            "both added and removed",
        ),
    ] {
        let fault = bridge.refused("jira_update_issue", arguments).await;
        assert!(fault["message"].as_str().unwrap().contains(part), "{part} is missing in {fault}");
    }
}
