//! What holds of every site: the same tests over the sandbox's usual world and over its awkward
//! one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Bridge, SEEDS, part};

/// All pages of a search; the keys.
async fn walk(bridge: &Bridge, mut asked: Value) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        let page = bridge.anna("jira_search", asked.clone()).await;
        let issues = page["issues"].as_array().unwrap();
        keys.extend(issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
        if page["is_last"] == true {
            return keys;
        }
        asked["next_page_token"] = page["next_page_token"].clone();
    }
}

#[tokio::test]
async fn every_issue_can_be_read() {
    for seed in SEEDS {
        let bridge = Bridge::start_with(seed).await;
        for key in (99..=113)
            .map(|number| format!("ACME-{number}"))
            .chain(["OPS-1".into(), "MOB-1".into()])
        {
            let issue = bridge.call("anna", "jira_get_issue", json!({"issue_key": key})).await;
            assert!(!issue.is_error, "{seed:?} {key}: {}", issue.value);
            assert!(issue.bytes <= 4_096, "{seed:?} {key}: {} bytes", issue.bytes);
            for field in ["key", "type", "status", "reporter", "created", "updated", "url"] {
                assert!(
                    issue.value.get(field).is_some(),
                    "{seed:?} {key} lacks {field}: {}",
                    issue.value
                );
            }
            assert!(!issue.value.to_string().contains("null"), "{seed:?} {key}: {}", issue.value);
        }
    }
}

#[tokio::test]
async fn a_search_walks_every_issue_once() {
    for seed in SEEDS {
        let bridge = Bridge::start_with(seed).await;
        let asked = json!({"jql": "project = ACME ORDER BY key", "max_results": 50, "fields": ["summary", "assignee"]});
        let keys = walk(&bridge, asked).await;
        let expected: BTreeSet<_> = (1..=180).map(|number| format!("ACME-{number}")).collect();
        assert_eq!(keys.len(), expected.len(), "{seed:?}");
        assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), expected, "{seed:?}");
    }
}

#[tokio::test]
async fn what_was_said_is_the_newest_comment() {
    for seed in SEEDS {
        let bridge = Bridge::start_with(seed).await;
        for key in ["ACME-5", "ACME-110"] {
            let before = bridge.anna("jira_get_comments", json!({"issue_key": key})).await;
            let body = "Ask @[Dana Analyst], **please**.";
            bridge.anna("jira_add_comment", json!({"issue_key": key, "body": body})).await;
            let page =
                bridge.anna("jira_get_comments", json!({"issue_key": key, "max_results": 1})).await;
            let shown = page["comments"][0]["body"].as_str().unwrap();
            assert!(
                shown.contains("[@Dana Analyst](accountid:") && shown.contains("**please**"),
                "{seed:?}: {shown}"
            );
            assert_eq!(
                page["total"].as_u64(),
                before["total"].as_u64().map(|total| total + 1),
                "{seed:?}"
            );
        }
    }
}

#[tokio::test]
async fn logged_work_is_listed_and_counted() {
    for seed in SEEDS {
        let bridge = Bridge::start_with(seed).await;
        let asked = json!({
            "issue_key": "ACME-2", "time_spent": "1h 30m", "started": "2026-11-19T14:00:00Z", "comment": "Found **it**.",
        });
        let made = bridge.anna("jira_add_worklog", asked).await;
        let listed = bridge.anna("jira_list_worklogs", json!({"issue_key": "ACME-2"})).await;
        let last = listed["worklogs"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(
            last,
            json!({
                "id": made["worklog_id"], "author": "Anna Admin", "started": "2026-11-19T15:00+01:00",
                "time": "1h 30m", "comment": "Found **it**.",
            }),
            "{seed:?}"
        );
    }
}

#[tokio::test]
async fn what_was_written_reads_back() {
    for seed in SEEDS {
        let bridge = Bridge::start_with(seed).await;
        let asked = json!({
            "project_key": "ACME", "issue_type": "Task", "summary": "A new thing", "assignee": "me",
            "priority": "high", "labels": "x, y", "due_date": "2026-12-24", "components": ["Mail"],
        });
        let made = bridge.anna("jira_create_issue", asked).await;
        let edit = json!({
            "issue_key": made["key"], "description": "# Plan\n\n- [ ] one", "priority": "Low", "add_labels": ["z"],
            "remove_labels": ["x"],
        });
        // What an issue without a description is given is another matter, so it gets one first.
        bridge
            .anna(
                "jira_update_issue",
                json!({"issue_key": made["key"], "append_description": "draft"}),
            )
            .await;
        bridge.anna("jira_update_issue", edit).await;
        let fields =
            ["summary", "assignee", "priority", "labels", "due", "components", "description"];
        let read = bridge
            .anna("jira_get_issue", json!({"issue_key": made["key"], "fields": fields}))
            .await;
        assert_eq!(
            part(&read, &fields),
            json!({
                "summary": "A new thing", "assignee": "Anna Admin", "priority": "Low", "labels": ["y", "z"],
                "due": "2026-12-24", "components": ["Mail"], "description": "# Plan\n\n- [ ] one",
            }),
            "{seed:?}"
        );
    }
}
