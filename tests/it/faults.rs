//! Jira misbehaving: every fault becomes a clean error, reads are repeated, writes never.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault};

/// Fails the read of an issue as often as it will be tried, and gives the envelope.
async fn read_against(settings: &[(&str, &str)], fault: Fault, times: usize) -> (Value, Bridge) {
    let bridge = Bridge::with(settings).await;
    for _ in 0..times {
        bridge.upstream.fail("/issue/ACME-1", fault.clone());
    }
    let envelope = bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    (envelope, bridge)
}

#[tokio::test]
async fn each_status_has_its_word() {
    for (status, code, body) in [
        (400, "invalid_argument", r#"{"errorMessages":["Not that."],"errors":{}}"#),
        (401, "unauthenticated", r#"{"code":401,"message":"Unauthorized"}"#),
        (
            401,
            "insufficient_scope",
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        ),
        (403, "forbidden", r#"{"errorMessages":["No."],"errors":{}}"#),
        (404, "not_found", r#"{"errorMessages":["Gone."],"errors":{}}"#),
        (409, "conflict", "{}"),
        (410, "invalid_argument", "{}"),
        (413, "payload_too_large", "{}"),
        (422, "invalid_argument", "{}"),
    ] {
        let (envelope, bridge) = read_against(&[], Fault::Status(status, body), 1).await;
        assert_eq!(
            (&envelope["error"], &envelope["status"]),
            (&json!(code), &json!(status)),
            "{envelope}"
        );
        assert_eq!(
            bridge.upstream.count(&Method::GET, "/issue/ACME-1"),
            1,
            "{status} must not be repeated"
        );
    }
}

#[tokio::test]
async fn reads_are_repeated_until_they_succeed() {
    let bridge = Bridge::start().await;
    bridge.upstream.fail("/issue/ACME-1", Fault::Status(503, ""));
    bridge.upstream.fail("/issue/ACME-1", Fault::Cut);
    bridge.upstream.fail("/issue/ACME-1", Fault::Header(429, "retry-after", "0".to_owned()));
    let issue = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    assert_eq!(issue["key"], "ACME-1");
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-1"), 4);
}

#[tokio::test]
async fn a_failing_jira_is_reported_without_its_words() {
    for fault in
        [Fault::Status(500, "boom at internal-host-17"), Fault::Html(502), Fault::Html(503)]
    {
        let (envelope, bridge) = read_against(&[], fault, 4).await;
        assert_eq!(
            (&envelope["error"], &envelope["retryable"]),
            (&json!("upstream_unavailable"), &json!(true))
        );
        assert!(!envelope.to_string().contains("internal-host"), "{envelope}");
        assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-1"), 4);
    }
}

#[tokio::test]
async fn unreadable_answers_are_clean_errors() {
    for fault in
        [Fault::NotJson, Fault::Html(200), Fault::Status(200, ""), Fault::Status(200, "[1,2]")]
    {
        let (envelope, _) = read_against(&[], fault, 1).await;
        assert_eq!(envelope["error"], "upstream_unavailable", "{envelope}");
    }
    for deep in [
        deep("", "[", "]"),
        deep("", "{\"a\":", "1}"),
        deep("\"key\":1,\"fields\":{\"summary\":", "[", "]}"),
    ] {
        let (envelope, _) = read_against(&[], Fault::Status(200, deep), 1).await;
        assert_eq!(envelope["error"], "upstream_unavailable", "{envelope}");
    }
    let (envelope, _) = read_against(&[], Fault::Huge(9 << 20), 1).await;
    assert_eq!(envelope["error"], "payload_too_large", "{envelope}");
}

/// A body that nests a hundred thousand levels deep. Leaked, for faults hold static texts.
fn deep(begin: &str, open: &str, close: &str) -> &'static str {
    format!("{{{begin}\"x\":{}{}}}", open.repeat(100_000), close.repeat(100_000)).leak()
}

#[tokio::test]
async fn a_field_without_end_costs_its_own_value_only() {
    for (open, close) in
        [("[", "]"), ("{\"child\":", "}"), ("{\"value\":\"a\",\"child\":", "}"), ("{\"a\":", "}")]
    {
        let value = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let body =
            format!(r#"{{"key":"ACME-1","fields":{{"summary":"fine","priority":{value}}}}}"#);
        let bridge = Bridge::start().await;
        bridge.upstream.fail("/issue/ACME-1", Fault::Status(200, body.leak()));
        let issue = bridge.anna("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        assert_eq!(issue["summary"], "fine");
    }
}

#[tokio::test]
async fn each_reason_for_slowing_down_has_its_way() {
    for (reason, repeated) in [
        ("jira-burst-based", true),
        ("jira-per-issue-on-write", true),
        ("jira-quota-global-based", false),
        ("jira-quota-tenant-based", false),
    ] {
        let bridge = Bridge::start().await;
        bridge.upstream.fail("/issue/ACME-1", Fault::Reason(reason));
        let reply = bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        assert_eq!(!reply.is_error, repeated, "{reason}: {}", reply.value);
        assert_eq!(
            bridge.upstream.count(&Method::GET, "/issue/ACME-1"),
            1 + usize::from(repeated),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn limits_of_jira_never_open_the_breaker() {
    let bridge = Bridge::with(&[("BREAKER_FAILURES", "1"), ("RETRY_MAX", "0")]).await;
    for status in [400, 401, 403, 404, 409, 429] {
        for _ in 0..5 {
            bridge.upstream.fail("/issue/ACME-1", Fault::Status(status, "{}"));
            bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        }
    }
    bridge.anna("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
}

#[tokio::test]
async fn a_hanging_jira_ends_with_the_timeout() {
    let settings = [("JIRA_TIMEOUT_MS", "150"), ("RETRY_MAX", "1")];
    let (envelope, bridge) = read_against(&settings, Fault::Hang, 2).await;
    assert_eq!(envelope["error"], "upstream_timeout", "{envelope}");
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-1"), 2);
    let settings = [("CALL_DEADLINE_MS", "300")];
    let (envelope, _) = read_against(&settings, Fault::Hang, 9).await;
    assert_eq!(envelope["error"], "upstream_timeout", "{envelope}");
}

#[tokio::test]
async fn a_quota_is_not_waited_out() {
    let bridge = Bridge::start().await;
    bridge.upstream.fail("/issue/ACME-1", Fault::Header(429, "retry-after", "1200".to_owned()));
    let envelope = bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    assert_eq!(
        (&envelope["error"], &envelope["retry_after"]),
        (&json!("rate_limited"), &json!(1200)),
        "{envelope}"
    );
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_met_once_by_each_user() {
    let bridge = Bridge::start().await;
    bridge.anna("jira_whoami", json!({})).await;
    bridge.upstream.fail("/issue/ACME-1", Fault::Quota(1200));
    bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    let asked = bridge.upstream.seen().len();
    for (tool, arguments) in [
        ("jira_get_issue", json!({"issue_key": "ACME-1"})),
        ("jira_search", json!({"jql": "project = ACME"})),
        ("jira_add_comment", json!({"issue_key": "ACME-2", "body": "x"})),
    ] {
        let told = bridge.refused(tool, arguments).await;
        assert_eq!(told["error"], "rate_limited", "{told}");
        assert!((1190..=1200).contains(&told["retry_after"].as_u64().unwrap()), "{told}");
        assert!(told["hint"].as_str().unwrap().contains("about 20 minutes"), "{told}");
    }
    assert_eq!(bridge.upstream.seen().len(), asked, "Jira has said it already");
    // Ben's token may be of another app.
    let fine = bridge.call("ben", "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    assert!(!fine.is_error, "{}", fine.value);
}

#[tokio::test]
async fn the_token_follows_no_redirect() {
    let trap = Bridge::start().await;
    let to = format!("http://{}/ex/jira/x/rest/api/3/issue/ACME-1", trap.upstream.address);
    for status_path in ["/issue/ACME-1", "/accessible-resources"] {
        let bridge = Bridge::start().await;
        bridge.upstream.fail(status_path, Fault::Redirect(to.clone()));
        let envelope = bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        assert_eq!(envelope["error"], "upstream_unavailable", "{envelope}");
    }
    assert_eq!(trap.upstream.seen().len(), 0, "a redirect was followed");
}

#[tokio::test]
async fn an_outage_opens_the_breaker_and_says_for_how_long() {
    let bridge = Bridge::with(&[("RETRY_MAX", "0")]).await;
    bridge.anna("jira_whoami", json!({})).await;
    for _ in 0..5 {
        bridge.upstream.fail("/issue/ACME-1", Fault::Status(500, ""));
        bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    }
    let envelope = bridge.refused("jira_get_issue", json!({"issue_key": "ACME-2"})).await;
    assert_eq!(envelope["error"], "circuit_open", "{envelope}");
    assert!((1..=60).contains(&envelope["retry_after"].as_u64().unwrap()), "{envelope}");
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-2"), 0);
}

#[tokio::test]
async fn an_expired_token_can_become_an_http_challenge() {
    let bridge = Bridge::with(&[("UPSTREAM_401", "http_401")]).await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_whoami"}});
    let reply = bridge.post("emil", &body).await;
    assert_eq!(reply.status, 401);
    assert!(
        reply.header("www-authenticate").contains("invalid_token"),
        "{}",
        reply.header("www-authenticate")
    );
}

#[tokio::test]
async fn a_user_has_a_share_of_the_calls() {
    let bridge = Bridge::with(&[("RATE_LIMIT_PER_USER_PER_MINUTE", "2")]).await;
    bridge.anna("jira_whoami", json!({})).await;
    bridge.anna("jira_whoami", json!({})).await;
    let envelope = bridge.refused("jira_whoami", json!({})).await;
    assert_eq!(envelope["error"], "overloaded", "{envelope}");
    assert!(
        !bridge.call("ben", "jira_whoami", json!({})).await.is_error,
        "one user's share is not another's"
    );
}
