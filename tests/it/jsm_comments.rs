//! Who reads a comment: on a service desk no customer does, unless the caller said so.

use serde_json::{Value, json};

use crate::support::{Bridge, Fault};

/// Every tool that can write a comment, with the comment.
fn doors(bridge_key: &str, other: &str, step: &str, text: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("jira_add_comment", json!({"issue_key": bridge_key, "body": text})),
        (
            "jira_transition_issue",
            json!({"issue_key": bridge_key, "transition": step, "comment": text}),
        ),
        (
            "jira_link_issues",
            json!({"from_key": bridge_key, "relation": "relates to", "to_key": other, "comment": text}),
        ),
    ]
}

/// Whether the newest comment with this text is hidden from customers.
async fn is_internal(bridge: &Bridge, key: &str, text: &str) -> bool {
    let read = bridge.anna("jira_get_comments", json!({"issue_key": key, "max_results": 50})).await;
    let comments = read["comments"].as_array().unwrap();
    let found = comments.iter().find(|comment| comment["body"] == text);
    found.unwrap_or_else(|| panic!("{text} is not there: {read}"))["internal"] == true
}

#[tokio::test]
async fn no_comment_reaches_a_customer_unless_that_was_said() {
    for internal in [None, Some(true), Some(false)] {
        for door in 0..3 {
            let bridge = Bridge::with(&[("TOOLSETS", "core,collab")]).await;
            let jql = "project = OPS AND status = Open ORDER BY key";
            let open = bridge.anna("jira_search", json!({"jql": jql, "max_results": 2})).await;
            let key = open["issues"][0]["key"].as_str().unwrap();
            let other = open["issues"][1]["key"].as_str().unwrap();
            let (tool, mut asked) =
                doors(key, other, "Start investigation", "to whom").swap_remove(door);
            if let Some(internal) = internal {
                asked["internal"] = json!(internal);
            }
            let done = bridge.anna(tool, asked).await;
            let is_public = internal == Some(false);
            assert_eq!(done["customers_see_it"], is_public, "{tool} {internal:?}: {done}");
            assert_eq!(
                is_internal(&bridge, key, "to whom").await,
                !is_public,
                "{tool} {internal:?}"
            );
        }
    }
}

#[tokio::test]
async fn where_there_are_no_customers_nothing_is_said_of_them() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,collab")]).await;
    for (tool, asked) in doors("ACME-40", "ACME-41", "In Review", "as ever") {
        let done = bridge.anna(tool, asked).await;
        assert_eq!(done.get("customers_see_it"), None, "{tool}: {done}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_about_a_project_does_not_make_a_comment_public() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,collab")]).await;
    let told = r#"{"id": "1", "key": "ACME-40", "fields": {"project": {"projectTypeKey": 7}}}"#;
    bridge.upstream.fail("/issue/ACME-40", Fault::Status(200, told));
    let done =
        bridge.anna("jira_add_comment", json!({"issue_key": "ACME-40", "body": "careful"})).await;
    assert!(done.get("customers_see_it").is_some(), "{done}");
    bridge.upstream.fail("/issue/OPS-2", Fault::Status(403, r#"{"errorMessages": ["No."]}"#));
    let asked = json!({"issue_key": "OPS-2", "body": "careful"});
    assert_eq!(bridge.refused("jira_add_comment", asked).await["error"], "forbidden");
    assert!(bridge.upstream.seen().iter().all(|one| !one.path.contains("OPS-2/comment")));
    // No other way in: the field is refused wherever fields are written.
    for (tool, asked) in [
        ("jira_update_issue", json!({"issue_key": "OPS-2", "fields": {"comment": "x"}})),
        (
            "jira_transition_issue",
            json!({"issue_key": "OPS-2", "transition": "Close", "fields": {"Comment": [{"add": {"body": "x"}}]}}),
        ),
    ] {
        assert_eq!(bridge.refused(tool, asked).await["error"], "invalid_argument", "{tool}");
    }
}

#[tokio::test]
async fn an_edit_leaves_it_as_it_is_who_reads_a_comment() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,collab")]).await;
    for internal in [true, false] {
        let asked = json!({"issue_key": "OPS-2", "body": "first", "internal": internal});
        let made = bridge.anna("jira_add_comment", asked).await;
        let mut asked = json!({"issue_key": "OPS-2", "comment_id": made["comment_id"], "body": "second", "dry_run": true});
        let preview = bridge.anna("jira_update_comment", asked.clone()).await;
        asked["dry_run"] = json!(false);
        let done = bridge.anna("jira_update_comment", asked.clone()).await;
        assert_eq!(done["customers_see_it"], !internal, "{done}");
        assert_eq!(preview["customers_see_it"], !internal, "{preview}");
        assert_eq!(is_internal(&bridge, "OPS-2", "second").await, internal);
        asked["body"] = json!(format!("third {internal}"));
        bridge.anna("jira_update_comment", asked).await;
    }
}

#[tokio::test]
async fn a_comment_beside_a_link_that_is_there_is_said_not_to_be_written() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,collab")]).await;
    let mut asked = json!({"from_key": "ACME-40", "relation": "relates to", "to_key": "ACME-41"});
    bridge.anna("jira_link_issues", asked.clone()).await;
    let again = bridge.anna("jira_link_issues", asked.clone()).await;
    assert!(again.get("comment_added").is_none(), "{again}");
    asked["comment"] = json!("as well");
    let again = bridge.anna("jira_link_issues", asked.clone()).await;
    assert_eq!((&again["already_linked"], &again["comment_added"]), (&json!(true), &json!(false)));
    asked["dry_run"] = json!(true);
    let preview = bridge.anna("jira_link_issues", asked).await;
    assert_eq!(preview["would_comment"], false, "{preview}");
}

#[tokio::test]
async fn a_move_into_a_desk_says_that_customers_come_to_read_the_comments() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,manage")]).await;
    for (key, target, expected) in [("ACME-40", "OPS", Some(true)), ("ACME-40", "MOB", None)] {
        let asked = json!({"issue_key": key, "target_project_key": target, "issue_type": "Task"});
        let preview = bridge.anna("jira_move_issue", asked).await;
        let told = preview["preview"].get("customers_will_see_comments").and_then(Value::as_bool);
        assert_eq!(told, expected, "{preview}");
    }
}
