//! Files and the operator's project allow-list, and paging through many of them.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault};

/// An issue of a project with at least one file, and the file's id, as a bridge without limits sees
/// them.
async fn seeded(project: &str) -> (String, String) {
    let bridge = Bridge::start().await;
    let jql = format!("project = {project} AND attachments IS NOT EMPTY ORDER BY key");
    let found = bridge
        .anna("jira_search", json!({"jql": jql, "fields": ["attachments"], "max_results": 1}))
        .await;
    let issue = &found["issues"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&issue["key"]), text(&issue["attachments"][0]["id"]))
}

#[tokio::test]
async fn the_allow_list_has_no_gap_for_files() {
    let ((acme, acme_file), (ops, ops_file)) = (seeded("ACME").await, seeded("OPS").await);
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "OPS")]).await;
    let own = json!({"attachment_id": ops_file, "issue_key": ops});
    assert!(bridge.anna("jira_get_attachment", own).await["id"] == ops_file.as_str());
    let before = bridge.upstream.seen().len();
    for (tool, arguments, error) in [
        ("jira_list_attachments", json!({"issue_key": acme}), "forbidden"),
        ("jira_list_attachments", json!({"issue_key": "10001"}), "invalid_argument"),
        ("jira_get_attachment", json!({"attachment_id": acme_file}), "invalid_argument"),
        ("jira_get_attachment", json!({"attachment_id": ops_file}), "invalid_argument"),
        (
            "jira_get_attachment",
            json!({"attachment_id": acme_file, "issue_key": acme}),
            "forbidden",
        ),
        (
            "jira_add_attachment",
            json!({"issue_key": acme, "file_name": "a", "text": "x"}),
            "forbidden",
        ),
        (
            "jira_add_attachment",
            json!({"issue_key": "10001", "file_name": "a", "text": "x"}),
            "invalid_argument",
        ),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert_eq!(fault["error"], error, "{tool} {arguments}");
    }
    assert_eq!(bridge.upstream.seen().len(), before, "nothing was asked of Jira");
    let mixed = json!({"attachment_id": acme_file, "issue_key": ops});
    let fault = bridge.refused("jira_get_attachment", mixed).await;
    assert_eq!(fault["error"], "not_found", "{fault}");
    assert_eq!(bridge.upstream.count(&Method::GET, &format!("content/{acme_file}")), 0);
}

#[tokio::test]
async fn an_issue_that_was_moved_away_is_out_of_reach() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "OPS")]).await;
    let moved = r#"{"id":"1","key":"ACME-9","fields":{"attachment":[{"id":"77","filename":"a.txt","size":2}]}}"#;
    for (tool, arguments) in [
        ("jira_list_attachments", json!({"issue_key": "OPS-1"})),
        ("jira_get_attachment", json!({"attachment_id": "77", "issue_key": "OPS-1"})),
        ("jira_add_attachment", json!({"issue_key": "OPS-1", "file_name": "a.txt", "text": "hi"})),
    ] {
        bridge.upstream.fail("/issue/OPS-1", Fault::Status(200, moved));
        let fault = bridge.refused(tool, arguments).await;
        assert!(fault["message"].as_str().unwrap().contains("was moved"), "{tool}: {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/attachments"), 0);
    assert_eq!(bridge.upstream.count(&Method::GET, "/attachment/content/"), 0);
}

#[tokio::test]
async fn users_see_only_the_files_of_issues_they_see() {
    let (_, ops_file) = seeded("OPS").await;
    let bridge = Bridge::start().await;
    let hidden =
        bridge.call("carla", "jira_get_attachment", json!({"attachment_id": ops_file})).await;
    assert_eq!(hidden.value["error"], "not_found", "{}", hidden.value);
}

#[tokio::test]
async fn many_files_page_under_a_small_budget() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "2200")]).await;
    for number in 0..30 {
        let name = format!("{number} {}", "long ".repeat(12));
        bridge
            .anna(
                "jira_add_attachment",
                json!({"issue_key": "ACME-2", "file_name": name, "text": "x"}),
            )
            .await;
    }
    let (mut start_at, mut ids, mut pages) = (json!(0), Vec::new(), 0);
    loop {
        let asked = json!({"issue_key": "ACME-2", "start_at": start_at});
        let page = bridge.call("anna", "jira_list_attachments", asked).await;
        assert!(!page.is_error && page.bytes <= 2_200, "{} {}", page.bytes, page.value);
        pages += 1;
        ids.extend(
            page.value["attachments"].as_array().unwrap().iter().map(|file| file["id"].to_string()),
        );
        let Some(next) = page.value.get("next_start_at") else {
            assert_eq!(page.value["total"], ids.len());
            break;
        };
        start_at = next.clone();
    }
    assert!(pages > 1 && ids.len() >= 30);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "no file comes twice");
    let beyond = bridge
        .anna("jira_list_attachments", json!({"issue_key": "ACME-2", "start_at": 10_000}))
        .await;
    assert_eq!(beyond["attachments"], json!([]));
}

#[tokio::test]
async fn ids_that_lead_nowhere_are_explained() {
    let bridge = Bridge::start().await;
    let (key, id) = seeded("ACME").await;
    for (arguments, error) in [
        (json!({"attachment_id": "987654321"}), "not_found"),
        (json!({"attachment_id": id, "issue_key": "OPS-1"}), "not_found"),
        (json!({"attachment_id": "../myself"}), "invalid_argument"),
        (json!({"attachment_id": id, "max_bytes": -1}), "invalid_argument"),
    ] {
        let fault = bridge.refused("jira_get_attachment", arguments.clone()).await;
        assert_eq!(fault["error"], error, "{arguments}");
    }
    let link = json!({"attachment_id": format!("jira://attachment/{id}"), "issue_key": key});
    assert_eq!(bridge.anna("jira_get_attachment", link).await["id"], id.as_str());
    let fault = bridge.refused("jira_list_attachments", json!({"issue_key": "ACME-99999"})).await;
    assert_eq!(fault["error"], "not_found");
}
