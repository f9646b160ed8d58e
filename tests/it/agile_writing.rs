//! Sprints planned, started, filled and completed; what Jira would refuse is explained.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, part};

async fn bridge() -> Bridge {
    Bridge::with(&[("TOOLSETS", "core,agile")]).await
}

async fn task(bridge: &Bridge, sprint: Value) -> Value {
    let fields = json!({"Sprint": sprint});
    let asked = json!({"project_key": "ACME", "issue_type": "Task", "summary": "planned", "fields": fields});
    bridge.anna("jira_create_issue", asked).await["key"].clone()
}

async fn sprint_of(bridge: &Bridge, key: &Value) -> Value {
    bridge.anna("jira_get_issue", json!({"issue_key": key, "fields": ["Sprint"]})).await["Sprint"]
        .clone()
}

#[tokio::test]
async fn a_sprint_lives_from_plan_to_end() {
    let bridge = bridge().await;
    let asked = json!({
        "board_id": "MOB board", "name": " App  Sprint 5 ", "start_date": "2026-11-23", "end_date": "+14d", "goal": "Speed",
    });
    let dry = {
        let mut asked = asked.clone();
        asked["dry_run"] = json!(true);
        bridge.anna("jira_create_sprint", asked).await
    };
    assert_eq!(dry["would_create"]["startDate"], "2026-11-23T00:00+01:00");
    assert_eq!(bridge.upstream.count(&Method::POST, "/agile/"), 0);
    let made = bridge.anna("jira_create_sprint", asked).await;
    let id = made["id"].clone();
    assert_eq!(
        made,
        json!({
            "id": id, "name": "App Sprint 5", "state": "future", "start": "2026-11-23T00:00+01:00", "end": "2026-12-07T00:00+01:00",
            "board_id": 2, "created": true,
        })
    );
    let moved = bridge
        .anna(
            "jira_move_to_sprint",
            json!({"issue_keys": "MOB-1, mob-2,MOB-1", "sprint_id": "app sprint 5"}),
        )
        .await;
    assert_eq!(moved, json!({"moved": ["MOB-1", "MOB-2"], "to": "App Sprint 5", "sprint_id": id}));
    let shown = json!({"sprint_id": id, "state": "Active", "goal": "More speed", "dry_run": true});
    let dry = bridge.anna("jira_update_sprint", shown).await;
    assert_eq!(
        (&dry["before"]["state"], &dry["after"]["state"]),
        (&json!("future"), &json!("active"))
    );
    let started = bridge
        .anna("jira_update_sprint", json!({"sprint_id": id, "state": "active", "goal": "More"}))
        .await;
    assert_eq!(
        part(&started, &["state", "updated", "changed"]),
        json!({"state": "active", "updated": true, "changed": {"goal": "More", "state": "active"}})
    );
    let inside = bridge.anna("jira_get_sprint_issues", json!({"sprint_id": id})).await;
    assert_eq!(inside["total"], 2);
    let back = bridge
        .anna("jira_move_to_sprint", json!({"issue_keys": ["MOB-2"], "sprint_id": "Backlog"}))
        .await;
    assert_eq!(back, json!({"moved": ["MOB-2"], "to": "backlog"}));
    let ended =
        bridge.anna("jira_update_sprint", json!({"sprint_id": id, "state": "closed"})).await;
    assert_eq!(ended["state"], "closed");
    let closed = bridge
        .refused("jira_move_to_sprint", json!({"issue_keys": "MOB-2", "sprint_id": id}))
        .await;
    assert!(closed["message"].as_str().unwrap().contains("'App Sprint 5' is closed"), "{closed}");
    assert_eq!(closed["board_id"], 2);
    let fault =
        bridge.refused("jira_update_sprint", json!({"sprint_id": id, "end_date": "+1w"})).await;
    assert!(fault["hint"].as_str().unwrap().contains("only the name and the goal"), "{fault}");
    let renamed = bridge
        .anna("jira_update_sprint", json!({"sprint_id": id, "name": "Old", "goal": "none"}))
        .await;
    assert_eq!(
        (&renamed["name"], &renamed["changed"]),
        (&json!("Old"), &json!({"name": "Old", "goal": "none"}))
    );
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[tokio::test]
async fn what_a_sprint_cannot_be_is_said_before() {
    let bridge = bridge().await;
    for (tool, arguments, part) in [
        (
            "jira_update_sprint",
            json!({"sprint_id": 8, "state": "active"}),
            "has no start or end date",
        ),
        ("jira_update_sprint", json!({"sprint_id": 8, "state": "closed"}), "has not been started"),
        ("jira_update_sprint", json!({"sprint_id": 7, "state": "active"}), "It is active already"),
        ("jira_update_sprint", json!({"sprint_id": 7}), "Nothing to change"),
        (
            "jira_update_sprint",
            json!({"sprint_id": 7, "state": "future"}),
            "must be one of active, closed",
        ),
        (
            "jira_update_sprint",
            json!({"sprint_id": "ACME Sprint 99", "name": "x"}),
            "ACME Sprint 8 (id 8, future, board 1)",
        ),
        (
            "jira_create_sprint",
            json!({"board_id": 1, "name": "x", "start_date": "soon"}),
            "`start_date` must be a time",
        ),
        (
            "jira_create_sprint",
            json!({"board_id": 1, "name": "x", "start_date": "2026-11-23", "end_date": "2026-11-22"}),
            "must be after",
        ),
        ("jira_create_sprint", json!({"board_id": "OPS Kanban", "name": "x"}), "Kanban"),
        ("jira_create_sprint", json!({"board_id": 3, "name": "x"}), "does not support sprints"),
        (
            "jira_create_sprint",
            json!({"board_id": 1, "name": "\n\t x\u{200b}", "goal": 5, "start": 1}),
            "`start_date`?",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1"}),
            "neither `sprint_id` nor `rank_before`",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1", "rank_before": "ACME-1"}),
            "before itself",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": [], "sprint_id": 8}),
            "`issue_keys` is required",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-99999", "sprint_id": 8}),
            "Issue does not exist",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1", "sprint_id": 4711}),
            "Sprint does not exist",
        ),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert!(fault.to_string().contains(part), "{arguments}: {part} is missing in {fault}");
    }
    let many: Vec<String> = (1..=51).map(|number| format!("ACME-{number}")).collect();
    let fault =
        bridge.refused("jira_move_to_sprint", json!({"issue_keys": many, "sprint_id": 8})).await;
    assert!(fault["message"].as_str().unwrap().contains("51 issues were given"), "{fault}");
    let guest =
        bridge.call("carla", "jira_create_sprint", json!({"board_id": 1, "name": "x"})).await.value;
    assert_eq!(guest["error"], "forbidden", "{guest}");
    let guest = bridge
        .call("carla", "jira_update_sprint", json!({"sprint_id": 8, "name": "x"}))
        .await
        .value;
    assert_eq!(guest["error"], "forbidden", "{guest}");
    for target in
        [json!({"sprint_id": 8}), json!({"sprint_id": "backlog"}), json!({"rank_before": "ACME-2"})]
    {
        let mut asked = target;
        asked["issue_keys"] = json!("ACME-1");
        let guest = bridge.call("carla", "jira_move_to_sprint", asked).await.value;
        assert_eq!(guest["error"], "forbidden", "{guest}");
    }
}

#[tokio::test]
async fn issues_are_ranked_and_a_partial_result_names_each() {
    let bridge = bridge().await;
    let listed = bridge.anna("jira_get_sprint_issues", json!({"backlog_of_board": 1})).await;
    let key = |at: usize| listed["issues"][at]["key"].clone();
    let asked = json!({"issue_keys": [key(3), key(2)], "rank_before": key(0)});
    let moved = bridge.anna("jira_move_to_sprint", asked).await;
    assert_eq!(moved, json!({"moved": [key(3), key(2)], "before": key(0)}));
    let after = bridge.anna("jira_get_sprint_issues", json!({"backlog_of_board": 1})).await;
    let first: Vec<&Value> = (0..3).map(|at| &after["issues"][at]["key"]).collect();
    assert_eq!(first, [&key(3), &key(2), &key(0)]);
    let asked = json!({"issue_keys": [key(4), "ACME-99999"], "rank_before": key(0)});
    let partial = bridge.anna("jira_move_to_sprint", asked).await;
    assert_eq!(partial["moved"], json!([key(4)]));
    assert_eq!(partial["failed"][0]["key"], "ACME-99999");
    assert!(
        partial["failed"][0]["error"].as_str().unwrap().contains("does not exist"),
        "{partial}"
    );
    let both = json!({"issue_keys": [key(5)], "sprint_id": "current", "rank_before": key(0)});
    let dry = {
        let mut both = both.clone();
        both["dry_run"] = json!(true);
        bridge.anna("jira_move_to_sprint", both).await
    };
    assert_eq!(
        (&dry["to"], &dry["would_move"][0]["key"]),
        (&json!("ACME Sprint 7"), &key(5)),
        "{dry}"
    );
    let moved = bridge.anna("jira_move_to_sprint", both).await;
    assert_eq!(
        moved,
        json!({"moved": [key(5)], "to": "ACME Sprint 7", "sprint_id": 7, "before": key(0)})
    );
    bridge.upstream.fail(
        "/issue/rank",
        Fault::Status(403, "{\"errorMessages\":[\"No ranking.\"],\"errors\":{}}"),
    );
    let asked = json!({"issue_keys": [key(5)], "sprint_id": "backlog", "rank_before": key(0)});
    let half = bridge.anna("jira_move_to_sprint", asked).await;
    assert_eq!(half["moved"], json!([key(5)]), "{half}");
    assert!(half["not_ranked"].as_str().unwrap().contains("No ranking."), "{half}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_into() {
    let bridge = bridge().await;
    bridge.upstream.fail("/agile/1.0/sprint", Fault::Status(502, ""));
    let lost = bridge.refused("jira_create_sprint", json!({"board_id": 1, "name": "Lost"})).await;
    assert_eq!(
        (&lost["error"], &lost["outcome"]),
        (&json!("upstream_unavailable"), &json!("not_done"))
    );
    bridge.anna("jira_create_sprint", json!({"board_id": 2, "name": "Found"})).await;
    bridge.upstream.fail("/agile/1.0/sprint", Fault::Status(504, ""));
    let found = bridge.refused("jira_create_sprint", json!({"board_id": 2, "name": "Found"})).await;
    assert_eq!(
        (&found["outcome"], &found["found"][0]["name"]),
        (&json!("probably_done"), &json!("Found"))
    );
    assert_eq!(found["retryable"], false);
}

#[tokio::test]
async fn the_sprint_field_takes_names() {
    let bridge = bridge().await;
    let key = task(&bridge, json!("acme sprint 8")).await;
    assert_eq!(sprint_of(&bridge, &key).await, json!(["ACME Sprint 8"]));
    for (user, given, expected) in [
        ("anna", json!("active"), json!(["ACME Sprint 7"])),
        ("ben", json!("ACME Sprint 8"), json!(["ACME Sprint 8"])),
        ("ben", json!("Current"), json!(["ACME Sprint 7"])),
        ("anna", json!(["9"]), json!(["ACME Sprint 9"])),
        ("anna", json!("backlog"), Value::Null),
    ] {
        let asked = json!({"issue_key": key, "fields": {"Sprint": given}});
        let done = bridge.call(user, "jira_update_issue", asked).await;
        assert!(!done.is_error, "{user} {given}: {}", done.value);
        assert_eq!(sprint_of(&bridge, &key).await, expected, "{user} {given}");
    }
    bridge.anna("jira_create_sprint", json!({"board_id": 1, "name": "ACME Sprint 8"})).await;
    let puts = bridge.upstream.count(&Method::PUT, "");
    for (given, error, candidate) in [
        (json!("ACME Sprint 8"), "ambiguous_name", "ACME Sprint 8 (id 8, future, board 1)"),
        (json!("future"), "ambiguous_name", "ACME Sprint 9 (id 9"),
        (json!("Sprint of nobody"), "invalid_argument", "ACME Sprint 7 (id 7, active"),
        (json!("App Sprint 4"), "invalid_argument", "ACME Sprint 7 (id 7, active"),
        (json!({"a": 1}), "invalid_argument", "must be one sprint"),
    ] {
        let fault = bridge
            .refused("jira_update_issue", json!({"issue_key": key, "fields": {"Sprint": given}}))
            .await;
        assert_eq!(fault["error"], error, "{given}: {fault}");
        assert!(fault.to_string().contains(candidate), "{candidate} is missing in {fault}");
    }
    let unknown = bridge
        .call(
            "ben",
            "jira_update_issue",
            json!({"issue_key": key, "fields": {"Sprint": "Sprint \"of nobody"}}),
        )
        .await
        .value;
    assert_eq!(unknown["error"], "invalid_argument", "{unknown}");
    assert_eq!(bridge.upstream.count(&Method::PUT, ""), puts, "nothing was written");
}
