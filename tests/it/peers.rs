//! Calls in the words of other servers: what they mean is done, what they cannot mean is refused,
//! and the policy judges our tool.

use http::Method;
use serde_json::json;

use crate::support::Bridge;

#[tokio::test]
async fn names_of_other_servers_are_understood_and_never_listed() {
    let bridge = Bridge::start().await;
    let names = bridge.tool_names("/mcp", &[]).await;
    assert!(names.iter().all(|name| name != "jira_get_transitions" && !name.contains("JiraIssue")));
    let ours = bridge.anna("jira_list_transitions", json!({"issue_key": "ACME-1"})).await;
    for (name, arguments) in [
        ("jira_get_transitions", json!({"issue_key": "ACME-1"})),
        (
            "getTransitionsForJiraIssue",
            json!({"issueIdOrKey": "ACME-1", "cloudId": "https://sandbox.atlassian.net"}),
        ),
        (
            "executeRead",
            json!({"name": "getTransitionsForJiraIssue", "inputs": {"issueIdOrKey": "ACME-1"}}),
        ),
    ] {
        assert_eq!(bridge.anna(name, arguments).await, ours, "{name}");
    }
    let site = bridge.anna("jira_whoami", json!({})).await["site"]["cloud_id"].clone();
    let found = bridge
        .anna(
            "searchJiraIssuesUsingJql",
            json!({"cloudId": site, "jql": "project = ACME ORDER BY key", "maxResults": 2}),
        )
        .await;
    assert_eq!(found["issues"].as_array().unwrap().len(), 2);
    // Another site's address is not passed over.
    let other = json!({"cloudId": "https://elsewhere.atlassian.net", "issueIdOrKey": "ACME-1"});
    bridge.refused("getJiraIssue", other).await;
}

#[tokio::test]
async fn writes_in_other_words_do_what_they_say() {
    let bridge = Bridge::start().await;
    let made = json!({
        "projectKey": "ACME", "issueTypeName": "Task", "summary": "Moved over",
        "description": {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "as a document"}]}]},
        "additional_fields": {"labels": ["moved"], "priority": {"name": "High"}},
    });
    let key = bridge.anna("createJiraIssue", made).await["key"].as_str().unwrap().to_owned();
    let read = async || {
        let asked = json!({"issue_key": key, "fields": "description,labels,priority,status,assignee,summary"});
        bridge.anna("jira_get_issue", asked).await
    };
    let now = read().await;
    assert_eq!(
        (&now["description"], &now["labels"], &now["priority"]),
        (&json!("as a document"), &json!(["moved"]), &json!("High"))
    );
    let fields = json!({"issue_key": key, "fields": "{\"summary\": \"Renamed\"}", "additional_fields": "{\"labels\": [\"a\"]}"});
    bridge.anna("jira_update_issue", fields).await;
    bridge.anna("jira_assign_issue", json!({"issue_key": key, "assignee": "Ben Developer"})).await;
    let now = read().await;
    assert_eq!(
        (&now["summary"], &now["labels"], &now["assignee"]),
        (&json!("Renamed"), &json!(["a"]), &json!("Ben Developer"))
    );
    // Their empty text unassigns, and none at all does nothing.
    bridge.refused("jira_assign_issue", json!({"issue_key": key})).await;
    bridge.anna("jira_assign_issue", json!({"issue_key": key, "assignee": ""})).await;
    assert!(read().await.get("assignee").is_none());
    let steps = bridge.anna("jira_get_transitions", json!({"issue_key": key})).await;
    let id =
        &steps["transitions"].as_array().unwrap().iter().find(|step| step["to"] == "Done").unwrap()
            ["id"];
    bridge
        .anna("transitionJiraIssue", json!({"issueIdOrKey": key, "transition": {"id": id}}))
        .await;
    assert_eq!(read().await["status"], "Done");
    let hidden = json!({"issueIdOrKey": key, "commentBody": "hush", "commentVisibility": {"type": "role", "value": "Administrators"}});
    bridge.anna("addCommentToJiraIssue", hidden).await;
    let comments = bridge.anna("jira_get_comments", json!({"issue_key": key})).await;
    assert_eq!(comments["comments"][0]["visible_to"], "Administrators", "{comments}");
}

#[tokio::test]
async fn what_cannot_be_meant_writes_nothing() {
    let bridge = Bridge::start().await;
    for (name, arguments) in [
        (
            "addCommentToJiraIssue",
            json!({"issueIdOrKey": "ACME-1", "commentBody": "x", "commentVisibility": {}}),
        ),
        ("jira_add_comment", json!({"issue_key": "ACME-1", "body": "x", "visibility": "{}"})),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "fields": "{\"summary\":\"x\"}", "comment": "y"}),
        ),
        (
            "createJiraIssue",
            json!({"projectKey": "ACME", "issueTypeName": "Task", "summary": "x", "contentFormat": "html"}),
        ),
    ] {
        let fault = bridge.refused(name, arguments).await;
        assert_eq!(fault["error"], "invalid_argument", "{name}");
        assert!(fault["hint"].as_str().unwrap().contains("Nothing was done"), "{fault}");
    }
    for write in [Method::PUT, Method::POST, Method::DELETE] {
        assert_eq!(bridge.upstream.count(&write, "/issue"), 0);
    }
}

#[tokio::test]
async fn what_is_not_allowed_is_so_under_any_name() {
    let bridge = Bridge::with(&[
        ("READ_ONLY", "true"),
        ("TOOLS_DENY", "jira_find_users"),
        ("PROJECTS_ALLOW", "MOB"),
    ])
    .await;
    let ask = async |name: &str, arguments: serde_json::Value| {
        bridge.rpc("anna", "tools/call", json!({"name": name, "arguments": arguments})).await
    };
    for (name, ours, arguments) in [
        (
            "createJiraIssue",
            "jira_create_issue",
            json!({"projectKey": "MOB", "issueTypeName": "Task", "summary": "x"}),
        ),
        (
            "execute",
            "jira_create_issue",
            json!({"name": "createJiraIssue", "inputs": {"projectKey": "MOB"}}),
        ),
        ("lookupJiraAccountId", "jira_find_users", json!({"searchString": "a"})),
    ] {
        let reply = ask(name, arguments).await;
        assert_eq!(reply["error"]["code"], -32602, "{name}: {reply}");
        assert!(reply["error"]["message"].as_str().unwrap().contains(ours), "{reply}");
    }
    let fenced = ask("getJiraIssue", json!({"issueIdOrKey": "ACME-1"})).await;
    assert!(
        fenced["result"]["isError"] == true && fenced.to_string().contains("forbidden"),
        "{fenced}"
    );
    let unknown = ask("execute", json!({"name": "searchConfluence"})).await;
    assert_eq!(unknown["error"]["code"], -32602);
}

#[tokio::test]
async fn calls_are_counted_under_our_name() {
    let bridge = Bridge::with(&[("ADMIN_ADDR", "127.0.0.1:0")]).await;
    bridge.anna("getJiraIssue", json!({"issueIdOrKey": "ACME-1"})).await;
    let metrics = bridge.metrics().await;
    assert!(metrics.contains("jira_get_issue") && !metrics.contains("getJiraIssue"));
}
