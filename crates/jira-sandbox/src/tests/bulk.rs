//! The bulk endpoints in Jira's own words: statuses, envelopes, tasks.

use super::*;

#[tokio::test]
async fn bulkfetch_answers_by_id_and_passes_over_what_it_has_not() {
    let client = Client::open();
    let keys = json!(["ACME-3", "acme-1", "ACME-9999", "ACME-1"]);
    let body = json!({"issueIdsOrKeys": keys, "fields": ["summary"]});
    let (status, answer) = client.post("anna", "/api/3/issue/bulkfetch", body).await;
    let issues = answer["issues"].as_array().unwrap();
    assert_eq!((status, issues.len()), (200, 2));
    assert_eq!((&issues[0]["key"], &issues[1]["key"]), (&json!("ACME-1"), &json!("ACME-3")));
    assert_eq!(answer["issueErrors"], json!([]));
    for wrong in [
        json!({"issueIdsOrKeys": []}),
        json!({"issueIdsOrKeys": vec!["ACME-1"; 101]}),
        json!({"jql": "x"}),
    ] {
        assert_eq!(client.post("anna", "/api/3/issue/bulkfetch", wrong).await.0, 400);
    }
}

#[tokio::test]
async fn a_bulk_create_answers_201_as_long_as_one_was_made() {
    let client = Client::open();
    let issue = |summary: &str, kind: &str| json!({"fields": {"project": {"key": "ACME"}, "issuetype": {"name": kind}, "summary": summary}});
    let updates =
        json!({"issueUpdates": [issue("a", "Task"), issue("", "Task"), issue("b", "Bug")]});
    let (status, answer) = client.post("anna", "/api/3/issue/bulk", updates).await;
    assert_eq!((status, answer["issues"].as_array().unwrap().len()), (201, 2));
    assert_eq!(answer["errors"][0]["failedElementNumber"], 1);
    assert!(answer["errors"][0]["elementErrors"]["errors"]["summary"].is_string(), "{answer}");
    let updates = json!({"issueUpdates": [issue("a", "Nonsense")]});
    let (status, answer) = client.post("anna", "/api/3/issue/bulk", updates).await;
    assert_eq!((status, &answer["issues"]), (400, &json!([])), "{answer}");
    assert_eq!(client.post("anna", "/api/3/issue/bulk", json!({"issueUpdates": []})).await.0, 400);
}

#[tokio::test]
async fn a_task_is_complete_at_the_third_look_and_private() {
    let client = Client::open();
    let body = json!({
        "selectedIssueIdsOrKeys": ["ACME-7"], "selectedActions": ["labels"],
        "editedFieldsInput": {"labelsFields": [
            {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "x"}]}
        ]},
    });
    let mut unlisted = body.clone();
    unlisted["selectedActions"] = json!(["summary"]);
    let (status, answer) = client.post("anna", "/api/3/bulk/issues/fields", unlisted).await;
    assert_eq!(status, 400);
    assert!(
        answer["errors"][0]["message"].as_str().unwrap().ends_with("selectedActions : labels"),
        "{answer}"
    );
    let (status, task) = client.post("anna", "/api/3/bulk/issues/fields", body).await;
    assert_eq!(status, 201, "{task}");
    let path = format!("/api/3/bulk/queue/{}", task["taskId"].as_str().unwrap());
    assert_eq!(client.get("ben", &path).await.0, 404);
    for expected in ["ENQUEUED", "RUNNING", "COMPLETE", "COMPLETE"] {
        assert_eq!(client.get("anna", &path).await.1["status"], expected);
    }
    let (_, done) = client.get("anna", &path).await;
    assert_eq!(
        (&done["totalIssueCount"], &done["failedAccessibleIssues"]),
        (&json!(1), &json!({})),
        "{done}"
    );
}

#[tokio::test]
async fn versions_are_written_by_administrators_with_the_scope_for_it() {
    let client = Client::open();
    let body = |name: &str, project: u64| json!({"name": name, "projectId": project});
    assert_eq!(client.post("ben", "/api/3/version", body("9", 10_000)).await.0, 401);
    assert_eq!(client.post("femi", "/api/3/version", body("9", 10_002)).await.0, 404);
    let (status, made) = client.post("anna", "/api/3/version", body("9", 10_000)).await;
    assert_eq!(
        (status, &made["projectId"], &made["released"]),
        (201, &json!(10_000), &json!(false))
    );
    assert_eq!(client.post("anna", "/api/3/version", body("9", 10_000)).await.0, 400);
    let path = format!("/api/3/version/{}", made["id"].as_str().unwrap());
    let change = Some(json!({"released": true, "releaseDate": "2026-12-24"}));
    let (status, changed) = client.ask("anna", "PUT", &path, change).await;
    assert_eq!(
        (status, &changed["released"], &changed["releaseDate"]),
        (200, &json!(true), &json!("2026-12-24"))
    );
}
