//! Deleting: nothing goes before it was shown, and a token opens only what it was shown for.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, gateway_secret, part};

const SETS: (&str, &str) = ("TOOLSETS", "core,destructive");

/// Previews, then acts with the token of the preview; both replies.
async fn confirmed(bridge: &Bridge, tool: &str, arguments: &Value) -> (Value, Value) {
    let preview = bridge.anna(tool, arguments.clone()).await;
    assert_eq!(bridge.upstream.count(&Method::DELETE, ""), 0, "{tool} acted without consent");
    let mut agreed = arguments.clone();
    agreed["confirm"] = preview["confirm"].clone();
    (preview["preview"].clone(), bridge.anna(tool, agreed).await)
}

/// The first issue of a query.
async fn first(bridge: &Bridge, jql: &str) -> String {
    let found =
        bridge.anna("jira_search", json!({"jql": jql, "max_results": 1, "fields": "parent"})).await;
    found["issues"][0]["parent"].as_str().or(found["issues"][0]["key"].as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn the_destructive_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "destructive")]).await;
    let reply = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("destructive_tools", reply["result"]["tools"]);
}

#[tokio::test]
async fn an_issue_goes_only_after_its_losses_were_shown() {
    let bridge = Bridge::with(&[SETS]).await;
    let (preview, done) = confirmed(
        &bridge,
        "jira_delete_issue",
        &json!({"issue_key": "acme-30", "delete_subtasks": true}),
    )
    .await;
    assert_eq!(preview["key"], "ACME-30");
    assert_eq!(preview["lost"]["comments"], 120, "{preview}");
    assert!(preview["summary"].is_string() && preview["status"].is_string(), "{preview}");
    assert_eq!(part(&done, &["key", "deleted"]), json!({"key": "ACME-30", "deleted": true}));
    assert_eq!(
        bridge.refused("jira_delete_issue", json!({"issue_key": "ACME-30"})).await["error"],
        "not_found"
    );
}

#[tokio::test]
async fn subtasks_hold_their_parent_until_they_may_go() {
    let bridge = Bridge::with(&[SETS]).await;
    let parent = first(&bridge, "project = ACME AND issuetype = Sub-task").await;
    let fault = bridge.refused("jira_delete_issue", json!({"issue_key": parent})).await;
    assert_eq!(fault["error"], "conflict", "{fault}");
    let child = fault["subtasks"][0].as_str().unwrap().to_owned();
    let asked = json!({"issue_key": parent, "delete_subtasks": true});
    let (preview, done) = confirmed(&bridge, "jira_delete_issue", &asked).await;
    assert_eq!(preview["subtasks"], fault["subtasks"]);
    assert_eq!(done["subtasks"], fault["subtasks"]);
    assert_eq!(
        bridge.refused("jira_get_issue", json!({"issue_key": child})).await["error"],
        "not_found"
    );
}

#[tokio::test]
async fn a_token_opens_nothing_else() {
    let bridge = Bridge::with(&[SETS]).await;
    let asked = |key: &str, token: &Value| json!({"issue_key": key, "confirm": token});
    let preview = bridge.anna("jira_delete_issue", json!({"issue_key": "ACME-8"})).await;
    let token = preview["confirm"].clone();
    let check = async |user: &str, tool: &str, arguments: Value| {
        let refused = bridge.call(user, tool, arguments).await;
        assert!(refused.is_error, "{}", refused.value);
        assert_eq!(refused.value["error"], "confirmation_required", "{}", refused.value);
        for name in ["preview", "confirm", "hint"] {
            assert!(refused.value.get(name).is_some(), "no {name} in {}", refused.value);
        }
    };
    check("anna", "jira_delete_issue", asked("ACME-9", &token)).await;
    check("ben", "jira_delete_issue", asked("ACME-8", &token)).await;
    check("anna", "jira_delete_issue", asked("ACME-8", &json!("yes"))).await;
    check("anna", "jira_delete_issue", asked("ACME-8", &json!(true))).await;
    let comment =
        bridge.anna("jira_add_comment", json!({"issue_key": "ACME-8", "body": "x"})).await;
    let other =
        json!({"issue_key": "ACME-8", "comment_id": comment["comment_id"], "confirm": token});
    check("anna", "jira_delete_comment", other).await;
    assert_eq!(bridge.upstream.count(&Method::DELETE, ""), 0);
    // The fresh token of a refusal is as good as one of a preview.
    let fault = bridge.refused("jira_delete_issue", asked("ACME-8", &json!("stale"))).await;
    assert_eq!(
        bridge.anna("jira_delete_issue", asked("ACME-8", &fault["confirm"])).await["deleted"],
        true
    );
}

#[tokio::test]
async fn a_token_is_good_on_every_replica_of_one_gateway() {
    let secret = gateway_secret();
    let header = [("x-gateway-token", secret.as_str())];
    let one = Bridge::with(&[SETS, ("GATEWAY_SHARED_SECRET", &secret)]).await;
    let other = Bridge::with(&[
        SETS,
        ("GATEWAY_SHARED_SECRET", &"rotated".repeat(6)),
        ("GATEWAY_SHARED_SECRET_PREVIOUS", &secret),
    ])
    .await;
    let body = |arguments: Value| {
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "jira_delete_issue", "arguments": arguments}})
    };
    let result = |reply: Value| -> Value {
        serde_json::from_str(reply["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
    };
    let asked = body(json!({"issue_key": "ACME-8"}));
    let preview = result(one.post_to("/mcp", "anna", &header, &asked).await.json());
    let agreed = body(json!({"issue_key": "ACME-8", "confirm": preview["confirm"]}));
    let done = result(other.post_to("/mcp", "anna", &header, &agreed).await.json());
    assert_eq!(done["deleted"], true, "{done}");
    let stranger = Bridge::with(&[SETS]).await;
    let agreed = json!({"issue_key": "ACME-8", "confirm": preview["confirm"]});
    assert_eq!(
        stranger.refused("jira_delete_issue", agreed).await["error"],
        "confirmation_required"
    );
}

#[tokio::test]
async fn parts_of_an_issue_go_one_by_one() {
    let bridge = Bridge::with(&[SETS]).await;
    let comment =
        bridge.anna("jira_add_comment", json!({"issue_key": "ACME-5", "body": "to go"})).await;
    let id = &comment["comment_id"];
    let (preview, done) = confirmed(
        &bridge,
        "jira_delete_comment",
        &json!({"issue_key": "ACME-5", "comment_id": id}),
    )
    .await;
    assert_eq!(preview["comment"]["body"], "to go");
    assert_eq!(done, json!({"key": "ACME-5", "comment_id": id, "deleted": true}));

    let bridge = Bridge::with(&[SETS]).await;
    let issue =
        bridge.anna("jira_get_issue", json!({"issue_key": "ACME-31", "include": "worklogs"})).await;
    let id = &issue["worklogs"][0]["id"];
    let asked = json!({"issue_key": "ACME-31", "worklog_id": id});
    let (preview, done) = confirmed(&bridge, "jira_delete_worklog", &asked).await;
    assert!(preview["worklog"]["time"].is_string(), "{preview}");
    assert_eq!(part(&done, &["worklog_id", "deleted"]), json!({"worklog_id": id, "deleted": true}));

    let bridge = Bridge::with(&[SETS]).await;
    let key = first(
        &bridge,
        "attachments IS NOT EMPTY AND project = ACME AND issuetype != Sub-task AND parent IS EMPTY",
    )
    .await;
    let fault = bridge
        .refused("jira_delete_attachment", json!({"issue_key": key, "attachment_id": 1}))
        .await;
    assert_eq!(fault["error"], "not_found", "{fault}");
    let asked = json!({"issue_key": key, "attachment_id": fault["attachments"][0]["id"]});
    let (preview, done) = confirmed(&bridge, "jira_delete_attachment", &asked).await;
    assert_eq!(preview["attachment"], fault["attachments"][0]);
    assert_eq!(done["deleted"], true);

    let bridge = Bridge::with(&[SETS]).await;
    let (preview, done) =
        confirmed(&bridge, "jira_unlink_issues", &json!({"link_id": 10_300})).await;
    assert_eq!(
        part(&preview, &["from", "relation", "to"]),
        part(&done, &["from", "relation", "to"])
    );
    assert_eq!(done["unlinked"], true, "{done}");
    let gone = bridge.refused("jira_unlink_issues", json!({"link_id": 10_300})).await;
    assert_eq!(gone["error"], "not_found");
}

#[tokio::test]
async fn those_who_may_not_delete_are_told_so() {
    let bridge = Bridge::with(&[SETS]).await;
    let preview = bridge.call("ben", "jira_delete_issue", json!({"issue_key": "ACME-8"})).await;
    let agreed = json!({"issue_key": "ACME-8", "confirm": preview.value["confirm"]});
    let refused = bridge.call("ben", "jira_delete_issue", agreed).await;
    assert_eq!(refused.value["error"], "forbidden", "{}", refused.value);
    let preview = bridge.call("dana", "jira_unlink_issues", json!({"link_id": "10300"})).await;
    let agreed = json!({"link_id": "10300", "confirm": preview.value["confirm"]});
    let refused = bridge.call("dana", "jira_unlink_issues", agreed).await;
    assert_eq!(refused.value["error"], "insufficient_scope", "{}", refused.value);
    for (tool, arguments) in [
        ("jira_delete_comment", json!({"issue_key": "ACME-5", "comment_id": 1})),
        ("jira_delete_worklog", json!({"issue_key": "ACME-5", "worklog_id": "1"})),
        ("jira_delete_issue", json!({"issue_key": "ACME-99999"})),
    ] {
        assert_eq!(bridge.refused(tool, arguments).await["error"], "not_found", "{tool}");
    }
    let fault = bridge
        .refused("jira_delete_comment", json!({"issue_key": "ACME-5", "comment_id": "../1"}))
        .await;
    assert_eq!(fault["error"], "invalid_argument", "{fault}");
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_looked_up() {
    let bridge = Bridge::with(&[SETS, ("RETRY_MAX", "0")]).await;
    let preview = bridge.anna("jira_delete_issue", json!({"issue_key": "ACME-8"})).await;
    let agreed = json!({"issue_key": "ACME-8", "confirm": preview["confirm"]});
    // Reading it for the plan, who asks, then the deletion: only that one meets the fault.
    bridge.upstream.fail_on(&Method::DELETE, "/issue/ACME-8", Fault::Status(502, "{}"));
    let fault = bridge.refused("jira_delete_issue", agreed.clone()).await;
    assert_eq!(
        (&fault["error"], &fault["retryable"]),
        (&json!("upstream_unavailable"), &json!(true)),
        "{fault}"
    );
    assert!(fault["message"].as_str().unwrap().contains("nothing was deleted"), "{fault}");
    assert_eq!(bridge.anna("jira_delete_issue", agreed).await["deleted"], true);
}
