//! Many issues created at once: a repeat that reaches another replica, and an answer that is lost.

use std::sync::Arc;

use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, NOW_MS};

const BULK: &[(&str, &str)] = &[("TOOLSETS", "core,bulk,destructive")];

/// Three good issues, of which two say the same, and a bad one.
fn asked(request_id: Option<&str>) -> Value {
    let issues = json!([
        {"project_key": "ACME", "issue_type": "Task", "summary": "Twice"},
        {"project_key": "ACME", "issue_type": "Tsk", "summary": "Of no type"},
        {"project_key": "ACME", "issue_type": "Task", "summary": "Twice"},
        {"project_key": "MOB", "issue_type": "Task", "summary": "Elsewhere"},
    ]);
    json!({"issues": issues.to_string(), "request_id": request_id})
}

fn indexes(result: &Value, list: &str) -> Vec<u64> {
    result[list].as_array().unwrap().iter().map(|one| one["index"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_repeat_at_another_replica_returns_the_first_result() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let one = Bridge::over(sandbox.router(), sandbox.tokens(), BULK).await;
    let other = Bridge::over(sandbox.router(), sandbox.tokens(), BULK).await;
    let first = one.anna("jira_create_issues", asked(Some("many-1"))).await;
    assert_eq!((indexes(&first, "created"), indexes(&first, "failed")), (vec![0, 2, 3], vec![1]));
    let again = other.anna("jira_create_issues", asked(Some("many-1"))).await;
    assert_eq!(
        (&again["created"], &again["repeated_request_id"]),
        (&first["created"], &json!(true))
    );
    assert_eq!(indexes(&again, "failed"), [1]);
    assert_eq!(other.upstream.count(&Method::POST, "/issue/bulk"), 0);
    // Another id, another user and a single create are other requests.
    let second = other.anna("jira_create_issues", asked(Some("many-2"))).await;
    assert_ne!(second["created"], first["created"]);
    let bens = other.call("ben", "jira_create_issues", asked(Some("many-1"))).await.value;
    assert!(bens.get("repeated_request_id").is_none(), "{bens}");
    let single = json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once", "request_id": "many-1"});
    assert_eq!(other.anna("jira_create_issue", single).await["created"], true);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    for request_id in [None, Some("many-1")] {
        let sandbox = Sandbox::with_clock(Arc::new(|| jiff::Timestamp::now().as_millisecond()));
        let bridge = Bridge::over(sandbox.router(), sandbox.tokens(), BULK).await;
        let fault = Fault::LostAfter(Box::new(Fault::Status(502, "")));
        bridge.upstream.fail_on(&Method::POST, "/issue/bulk", fault);
        let made = bridge.anna("jira_create_issues", asked(request_id)).await;
        assert_eq!((indexes(&made, "created"), &made["verified"]), (vec![0, 2, 3], &json!(true)));
        assert_eq!(indexes(&made, "failed"), [1]);
        for one in made["created"].as_array().unwrap() {
            let read = bridge.anna("jira_get_issue", json!({"issue_key": one["key"]})).await;
            let expected = if one["index"] == 3 { "Elsewhere" } else { "Twice" };
            assert_eq!(read["summary"], expected);
        }
        assert_eq!(bridge.upstream.count(&Method::POST, "/issue/bulk"), 1);
    }
}

#[tokio::test]
async fn what_a_repeat_does_not_find_is_not_made_again() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let one = Bridge::over(sandbox.router(), sandbox.tokens(), BULK).await;
    let made = one.anna("jira_create_issues", asked(Some("many-1"))).await;
    let key = &made["created"][1]["key"];
    let preview = one.anna("jira_delete_issue", json!({"issue_key": key})).await;
    one.anna("jira_delete_issue", json!({"issue_key": key, "confirm": preview["confirm"]})).await;
    let other = Bridge::over(sandbox.router(), sandbox.tokens(), BULK).await;
    let again = other.anna("jira_create_issues", asked(Some("many-1"))).await;
    assert_eq!((indexes(&again, "created"), indexes(&again, "failed")), (vec![0, 3], vec![1, 2]));
    assert!(again["failed"][1]["error"].as_str().unwrap().contains("search"), "{again}");
    assert_eq!(other.upstream.count(&Method::POST, "/issue/bulk"), 0);
}
