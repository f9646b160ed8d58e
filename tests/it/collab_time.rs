//! Time and history: logging work, reading who changed what, editing what was said, all within the
//! allowed projects.

use std::collections::BTreeSet;

use http::Method;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Bridge, NOW_MS, part};

#[tokio::test]
async fn logged_work_is_listed_and_added_up() {
    let bridge = Bridge::start().await;
    let asked = json!({
        "issue_key": "ACME-2", "time_spent": "1h30m", "started": "2026-11-19T14:00:00Z", "comment": "Found **it**.",
        "remaining_estimate": "1d",
    });
    let made = bridge.anna("jira_add_worklog", asked).await;
    assert_eq!(
        part(&made, &["key", "time", "started"]),
        json!({"key": "ACME-2", "time": "1h 30m", "started": "2026-11-19T15:00+01:00"})
    );
    let listed = bridge.anna("jira_list_worklogs", json!({"issue_key": "ACME-2"})).await;
    let last = listed["worklogs"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        last,
        json!({
            "id": made["worklog_id"], "author": "Anna Admin", "started": "2026-11-19T15:00+01:00", "time": "1h 30m",
            "comment": "Found **it**.",
        })
    );
    assert_eq!(bridge.upstream.count(&Method::GET, "/issue/ACME-2/worklog"), 1);
    assert_eq!(
        bridge.upstream.count(&Method::GET, "/issue/ACME-2"),
        1,
        "a page that holds all is added up"
    );
    assert!(listed["total_time"].is_string() && listed["total"].is_u64(), "{listed}");
    for (given, time) in [(json!(45), "45m"), (json!("90"), "1h 30m"), (json!("2 hours"), "2h")] {
        let asked =
            json!({"issue_key": "ACME-2", "time_spent": given, "started": "yesterday 14:00"});
        let made = bridge.anna("jira_add_worklog", asked).await;
        assert_eq!(made["time"], time);
        assert!(made["started"].as_str().unwrap().contains("T14:00+0"), "{made}");
    }
}

#[tokio::test]
async fn unclear_times_are_refused_before_anything_is_written() {
    let bridge = Bridge::start().await;
    for (time, started, part) in [
        ("soon", "now", "2h 30m"),
        ("0", "now", "more than nothing"),
        ("1.5d", "now", "whole weeks and days"),
        ("1h", "some day", "yesterday 14:00"),
        ("1h", "2026-02-30", "yesterday 14:00"),
    ] {
        let asked = json!({"issue_key": "ACME-2", "time_spent": time, "started": started});
        let fault = bridge.refused("jira_add_worklog", asked).await;
        assert_eq!(fault["error"], "invalid_argument");
        assert!(fault.to_string().contains(part), "{part} is missing in {fault}");
    }
    let asked =
        json!({"issue_key": "ACME-2", "time_spent": "1h", "started": "-1d", "dry_run": true});
    let shown = bridge.anna("jira_add_worklog", asked).await;
    assert_eq!(part(&shown, &["dry_run", "time"]), json!({"dry_run": true, "time": "1h"}));
    assert_eq!(bridge.upstream.count(&Method::POST, "/worklog"), 0);
    let asked = json!({"issue_key": "ACME-2", "time_spent": "1h"});
    let guest = bridge.call("carla", "jira_add_worklog", asked).await;
    assert!(guest.value["message"].as_str().unwrap().contains("permission"), "{}", guest.value);
}

/// Walks all pages of a tool; the items as text.
async fn walk(
    bridge: &Bridge,
    tool: &str,
    list: &str,
    budget: usize,
    mut asked: Value,
) -> Vec<String> {
    let mut items = Vec::new();
    loop {
        let page = bridge.call("anna", tool, asked.clone()).await;
        assert!(!page.is_error && page.bytes <= budget, "{} bytes: {}", page.bytes, page.value);
        let part = page.value[list].as_array().unwrap();
        items.extend(part.iter().map(|item| match item["id"].as_str() {
            Some(id) => id.to_owned(),
            None => format!("{} {} {}", item["when"], item["field"], item["to"]),
        }));
        match page.value.get("next_start_at") {
            Some(next) => asked["start_at"] = next.clone(),
            None => return items,
        }
        assert!(!part.is_empty(), "a page without items is no page");
    }
}

#[tokio::test]
async fn worklogs_page_under_a_budget() {
    let all = {
        let bridge = Bridge::start().await;
        let asked = json!({"issue_key": "ACME-31", "max_results": 50});
        walk(&bridge, "jira_list_worklogs", "worklogs", 90_000, asked).await
    };
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 30);
    for (budget, size) in [(2_000, 50), (90_000, 7), (2_000, 1)] {
        let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", &budget.to_string())]).await;
        let asked = json!({"issue_key": "ACME-31", "max_results": size});
        assert_eq!(walk(&bridge, "jira_list_worklogs", "worklogs", budget, asked).await, all);
    }
}

/// A bridge over an issue with `edits` edits of two fields each.
async fn edited(edits: usize, budget: usize) -> Bridge {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", &budget.to_string())]).await;
    for number in 0..edits {
        let summary = format!("Version {number} {}", "long ".repeat(20));
        let labels = format!("[\"edit-{number}\"]");
        let asked = json!({"issue_key": "ACME-2", "summary": summary, "fields": format!("{{\"labels\": {labels}}}")});
        bridge.anna("jira_update_issue", asked).await;
    }
    bridge
}

#[tokio::test]
async fn history_comes_newest_first_and_loses_nothing() {
    let bridge = edited(120, 90_000).await;
    let asked = json!({"issue_key": "ACME-2", "max_results": 50});
    let all = walk(&bridge, "jira_get_changelog", "changes", 90_000, asked).await;
    assert!(all.len() >= 240, "{}", all.len());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a change came twice");
    let at = |number: usize| {
        all.iter().position(|change| change.contains(&format!("\"Version {number} ")))
    };
    let places: Vec<usize> =
        (0..120).rev().map(|number| at(number).expect("no edit is lost")).collect();
    assert!(places.is_sorted() && places[0] < 2, "the newest comes first: {places:?}");
    for size in [1, 33] {
        let asked = json!({"issue_key": "ACME-2", "max_results": size, "start_at": 195});
        assert_eq!(walk(&bridge, "jira_get_changelog", "changes", 90_000, asked).await, all[195..]);
    }
    let one =
        bridge.anna("jira_get_changelog", json!({"issue_key": "ACME-2", "max_results": 1})).await;
    assert_eq!((one["changes"].as_array().unwrap().len(), &one["next_start_at"]), (1, &json!(1)));
}

#[tokio::test]
async fn history_pages_under_a_budget() {
    let all = {
        let bridge = edited(12, 90_000).await;
        walk(&bridge, "jira_get_changelog", "changes", 90_000, json!({"issue_key": "ACME-2"})).await
    };
    for budget in [2_000, 2_500] {
        let bridge = edited(12, budget).await;
        let few =
            walk(&bridge, "jira_get_changelog", "changes", budget, json!({"issue_key": "ACME-2"}))
                .await;
        assert_eq!(few.len(), all.len());
    }
}

#[tokio::test]
async fn history_is_filtered_by_field_and_date() {
    let bridge = edited(3, 90_000).await;
    let asked = json!({"issue_key": "ACME-2", "fields": "Summary"});
    let changes = bridge.anna("jira_get_changelog", asked).await;
    let fields: BTreeSet<String> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["field"].to_string())
        .collect();
    assert_eq!(fields, BTreeSet::from(["\"summary\"".to_owned()]));
    assert_eq!(changes["changes"].as_array().unwrap().len(), 3);
    assert_eq!(changes["changes"][0]["who"], "Anna Admin");
    let asked = json!({"issue_key": "ACME-2", "since": "2099-01-01"});
    assert_eq!(
        bridge.anna("jira_get_changelog", asked).await,
        json!({"key": "ACME-2", "changes": []})
    );
    let asked = json!({"issue_key": "ACME-2", "fields": ["sumary"]});
    let none = bridge.anna("jira_get_changelog", asked).await;
    assert!(none["changed_fields"].as_array().unwrap().contains(&json!("summary")), "{none}");
    let asked = json!({"issue_key": "ACME-2", "since": "long ago"});
    assert_eq!(bridge.refused("jira_get_changelog", asked).await["error"], "invalid_argument");
}

/// The id of a new comment of ACME-2.
async fn comment(bridge: &Bridge, body: &str) -> String {
    let made = bridge.anna("jira_add_comment", json!({"issue_key": "ACME-2", "body": body})).await;
    made["comment_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_comment_is_replaced_by_who_may() {
    let bridge = Bridge::start().await;
    let id = comment(&bridge, "before").await;
    let asked =
        json!({"issue_key": "ACME-2", "comment_id": id, "body": "**after**", "dry_run": true});
    let shown = bridge.anna("jira_update_comment", asked.clone()).await;
    assert_eq!(
        (&shown["before"]["body"], &shown["after"]),
        (&json!("before"), &json!("**after**"))
    );
    assert_eq!(bridge.upstream.count(&Method::PUT, ""), 0);
    let asked = json!({"issue_key": "ACME-2", "comment_id": id, "body": "**after**"});
    let done = bridge.anna("jira_update_comment", asked.clone()).await;
    assert_eq!(done, json!({"key": "ACME-2", "comment_id": id, "updated": true}));
    let read = bridge.anna("jira_get_comments", json!({"issue_key": "ACME-2"})).await;
    assert_eq!(read["comments"][0]["body"], "**after**");
    let other = bridge.call("ben", "jira_update_comment", asked).await.value;
    assert!(other["hint"].as_str().unwrap().contains("Edit all comments"), "{other}");
    for (id, code) in [("1", "not_found"), ("../1", "invalid_argument")] {
        let asked = json!({"issue_key": "ACME-2", "comment_id": id, "body": "x"});
        assert_eq!(bridge.refused("jira_update_comment", asked).await["error"], code);
    }
}

#[tokio::test]
async fn a_restricted_comment_stays_restricted() {
    let bridge = Bridge::start().await;
    let asked = json!({"issue_key": "ACME-2", "body": "secret", "visible_to": "Administrators"});
    let made = bridge.anna("jira_add_comment", asked).await;
    let asked = json!({"issue_key": "ACME-2", "comment_id": made["comment_id"], "body": "still"});
    bridge.anna("jira_update_comment", asked).await;
    let read =
        bridge.anna("jira_get_comments", json!({"issue_key": "ACME-2", "max_results": 1})).await;
    assert_eq!(
        part(&read["comments"][0], &["body", "visible_to"]),
        json!({"body": "still", "visible_to": "Administrators"})
    );
}

#[tokio::test]
async fn nothing_leaves_the_allowed_projects() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "ACME")]).await;
    for (tool, arguments) in [
        ("jira_list_links", json!({"issue_key": "OPS-1"})),
        (
            "jira_link_issues",
            json!({"from_key": "OPS-1", "relation": "blocks", "to_key": "ACME-1"}),
        ),
        (
            "jira_link_issues",
            json!({"from_key": "ACME-1", "relation": "blocks", "to_key": "OPS-1"}),
        ),
        (
            "jira_add_remote_link",
            json!({"issue_key": "OPS-1", "url": "https://x.example", "title": "x"}),
        ),
        ("jira_list_worklogs", json!({"issue_key": "MOB-1"})),
        ("jira_add_worklog", json!({"issue_key": "MOB-1", "time_spent": "1h"})),
        ("jira_watch_issue", json!({"issue_key": "MOB-1"})),
        ("jira_get_changelog", json!({"issue_key": "MOB-1"})),
        ("jira_update_comment", json!({"issue_key": "MOB-1", "comment_id": "1", "body": "x"})),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert_eq!(fault["error"], "forbidden", "{tool}: {fault}");
        assert!(bridge.upstream.seen().iter().all(|seen| !seen.path.contains("/issue")), "{tool}");
    }
    for (tool, key) in [("jira_list_worklogs", "issue_key"), ("jira_get_changelog", "issue_key")] {
        let fault = bridge.refused(tool, json!({ key: "10100" })).await;
        assert_eq!(fault["error"], "invalid_argument", "{tool} by id: {fault}");
    }
}

#[tokio::test]
async fn links_into_other_projects_are_hidden() {
    let sandbox = Sandbox::seeded(NOW_MS);
    let open = Bridge::over(sandbox.router(), sandbox.tokens(), &[]).await;
    for to in ["OPS-1", "ACME-3"] {
        open.anna(
            "jira_link_issues",
            json!({"from_key": "ACME-2", "relation": "blocks", "to_key": to}),
        )
        .await;
    }
    let closed =
        Bridge::over(sandbox.router(), sandbox.tokens(), &[("PROJECTS_ALLOW", "ACME")]).await;
    let keys = async |bridge: &Bridge| {
        let listed = bridge.anna("jira_list_links", json!({"issue_key": "ACME-2"})).await;
        listed["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link["key"].clone())
            .collect::<Vec<_>>()
    };
    let (all, allowed) = (keys(&open).await, keys(&closed).await);
    assert!(all.contains(&json!("OPS-1")) && all.contains(&json!("ACME-3")), "{all:?}");
    assert!(
        allowed.contains(&json!("ACME-3")) && !allowed.contains(&json!("OPS-1")),
        "{allowed:?}"
    );
}
