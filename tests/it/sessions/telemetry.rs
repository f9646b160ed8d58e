//! What operators count, and the audit lines beside it.

use jira_sandbox::{Endpoint, Fault};
use serde_json::Value;

use super::{World, world::MINUTE};
use crate::support::Process;

#[tokio::test]
async fn sign_ins_and_their_ends_are_counted() {
    let world = World::new().await;
    let bridge = world.replica(&[("MAX_SESSIONS_PER_USER", "2")]).await;
    let door = &bridge.door;
    let asked = door.ask().await;
    door.decide(&asked, "deny").await;
    let sent = door.decide(&asked, "allow").await;
    door.callback(&door.at_provider(&sent, "nobody").await, &asked).await;
    world.identity.fail_next(Endpoint::Token, Fault::refusal(401, "invalid_client"));
    let sent = door.decide(&asked, "allow").await;
    door.callback(&door.at_provider(&sent, "anna").await, &asked).await;
    for _ in 0..3 {
        let anna = door.sign_in("anna").await;
        world.advance(40 * MINUTE);
        door.works(&anna.access_token).await;
    }
    let ben = door.sign_in("ben").await;
    door.revoke(&ben).await;
    for (series, expected) in [
        ("jira_mcp_sign_ins_total{outcome=\"ok\"}", 4),
        ("jira_mcp_sign_ins_total{outcome=\"denied\"}", 1),
        ("jira_mcp_sign_ins_total{outcome=\"denied_at_provider\"}", 1),
        ("jira_mcp_sign_ins_total{outcome=\"misconfigured\"}", 1),
        ("jira_mcp_sign_ins_total{outcome=\"store_unavailable\"}", 0),
        ("jira_mcp_sessions_ended_total{reason=\"too_many_sessions\"}", 1),
        ("jira_mcp_sessions_ended_total{reason=\"revoked\"}", 1),
        ("jira_mcp_sessions_ended_total{reason=\"provider\"}", 0),
        ("jira_mcp_grant_renewals_total{result=\"ok\"}", 3),
        ("jira_mcp_session_store_failures_total{fault=\"unavailable\"}", 0),
    ] {
        assert_eq!(bridge.metric(series).await, expected, "{series}");
    }
}

/// Who did what, told apart by a keyed hash; nothing that says who it is.
#[tokio::test]
async fn audit_lines_hold_no_personal_data() {
    let world = World::new().await;
    let settings = world.settings();
    let all: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let process = Process::start(&["serve"], &all);
    let door = world.door(&process.url().await);
    let anna = door.sign_in("anna").await;
    let again = door.sign_in("anna").await;
    let ben = door.sign_in("ben").await;
    let asked = door.ask().await;
    door.decide(&asked, "deny").await;
    door.revoke(&ben).await;
    assert!(world.identity.revoke(0));
    world.identity.expire_access_tokens("anna");
    door.read(&anna.access_token).await.says_sign_in_again();
    let lines = process.lines("sign-in");
    let told: Vec<(String, String)> = lines
        .iter()
        .map(|line| {
            assert_eq!((&line["target"], &line["level"]), (&"audit".into(), &"INFO".into()));
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            (text("event"), text("outcome") + &text("reason"))
        })
        .collect();
    let expected = [
        ("sign_in", "ok"),
        ("sign_in", "ok"),
        ("sign_in", "ok"),
        ("sign_in", "denied"),
        ("session_ended", "revoked"),
        ("session_ended", "provider"),
    ];
    assert_eq!(told, expected.map(|(event, what)| (event.to_owned(), what.to_owned())));
    let user = |at: usize| lines[at]["user"].as_str().unwrap();
    assert!(user(0) == user(1) && user(0) != user(2) && user(2) == user(4));
    let known = [
        "timestamp",
        "level",
        "target",
        "message",
        "event",
        "user",
        "outcome",
        "reason",
        "code",
        "has_ended_here",
        "span",
    ];
    for line in &lines {
        let Value::Object(members) = line else { panic!("{line}") };
        let unknown: Vec<_> =
            members.keys().filter(|name| !known.contains(&name.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?} in {line}");
    }
    drop(again);
}
