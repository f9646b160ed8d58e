//! The tools that read: what an agent gets to see.

use serde_json::{Value, json};

use crate::support::Bridge;

#[tokio::test]
async fn whoami_names_the_user_the_site_and_the_rights() {
    let bridge = Bridge::start().await;
    let me = bridge.anna("jira_whoami", json!({"include_permissions": "true"})).await;
    assert_eq!(me["name"], "Anna Admin");
    assert_eq!(me["site"]["url"], "https://sandbox.atlassian.net");
    assert!(me["scopes"].as_array().unwrap().contains(&json!("read:jira-work")));
    assert!(me["can"].as_array().unwrap().contains(&json!("CREATE_ISSUES")), "{me}");
    assert!(me.get("hidden_tools").is_some() || me["can"].is_array());
}

#[tokio::test]
async fn a_search_is_small_and_complete() {
    let bridge = Bridge::start().await;
    let jql = "created >= -3650d ORDER BY created DESC";
    let asked = json!({"jql": jql, "max_results": 25, "fields": ["summary", "status", "assignee"]});
    let found = bridge.call("anna", "jira_search", asked).await;
    let issues = found.value["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 25);
    assert!(found.bytes <= 6_144, "{} bytes", found.bytes);
    for issue in issues {
        assert!(
            issue["key"].is_string() && issue["status"].is_string() && issue["summary"].is_string(),
            "{issue}"
        );
        assert!(issue.get("url").is_none(), "fields that were not asked for cost bytes: {issue}");
    }
    let default = bridge.anna("jira_search", json!({"jql": jql, "max_results": 1})).await;
    assert_eq!(default["browse"], "https://sandbox.atlassian.net/browse/");
    let fields: Vec<&String> = default["issues"][0].as_object().unwrap().keys().collect();
    assert!(
        fields.iter().all(|name| ["key", "status", "summary", "assignee"].contains(&name.as_str())),
        "{fields:?}"
    );
    assert!(
        default["next_page_token"].is_string() && default["is_last"] == false,
        "the end is said once"
    );
    let with_url = json!({"jql": jql, "max_results": 1, "fields": ["summary", "url"]});
    let with_url = bridge.anna("jira_search", with_url).await;
    let row = &with_url["issues"][0];
    assert_eq!(
        row["url"],
        format!("https://sandbox.atlassian.net/browse/{}", row["key"].as_str().unwrap())
    );
    assert!(with_url.get("browse").is_none(), "{with_url}");
}

#[tokio::test]
async fn counting_costs_one_number() {
    let bridge = Bridge::start().await;
    let count =
        bridge.anna("jira_search", json!({"jql": "project = ACME", "count_only": true})).await;
    assert!(count["count"].as_u64().unwrap() > 50, "{count}");
    assert_eq!(count["approximate"], true);
}

#[tokio::test]
async fn custom_fields_are_read_by_their_display_name() {
    let bridge = Bridge::start().await;
    let asked = json!({"jql": "project = ACME AND \"Story Points\" > 0", "fields": "story points, sprint", "max_results": 3});
    let found = bridge.anna("jira_search", asked).await;
    assert!(found["issues"][0]["Story Points"].is_number(), "{found}");
    let fault = bridge
        .refused("jira_search", json!({"jql": "project = ACME", "fields": ["Story Pionts"]}))
        .await;
    assert!(fault["hint"].as_str().unwrap().contains("Story Points"), "{fault}");
}

#[tokio::test]
async fn every_issue_fits_its_default_size_and_says_the_essential() {
    let bridge = Bridge::start().await;
    for project in ["ACME", "MOB", "OPS"] {
        for number in 1..=40 {
            let key = format!("{project}-{number}");
            let issue = bridge.call("anna", "jira_get_issue", json!({"issue_key": key})).await;
            assert!(!issue.is_error, "{key}: {}", issue.value);
            assert!(issue.bytes <= 4_096, "{key}: {} bytes", issue.bytes);
            for field in
                ["key", "type", "status", "summary", "reporter", "created", "updated", "url"]
            {
                assert!(issue.value.get(field).is_some(), "{key} lacks {field}: {}", issue.value);
            }
            let text = issue.value.to_string();
            for noise in ["avatarUrls", "\"self\"", "@example.com", "null"] {
                assert!(!text.contains(noise), "{key} holds {noise}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn hidden_characters_never_arrive() {
    let bridge = Bridge::start().await;
    let mut token = Value::Null;
    loop {
        let mut asked = json!({"jql": "created >= -3650d ORDER BY key", "fields": ["summary", "description"], "max_results": 50});
        if token.is_string() {
            asked["next_page_token"] = token.clone();
        }
        let page = bridge.anna("jira_search", asked).await;
        let text = page.to_string();
        for hidden in ['\u{202E}', '\u{2066}', '\u{200B}', '\u{FEFF}', '\u{E0041}', '\u{1B}'] {
            assert!(!text.contains(hidden), "U+{:04X} arrived", u32::from(hidden));
        }
        token = page["next_page_token"].clone();
        if page["is_last"] == true {
            break;
        }
    }
}

#[tokio::test]
async fn sections_come_on_demand() {
    let bridge = Bridge::start().await;
    let asked =
        json!({"issue_key": "acme-5", "include": "comments, transitions,changelog,worklogs,links"});
    let issue = bridge.anna("jira_get_issue", asked).await;
    for section in ["comments", "transitions", "changelog", "worklogs", "web_links"] {
        assert!(issue[section].is_array(), "no {section}: {issue}");
    }
    let fault = bridge
        .refused("jira_get_issue", json!({"issue_key": "ACME-5", "include": ["votes"]}))
        .await;
    assert!(
        fault["message"].as_str().unwrap().contains("comments, transitions, changelog"),
        "{fault}"
    );
}

#[tokio::test]
async fn all_filled_fields_come_under_their_names() {
    let bridge = Bridge::start().await;
    let issue =
        bridge.anna("jira_get_issue", json!({"issue_key": "ACME-7", "fields": ["*all"]})).await;
    let names: Vec<&String> = issue.as_object().unwrap().keys().collect();
    assert!(!names.iter().any(|name| name.starts_with("customfield_")), "{names:?}");
    assert!(names.len() > 15, "{names:?}");
}

#[tokio::test]
async fn comments_come_newest_first_and_can_be_limited_in_time() {
    let bridge = Bridge::start().await;
    bridge.anna("jira_add_comment", json!({"issue_key": "ACME-5", "body": "first"})).await;
    let page =
        bridge.anna("jira_get_comments", json!({"issue_key": "ACME-5", "max_results": 1})).await;
    assert_eq!(page["comments"][0]["body"], "first");
    assert_eq!(page["next_start_at"], 1);
    let recent = bridge
        .anna("jira_get_comments", json!({"issue_key": "ACME-5", "since": "2026-11-20"}))
        .await;
    assert_eq!(recent["comments"].as_array().unwrap().len(), 1, "{recent}");
}

#[tokio::test]
async fn projects_types_people_and_transitions_are_listed() {
    let bridge = Bridge::start().await;
    let projects = bridge.anna("jira_get_projects", json!({})).await;
    assert_eq!(projects["total"], 3);
    let one = bridge.anna("jira_get_projects", json!({"max_results": 1})).await;
    assert_eq!((one["projects"].as_array().unwrap().len(), &one["next_start_at"]), (1, &json!(1)));
    let types = bridge.anna("jira_get_create_fields", json!({"project_key": "ACME"})).await;
    assert!(types["issue_types"].to_string().contains("Task"), "{types}");
    let fields = bridge
        .anna("jira_get_create_fields", json!({"project_key": "ACME", "issue_type": "task"}))
        .await;
    assert_eq!(fields["required"][0]["id"], "summary", "{fields}");
    let people =
        bridge.anna("jira_find_users", json!({"query": "ben", "assignable_in": "ACME"})).await;
    assert!(people["users"].to_string().contains("Ben Developer"), "{people}");
    assert!(!people.to_string().contains('@'), "{people}");
    let transitions = bridge.anna("jira_list_transitions", json!({"issue_key": "ACME-5"})).await;
    assert!(transitions["transitions"][0]["to"].is_string(), "{transitions}");
}
