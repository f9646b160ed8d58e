//! Working together on an issue: links, work logs, watchers, history, edits of comments.

use http::Method;
use serde_json::json;

use crate::support::{Bridge, part};

#[tokio::test]
async fn the_collab_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "collab")]).await;
    let reply = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("collab_tools", reply["result"]["tools"]);
}

/// The links of an issue as `relation key`.
async fn links(bridge: &Bridge, key: &str) -> Vec<String> {
    let listed = bridge.anna("jira_list_links", json!({"issue_key": key})).await;
    let links = listed["links"].as_array().unwrap();
    links
        .iter()
        .map(|link| format!("{} {}", link["relation"], link["key"]).replace('"', ""))
        .collect()
}

#[tokio::test]
async fn a_link_reads_as_it_was_said_from_both_ends() {
    let bridge = Bridge::start().await;
    for (relation, from, to, there, back) in [
        ("blocks", "ACME-2", "ACME-3", "blocks ACME-3", "is blocked by ACME-2"),
        ("is blocked by", "ACME-4", "MOB-2", "is blocked by MOB-2", "blocks ACME-4"),
        ("BLOCKED_BY", "ACME-2", "ACME-4", "is blocked by ACME-4", "blocks ACME-2"),
        ("Duplicate", "ACME-2", "ACME-6", "duplicates ACME-6", "is duplicated by ACME-2"),
        ("relates to", "ACME-2", "ACME-7", "relates to ACME-7", "relates to ACME-2"),
    ] {
        let asked = json!({"from_key": from, "relation": relation, "to_key": to});
        let made = bridge.anna("jira_link_issues", asked).await;
        let phrase = there.rsplit_once(' ').unwrap().0;
        assert_eq!(made, json!({"linked": true, "from": from, "relation": phrase, "to": to}));
        assert!(links(&bridge, from).await.contains(&there.to_owned()), "{relation}");
        assert!(links(&bridge, to).await.contains(&back.to_owned()), "{relation}");
    }
}

#[tokio::test]
async fn links_come_with_web_pages_and_relations() {
    let bridge = Bridge::start().await;
    bridge
        .anna(
            "jira_link_issues",
            json!({"from_key": "ACME-2", "relation": "causes", "to_key": "OPS-1"}),
        )
        .await;
    let page = json!({"issue_key": "ACME-2", "url": "https://wiki.example.com/p", "title": " The \n page "});
    let first = bridge.anna("jira_add_remote_link", page.clone()).await;
    let again = bridge.anna("jira_add_remote_link", page).await;
    assert_eq!(first, again, "the same address is the same link");
    let listed = bridge.anna("jira_list_links", json!({"issue_key": "acme-2"})).await;
    let link =
        listed["links"].as_array().unwrap().iter().find(|link| link["key"] == "OPS-1").unwrap();
    assert!(
        link["id"].is_string() && link["status"].is_string() && link["summary"].is_string(),
        "{link}"
    );
    let pages = listed["web"].as_array().unwrap();
    let own: Vec<_> =
        pages.iter().filter(|page| page["url"] == "https://wiki.example.com/p").collect();
    assert_eq!(own, [&json!({"url": "https://wiki.example.com/p", "title": "The page"})]);
    let relations = listed["relations"].as_array().unwrap();
    assert!(relations.contains(&json!("is blocked by")) && relations.contains(&json!("blocks")));
    let none = bridge.refused("jira_list_links", json!({"issue_key": "ACME-99999"})).await;
    assert_eq!(none["error"], "not_found");
}

#[tokio::test]
async fn many_links_fit_the_budget_and_what_is_left_out_is_counted() {
    let bridge = Bridge::with(&[("MAX_RESPONSE_BYTES", "2000")]).await;
    for number in 3..20 {
        let to = format!("ACME-{number}");
        bridge
            .anna(
                "jira_link_issues",
                json!({"from_key": "ACME-2", "relation": "blocks", "to_key": to}),
            )
            .await;
        let url = format!("https://wiki.example.com/{number}");
        bridge
            .anna(
                "jira_add_remote_link",
                json!({"issue_key": "ACME-2", "url": url, "title": "page"}),
            )
            .await;
    }
    let listed = bridge.call("anna", "jira_list_links", json!({"issue_key": "ACME-2"})).await;
    assert!(listed.bytes <= 2_000, "{}", listed.bytes);
    let shown = |name: &str| listed.value[name].as_array().unwrap().len() as u64;
    let omitted = |name: &str| listed.value[name].as_u64().unwrap_or(0);
    assert!(
        shown("links") >= 1 && shown("links") + omitted("links_omitted") >= 17,
        "{}",
        listed.value
    );
    assert!(shown("web") + omitted("web_omitted") >= 17, "{}", listed.value);
}

#[tokio::test]
async fn a_dry_run_and_a_repeat_link_nothing() {
    let bridge = Bridge::start().await;
    let mut asked = json!({
        "from_key": "ACME-2", "relation": "is caused by", "to_key": "ACME-8", "comment": "See **this**.", "dry_run": true,
    });
    let shown = bridge.anna("jira_link_issues", asked.clone()).await;
    let sentence = "ACME-2 is caused by ACME-8";
    assert_eq!(shown, json!({"dry_run": true, "would_link": sentence, "already_linked": false}));
    assert_eq!(bridge.upstream.count(&Method::POST, ""), 0);
    asked["dry_run"] = json!(false);
    let made = bridge.anna("jira_link_issues", asked.clone()).await;
    assert_eq!(made["comment_added"], true, "{made}");
    let again = bridge.anna("jira_link_issues", asked).await;
    assert_eq!(again["already_linked"], true, "{again}");
    assert_eq!(bridge.upstream.count(&Method::POST, "/issueLink"), 1);
    assert_eq!(bridge.upstream.count(&Method::POST, "/issue/ACME-2/comment"), 1);
}

#[tokio::test]
async fn a_refused_link_says_what_would_do() {
    let bridge = Bridge::start().await;
    for (from, relation, to, code, part) in [
        ("ACME-2", "eats", "ACME-3", "invalid_argument", "is blocked by"),
        ("ACME-2", "blocks", "acme-2", "invalid_argument", "itself"),
        ("ACME-2", "blocks", "ACME-99999", "not_found", "does not exist"),
        ("ACME-99999", "blocks", "ACME-2", "not_found", "does not exist"),
        ("nothing", "blocks", "ACME-2", "invalid_argument", "issue key"),
    ] {
        let asked = json!({"from_key": from, "relation": relation, "to_key": to});
        let fault = bridge.refused("jira_link_issues", asked).await;
        assert_eq!(fault["error"], code, "{fault}");
        assert!(fault.to_string().contains(part), "{part} is missing in {fault}");
    }
    let asked = json!({"from_key": "ACME-2", "relation": "blocks", "to_key": "ACME-3"});
    let guest = bridge.call("carla", "jira_link_issues", asked).await;
    assert!(guest.is_error, "{}", guest.value);
}

#[tokio::test]
async fn only_web_addresses_are_linked() {
    let bridge = Bridge::start().await;
    for url in ["javascript:alert(1)", "file:///etc/passwd", "wiki", "https://me:pw@x.example/"] {
        let asked = json!({"issue_key": "ACME-2", "url": url, "title": "x"});
        let fault = bridge.refused("jira_add_remote_link", asked).await;
        assert_eq!(fault["error"], "invalid_argument", "{fault}");
    }
    let asked =
        json!({"issue_key": "ACME-2", "url": "https://x.example", "title": "x".repeat(256)});
    assert_eq!(bridge.refused("jira_add_remote_link", asked).await["error"], "invalid_argument");
    assert_eq!(bridge.upstream.count(&Method::POST, "/remotelink"), 0);
    let asked = json!({"issue_key": "ACME-2", "url": "https://x.example", "title": "x"});
    let guest = bridge.call("carla", "jira_add_remote_link", asked).await;
    assert_eq!(guest.value["error"], "forbidden", "{}", guest.value);
}

#[tokio::test]
async fn watching_starts_and_stops() {
    let bridge = Bridge::start().await;
    for remove in [false, false, true, true] {
        let done =
            bridge.anna("jira_watch_issue", json!({"issue_key": "ACME-2", "remove": remove})).await;
        assert_eq!(done, json!({"key": "ACME-2", "watching": !remove, "user": "Anna Admin"}));
        let read = bridge
            .anna("jira_get_issue", json!({"issue_key": "ACME-2", "fields": "watches"}))
            .await;
        assert_eq!(read["watches"]["isWatching"], !remove, "{read}");
    }
    let asked = json!({"issue_key": "ACME-2", "user": "Emil Designer"});
    let done = bridge.anna("jira_watch_issue", asked.clone()).await;
    assert_eq!(
        part(&done, &["watching", "user"]),
        json!({"watching": true, "user": "Emil Designer"})
    );
    let fault = bridge.call("ben", "jira_watch_issue", asked).await.value;
    assert_eq!(fault["error"], "forbidden");
    assert!(fault["hint"].as_str().unwrap().contains("Manage watcher list"), "{fault}");
    let fault =
        bridge.refused("jira_watch_issue", json!({"issue_key": "ACME-2", "user": "Ben"})).await;
    assert_eq!(fault["error"], "ambiguous_name");
    let fault = bridge.refused("jira_watch_issue", json!({"issue_key": "ACME-99999"})).await;
    assert_eq!(fault["error"], "not_found");
    let reader = bridge.call("dana", "jira_watch_issue", json!({"issue_key": "ACME-2"})).await;
    assert_eq!(reader.value["error"], "insufficient_scope", "{}", reader.value);
}
