//! The operator's console on the admin listener: the metrics for people.

use serde_json::json;

use crate::support::Bridge;

async fn bridge() -> Bridge {
    Bridge::with(&[("ADMIN_ADDR", "127.0.0.1:0")]).await
}

#[tokio::test]
async fn it_shows_calls_by_tool_and_outcome() {
    let bridge = bridge().await;
    let before = bridge.admin("/", None).await;
    assert_eq!(before.status, 200, "{}", before.text);
    assert!(before.text.contains("None so far.") && !before.text.contains("jira_get_issue"));
    bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-9999"})).await;
    let after = bridge.admin("/", None).await.text;
    for part in [
        "<td>jira_get_issue</td><td>ok</td><td class=\"number\">1</td>",
        "<td>jira_get_issue</td><td>not_found</td><td class=\"number\">1</td>",
        "<dt>of them failed</dt><dd>1</dd>",
        env!("CARGO_PKG_VERSION"),
        "Ready",
        "95 % within",
    ] {
        assert!(after.contains(part), "{part} in {after}");
    }
}

#[tokio::test]
async fn it_holds_no_content_and_no_name() {
    let bridge = bridge().await;
    let secret = "SECRETWORD";
    bridge.call("anna", "jira_search", json!({"jql": format!("text ~ {secret}")})).await;
    bridge.call("ben", "jira_add_comment", json!({"issue_key": "ACME-1", "body": secret})).await;
    bridge.call("ben", "jira_get_issue", json!({"issue_key": "ACME-1", "nosuch": secret})).await;
    let text = bridge.admin("/", None).await.text;
    assert!(text.contains("jira_add_comment"), "{text}");
    for content in [secret, "ACME", "anna", "Anna", "ben<", "sandbox", "atlassian.net"] {
        assert!(!text.contains(content), "{content} in {text}");
    }
    for token in bridge.tokens() {
        assert!(!text.contains(token));
    }
}

#[tokio::test]
async fn other_names_are_refused_and_metrics_are_not() {
    let bridge = bridge().await;
    for (host, status) in [
        ("localhost:9090", 200),
        ("10.0.3.7:9090", 200),
        ("bridge.jira.svc:9090", 403),
        ("attacker.example", 403),
    ] {
        let answer = bridge.admin("/", Some(host)).await;
        assert_eq!(answer.status, status, "{host}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("'none'"));
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        for path in ["/metrics", "/healthz", "/readyz"] {
            assert_eq!(bridge.admin(path, Some(host)).await.status, 200, "{host} {path}");
        }
    }
}
