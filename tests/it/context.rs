//! The context set: projects, fields, JQL, permissions and filters, as agents see them.

use axum::{Json, Router, extract::RawQuery, routing::get};
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, part};

#[tokio::test]
async fn the_context_list_is_as_recorded() {
    let bridge = Bridge::with(&[("TOOLSETS", "context")]).await;
    let reply = bridge.rpc("anna", "tools/list", json!({})).await;
    insta::assert_json_snapshot!("context_tools", reply["result"]["tools"]);
}

#[tokio::test]
async fn a_project_comes_with_the_sections_that_are_asked_for() {
    let bridge = Bridge::start().await;
    let project = bridge.anna("jira_get_project", json!({"project_key": "acme"})).await;
    assert_eq!(
        part(&project, &["key", "name", "type", "lead"]),
        json!({"key": "ACME", "name": "Acme Webshop", "type": "software", "lead": "Anna Admin"})
    );
    assert!(project["issue_types"].to_string().contains("\"subtask\":true"), "{project}");
    for section in ["statuses", "components", "versions", "omitted"] {
        assert!(project.get(section).is_none(), "{project}");
    }
    assert_eq!(bridge.upstream.count(&http::Method::GET, "/rest/api/3/project/"), 1);
    let asked = json!({"project_key": "ACME", "include": "statuses, Components,versions"});
    let project = bridge.anna("jira_get_project", asked).await;
    assert_eq!(project["statuses"][0], json!({"name": "To Do", "category": "To Do"}));
    assert!(project["components"].to_string().contains("Checkout"), "{project}");
    assert!(project["versions"][0]["released"].is_boolean(), "{project}");
    for noise in ["avatar", "self\"", "@example.com", "null"] {
        assert!(!project.to_string().contains(noise), "{noise} in {project}");
    }
    let fault = bridge
        .refused("jira_get_project", json!({"project_key": "ACME", "include": "roles"}))
        .await;
    assert!(
        fault["message"].as_str().unwrap().contains("statuses, components, versions"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_project_that_is_too_large_says_what_it_left_out() {
    let bridge =
        Bridge::with(&[("MAX_RESPONSE_BYTES", "2000"), ("TOOLSETS", "context,manage")]).await;
    for number in 10..22 {
        let name = format!("{number}.0 of the webshop");
        bridge.anna("jira_save_version", json!({"project_key": "ACME", "name": name})).await;
    }
    let asked = json!({"project_key": "ACME", "include": "statuses,components,versions"});
    let reply = bridge.call("anna", "jira_get_project", asked).await;
    assert!(reply.bytes <= 2_000, "{} bytes", reply.bytes);
    let shown = reply.value["versions"].as_array().unwrap().len();
    assert!(reply.value["omitted"]["versions"].as_u64().unwrap() > 0, "{shown}: {}", reply.value);
}

#[tokio::test]
async fn fields_are_found_by_name_and_said_in_words() {
    let bridge = Bridge::start().await;
    let found = bridge.anna("jira_find_fields", json!({"query": "story points"})).await;
    assert_eq!(
        part(&found["fields"][0], &["name", "type"]),
        json!({"name": "Story Points", "type": "number"})
    );
    assert_eq!(found["fields"][0]["jql"], "\"Story Points\"");
    let twice = bridge.anna("jira_find_fields", json!({"query": "Severity"})).await;
    let names: Vec<&str> = twice["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["jql"].as_str().unwrap())
        .collect();
    assert!(names.len() >= 2 && names[..2].iter().all(|jql| jql.starts_with("cf[")), "{twice}");
    let near = bridge.anna("jira_find_fields", json!({"query": "Story Pionts"})).await;
    assert!(near["fields"].to_string().contains("Story Points"), "{near}");
    let some = bridge.anna("jira_find_fields", json!({"query": "e", "max_results": "3"})).await;
    assert_eq!(some["fields"].as_array().unwrap().len(), 3);
    assert!(some["omitted"].as_u64().unwrap() > 10, "{some}");
    let none = bridge.anna("jira_find_fields", json!({"query": "qqqqqqqq"})).await;
    assert_eq!(none, json!({"fields": []}));
    bridge.refused("jira_find_fields", json!({})).await;
}

#[tokio::test]
async fn jql_is_judged_with_places_and_nearest_names() {
    let bridge = Bridge::start().await;
    let good =
        bridge.anna("jira_jql_help", json!({"jql": "project = ACME AND status = Done"})).await;
    assert_eq!(good, json!({"valid": true}));
    let bad = bridge.anna("jira_jql_help", json!({"jql": "project = ACME AND status Done"})).await;
    assert_eq!(bad["valid"], false);
    assert_eq!(
        part(&bad["errors"][0], &["line", "character"]),
        json!({"line": 1, "character": 27}),
        "{bad}"
    );
    let query = "project = ACNE AND stauts = Done AND status = Doen AND assignee = \"Ana Admin\" AND \
                 reporter = curentUser() AND summary = x";
    let bad = bridge.anna("jira_jql_help", json!({"jql": query})).await;
    let text = bad["errors"].to_string();
    for offered in [
        "ACME (Acme Webshop)",
        "\"status\"",
        "Done",
        "Anna Admin (557058",
        "currentUser()",
        "\"~\"",
    ] {
        assert!(text.contains(offered), "no {offered} in {bad}");
    }
}

#[tokio::test]
async fn a_fields_operators_functions_and_values_are_listed() {
    let bridge = Bridge::start().await;
    let status =
        bridge.anna("jira_jql_help", json!({"field": "Status", "value_prefix": "in"})).await;
    assert_eq!(status["field"], "status");
    assert!(status["operators"].as_array().unwrap().contains(&json!("not in")), "{status}");
    assert_eq!(status["values"][0], "\"In Progress\"", "{status}");
    let due = bridge.anna("jira_jql_help", json!({"field": "due"})).await;
    assert!(due["functions"].as_array().unwrap().contains(&json!("startOfWeek()")), "{due}");
    assert!(due.get("values").is_none(), "{due}");
    let people =
        bridge.anna("jira_jql_help", json!({"field": "assignee", "value_prefix": "ben"})).await;
    assert_eq!(people["values"][0]["name"], "Ben Developer", "{people}");
    assert!(!people.to_string().contains('@') && !people.to_string().contains("<b>"), "{people}");
    let custom = bridge.anna("jira_jql_help", json!({"field": "impact"})).await;
    assert!(custom["values"].to_string().contains("Extensive"), "{custom}");
    let fault = bridge.refused("jira_jql_help", json!({"field": "asignee"})).await;
    assert!(fault["candidates"].as_array().unwrap().contains(&json!("assignee")), "{fault}");
    for nothing in
        [json!({}), json!({"value_prefix": "x"}), json!({"jql": "a = b", "value_prefix": "x"})]
    {
        let fault = bridge.refused("jira_jql_help", nothing).await;
        assert_eq!(fault["error"], "invalid_argument", "{fault}");
    }
}

#[tokio::test]
async fn permissions_are_told_for_a_project_an_issue_or_anywhere() {
    let bridge = Bridge::start().await;
    let guest =
        bridge.call("carla", "jira_my_permissions", json!({"project_key": "ACME"})).await.value;
    assert_eq!(guest["project"], "ACME");
    assert!(guest["can"].as_array().unwrap().contains(&json!("BROWSE_PROJECTS")), "{guest}");
    assert!(guest["cannot"].as_array().unwrap().contains(&json!("EDIT_ISSUES")), "{guest}");
    let on_issue = bridge
        .anna("jira_my_permissions", json!({"issue_key": "acme-1", "project_key": "MOB"}))
        .await;
    assert_eq!(part(&on_issue, &["issue", "project"]), json!({"issue": "ACME-1"}));
    let anywhere = bridge.anna("jira_my_permissions", json!({})).await;
    assert_eq!(anywhere["can"].as_array().unwrap().len(), 12, "{anywhere}");
    let asked = json!({"project_key": "ACME", "permission": ["create issues", "administer Jira"]});
    let asked = bridge.call("carla", "jira_my_permissions", asked).await.value;
    assert_eq!(
        asked,
        json!({"project": "ACME", "can": [], "cannot": ["ADMINISTER", "CREATE_ISSUES"]})
    );
    let fault = bridge.refused("jira_my_permissions", json!({"permission": "crate issues"})).await;
    assert!(fault["hint"].as_str().unwrap().contains("Did you mean create_issues?"), "{fault}");
    let fault = bridge.refused("jira_my_permissions", json!({"project_key": "ACNE"})).await;
    assert_eq!(fault["candidates"][0], "ACME (Acme Webshop)", "{fault}");
    let fault = bridge.refused("jira_my_permissions", json!({"issue_key": "ACME-99999"})).await;
    assert_eq!(fault["error"], "not_found", "{fault}");
}

#[tokio::test]
async fn a_site_without_sprints_still_tells_its_permissions() {
    let bridge = Bridge::start().await;
    let body = r#"{"errorMessages":["Unrecognized permission(s): [MANAGE_SPRINTS_PERMISSION]"],"errors":{}}"#;
    bridge.upstream.fail("/mypermissions", Fault::Status(400, body));
    let mine = bridge.anna("jira_my_permissions", json!({"project_key": "ACME"})).await;
    assert!(mine["can"].as_array().unwrap().contains(&json!("CREATE_ISSUES")), "{mine}");
    assert!(!mine.to_string().contains("SPRINTS"), "{mine}");
}

#[tokio::test]
async fn filters_are_found_by_name_and_among_favourites() {
    let bridge = Bridge::start().await;
    let all = bridge.anna("jira_get_filters", json!({})).await;
    assert_eq!(all["total"], 3);
    let bugs = bridge.anna("jira_get_filters", json!({"query": "bug"})).await;
    assert_eq!(
        bugs["filters"],
        json!([{"id": "10051", "name": "Webshop bugs", "owner": "Ben Developer",
            "jql": "project = ACME AND issuetype = Bug AND statusCategory != Done"}])
    );
    let mine = bridge.call("dana", "jira_get_filters", json!({"favourites": true})).await.value;
    assert_eq!(mine["filters"][0]["name"], "Incidents this week", "{mine}");
    let none = bridge.anna("jira_get_filters", json!({"favourites": true, "query": "zzz"})).await;
    assert_eq!(none, json!({"filters": [], "total": 0}));
}

#[tokio::test]
async fn a_filter_is_given_by_its_id_where_its_query_may_name_hidden_projects() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "MOB")]).await;
    let bugs = bridge.anna("jira_get_filters", json!({"query": "bug"})).await;
    assert_eq!(bugs["filters"][0]["jql"], "filter = 10051");
    let found = bridge.anna("jira_search", json!({"jql": "filter = 10051"})).await;
    assert_eq!(found["issues"], json!([]), "the filter's project is not allowed");
}

/// Walks all pages; the ids in the order in which they came.
async fn filter_ids(bridge: &Bridge, user: &str, mut asked: Value, budget: usize) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = bridge.call(user, "jira_get_filters", asked.clone()).await;
        assert!(!page.is_error && page.bytes <= budget, "{} bytes: {}", page.bytes, page.value);
        let filters = page.value["filters"].as_array().unwrap();
        seen.extend(filters.iter().map(|filter| filter["id"].as_str().unwrap().to_owned()));
        match page.value.get("next_start_at") {
            Some(next) => asked["start_at"] = next.clone(),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn filters_page_one_by_one() {
    let bridge = Bridge::start().await;
    for favourites in [true, false] {
        let asked = json!({"favourites": favourites, "max_results": 1});
        let mut ids = filter_ids(&bridge, "anna", asked, 90_000).await;
        ids.sort();
        assert_eq!(ids, ["10050", "10051", "10052"]);
    }
}

#[tokio::test]
async fn filters_page_under_a_budget() {
    let page = |start: usize, size: usize| {
        let filters = (start..30.min(start + size)).map(
            |id| json!({"id": id.to_string(), "name": "Long", "jql": "summary ~ \"x\" ".repeat(10 + id * 7)}),
        );
        Json(json!({"values": filters.collect::<Vec<_>>(), "total": 30}))
    };
    let site = json!([{"id": "c-1", "url": "https://x.atlassian.net", "name": "x", "scopes": ["read:jira-work"]}]);
    let router = Router::new()
        .route("/oauth/token/accessible-resources", get(async move || Json(site)))
        .route(
            "/ex/jira/c-1/rest/api/3/filter/search",
            get(async move |RawQuery(raw): RawQuery| {
                let raw = raw.unwrap();
                let number = |name: &str| {
                    let found =
                        raw.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
                    found.unwrap().parse::<usize>().unwrap()
                };
                page(number("startAt"), number("maxResults"))
            }),
        );
    let tokens = vec![("eve".to_owned(), format!("token-eve-{}", "e".repeat(24)))];
    let bridge = Bridge::over(router, tokens, &[("MAX_RESPONSE_BYTES", "2500")]).await;
    let ids = filter_ids(&bridge, "eve", json!({}), 2_500).await;
    assert_eq!(ids, (0..30).map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_allow_list_holds_in_every_tool_of_the_set() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "mob")]).await;
    for (tool, arguments) in [
        ("jira_get_project", json!({"project_key": "ACME"})),
        ("jira_get_project", json!({"project_key": "10000"})),
        ("jira_my_permissions", json!({"project_key": "ACME"})),
        ("jira_my_permissions", json!({"issue_key": "ACME-1"})),
        ("jira_my_permissions", json!({"issue_key": "10001"})),
    ] {
        let fault = bridge.refused(tool, arguments.clone()).await;
        assert!(
            ["forbidden", "invalid_argument"].contains(&fault["error"].as_str().unwrap()),
            "{tool} {arguments}: {fault}"
        );
    }
    let projects = bridge.anna("jira_jql_help", json!({"field": "project"})).await;
    assert_eq!(projects["values"].as_array().unwrap().len(), 1, "{projects}");
    let versions = bridge.anna("jira_jql_help", json!({"field": "fixVersion"})).await;
    assert!(
        versions.get("values").is_none() && versions["values_hidden"].is_string(),
        "{versions}"
    );
    let bad =
        bridge.anna("jira_jql_help", json!({"jql": "project = ACMEE AND fixVersion = 2.44"})).await;
    assert!(
        !bad.to_string().contains("Acme Webshop") && bad["errors"][1].get("nearest").is_none(),
        "{bad}"
    );
    let own = bridge.anna("jira_find_fields", json!({"query": "Story point"})).await;
    let other = Bridge::with(&[("PROJECTS_ALLOW", "ACME")]).await;
    let fewer = other.anna("jira_find_fields", json!({"query": "Severity"})).await;
    let open = Bridge::start().await.anna("jira_find_fields", json!({"query": "Severity"})).await;
    assert!(
        fewer["fields"].as_array().unwrap().len() < open["fields"].as_array().unwrap().len(),
        "{open}"
    );
    assert!(!own["fields"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_moved_project_is_refused_where_its_new_place_is_not_allowed() {
    let bridge = Bridge::with(&[("PROJECTS_ALLOW", "OLD")]).await;
    bridge.upstream.fail("/project/OLD", Fault::Status(200, r#"{"key":"NEW","name":"New"}"#));
    let fault = bridge.refused("jira_get_project", json!({"project_key": "OLD"})).await;
    assert_eq!(fault["error"], "forbidden", "{fault}");
    assert!(!fault.to_string().contains("NEW"), "{fault}");
}
