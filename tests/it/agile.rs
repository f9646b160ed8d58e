//! Boards and sprints, read with and without the granular scopes, in and out of the allowed
//! projects.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, part};

const AGILE: (&str, &str) = ("TOOLSETS", "core,agile");

async fn bridge() -> Bridge {
    Bridge::with(&[AGILE]).await
}

fn keys(page: &Value) -> Vec<String> {
    let issues = page["issues"].as_array().unwrap_or_else(|| panic!("no issues: {page}"));
    issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_agile_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "agile")]).await;
    let list = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("agile_tools", list["result"]["tools"]);
    assert!(list.to_string().len() < 5_632, "{}", list.to_string().len());
}

#[tokio::test]
async fn boards_are_listed_by_project_and_name() {
    let bridge = bridge().await;
    let all = bridge.anna("jira_list_boards", json!({})).await;
    assert_eq!(all["total"], 3);
    assert_eq!(
        all["boards"][0],
        json!({"id": 1, "name": "ACME board", "type": "scrum", "project": "ACME"})
    );
    let one = bridge.anna("jira_list_boards", json!({"project_key": "mob"})).await;
    assert_eq!(one["boards"][0]["id"], 2);
    let page = bridge
        .anna("jira_list_boards", json!({"name": "a", "max_results": 1, "start_at": "1"}))
        .await;
    assert_eq!(
        (&page["boards"][0]["id"], &page["next_start_at"]),
        (&json!(2), &json!(2)),
        "{page}"
    );
    let fault = bridge.refused("jira_list_boards", json!({"project_key": "NOPE"})).await;
    assert_eq!(fault["error"], "invalid_argument");
    assert!(fault["hint"].as_str().unwrap().contains("jira_get_projects"), "{fault}");
}

#[tokio::test]
async fn sprints_come_by_state_and_board_name() {
    let bridge = bridge().await;
    let open = bridge.anna("jira_get_sprints", json!({"board_id": 1})).await;
    let names: Vec<&str> = open["sprints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sprint| sprint["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ACME Sprint 7", "ACME Sprint 8", "ACME Sprint 9"]);
    assert_eq!(open["sprints"][0]["start"], "2026-11-13T13:00+01:00");
    assert_eq!(open["sprints"][0]["goal"], "Guest checkout");
    let closed = bridge
        .anna(
            "jira_get_sprints",
            json!({"board_id": "acme BOARD", "state": "Closed", "max_results": 4}),
        )
        .await;
    assert_eq!(
        (closed["sprints"].as_array().unwrap().len(), &closed["next_start_at"]),
        (4, &json!(4))
    );
    let all = bridge.anna("jira_get_sprints", json!({"board_id": "ACME", "state": ["all"]})).await;
    assert_eq!(all["total"], 9, "a project with one board stands for it");
    for (arguments, error, part) in [
        (json!({"board_id": 3}), "invalid_argument", "Kanban"),
        (json!({"board_id": "OPS Kanban"}), "invalid_argument", "'OPS Kanban' has no sprints"),
        (json!({"board_id": 99}), "not_found", "Board does not exist"),
        (json!({"board_id": "Nothing like it"}), "invalid_argument", "is no board"),
        (json!({"board_id": 1, "state": "open"}), "invalid_argument", "must be one of active"),
        (json!({}), "invalid_argument", "`board_id` is required"),
    ] {
        let fault = bridge.refused("jira_get_sprints", arguments.clone()).await;
        assert_eq!(fault["error"], error, "{arguments}: {fault}");
        assert!(fault.to_string().contains(part), "{part} is missing in {fault}");
    }
}

#[tokio::test]
async fn the_issues_of_a_sprint_are_the_same_with_and_without_scopes() {
    let bridge = bridge().await;
    let asked = json!({"sprint_id": "7", "max_results": 50, "fields": "summary"});
    let full = bridge.anna("jira_get_sprint_issues", asked.clone()).await;
    assert_eq!(bridge.upstream.count(&Method::GET, "/sprint/7/issue"), 1);
    let plain = bridge.call("ben", "jira_get_sprint_issues", asked).await.value;
    assert_eq!(bridge.upstream.count(&Method::GET, "/agile/"), 2, "no call that must fail");
    assert_eq!(keys(&full), keys(&plain), "both in rank order");
    assert_eq!(full["by_status"], plain["by_status"]);
    assert_eq!(full["total"], keys(&full).len());
    assert_eq!(full["is_last"], true);
    let counted: u64 =
        full["by_status"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(counted, full["total"].as_u64().unwrap());
    for user in ["anna", "ben"] {
        for given in ["ACME Sprint 7", " acme sprint 7"] {
            let named = bridge
                .call(
                    user,
                    "jira_get_sprint_issues",
                    json!({"sprint_id": given, "max_results": 50, "fields": "key"}),
                )
                .await;
            assert_eq!(keys(&named.value), keys(&full), "{user} {given}");
        }
    }
    let bugs =
        json!({"sprint_id": 7, "jql": "issuetype = Bug OR issuetype = Story", "max_results": 50});
    let (one, two) = (
        bridge.anna("jira_get_sprint_issues", bugs.clone()).await,
        bridge.call("ben", "jira_get_sprint_issues", bugs).await.value,
    );
    assert_eq!(keys(&one), keys(&two));
    assert!(keys(&one).len() < keys(&full).len() && !keys(&one).is_empty());
    let active = json!({"sprint_id": "active", "jql": "project = ACME", "max_results": 50});
    assert_eq!(keys(&bridge.anna("jira_get_sprint_issues", active).await), keys(&full));
    let closed = bridge.anna("jira_get_sprint_issues", json!({"sprint_id": "ACME Sprint 3"})).await;
    assert!(!keys(&closed).is_empty(), "closed sprints are found by name, too");
}

#[tokio::test]
async fn a_backlog_needs_a_board_or_a_project() {
    let bridge = bridge().await;
    let asked = json!({"backlog_of_board": "ACME board", "max_results": 50});
    let full = bridge.anna("jira_get_sprint_issues", asked.clone()).await;
    let plain = bridge
        .call(
            "ben",
            "jira_get_sprint_issues",
            json!({"backlog_of_board": "acme", "max_results": 50}),
        )
        .await
        .value;
    assert_eq!(keys(&full), keys(&plain));
    assert!(keys(&full).len() > 5);
    assert!(full["by_status"].get("Done").is_none());
    let missing = bridge.call("ben", "jira_get_sprint_issues", asked).await.value;
    assert_eq!(missing["error"], "insufficient_scope", "{missing}");
    for (arguments, part) in [
        (json!({}), "either `sprint_id` or `backlog_of_board`"),
        (
            json!({"sprint_id": 7, "backlog_of_board": 1}),
            "either `sprint_id` or `backlog_of_board`",
        ),
        (json!({"sprint_id": 4711}), "Sprint does not exist"),
        (json!({"sprint_id": "Sprint of nobody"}), "is no active or future sprint"),
        (json!({"sprint_id": 7, "jql": "a = ) b"}), "JQL"),
        (json!({"sprint_id": 7, "next_page_token": "offset-x"}), "none of this tool's"),
    ] {
        let fault = bridge.refused("jira_get_sprint_issues", arguments).await;
        assert!(fault.to_string().contains(part), "{part} is missing in {fault}");
    }
}

#[tokio::test]
async fn no_issue_is_lost_between_pages() {
    let sprint_ids = {
        let bridge = bridge().await;
        keys(
            &bridge
                .anna("jira_get_sprint_issues", json!({"sprint_id": 7, "max_results": 50}))
                .await,
        )
    };
    let bridge = Bridge::with(&[AGILE, ("MAX_RESPONSE_BYTES", "2400")]).await;
    for user in ["anna", "ben"] {
        let mut asked =
            json!({"sprint_id": 7, "max_results": 50, "fields": ["summary", "assignee", "url"]});
        let mut found = Vec::new();
        loop {
            let page = bridge.call(user, "jira_get_sprint_issues", asked.clone()).await;
            assert!(!page.is_error && page.bytes <= 2_400, "{} bytes: {}", page.bytes, page.value);
            assert_eq!(page.value["by_status"].is_object(), found.is_empty(), "{}", page.value);
            found.extend(keys(&page.value));
            match page.value.get("next_page_token") {
                Some(token) => asked["next_page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(found, sprint_ids, "{user}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len());
    }
    let (mut start_at, mut ids) = (json!(0), Vec::new());
    let bridge = Bridge::with(&[AGILE, ("MAX_RESPONSE_BYTES", "2000")]).await;
    loop {
        let page = bridge
            .call(
                "anna",
                "jira_get_sprints",
                json!({"board_id": 1, "state": "all", "start_at": start_at}),
            )
            .await;
        assert!(page.bytes <= 2_000, "{}", page.bytes);
        ids.extend(
            page.value["sprints"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()),
        );
        match page.value.get("next_start_at") {
            Some(next) => start_at = next.clone(),
            None => break,
        }
    }
    assert_eq!(ids, (1..=9).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_missing_scope_is_named_exactly() {
    let bridge = bridge().await;
    for (tool, arguments, scope) in [
        ("jira_list_boards", json!({}), "read:board-scope:jira-software read:project:jira"),
        ("jira_get_sprints", json!({"board_id": 1}), "read:sprint:jira-software"),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1", "sprint_id": 8}),
            "read:sprint:jira-software write:sprint:jira-software",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1", "sprint_id": "backlog"}),
            "write:board-scope:jira-software",
        ),
        (
            "jira_move_to_sprint",
            json!({"issue_keys": "ACME-1", "rank_before": "ACME-2"}),
            "write:issue:jira-software",
        ),
        ("jira_create_sprint", json!({"board_id": 1, "name": "x"}), "write:sprint:jira-software"),
        ("jira_update_sprint", json!({"sprint_id": 8, "name": "x"}), "write:sprint:jira-software"),
    ] {
        let fault = bridge.call("ben", tool, arguments).await.value;
        let expected = json!({"error": "insufficient_scope", "scope": scope});
        assert_eq!(part(&fault, &["error", "scope"]), expected, "{tool}: {fault}");
        assert!(fault["hint"].as_str().unwrap().contains("administrator"), "{fault}");
    }
}

#[tokio::test]
async fn boards_and_sprints_of_other_projects_stay_hidden() {
    let bridge = Bridge::with(&[AGILE, ("PROJECTS_ALLOW", "MOB")]).await;
    let boards = bridge.anna("jira_list_boards", json!({})).await;
    assert_eq!(
        boards,
        json!({"boards": [{"id": 2, "name": "MOB board", "type": "simple", "project": "MOB"}]})
    );
    for (tool, arguments) in [
        ("jira_list_boards", json!({"project_key": "ACME"})),
        ("jira_get_sprints", json!({"board_id": 1})),
        ("jira_get_sprints", json!({"board_id": "ACME"})),
        ("jira_get_sprint_issues", json!({"sprint_id": 7})),
        ("jira_get_sprint_issues", json!({"backlog_of_board": 1})),
        ("jira_get_sprint_issues", json!({"backlog_of_board": "ACME"})),
        ("jira_move_to_sprint", json!({"issue_keys": "MOB-1", "sprint_id": 7})),
        ("jira_move_to_sprint", json!({"issue_keys": "ACME-1", "sprint_id": 20})),
        ("jira_move_to_sprint", json!({"issue_keys": "MOB-1", "rank_before": "ACME-1"})),
        ("jira_create_sprint", json!({"board_id": 1, "name": "x"})),
        ("jira_update_sprint", json!({"sprint_id": 8, "name": "x"})),
        ("jira_update_issue", json!({"issue_key": "MOB-1", "fields": {"Sprint": 7}})),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert_eq!(fault["error"], "forbidden", "{tool} {arguments}: {fault}");
        assert!(!fault.to_string().contains("ACME board"), "{fault}");
    }
    for tool in ["jira_get_sprint_issues", "jira_update_sprint"] {
        let fault = bridge.refused(tool, json!({"sprint_id": "ACME Sprint 7", "jql": ""})).await;
        assert!(!fault.to_string().contains("board 1"), "{fault}");
    }
    for user in ["anna", "ben"] {
        for given in ["active", "20", "App Sprint 4"] {
            let own = bridge
                .call(user, "jira_get_sprint_issues", json!({"sprint_id": given}))
                .await
                .value;
            assert!(
                keys(&own).iter().all(|key| key.starts_with("MOB-")) && !keys(&own).is_empty(),
                "{own}"
            );
        }
        let foreign =
            bridge.call(user, "jira_get_sprint_issues", json!({"sprint_id": 7})).await.value;
        assert!(!foreign.to_string().contains("ACME-"), "{foreign}");
        let sprint = |id: u64| json!({"issue_key": "MOB-1", "fields": {"Sprint": id}});
        let refused = bridge.call(user, "jira_update_issue", sprint(7)).await;
        assert_eq!(refused.value["error"], "forbidden", "{user}: {}", refused.value);
        let named = json!({"issue_key": "MOB-1", "fields": {"Sprint": "ACME Sprint 7"}});
        let refused = bridge.call(user, "jira_update_issue", named).await.value;
        assert_eq!(refused["error"], "invalid_argument", "{user}: {refused}");
        assert!(!refused.to_string().contains("(id 7"), "{user}: {refused}");
        for given in [json!(20), json!("App Sprint 4"), json!("active"), json!("none")] {
            let asked = json!({"issue_key": "MOB-1", "fields": {"sprint": given}});
            let written = bridge.call(user, "jira_update_issue", asked).await;
            assert!(!written.is_error, "{user} {given}: {}", written.value);
        }
    }
}
