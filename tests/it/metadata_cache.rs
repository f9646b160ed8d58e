//! Metadata is asked for once in a while, never shared between users, and never the reason for a
//! refusal.

use http::Method;
use serde_json::json;

use crate::support::{Bridge, Fault};

const FIELDS: &str = "/rest/api/3/field";
const SCREENS: &str = "/issue/createmeta/";

async fn create(bridge: &Bridge, user: &str, version: &str) -> crate::support::Tool {
    let issue = json!({"project_key": "ACME", "issue_type": "Bug", "summary": "s", "fix_versions": [version]});
    bridge.call(user, "jira_create_issue", issue).await
}

#[tokio::test]
async fn fields_and_screens_are_asked_for_once_for_each_user() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,context")]).await;
    for _ in 0..3 {
        assert!(!bridge.call("anna", "jira_find_fields", json!({"query": "story"})).await.is_error);
        assert!(!create(&bridge, "anna", "2.4").await.is_error);
    }
    let screens = bridge.upstream.count(&Method::GET, SCREENS);
    assert_eq!(bridge.upstream.count(&Method::GET, FIELDS), 1);
    assert!(screens <= 2, "{screens} calls for one screen");
    bridge.call("ben", "jira_find_fields", json!({"query": "story"})).await;
    assert!(!create(&bridge, "ben", "2.4").await.is_error);
    assert_eq!(bridge.upstream.count(&Method::GET, FIELDS), 2, "another user's answer was used");
    assert_eq!(bridge.upstream.count(&Method::GET, SCREENS), 2 * screens);
}

#[tokio::test]
async fn a_name_that_is_new_to_the_bridge_is_looked_up_again_before_it_is_refused() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,manage")]).await;
    assert!(!create(&bridge, "ben", "2.4").await.is_error);
    // Anna adds a version, of which what Ben was told knows nothing.
    let made = json!({"project_key": "ACME", "name": "9.9-new"});
    let saved = bridge.call("anna", "jira_save_version", made).await;
    assert!(!saved.is_error, "{}", saved.value);
    let before = bridge.upstream.count(&Method::GET, SCREENS);
    assert!(!create(&bridge, "ben", "9.9-new").await.is_error);
    assert!(bridge.upstream.count(&Method::GET, SCREENS) > before);
    // A name that nobody knows costs one fresh look and is refused without a write.
    let before = bridge.upstream.count(&Method::GET, SCREENS);
    let posts = bridge.upstream.count(&Method::POST, "/rest/api/3/issue");
    let refused = create(&bridge, "ben", "no such version").await;
    assert_eq!(refused.value["error"], "invalid_argument");
    assert!(bridge.upstream.count(&Method::GET, SCREENS) > before);
    assert_eq!(bridge.upstream.count(&Method::POST, "/rest/api/3/issue"), posts);
}

#[tokio::test]
async fn a_refused_write_is_sent_once_and_makes_the_bridge_forget() {
    let bridge = Bridge::start().await;
    assert!(!create(&bridge, "anna", "2.4").await.is_error);
    let screens = bridge.upstream.count(&Method::GET, SCREENS);
    let refusal = r#"{"errorMessages": [], "errors": {"summary": "The summary is not to somebody's liking."}}"#;
    bridge.upstream.fail_on(&Method::POST, "/rest/api/3/issue", Fault::Status(400, refusal));
    let posts = bridge.upstream.count(&Method::POST, "/rest/api/3/issue");
    assert!(create(&bridge, "anna", "2.4").await.is_error);
    assert_eq!(bridge.upstream.count(&Method::POST, "/rest/api/3/issue"), posts + 1);
    assert!(!create(&bridge, "anna", "2.4").await.is_error);
    assert!(bridge.upstream.count(&Method::GET, SCREENS) > screens);
}

#[tokio::test]
async fn a_refused_token_leaves_nothing_remembered() {
    let bridge = Bridge::with(&[("TOOLSETS", "core,context")]).await;
    bridge.call("anna", "jira_find_fields", json!({"query": "story"})).await;
    bridge
        .upstream
        .fail("/issue/ACME-1", Fault::Status(401, r#"{"code": 401, "message": "Unauthorized"}"#));
    assert!(bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await.is_error);
    bridge.call("anna", "jira_find_fields", json!({"query": "story"})).await;
    assert_eq!(bridge.upstream.count(&Method::GET, FIELDS), 2);
}
