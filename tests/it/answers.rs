//! Answers speak of the whole: a sprint, a search, everybody who can be assigned, a release. And no
//! call asks Jira twice.

use axum::{
    Json, Router,
    extract::Query,
    routing::{get, post},
};
use http::Method;
use serde_json::{Value, json};
use std::collections::HashMap;

use crate::support::Bridge;

const SETS: (&str, &str) = ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive,jsm");

async fn bridge() -> Bridge {
    Bridge::with(&[SETS]).await
}

/// Requests to Jira since the last look, but for the one that finds the site.
fn calls(bridge: &Bridge, before: usize) -> Vec<String> {
    let seen = bridge.upstream.seen();
    let new = seen.iter().skip(before).filter(|seen| !seen.path.ends_with("accessible-resources"));
    new.map(|seen| format!("{} {}", seen.method, seen.path.rsplit("/3/").next().unwrap())).collect()
}

async fn cost(bridge: &Bridge, tool: &str, arguments: Value) -> (Value, Vec<String>) {
    let before = bridge.upstream.seen().len();
    let reply = bridge.anna(tool, arguments).await;
    (reply, calls(bridge, before))
}

/// How many issues of a sprint have each status, counted one page after the other.
async fn truth(bridge: &Bridge, jql: &str) -> Value {
    let (mut counts, mut asked) =
        (serde_json::Map::new(), json!({"jql": jql, "fields": "status", "max_results": 50}));
    loop {
        let page = bridge.anna("jira_search", asked.clone()).await;
        for issue in page["issues"].as_array().unwrap() {
            let count = counts.entry(issue["status"].as_str().unwrap()).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap() + 1);
        }
        match page.get("next_page_token") {
            Some(token) => asked["next_page_token"] = token.clone(),
            None => return Value::Object(counts),
        }
    }
}

#[tokio::test]
async fn a_sprint_is_counted_as_a_whole_whatever_the_page_holds() {
    let bridge = bridge().await;
    let whole = truth(&bridge, "sprint = 7").await;
    assert!(whole.as_object().unwrap().len() > 2, "{whole}");
    let total: u64 = whole.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    for user in ["anna", "ben"] {
        for given in ["7", "ACME Sprint 7", "active"] {
            for size in [json!(0), json!(1), json!(50), Value::Null] {
                let asked = json!({"sprint_id": given, "project_key": "ACME", "max_results": size});
                let page = bridge.call(user, "jira_get_sprint_issues", asked.clone()).await.value;
                assert_eq!(page["by_status"], whole, "{user} {asked}: {page}");
                assert_eq!(page["total"], total, "{user} {asked}");
                assert_eq!(page.get("issues").is_none(), size == json!(0), "{user} {asked}");
                let sprint = &page["sprint"];
                assert_eq!(
                    (&sprint["id"], &sprint["name"]),
                    (&json!(7), &json!("ACME Sprint 7")),
                    "{user} {asked}"
                );
                assert_eq!(sprint["goal"], "Guest checkout", "{user} {asked}: {page}");
                assert!(
                    sprint["start"].is_string()
                        && sprint["end"].is_string()
                        && sprint["state"] == "active"
                );
            }
        }
    }
}

#[tokio::test]
async fn several_active_sprints_are_told_apart_and_one_can_be_meant() {
    let bridge = bridge().await;
    let all = bridge
        .anna("jira_get_sprint_issues", json!({"sprint_id": "active", "max_results": 50}))
        .await;
    let sprints = all["sprints"].as_array().unwrap();
    assert!(sprints.len() > 1, "{all}");
    let mut total = 0;
    for sprint in sprints {
        let truth = truth(&bridge, &format!("sprint = {}", sprint["id"])).await;
        assert_eq!(sprint["by_status"], truth, "{sprint}");
        total +=
            truth.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>();
    }
    assert_eq!(all["total"], total);
    assert!(
        all["issues"].as_array().unwrap().iter().all(|issue| issue["sprint"].is_string()),
        "{all}"
    );
    for asked in [
        json!({"project_key": "MOB"}),
        json!({"board_id": "MOB board"}),
        json!({"board_id": 2, "sprint_id": "active"}),
    ] {
        let page = bridge.anna("jira_get_sprint_issues", asked.clone()).await;
        assert_eq!(page["sprint"]["name"], "App Sprint 4", "{asked}: {page}");
        let rows = page["issues"].as_array().unwrap();
        let is_of_mob = |issue: &Value| issue["key"].as_str().unwrap().starts_with("MOB-");
        assert!(
            !rows.is_empty()
                && rows.iter().all(|issue| is_of_mob(issue) && issue.get("sprint").is_none()),
            "{page}"
        );
    }
    let (stands, calls) =
        cost(&bridge, "jira_get_sprint_issues", json!({"project_key": "ACME", "max_results": 0}))
            .await;
    assert_eq!(calls, ["POST search/jql"], "{stands}");
    assert!(stands.to_string().len() < 330, "{stands}");
}

#[tokio::test]
async fn counts_by_a_field_add_up() {
    let bridge = bridge().await;
    for field in ["status", "issue type", "priority", "assignee", "project", "resolution"] {
        let asked = json!({"jql": "project = ACME ORDER BY created", "count_only": true, "group_by": field});
        let counted = bridge.anna("jira_search", asked).await;
        let sum: u64 = counted["counts"]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum();
        assert_eq!(counted["count"], sum, "{field}: {counted}");
        assert_eq!(counted["exact"], true);
        assert!(sum > 100, "{counted}");
    }
    let statuses = json!({"jql": "project = MOB", "group_by": "status"});
    let counted = bridge.anna("jira_search", statuses).await;
    assert_eq!(counted["counts"], {
        let mut expected: Vec<(String, Value)> = truth(&bridge, "project = MOB")
            .await
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .collect();
        expected.sort_by_key(|(_, count)| std::cmp::Reverse(count.as_u64()));
        Value::Object(expected.into_iter().collect())
    });
    let fault =
        bridge.refused("jira_search", json!({"jql": "project = MOB", "group_by": "url"})).await;
    assert!(fault["hint"].as_str().unwrap().contains("assignee"), "{fault}");
}

/// A site of 450 people of whom every hundredth may be assigned: a window is cut first, and then
/// looked through.
fn large_site() -> Router {
    let sites = json!([{"id": "c-1", "url": "https://x.atlassian.net", "name": "x", "scopes": ["read:jira-work", "read:jira-user"]}]);
    let people = async |Query(query): Query<HashMap<String, String>>| {
        let number = |name: &str, default| {
            query.get(name).map_or(default, |text| text.parse::<usize>().unwrap())
        };
        let (start, size) = (number("startAt", 0), number("maxResults", 50));
        let window = (start..(start + size).min(450)).filter(|place| place % 100 == 50);
        let people: Vec<Value> = window
            .map(|place| json!({"accountId": format!("a-{place}"), "displayName": format!("P {place}"), "active": true}))
            .collect();
        Json(json!(people))
    };
    Router::new()
        .route("/oauth/token/accessible-resources", get(async || Json(sites)))
        .route("/ex/jira/{cloud}/rest/api/3/user/assignable/search", get(people))
        .route("/ex/jira/{cloud}/rest/api/3/user/search", get(people))
        .route("/ex/jira/{cloud}/rest/api/3/issueLink", post(async || http::StatusCode::CREATED))
}

#[tokio::test]
async fn everybody_assignable_is_listed_across_jiras_windows() {
    let tokens = vec![("anna".to_owned(), "token-of-anna-for-a-stub".to_owned())];
    let bridge = Bridge::over(large_site(), tokens, &[]).await;
    for place in ["AB", "AB-7"] {
        let found = bridge.anna("jira_find_users", json!({"assignable_in": place})).await;
        let ids: Vec<&str> = found["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["account_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["a-50", "a-150", "a-250", "a-350"], "{found}");
        assert!(found.get("more").is_none(), "{found}");
        let some =
            bridge.anna("jira_find_users", json!({"assignable_in": place, "max_results": 3})).await;
        assert!(some["users"].as_array().unwrap().len() == 3 && some["more"].is_string(), "{some}");
    }
    let fault = bridge.refused("jira_find_users", json!({})).await;
    assert!(fault["hint"].as_str().unwrap().contains("assignable_in"), "{fault}");
    let fault = bridge.refused("jira_find_users", json!({"assignable_in": "no key at all"})).await;
    assert_eq!(fault["error"], "invalid_argument", "{fault}");
}

#[tokio::test]
async fn no_call_asks_for_what_it_does_not_need() {
    let bridge = bridge().await;
    let link = |to: &str| json!({"from_key": "ACME-1", "relation": "blocks", "to_key": to});
    bridge.anna("jira_link_issues", link("ACME-2")).await;
    let (_, links) = cost(&bridge, "jira_link_issues", link("ACME-3")).await;
    assert_eq!(links, ["POST issueLink"]);
    let (seen, preview) = cost(&bridge, "jira_delete_issue", json!({"issue_key": "ACME-3"})).await;
    assert_eq!(preview, ["GET issue/ACME-3", "GET myself"]);
    let confirmed = json!({"issue_key": "ACME-3", "confirm": seen["confirm"]});
    let (_, deletion) = cost(&bridge, "jira_delete_issue", confirmed).await;
    assert_eq!(deletion, ["GET issue/ACME-3", "DELETE issue/ACME-3"]);
    let (_, watch) = cost(&bridge, "jira_watch_issue", json!({"issue_key": "ACME-2"})).await;
    assert_eq!(watch, ["POST issue/ACME-2/watchers"]);
    let version = json!({"project_key": "ACME", "name": "9.9"});
    let (_, version) = cost(&bridge, "jira_save_version", version).await;
    assert_eq!(version, ["GET project/ACME/versions", "POST version"]);
    let (_, move_in) = cost(
        &bridge,
        "jira_move_to_sprint",
        json!({"issue_keys": "ACME-2", "sprint_id": "active"}),
    )
    .await;
    assert_eq!(move_in.len(), 3, "{move_in:?}");
    let (_, sprints) = cost(&bridge, "jira_get_sprints", json!({"board_id": "ACME"})).await;
    assert_eq!(sprints.len(), 2, "{sprints:?}");
    let (_, named) = cost(
        &bridge,
        "jira_get_sprint_issues",
        json!({"sprint_id": "App Sprint 4", "max_results": 50}),
    )
    .await;
    assert_eq!(named.iter().filter(|call| call.contains("search")).count(), 1, "{named:?}");
}

#[tokio::test]
async fn a_bulk_change_is_waited_for() {
    let bridge = bridge().await;
    let mut change = json!({"issue_keys": "MOB-1,MOB-2", "add_labels": ["swept"]});
    change["confirm"] = bridge.anna("jira_bulk_edit", change.clone()).await["confirm"].clone();
    let done = bridge.anna("jira_bulk_edit", change).await;
    assert_eq!(
        (&done["status"], &done["count"], &done["done"]),
        (&json!("COMPLETE"), &json!(2), &json!(2)),
        "{done}"
    );
    let read =
        bridge.anna("jira_get_issue", json!({"issue_key": "MOB-2", "fields": "labels"})).await;
    assert!(read["labels"].as_array().unwrap().contains(&json!("swept")), "{read}");
}

#[tokio::test]
async fn a_release_names_what_is_open_in_it() {
    let bridge = bridge().await;
    let open = bridge.anna("jira_search", json!({"jql": "project = ACME AND fixVersion = 2.3 AND statusCategory != Done", "max_results": 50})).await;
    let open = open["issues"].as_array().unwrap().len();
    assert!(open > 0);
    for dry_run in [true, false] {
        let asked =
            json!({"project_key": "ACME", "name": "2.3", "released": true, "dry_run": dry_run});
        let saved = bridge.anna("jira_save_version", asked).await;
        assert_eq!(saved["open_issues"], open, "{saved}");
        assert_eq!(saved["open"].as_array().unwrap().len(), open.min(5), "{saved}");
    }
    let other = json!({"project_key": "ACME", "name": "2.3", "description": "out"});
    assert!(bridge.anna("jira_save_version", other).await.get("open_issues").is_none());
}

#[tokio::test]
async fn a_wrong_role_is_answered_with_the_roles_there_are() {
    let bridge = bridge().await;
    let asked = json!({"issue_key": "ACME-2", "body": "x", "visible_to": "Admins"});
    let fault = bridge.refused("jira_add_comment", asked).await;
    assert!(fault["hint"].as_str().unwrap().contains("Administrators, Developers"), "{fault}");
}

#[tokio::test]
async fn the_comment_of_a_link_can_be_hidden_from_customers() {
    let bridge = bridge().await;
    let asked = json!({"from_key": "OPS-1", "relation": "relates to", "to_key": "OPS-2", "comment": "inside", "internal": true});
    assert_eq!(bridge.anna("jira_link_issues", asked.clone()).await["comment_added"], true);
    let again = bridge.anna("jira_link_issues", asked).await;
    assert_eq!(again["already_linked"], true, "a repeat writes no second comment: {again}");
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue/OPS-1/comment"), 1);
}
