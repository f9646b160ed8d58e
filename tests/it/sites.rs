//! Which Jira site a call works on.

use http::Method;
use jira_sandbox::Sandbox;
use serde_json::json;

use crate::support::{Bridge, Fault, NOW_MS};

/// The sandbox's first site.
const CLOUD: &str = "5a9db0c1-0000-4000-8000-5a9db0c10001";

#[tokio::test]
async fn several_sites_without_a_choice_are_listed() {
    let bridge = Bridge::start().await;
    let fault = bridge.call("femi", "jira_get_projects", json!({})).await.value;
    assert_eq!(fault["error"], "ambiguous_site", "{fault}");
    let sites = fault["sites"].as_array().unwrap();
    assert_eq!(sites.len(), 2, "{fault}");
    for site in sites {
        let mine = bridge.call("femi", "jira_whoami", json!({"site": site})).await;
        assert_eq!(&mine.value["site"]["url"], site, "{}", mine.value);
    }
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_whoami"}});
    let chosen = bridge
        .post_to("/mcp", "femi", &[("x-jira-site", sites[1].as_str().unwrap())], &list)
        .await
        .json();
    assert!(
        chosen["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains(sites[1].as_str().unwrap()),
        "{chosen}"
    );
    let wrong =
        bridge.call("femi", "jira_whoami", json!({"site": "https://other.atlassian.net"})).await;
    assert_eq!(wrong.value["error"], "not_found", "{}", wrong.value);
}

/// As the demo has them, whose issues are read in the browser where the sandbox listens.
#[tokio::test]
async fn addresses_with_a_port_lead_to_their_site() {
    let sandbox = Sandbox::seeded(NOW_MS).with_address("http://127.0.0.1:4000/");
    let bridge = Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await;
    for (who, url) in [
        ("anna", "http://127.0.0.1:4000/browse/ACME-5"),
        ("femi", "http://127.0.0.1:4000/browse/OPS-1"),
        ("femi", "http://sandbox-lab.localhost:4000/browse/LAB-1"),
    ] {
        let read = bridge.call(who, "jira_get_issue", json!({"issue_key": url})).await;
        assert_eq!(read.value["url"], url, "{}", read.value);
    }
    let other = json!({"issue_key": "http://127.0.0.1:4001/browse/ACME-5"});
    let refused = bridge.call("anna", "jira_get_issue", other).await;
    assert!(refused.is_error, "{}", refused.value);
}

#[tokio::test]
async fn a_pin_goes_before_every_wish() {
    let bridge = Bridge::with(&[("JIRA_SITE_URL", "https://sandbox.atlassian.net")]).await;
    let mine = bridge.call("femi", "jira_whoami", json!({})).await.value;
    assert_eq!(mine["site"]["url"], "https://sandbox.atlassian.net");
    assert!(mine.get("sites").is_none(), "{mine}");
    let other = Bridge::with(&[("JIRA_CLOUD_ID", "00000000-0000-4000-8000-000000000000")]).await;
    let fault = other.call("anna", "jira_whoami", json!({})).await.value;
    assert_eq!(fault["error"], "not_found", "{fault}");
    assert_eq!(fault["sites"], json!([]), "{fault}");
}

#[tokio::test]
async fn a_pinned_site_is_asked_although_its_list_is_not_to_be_had() {
    for fault in [
        Fault::Status(503, "busy"),
        Fault::Status(429, r#"{"code":429}"#),
        Fault::Status(401, r#"{"code":401,"message":"Unauthorized"}"#),
        Fault::Status(200, "[]"),
        Fault::NotJson,
    ] {
        // A refused list is no refused token, also where those become HTTP 401.
        let settings = [("JIRA_CLOUD_ID", CLOUD), ("UPSTREAM_401", "http_401"), ("RETRY_MAX", "1")];
        let bridge = Bridge::with(&settings).await;
        bridge.upstream.fail_always("/accessible-resources", fault.clone());
        for _ in 0..2 {
            let issue = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-30"})).await;
            let url = issue["url"].as_str().unwrap();
            assert!(url.starts_with("https://sandbox.atlassian.net/browse/"), "{fault:?}: {issue}");
        }
        assert!(bridge.upstream.count(&Method::GET, "/accessible-resources") <= 2, "{fault:?}");
        let mine = bridge.anna("jira_whoami", json!({})).await;
        assert_eq!(mine["name"], "Anna Admin", "{mine}");
        // Jira judges the token itself.
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "jira_get_issue", "arguments": {"issue_key": "ACME-30"}}});
        assert_eq!(bridge.post("emil", &body).await.status, 401, "{fault:?}");
    }
}

#[tokio::test]
async fn who_failed_is_said() {
    let bridge = Bridge::start().await;
    bridge.upstream.fail_always("/accessible-resources", Fault::Status(503, "busy"));
    let fault = bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-30"})).await.value;
    assert_eq!(
        (&fault["error"], &fault["status"]),
        (&json!("upstream_unavailable"), &json!(503)),
        "{fault}"
    );
    assert!(
        fault["message"]
            .as_str()
            .unwrap()
            .contains("list of the user's sites (accessible-resources)"),
        "{fault}"
    );
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/"), 0);
}

#[tokio::test]
async fn the_sites_of_a_token_are_asked_for_once() {
    let bridge = Bridge::start().await;
    for _ in 0..5 {
        bridge.anna("jira_get_projects", json!({})).await;
    }
    assert_eq!(bridge.upstream.count(&Method::GET, "/accessible-resources"), 1);
}

#[tokio::test]
async fn an_operator_can_confine_the_bridge_to_projects() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "mob")]).await;
    let found = bridge
        .anna("jira_search", json!({"jql": "created >= -3650d ORDER BY key", "max_results": 50}))
        .await;
    for issue in found["issues"].as_array().unwrap() {
        assert!(issue["key"].as_str().unwrap().starts_with("MOB-"), "{issue}");
    }
    let projects = bridge.anna("jira_get_projects", json!({})).await;
    assert_eq!(
        (projects["projects"].as_array().unwrap().len(), &projects["total"]),
        (1, &json!(1)),
        "{projects}"
    );
    for (tool, arguments) in [
        ("jira_get_issue", json!({"issue_key": "ACME-1"})),
        ("jira_get_issue", json!({"issue_key": "10001"})),
        ("jira_add_comment", json!({"issue_key": "ACME-1", "body": "x"})),
        ("jira_create_issue", json!({"project_key": "ACME", "issue_type": "Task", "summary": "x"})),
        (
            "jira_create_issue",
            json!({"project_key": "MOB", "issue_type": "Task", "summary": "x", "parent_key": "ACME-1"}),
        ),
        ("jira_search", json!({"jql": "project = MOB) OR (project = ACME"})),
        ("jira_find_users", json!({"query": "a", "assignable_in": "ACME"})),
        ("jira_get_create_fields", json!({"project_key": "ACME"})),
        ("jira_list_transitions", json!({"issue_key": "ACME-1"})),
        ("jira_transition_issue", json!({"issue_key": "ACME-1", "transition": "Done"})),
        ("jira_update_issue", json!({"issue_key": "ACME-1", "summary": "x"})),
        ("jira_update_issue_summary", json!({"issue_key": "ACME-1", "summary": "x"})),
        ("jira_get_comments", json!({"issue_key": "ACME-1"})),
        ("jira_whoami", json!({"project_key": "ACME"})),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert!(
            ["forbidden", "invalid_argument"].contains(&fault["error"].as_str().unwrap()),
            "{tool} {arguments}: {fault}"
        );
    }
}

#[tokio::test]
async fn links_into_other_projects_are_not_shown() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let bridge = Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await;
    let asked = json!({"from_key": "MOB-2", "relation": "blocks", "to_key": "ACME-2"});
    bridge.anna("jira_link_issues", asked).await;
    let open = bridge.anna("jira_get_issue", json!({"issue_key": "MOB-2"})).await;
    assert!(open["links"].to_string().contains("ACME-2"), "{open}");
    let confined =
        Bridge::over(sandbox.router(), sandbox.tokens(), &[("PROJECTS_ALLOW", "MOB")]).await;
    let closed = confined.anna("jira_get_issue", json!({"issue_key": "MOB-2"})).await;
    assert!(!closed.to_string().contains("ACME-"), "{closed}");
}
