//! Many issues at once: read in order, created with the failures named, changed only after a look.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, part};

async fn bulk(settings: &[(&str, &str)]) -> Bridge {
    let sets = [("TOOLSETS", "core,bulk")];
    Bridge::with(&[&sets, settings].concat()).await
}

/// Previews a change, then makes it with the token of the preview.
async fn confirmed(bridge: &Bridge, arguments: &Value) -> Value {
    let preview = bridge.anna("jira_bulk_edit", arguments.clone()).await;
    let mut agreed = arguments.clone();
    agreed["confirm"] = preview["confirm"].clone();
    bridge.anna("jira_bulk_edit", agreed).await
}

async fn finished(bridge: &Bridge, task: &Value) -> Value {
    loop {
        let progress = bridge.anna("jira_get_task", json!({"task_id": task["task_id"]})).await;
        if progress["percent"] == 100 {
            return progress;
        }
        assert!(
            ["enqueued", "running"].contains(&progress["status"].as_str().unwrap()),
            "{progress}"
        );
    }
}

#[tokio::test]
async fn the_bulk_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "bulk")]).await;
    let reply = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("bulk_tools", reply["result"]["tools"]);
}

#[tokio::test]
async fn issues_come_in_the_order_of_the_keys() {
    let bridge = bulk(&[]).await;
    let keys = json!(["ACME-9", "mob-2", "ACME-9", "ACME-99999", "OPS-1", "ACME-3"]);
    let found =
        bridge.anna("jira_get_issues", json!({"issue_keys": keys, "fields": "summary"})).await;
    let shown: Vec<&str> = found["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["key"].as_str().unwrap())
        .collect();
    assert_eq!(shown, ["ACME-9", "MOB-2", "OPS-1", "ACME-3"]);
    assert_eq!(found["missing"], json!(["ACME-99999"]));
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulkfetch"), 1);
    let hidden =
        bridge.call("carla", "jira_get_issues", json!({"issue_keys": "OPS-1,ACME-1"})).await;
    assert_eq!(hidden.value["missing"], json!(["OPS-1"]), "{}", hidden.value);
    for wrong in [json!([]), json!((0..101).map(|n| format!("ACME-{n}")).collect::<Vec<_>>())] {
        let fault = bridge.refused("jira_get_issues", json!({"issue_keys": wrong})).await;
        assert_eq!(fault["error"], "invalid_argument", "{fault}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_can_be_asked_for_again() {
    let bridge = bulk(&[("MAX_RESPONSE_BYTES", "3000")]).await;
    let all: Vec<String> = (1..=25).map(|number| format!("ACME-{number}")).collect();
    let (mut wanted, mut seen) = (json!(all), Vec::new());
    loop {
        let page = bridge
            .call(
                "anna",
                "jira_get_issues",
                json!({"issue_keys": wanted, "fields": "summary,description"}),
            )
            .await;
        assert!(!page.is_error && page.bytes <= 3_000, "{}: {}", page.bytes, page.value);
        let issues = page.value["issues"].as_array().unwrap();
        seen.extend(issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
        match page.value.get("omitted") {
            Some(omitted) => wanted = omitted.clone(),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn good_issues_are_created_and_bad_ones_named() {
    let bridge = bulk(&[]).await;
    let issues = json!([
        {"project_key": "ACME", "issue_type": "Task", "summary": "first", "assignee": "ben developer"},
        {"project_key": "ACME", "issue_type": "Tsk", "summary": "wrong type"},
        {"project_key": "ACME", "issue_type": "Bug", "summary": "third", "assignee": "Ben Developer", "fields": {"Story Points": 3}},
        {"project_key": "ACME", "issue_type": "Task"},
        {"project_key": "ACME", "issue_type": "Task", "summary": "x", "dry_run": true},
    ]);
    let asked = json!({"issues": issues.to_string(), "request_id": "many-1"});
    let made = bridge.anna("jira_create_issues", asked.clone()).await;
    let created = made["created"].as_array().unwrap();
    assert_eq!(created.iter().map(|one| &one["index"]).collect::<Vec<_>>(), [0, 2]);
    let failed = made["failed"].as_array().unwrap();
    assert_eq!(failed.iter().map(|one| &one["index"]).collect::<Vec<_>>(), [1, 3, 4]);
    assert!(failed[0]["hint"].as_str().unwrap().contains("Task"), "{made}");
    let read = bridge.anna("jira_get_issue", json!({"issue_key": created[1]["key"]})).await;
    assert_eq!(
        part(&read, &["summary", "type", "assignee"]),
        json!({"summary": "third", "type": "Bug", "assignee": "Ben Developer"})
    );
    assert_eq!(
        bridge.upstream.count(&Method::GET, "/user/assignable"),
        1,
        "a person is looked up once"
    );
    let again = bridge.anna("jira_create_issues", asked).await;
    assert_eq!(
        (&again["created"], &again["repeated_request_id"]),
        (&made["created"], &json!(true))
    );
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue/bulk"), 1);
}

#[tokio::test]
async fn creates_can_be_shown_refused_and_lost() {
    let bridge = bulk(&[]).await;
    let one = json!([{"project_key": "ACME", "issue_type": "Task", "summary": "x"}]);
    let shown = bridge.anna("jira_create_issues", json!({"issues": one, "dry_run": true})).await;
    assert_eq!(shown["would_create"][0]["issue"]["summary"], "x");
    for (issues, text) in [
        (json!("[{"), "not valid JSON"),
        (json!("[1]"), "objects only"),
        (json!([]), "1 to 50"),
        (json!(vec![one[0].clone(); 51]), "1 to 50"),
        (json!([{"project_key": "ACME", "issue_type": "Task"}]), "`summary` is required"),
    ] {
        let fault = bridge.refused("jira_create_issues", json!({"issues": issues})).await;
        assert!(fault.to_string().contains(text), "{text}: {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue/bulk"), 0);
    // What only Jira can know: the sub-task's parent is of the wrong kind.
    let orphan = json!([{"project_key": "ACME", "issue_type": "Sub-task", "summary": "x", "parent_key": "MOB-9"}]);
    let fault = bridge.refused("jira_create_issues", json!({"issues": orphan})).await;
    assert_eq!(fault["failed"][0]["index"], 0, "{fault}");
    assert!(fault["failed"][0]["error"].as_str().unwrap().contains("hierarchy"), "{fault}");
    let guest = bridge.call("dana", "jira_create_issues", json!({"issues": one})).await;
    assert_eq!(guest.value["error"], "insufficient_scope", "{}", guest.value);
    bridge.upstream.fail("/issue/bulk", Fault::Status(502, "{}"));
    let lost = bridge.refused("jira_create_issues", json!({"issues": one})).await;
    assert_eq!(lost["outcome"], "unknown", "{lost}");
    assert!(lost["hint"].as_str().unwrap().contains("Search"), "{lost}");
}

#[tokio::test]
async fn a_bulk_transition_shows_first_and_then_moves() {
    let bridge = bulk(&[]).await;
    let jql = "project = ACME AND status = \"To Do\" ORDER BY key";
    let asked = json!({"jql": jql, "transition": "in progress"});
    let preview = bridge.anna("jira_bulk_edit", asked.clone()).await;
    let count = preview["preview"]["count"].as_u64().unwrap();
    assert!(count > 3, "{preview}");
    assert_eq!(preview["preview"]["change"], json!({"transition": "in progress"}));
    assert_eq!(preview["preview"]["issues"][0]["status"], "To Do");
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues"), 0);
    let dry = json!({"jql": jql, "transition": "in progress", "dry_run": true, "confirm": preview["confirm"]});
    assert!(bridge.anna("jira_bulk_edit", dry).await.get("preview").is_some());
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues"), 0);
    let mut agreed = asked.clone();
    agreed["confirm"] = preview["confirm"].clone();
    let task = bridge.anna("jira_bulk_edit", agreed.clone()).await;
    assert_eq!(task["count"], count);
    let done = finished(&bridge, &task).await;
    assert_eq!(
        part(&done, &["status", "changed", "failed"]),
        json!({"status": "complete", "changed": count, "failed": []})
    );
    let left = bridge.anna("jira_search", json!({"jql": jql, "count_only": true})).await;
    assert_eq!(left["count"], 0);
    // The same token again finds no issue to move, and so opens nothing.
    assert_eq!(bridge.refused("jira_bulk_edit", agreed).await["error"], "not_found");
}

#[tokio::test]
async fn issues_that_cannot_move_are_told_apart() {
    let bridge = bulk(&[]).await;
    let asked = json!({"jql": "project in (ACME, OPS) AND status in (\"To Do\", Open)", "transition": "Start investigation"});
    let shown = bridge.anna("jira_bulk_edit", asked).await;
    let skipped = &shown["preview"]["skipped"][0];
    assert_eq!(skipped["status"], "To Do", "{shown}");
    assert!(skipped["possible"].to_string().contains("In Progress"), "{shown}");
    let closing = json!({"issue_keys": "OPS-1,OPS-2,OPS-3", "transition": "Close"});
    let fault = bridge.refused("jira_bulk_edit", closing).await;
    assert_eq!(fault["error"], "invalid_argument", "{fault}");
    assert!(fault["skipped"].is_array(), "{fault}");
}

#[tokio::test]
async fn a_task_names_the_issues_that_failed() {
    let bridge = bulk(&[]).await;
    // The workflow wants story points before it lets anything be done.
    let jql = "project = MOB AND \"Story point estimate\" IS EMPTY AND status = \"To Do\"";
    let found = bridge.anna("jira_search", json!({"jql": jql, "max_results": 1})).await;
    let key = &found["issues"][0]["key"];
    let task = confirmed(&bridge, &json!({"issue_keys": [key], "transition": "Done"})).await;
    let done = finished(&bridge, &task).await;
    assert_eq!((&done["changed"], &done["failed"][0]["key"]), (&json!(0), key), "{done}");
    assert!(done["failed"][0]["error"].as_str().unwrap().contains("must be set"), "{done}");
    let foreign = bridge.call("ben", "jira_get_task", json!({"task_id": task["task_id"]})).await;
    assert_eq!(foreign.value["error"], "not_found", "{}", foreign.value);
}

#[tokio::test]
async fn bulk_edits_of_every_kind_arrive() {
    let bridge = bulk(&[]).await;
    let keys = json!(["ACME-33", "ACME-34"]);
    let fields = json!({
        "priority": "low", "due_date": "2026-12-04", "fix_versions": ["2.4"], "components": "Mail, Checkout",
        "assignee": "me", "Story Points": 8, "description": "**new**", "labels": "one,two",
    });
    let task = confirmed(
        &bridge,
        &json!({"issue_keys": keys, "fields": fields.to_string(), "notify": false}),
    )
    .await;
    let done = finished(&bridge, &task).await;
    assert_eq!(done["failed"], json!([]), "{done}");
    let names = [
        "priority",
        "due",
        "fix_versions",
        "components",
        "assignee",
        "Story Points",
        "description",
        "labels",
    ];
    for key in ["ACME-33", "ACME-34"] {
        let issue = bridge.anna("jira_get_issue", json!({"issue_key": key, "fields": names})).await;
        let expected = json!({
            "priority": "Low", "due": "2026-12-04", "fix_versions": ["2.4"], "components": ["Mail", "Checkout"],
            "assignee": "Anna Admin", "Story Points": 8, "description": "**new**", "labels": ["one", "two"],
        });
        assert_eq!(part(&issue, &names), expected);
    }
    let clear = json!({"issue_keys": keys, "fields": {"due_date": null, "Story Points": null}});
    let preview = bridge.anna("jira_bulk_edit", clear.clone()).await;
    assert_eq!(preview["preview"]["change"], json!({"due": "none", "Story Points": "none"}));
    finished(&bridge, &confirmed(&bridge, &clear).await).await;
    let issue = bridge
        .anna(
            "jira_get_issue",
            json!({"issue_key": "ACME-33", "fields": ["due_date", "Story Points"]}),
        )
        .await;
    assert!(issue.get("due").is_none() && issue.get("Story Points").is_none(), "{issue}");
    let add = confirmed(&bridge, &json!({"issue_keys": keys, "add_labels": "three"})).await;
    finished(&bridge, &add).await;
    let remove = confirmed(&bridge, &json!({"issue_keys": keys, "remove_labels": ["one"]})).await;
    finished(&bridge, &remove).await;
    let issue =
        bridge.anna("jira_get_issue", json!({"issue_key": "ACME-34", "fields": "labels"})).await;
    assert_eq!(issue["labels"], json!(["three", "two"]));
}

#[tokio::test]
async fn issues_whose_text_would_be_lost_are_left_out_and_named() {
    let bridge = bulk(&[]).await;
    let asked = json!({"issue_keys": ["ACME-7", "ACME-30"], "fields": {"description": "new"}});
    let preview = bridge.anna("jira_bulk_edit", asked.clone()).await["preview"].clone();
    assert_eq!(preview["count"], 1, "{preview}");
    assert_eq!(preview["skipped"][0]["keys"], json!(["ACME-7"]), "{preview}");
    assert!(preview["skipped"][0]["reason"].as_str().unwrap().contains("underline"), "{preview}");
    finished(&bridge, &confirmed(&bridge, &asked).await).await;
    let issue = async |key: &str| {
        bridge.anna("jira_get_issue", json!({"issue_key": key, "fields": "description"})).await
    };
    assert_eq!(issue("ACME-30").await["description"], "new");
    assert_ne!(issue("ACME-7").await["description"], "new");
    let alone = json!({"issue_keys": ["ACME-7"], "fields": {"description": "new"}});
    assert_eq!(bridge.refused("jira_bulk_edit", alone).await["error"], "invalid_argument");
}

#[tokio::test]
async fn what_a_bulk_edit_cannot_do_is_refused_before_anything_happens() {
    let bridge = bulk(&[]).await;
    for (arguments, text) in [
        (json!({"issue_keys": "ACME-1"}), "Nothing to change"),
        (json!({"transition": "Done"}), "`issue_keys` or `jql` is required"),
        (
            json!({"issue_keys": "ACME-1", "jql": "project = ACME", "transition": "Done"}),
            "not both",
        ),
        (json!({"issue_keys": "ACME-1", "transition": "Done", "add_labels": "x"}), "two calls"),
        (json!({"issue_keys": "ACME-1", "add_labels": "x", "remove_labels": "y"}), "two calls"),
        (json!({"issue_keys": "ACME-1", "add_labels": ["a b"]}), "no spaces"),
        (json!({"issue_keys": "ACME-99999", "add_labels": "x"}), "no such issue"),
        (json!({"issue_keys": "ACME-8", "fields": {"parent": "ACME-2"}}), "one by one"),
        (json!({"issue_keys": "ACME-1", "fields": {"priority": "Urgent"}}), "Highest"),
        (
            json!({"issue_keys": "ACME-1,MOB-1", "fields": {"fix_versions": "2.4"}}),
            "not one of the allowed values",
        ),
        (json!({"jql": "project = NOPE", "add_labels": "x"}), "does not exist"),
    ] {
        let fault = bridge.refused("jira_bulk_edit", arguments).await;
        assert!(fault.to_string().contains(text), "{text}: {fault}");
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues"), 0);
    let fault = bridge.refused("jira_get_task", json!({"task_id": "424242"})).await;
    assert_eq!(fault["error"], "not_found", "{fault}");
    let fault = bridge.refused("jira_get_task", json!({"task_id": "1/../../myself"})).await;
    assert_eq!(fault["error"], "invalid_argument", "{fault}");
}
