//! Two bridges over one Redis: limits per user and `request_id`s hold across both, and each goes by
//! itself while Redis is down.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Bridge, Fault, NOW_MS, RedisServer, Tool, Upstream};

/// Two bridges of one operator in front of one Jira.
async fn replicas(redis: &RedisServer, more: &[(&str, &str)]) -> [Bridge; 2] {
    let sandbox = Sandbox::seeded(NOW_MS);
    let (url, key) = (redis.url(), encryption_key());
    let settings = [&shared_settings(&url, &key)[..], more].concat();
    let start = || Bridge::over(sandbox.router(), sandbox.tokens(), &settings);
    [start().await, start().await]
}

/// The same over one and the same upstream.
async fn over_one_upstream(redis: &RedisServer, more: &[(&str, &str)]) -> [Bridge; 2] {
    let sandbox = Sandbox::seeded(NOW_MS);
    let upstream = Upstream::start(sandbox.router()).await;
    let (url, key) = (redis.url(), encryption_key());
    let settings = [&shared_settings(&url, &key)[..], more].concat();
    let start = || Bridge::before(upstream.clone(), sandbox.tokens(), &settings);
    [start().await, start().await]
}

fn encryption_key() -> String {
    let mut key = [7; 32];
    key[0] = 1;
    STANDARD.encode(key)
}

/// How replicas share a Redis.
fn shared_settings<'a>(url: &'a str, key: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("AUTH", "atlassian,signin"),
        ("ATLASSIAN_CLIENT_ID", "the-app"),
        ("ATLASSIAN_CLIENT_SECRET", "not-used-here"),
        ("PUBLIC_BASE_URL", "http://127.0.0.1:1"),
        ("SESSION_STORE_TYPE", "redis"),
        ("REDIS_URL", url),
        ("SESSION_ENCRYPTION_KEY", key),
    ]
}

fn asked(id: &str) -> Value {
    json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once", "request_id": id})
}

/// How many of so many calls at once, half of them at each bridge, are admitted.
async fn admitted(bridges: &[Bridge; 2], user: &str, calls: usize) -> usize {
    let calls = (0..calls).map(|call| bridges[call % 2].call(user, "jira_whoami", json!({})));
    let results = join_all(calls).await;
    for result in results.iter().filter(|result| result.is_error) {
        assert_eq!(result.value["error"], "overloaded", "{}", result.value);
        let wait_s = result.value["retry_after"].as_u64().unwrap();
        assert!((1..=65).contains(&wait_s), "{}", result.value);
    }
    results.iter().filter(|result| !result.is_error).count()
}

/// How many calls of a limit of 20 a minute may have become free since then, one every three
/// seconds, in so many counts: on a slow machine some do.
fn freed(since: Instant, counts: usize) -> usize {
    counts * (usize::try_from(since.elapsed().as_secs() / 3).unwrap() + 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_calls_a_minute_are_counted_over_all_replicas() {
    let redis = RedisServer::start();
    let bridges = replicas(&redis, &[("RATE_LIMIT_PER_USER_PER_MINUTE", "20")]).await;
    let began = Instant::now();
    let anna = admitted(&bridges, "anna", 80).await + admitted(&bridges, "anna", 4).await;
    let ben = admitted(&bridges, "ben", 40).await;
    let expected = 20..=20 + freed(began, 1);
    assert!(expected.contains(&anna), "{anna} of anna's");
    assert!(expected.contains(&ben), "{ben} of another user's, who has a limit of their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_down_each_replica_counts_by_itself() {
    let mut redis = RedisServer::start();
    let bridges = replicas(&redis, &[("RATE_LIMIT_PER_USER_PER_MINUTE", "20")]).await;
    let began = Instant::now();
    assert_eq!(admitted(&bridges, "anna", 4).await, 4);
    redis.kill();
    // What each has admitted before counts: two.
    let calls = admitted(&bridges, "anna", 80).await;
    assert!((36..=36 + freed(began, 2)).contains(&calls), "{calls}");
    let made = bridges[1].call("ben", "jira_create_issue", asked("r"));
    let made = tokio::time::timeout(Duration::from_secs(10), made).await.expect("a short wait");
    assert_eq!(made.value["created"], true, "{}", made.value);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_id_at_both_replicas_at_once_makes_one_issue() {
    let redis = RedisServer::start();
    let bridges = replicas(&redis, &[]).await;
    // Jira's search does not show new issues yet.
    for bridge in &bridges {
        bridge
            .upstream
            .fail_always("/search/jql", Fault::Status(200, r#"{"issues":[],"isLast":true}"#));
    }
    let sent = || {
        let counts =
            bridges.iter().map(|one| one.upstream.count(&Method::POST, "/rest/api/3/issue"));
        counts.sum::<usize>()
    };
    for id in ["one", "two"] {
        let before = sent();
        let calls = (0..8).map(|call| bridges[call % 2].anna("jira_create_issue", asked(id)));
        let results = join_all(calls).await;
        let made: Vec<_> = results.iter().filter(|made| made["created"] == true).collect();
        assert_eq!(made.len(), 1, "{results:?}");
        assert!(results.iter().all(|result| result["key"] == made[0]["key"]), "{results:?}");
        assert_eq!(sent() - before, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_at_another_replica_waits_for_the_first_call() {
    let redis = RedisServer::start();
    let bridges = replicas(&redis, &[("TOOLSETS", "core,bulk")]).await;
    let gate = Arc::new(Semaphore::new(0));
    bridges[0].upstream.fail_on(&Method::POST, "/issue/bulk", Fault::Held(gate.clone()));
    let issue = json!({"project_key": "ACME", "issue_type": "Task", "summary": "Once"});
    let many = json!({"issues": [issue], "request_id": "many"});
    let first = bridges[0].anna("jira_create_issues", many.clone());
    let second = async {
        bridges[0].upstream.saw(&Method::POST, "/issue/bulk").await;
        let second = bridges[1].anna("jira_create_issues", many.clone());
        let release = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            gate.add_permits(1);
        };
        tokio::join!(second, release).0
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(second["created"], first["created"], "{second}");
    assert_eq!(second["repeated_request_id"], true);
    assert_eq!(bridges[1].upstream.count(&Method::POST, "/issue/bulk"), 0);
}

/// The first call's answer is lost and nothing shows what it did: nobody does it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_end_is_not_known_is_not_done_again_elsewhere() {
    let redis = RedisServer::start();
    let bridges = replicas(&redis, &[]).await;
    let nothing = Fault::Status(200, r#"{"issues":[],"isLast":true}"#);
    for bridge in &bridges {
        bridge.upstream.fail_always("/search/jql", nothing.clone());
    }
    let lost = Fault::LostAfter(Box::new(Fault::Status(502, "")));
    bridges[0].upstream.fail_on(&Method::POST, "/rest/api/3/issue", lost);
    let first = bridges[0].refused("jira_create_issue", asked("r")).await;
    assert_eq!(first["outcome"], "unknown", "{first}");
    for bridge in &bridges {
        let again = bridge.refused("jira_create_issue", asked("r")).await;
        assert_eq!(again["outcome"], "unknown", "{again}");
    }
    assert_eq!(bridges[1].upstream.count(&Method::POST, "/rest/api/3/issue"), 0);
    // What Jira refused was not done, and may be corrected with the same id.
    let mut wrong = asked("w");
    wrong["issue_type"] = json!("No such type");
    bridges[0].refused("jira_create_issue", wrong).await;
    assert_eq!(bridges[1].anna("jira_create_issue", asked("w")).await["created"], true);
}

const FIELDS: &str = "/rest/api/3/field";

/// Creates an issue for which fields and screens have to be known.
async fn create(bridge: &Bridge, user: &str) -> Tool {
    let issue = json!({"project_key": "ACME", "issue_type": "Bug", "summary": "s", "fix_versions": ["2.4"]});
    bridge.call(user, "jira_create_issue", issue).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_replica_was_told_of_a_user_the_other_does_not_ask() {
    let redis = RedisServer::start();
    let [one, other] = over_one_upstream(&redis, &[]).await;
    let asked = || one.upstream.seen().iter().map(|seen| seen.path.clone()).collect::<Vec<_>>();
    let made = create(&one, "anna").await;
    assert!(!made.is_error, "{}", made.value);
    let cold = asked();
    let is_of_jiras_make_up = |path: &&String| {
        ["/accessible-resources", FIELDS, "/createmeta/"].iter().any(|part| path.contains(part))
    };
    assert!(cold.iter().filter(is_of_jiras_make_up).count() >= 2, "{cold:?}");
    let made = create(&other, "anna").await;
    assert!(!made.is_error, "{}", made.value);
    let warm = asked().split_off(cold.len());
    assert_eq!(warm.iter().find(is_of_jiras_make_up), None, "{warm:?}");
    // Another user is told nothing of it.
    assert!(!create(&other, "ben").await.is_error);
    let of_ben = asked().split_off(cold.len() + warm.len());
    let again = |paths: &[String]| paths.iter().filter(is_of_jiras_make_up).count();
    assert_eq!(again(&of_ben), again(&cold), "{of_ben:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_replica_forgets_it_is_not_told_again_by_the_store() {
    let redis = RedisServer::start();
    let [one, other] = over_one_upstream(&redis, &[("TOOLSETS", "core,context")]).await;
    let (get, post) = (Method::GET, Method::POST);
    let refused = r#"{"errorMessages": [], "errors": {"summary": "Not to somebody's liking."}}"#;
    assert!(!create(&one, "anna").await.is_error);
    one.upstream.fail_on(&post, "/rest/api/3/issue", Fault::Status(400, refused));
    assert!(create(&other, "anna").await.is_error);
    let screens = one.upstream.count(&get, "/createmeta/");
    assert!(!create(&other, "anna").await.is_error);
    assert!(one.upstream.count(&get, "/createmeta/") > screens);
    // Neither is a token that Jira refuses.
    let find = json!({"query": "story"});
    assert!(!one.call("anna", "jira_find_fields", find.clone()).await.is_error);
    let fields = one.upstream.count(&get, FIELDS);
    let refused = r#"{"code": 401, "message": "Unauthorized"}"#;
    one.upstream.fail("/issue/ACME-1", Fault::Status(401, refused));
    assert!(other.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await.is_error);
    assert!(!other.call("anna", "jira_find_fields", find).await.is_error);
    assert_eq!(one.upstream.count(&get, FIELDS), fields + 1);
}
