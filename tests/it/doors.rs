//! The doors that people have: arguments and `fields` read alike, addresses lead to their own site,
//! texts are read whole.

use http::Method;
use serde_json::{Value, json};

use crate::support::Bridge;

#[tokio::test]
async fn arguments_clear_nothing_that_fields_would_not() {
    let bridge = Bridge::start().await;
    let read = async |key: &str| {
        let asked = json!({"issue_key": key, "fields": ["labels", "components", "fix_versions"]});
        bridge.anna("jira_get_issue", asked).await
    };
    let before = read("ACME-33").await;
    for argument in ["labels", "components", "fix_versions"] {
        for hollow in
            [json!(","), json!([null]), json!([""]), json!([" "]), json!(["x", null]), json!([[]])]
        {
            let asked = json!({"issue_key": "ACME-33", argument: hollow});
            bridge.refused("jira_update_issue", asked).await;
        }
    }
    bridge
        .refused("jira_update_issue", json!({"issue_key": "ACME-33", "add_labels": ["x", null]}))
        .await;
    assert_eq!(bridge.upstream.count(&Method::PUT, "/issue/"), 0);
    assert_eq!(read("ACME-33").await, before);
    let added = json!({"issue_key": "ACME-33", "labels": {"add": "fresh"}});
    let done = bridge.anna("jira_update_issue", added).await;
    assert_eq!(done["changed"]["labels"], json!({"added": ["fresh"]}), "{done}");
    let contradiction = json!({"issue_key": "ACME-33", "priority": {"id": "1", "name": "Medium"}});
    bridge.refused("jira_update_issue", contradiction).await;
    let clipped = json!({"issue_key": "ACME-33", "fields": {"summary": "cut… [+900 chars]"}});
    let fault = bridge.refused("jira_update_issue", clipped).await;
    assert!(fault["message"].as_str().unwrap().contains("mark of a clipped text"), "{fault}");
    let twice = json!({"issue_key": "ACME-33", "fields": "{\"summary\":\"a\",\"summary\":\"b\"}"});
    assert!(
        bridge.refused("jira_update_issue", twice).await["message"]
            .as_str()
            .unwrap()
            .contains("twice")
    );
}

#[tokio::test]
async fn an_address_is_an_issue_of_its_own_site() {
    let bridge = Bridge::start().await;
    let site = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-1"})).await["url"].clone();
    let site = site.as_str().unwrap();
    let read = bridge.anna("jira_get_issue", json!({ "issue_key": site })).await;
    assert_eq!(read["key"], "ACME-1");
    for foreign in
        ["https://other.example/browse/ACME-1", "https://other.example/browse/ACME-1?x=1"]
    {
        let asked = json!({"issue_key": foreign, "summary": "x"});
        let fault = bridge.refused("jira_update_issue", asked).await;
        assert!(fault.to_string().contains("site"), "{fault}");
    }
    let both = json!({"from_key": site, "relation": "blocks", "to_key": "https://other.example/browse/ACME-2"});
    let fault = bridge.refused("jira_link_issues", both).await;
    assert!(fault["message"].as_str().unwrap().contains("other.example"), "{fault}");
    assert_eq!(bridge.upstream.count(&Method::PUT, "/issue/"), 0);
    // Somebody with two sites need not name the one that an address names.
    let asked = json!({"issue_key": "https://sandbox-lab.atlassian.net/browse/LAB-1"});
    let lab = bridge.call("femi", "jira_get_issue", asked).await;
    assert_eq!(lab.value["key"], "LAB-1", "{}", lab.value);
}

#[tokio::test]
async fn one_comment_is_read_whole() {
    let bridge = Bridge::start().await;
    let long = "word ".repeat(1_500);
    bridge.anna("jira_add_comment", json!({"issue_key": "ACME-2", "body": long})).await;
    let body = async |size: u32| {
        let page = bridge
            .anna("jira_get_comments", json!({"issue_key": "ACME-2", "max_results": size}))
            .await;
        page["comments"][0]["body"].as_str().unwrap().to_owned()
    };
    assert!(body(5).await.contains("[+"));
    assert_eq!(body(1).await, long.trim());
}

#[tokio::test]
async fn what_cannot_be_counted_by_is_refused() {
    let bridge = Bridge::start().await;
    let by = async |field: &str| {
        let asked = json!({"jql": "project = ACME", "count_only": true, "group_by": field});
        bridge.call("anna", "jira_search", asked).await
    };
    assert!(by("description").await.is_error);
    let counts = by("status").await.value;
    let sum: u64 = counts["counts"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(Some(sum), counts["count"].as_u64(), "{counts}");
}
