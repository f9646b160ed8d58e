//! What leads ask: an epic's tree, what a sprint did, what blocks what, who mentions me. Each is
//! answered by one call, and checked against what the test itself did or the sandbox holds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::Bridge;

const SETS: (&str, &str) = ("TOOLSETS", "core,context,collab,agile");

async fn made(bridge: &Bridge, project: &str, kind: &str, more: Value) -> String {
    let mut asked = json!({"project_key": project, "issue_type": kind, "summary": "A thing to do"});
    for (name, value) in more.as_object().unwrap() {
        asked[name] = value.clone();
    }
    bridge.anna("jira_create_issue", asked).await["key"].as_str().unwrap().to_owned()
}

async fn done(bridge: &Bridge, key: &str) {
    bridge.anna("jira_transition_issue", json!({"issue_key": key, "transition": "Done"})).await;
}

/// The rows of a report, by key.
fn rows(report: &Value) -> BTreeMap<String, Value> {
    let rows = report["issues"].as_array().unwrap_or_else(|| panic!("no issues: {report}"));
    rows.iter().map(|row| (row["key"].as_str().unwrap().to_owned(), row.clone())).collect()
}

#[tokio::test]
async fn an_epic_shows_its_tree_and_how_far_it_is() {
    let bridge = Bridge::with(&[SETS]).await;
    let epic = made(&bridge, "ACME", "Epic", json!({})).await;
    let points = |points: u32| json!({"parent_key": epic, "fields": {"Story Points": points}});
    let first = made(&bridge, "ACME", "Story", points(5)).await;
    let second = made(&bridge, "ACME", "Story", points(3)).await;
    let step = made(&bridge, "ACME", "Sub-task", json!({"parent_key": first})).await;
    done(&bridge, &second).await;
    let before = bridge.upstream.seen().len();
    let tree = bridge.anna("jira_get_epic_tree", json!({"issue_key": epic})).await;
    assert!(bridge.upstream.seen().len() - before <= 6);
    let expected = json!({"total": 3, "done": 1, "percent": 33, "points": 8, "points_done": 3});
    assert_eq!(tree["progress"], expected, "{tree}");
    assert_eq!(tree["children_by_status"], json!({"To Do": 1, "Done": 1}));
    assert_eq!(tree["tree_by_status"], json!({"To Do": 2, "Done": 1}));
    assert_eq!((&tree["key"], &tree["levels"]), (&json!(epic), &json!(2)));
    let order: Vec<&str> =
        tree["issues"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!(order, [&first, &step, &second], "each behind its parent");
    let rows = rows(&tree);
    assert_eq!(rows[&first]["children_done"], "0/1");
    assert_eq!(rows[&step]["parent"], json!(first));
    assert!(tree.get("cut_at_level").is_none() && tree.get("next_start_at").is_none());
    // Pages hold every issue once, and the progress is of all of it.
    let mut seen = Vec::new();
    let mut asked = json!({"issue_key": epic, "max_results": 1});
    loop {
        let page = bridge.anna("jira_get_epic_tree", asked.clone()).await;
        assert_eq!(page["progress"], expected);
        seen.push(page["issues"][0]["key"].as_str().unwrap().to_owned());
        let Some(next) = page.get("next_start_at") else { break };
        asked["start_at"] = next.clone();
    }
    assert_eq!(seen, [first, step.clone(), second]);
    let leaf = bridge.anna("jira_get_epic_tree", json!({"issue_key": step})).await;
    assert_eq!(leaf["progress"], json!({"total": 0, "done": 0}));
}

#[tokio::test]
async fn a_sprint_tells_what_came_in_what_left_and_what_its_closing_did() {
    let bridge = Bridge::with(&[SETS]).await;
    let before =
        bridge.anna("jira_get_sprint_report", json!({"sprint_id": 7, "max_results": 50})).await;
    let (counts, members) = (&before["counts"], rows(&before));
    assert_eq!(
        counts["done"].as_u64().unwrap() + counts["not_done"].as_u64().unwrap(),
        members.len() as u64
    );
    assert_eq!((&counts["removed"], before.get("carried_over_to")), (&json!(0), None), "{before}");
    let open: Vec<&String> = members
        .iter()
        .filter(|(_, row)| row["outcome"] == "not done")
        .map(|(key, _)| key)
        .collect();
    let [removed, carried, ..] = open.as_slice() else { panic!("{before}") };
    let added = made(&bridge, "ACME", "Task", json!({})).await;
    let moved = |key: &str, sprint: &str| json!({"issue_keys": [key], "sprint_id": sprint});
    bridge.anna("jira_move_to_sprint", moved(&added, "7")).await;
    bridge.anna("jira_move_to_sprint", moved(removed, "backlog")).await;
    let after = bridge
        .anna("jira_get_sprint_report", json!({"sprint_id": "ACME Sprint 7", "max_results": 50}))
        .await;
    let now = &after["counts"];
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!(now["added"], count("added") + 1, "{after}");
    assert_eq!((&now["removed"], &now["at_start"]), (&json!(1), &counts["at_start"]));
    assert_eq!(now["not_done"], count("not_done"), "one left, one came");
    let shown = rows(&after);
    assert_eq!(shown[&added]["outcome"], "not done");
    assert!(shown[&added]["added"].as_str().unwrap().starts_with("2026-11-20T13:00"), "{after}");
    assert_eq!(shown[*removed]["outcome"], "removed");
    let scope_changes = after["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row.get("added").is_none(), row.get("removed").is_none()));
    assert!(scope_changes.is_sorted(), "what came in and what left are first: {after}");
    // The closing, and what was moved by it.
    bridge.anna("jira_update_sprint", json!({"sprint_id": 7, "state": "closed"})).await;
    bridge.anna("jira_move_to_sprint", moved(carried, "8")).await;
    for asked in [json!({"sprint_id": 7}), json!({"sprint_id": "last", "board_id": "ACME board"})] {
        let closed = bridge.anna("jira_get_sprint_report", asked).await;
        assert_eq!(closed["sprint"]["state"], "closed", "{closed}");
        assert_eq!(closed["counts"], *now, "{closed}");
        let went = &closed["carried_over_to"];
        assert_eq!(went["ACME Sprint 8"], 1, "{closed}");
        assert_eq!(went["backlog"], count("not_done") - 1);
    }
    // What is finished afterwards was not done in the sprint.
    done(&bridge, carried).await;
    let later =
        bridge.anna("jira_get_sprint_report", json!({"sprint_id": 7, "max_results": 50})).await;
    assert_eq!(rows(&later)[*carried]["status_now"], "Done", "{later}");
}

#[tokio::test]
async fn a_sprint_that_lost_all_its_issues_still_tells_of_them() {
    let bridge = Bridge::with(&[SETS]).await;
    let sprint = json!({"sprint_id": 7, "max_results": 50});
    let before = bridge.anna("jira_get_sprint_report", sprint.clone()).await;
    assert_eq!(before["removed_from"], json!(["ACME"]), "{before}");
    let keys: Vec<String> = rows(&before).into_keys().collect();
    for some in keys.chunks(20) {
        let asked = json!({"issue_keys": some, "sprint_id": "backlog"});
        bridge.anna("jira_move_to_sprint", asked).await;
    }
    let after = bridge.anna("jira_get_sprint_report", sprint).await;
    assert_eq!(after["removed_from"], json!(["ACME"]), "{after}");
    assert_eq!(after["counts"]["removed"], keys.len(), "{after}");
    // Without the right to read boards nobody knows where to look, and that is said.
    let plain = bridge.call("ben", "jira_get_sprint_report", json!({"sprint_id": 7})).await.value;
    let is_told = plain["removed_complete"] == false || plain["counts"]["removed"] == keys.len();
    assert!(is_told || plain.get("error").is_some(), "{plain}");
}

#[tokio::test]
async fn a_sprint_is_found_without_agile_scopes_and_a_future_one_has_not_begun() {
    let bridge = Bridge::with(&[SETS]).await;
    let full = bridge.anna("jira_get_sprint_report", json!({"sprint_id": "ACME Sprint 6"})).await;
    let plain =
        bridge.call("ben", "jira_get_sprint_report", json!({"sprint_id": "ACME Sprint 6"})).await;
    assert_eq!(plain.value["counts"], full["counts"], "{}", plain.value);
    assert_eq!(full["sprint"]["state"], "closed");
    let planned = bridge.anna("jira_get_sprint_report", json!({"sprint_id": 8})).await;
    assert_eq!(planned["started"], false, "{planned}");
    for (asked, error, part) in [
        (json!({"sprint_id": "last"}), "invalid_argument", "board_id"),
        (json!({"sprint_id": 9_999}), "invalid_argument", ""),
        (json!({"sprint_id": "No such one"}), "invalid_argument", ""),
    ] {
        let fault = bridge.refused("jira_get_sprint_report", asked.clone()).await;
        assert!(fault["error"] == error || fault["error"] == "not_found", "{asked}: {fault}");
        assert!(fault.to_string().contains(part), "{fault}");
    }
}

#[tokio::test]
async fn dependencies_are_told_across_projects_with_their_circles() {
    let bridge = Bridge::with(&[SETS]).await;
    let first = made(&bridge, "ACME", "Task", json!({})).await;
    let second = made(&bridge, "MOB", "Task", json!({})).await;
    let third = made(&bridge, "ACME", "Task", json!({})).await;
    let link = async |from: &str, relation: &str, to: &str| {
        let asked = json!({"from_key": from, "relation": relation, "to_key": to});
        bridge.anna("jira_link_issues", asked).await;
    };
    link(&first, "blocks", &second).await;
    link(&third, "is blocked by", &second).await;
    link(&first, "relates to", &third).await;
    let told = bridge.anna("jira_get_dependencies", json!({"issue_key": second})).await;
    let blockers = |told: &Value| {
        let pair = |row: &Value, blocked: &Value| {
            format!("{} > {}", row["key"].as_str().unwrap(), blocked["key"].as_str().unwrap())
        };
        let rows = told["blockers"].as_array().unwrap();
        let all = rows.iter().flat_map(|row| {
            row["blocks"].as_array().unwrap().iter().map(move |blocked| pair(row, blocked))
        });
        let mut all: Vec<String> = all.collect();
        all.sort();
        all
    };
    let mut expected = [format!("{first} > {second}"), format!("{second} > {third}")];
    expected.sort();
    assert_eq!(blockers(&told), expected, "{told}");
    assert!(told.get("cycles").is_none() && told["open_links"] == 2, "{told}");
    // The same from the other end, over two links.
    let far = bridge.anna("jira_get_dependencies", json!({"jql": format!("key = {third}")})).await;
    assert_eq!(blockers(&far), expected, "{far}");
    assert_eq!(far["other_links"], json!({"relates to": 2}), "one link, seen from both ends");
    link(&third, "blocks", &first).await;
    let round = bridge.anna("jira_get_dependencies", json!({"issue_key": first})).await;
    let circle = round["cycles"][0].as_array().unwrap();
    assert_eq!((round["cycles"].as_array().unwrap().len(), circle.len()), (1, 3), "{round}");
    done(&bridge, &first).await;
    let solved = bridge.anna("jira_get_dependencies", json!({"issue_key": second})).await;
    assert_eq!(
        (&solved["open_links"], &solved["resolved_links"]),
        (&json!(1), &json!(2)),
        "{solved}"
    );
    assert!(solved.get("cycles").is_none(), "{solved}");
    assert!(
        solved["resolved"].as_array().unwrap().contains(&json!(format!("{first} blocks {second}")))
    );
    let sprint = bridge
        .anna("jira_get_dependencies", json!({"sprint_id": "ACME Sprint 7", "start_at": 0}))
        .await;
    assert!(sprint["asked"].as_u64().unwrap() > 5, "{sprint}");
    let none = bridge.refused("jira_get_dependencies", json!({})).await;
    assert_eq!(none["error"], "invalid_argument");
    let wrong =
        bridge.refused("jira_get_dependencies", json!({"jql": "asignee = currentUser()"})).await;
    assert!(
        wrong["error"] == "invalid_argument" && wrong.to_string().contains("assignee"),
        "{wrong}"
    );
    // Of a project that is not allowed nothing is told, not even a link.
    let fenced = Bridge::with(&[SETS, ("PROJECTS_ALLOW", "ACME")]).await;
    let all = fenced.anna("jira_get_dependencies", json!({"jql": "project = ACME"})).await;
    assert!(!all.to_string().contains("MOB-") && !all.to_string().contains("OPS-"), "{all}");
    for tool in ["jira_get_dependencies", "jira_get_epic_tree"] {
        let fault = fenced.refused(tool, json!({"issue_key": "MOB-1"})).await;
        assert_eq!(fault["error"], "forbidden");
    }
}

#[tokio::test]
async fn mentions_are_those_of_the_documents_not_of_names_in_texts() {
    let bridge = Bridge::with(&[SETS]).await;
    let key = made(&bridge, "OPS", "Task", json!({"description": "for @[Anna Admin]"})).await;
    let since = "2026-11-20T12:00Z";
    let asked = json!({"since": since, "project_key": "OPS"});
    let comment = async |body: &str| {
        bridge.anna("jira_add_comment", json!({"issue_key": key, "body": body})).await["comment_id"]
            .clone()
    };
    let mine = comment("@[Anna Admin] what about **this**?").await;
    comment("Anna Admin knows").await;
    comment("@[Ben Developer] please").await;
    let told = bridge.anna("jira_get_mentions", asked.clone()).await;
    let all = told["mentions"].as_array().unwrap();
    assert_eq!(all.len(), 2, "{told}");
    assert_eq!((&all[0]["in"], &all[1]["comment_id"]), (&json!("description"), &mine), "{told}");
    assert!(all[1]["body"].as_str().unwrap().contains("what about **this**?"));
    assert_eq!((&told["searched"], &told["is_last"]), (&json!("all"), &json!(true)));
    let mut of_ben = asked.clone();
    of_ben["user"] = json!("Ben Developer");
    assert_eq!(
        bridge.anna("jira_get_mentions", of_ben).await["mentions"].as_array().unwrap().len(),
        1
    );
    let later = json!({"since": "2026-11-21", "project_key": "OPS"});
    assert_eq!(bridge.anna("jira_get_mentions", later).await["mentions"], json!([]));
    // A mention that an edit brought.
    let old = json!({"issue_key": "ACME-9", "append_description": "and @[Anna Admin]"});
    bridge.anna("jira_update_issue", old).await;
    let edited = json!({"since": since, "project_key": "ACME"});
    let told = bridge.anna("jira_get_mentions", edited).await;
    let found = told["mentions"]
        .as_array()
        .unwrap()
        .iter()
        .any(|row| row["key"] == "ACME-9" && row["in"] == "description");
    assert!(found, "{told}");
}

#[tokio::test]
async fn every_mention_is_on_one_page_or_another_and_behind_the_fence() {
    let narrow = Bridge::with(&[SETS, ("MAX_RESPONSE_BYTES", "4000")]).await;
    let wide = Bridge::with(&[SETS]).await;
    let collect = async |bridge: &Bridge, mut asked: Value| {
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = bridge.call("anna", "jira_get_mentions", asked.clone()).await;
            assert!(!page.is_error && page.bytes <= 90_000, "{}", page.value);
            for row in page.value["mentions"].as_array().unwrap() {
                found.push((row["key"].to_string(), row["comment_id"].to_string()));
            }
            pages += 1;
            assert!(pages < 100);
            let Some(next) = page.value.get("next_page_token") else { break };
            asked["next_page_token"] = next.clone();
        }
        found.sort();
        (found, pages)
    };
    let asked = json!({"since": "2026-09-01", "project_key": "MOB"});
    let (all, _) = collect(&wide, asked.clone()).await;
    let (by_page, pages) = collect(&narrow, asked).await;
    assert!(pages > 1 && all.len() > 5, "{pages} pages, {} mentions", all.len());
    assert_eq!(by_page, all);
    let fenced = Bridge::with(&[SETS, ("PROJECTS_ALLOW", "MOB")]).await;
    let (behind, _) = collect(&fenced, json!({"since": "2026-09-01"})).await;
    assert_eq!(behind, all);
    let outside = fenced.refused("jira_get_mentions", json!({"project_key": "ACME"})).await;
    assert_eq!(outside["error"], "forbidden");
    let bad = wide.refused("jira_get_mentions", json!({"next_page_token": "made up"})).await;
    assert_eq!(bad["error"], "invalid_argument");
}
