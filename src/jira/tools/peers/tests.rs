//! Each row means a tool of ours, and each argument one of that tool's; what it cannot mean is
//! refused.

use serde_json::json;

use super::{table::Take, *};

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn check(name: &str, given: &Value, tool_name: &str, expected: &Value) {
    assert_eq!(tool(name, &map(given)), Some(tool_name), "{name}");
    let said =
        translate(name, map(given)).unwrap_or_else(|error| panic!("{name}: {}", error.message()));
    assert_eq!(&Value::Object(said), expected, "{name} {given}");
}

fn refused(name: &str, given: &Value, part: &str) {
    let error = translate(name, map(given)).unwrap_err();
    assert!(error.message().contains(part), "{name} {given}: {}", error.message());
}

#[test]
fn every_row_names_tools_and_arguments_that_there_are() {
    let mut names = std::collections::BTreeSet::new();
    for alias in aliases() {
        assert!(names.insert(alias.name), "{} stands twice", alias.name);
        let tool = catalog::named(alias.tool).unwrap_or_else(|| panic!("no {}", alias.tool));
        let mut ours: Vec<&str> = alias.fixed.iter().map(|(name, _)| *name).collect();
        for (theirs, take) in alias.takes {
            ours.extend(match take {
                Take::As(ours)
                | Take::Name(ours)
                | Take::Kind(ours)
                | Take::Text(ours)
                | Take::Clears(ours)
                | Take::Single(ours)
                | Take::Announces { ours, .. } => Some(*ours),
                Take::Fields => Some("fields"),
                Take::Sections | Take::CommentCount => Some("include"),
                Take::Visibility => Some("visible_to"),
                Take::Public => Some("internal"),
                Take::ProjectQuery => Some("jql"),
                Take::Moot | Take::Only(..) | Take::No(_) => None,
            });
            assert!(!theirs.is_empty());
        }
        for name in ours {
            assert!(tool.args.iter().any(|spec| spec.name == name), "{}: {name}", alias.name);
        }
        // A name that is a tool of ours is that tool.
        assert!(catalog::named(alias.name).is_none_or(|known| known.name == alias.tool));
    }
}

#[test]
fn what_is_the_same_is_said_in_our_words() {
    check(
        "jira_search",
        &json!({"jql": "x", "limit": 5, "start_at": 0, "page_token": null}),
        "jira_search",
        &json!({"jql": "x", "max_results": 5}),
    );
    check(
        "getJiraIssue",
        &json!({"cloudId": "site.example", "issueIdOrKey": "A-1", "expand": "changelog,names"}),
        "jira_get_issue",
        &json!({"site": "site.example", "issue_key": "A-1", "include": ["changelog"]}),
    );
    check(
        "jira_get_issue",
        &json!({"issue_key": "A-1", "include": "remote_links", "comment_limit": "3"}),
        "jira_get_issue",
        &json!({"issue_key": "A-1", "include": ["links", "comments"]}),
    );
    check(
        "jira_assign_issue",
        &json!({"issue_key": "A-1", "assignee": ""}),
        "jira_update_issue",
        &json!({"issue_key": "A-1", "assignee": "none"}),
    );
    check(
        "jira_assign_issue",
        &json!({"issue_key": "A-1", "assignee": "{\"accountId\":\"5\"}"}),
        "jira_update_issue",
        &json!({"issue_key": "A-1", "assignee": "5"}),
    );
}

#[test]
fn writes_are_said_in_our_words_too() {
    for transition in [json!({"id": "31"}), json!("{\"id\":\"31\"}"), json!("31"), json!(31)] {
        check(
            "transitionJiraIssue",
            &json!({"issueIdOrKey": "A-1", "transition": transition}),
            "jira_transition_issue",
            &json!({"issue_key": "A-1", "transition": "31"}),
        );
    }
    check(
        "jira_update_issue",
        &json!({"issue_key": "A-1", "fields": "{\"summary\":\"s\"}", "additional_fields": {"epicKey": "A-9"}}),
        "jira_update_issue",
        &json!({"issue_key": "A-1", "fields": {"summary": "s", "parent": "A-9"}}),
    );
    check(
        "addCommentToJiraIssue",
        &json!({"issueIdOrKey": "A-1", "commentBody": "b", "commentVisibility": {"type": "group", "value": "staff"}}),
        "jira_add_comment",
        &json!({"issue_key": "A-1", "body": "b", "visible_to": "group:staff"}),
    );
    check(
        "jira_add_comment",
        &json!({"issue_key": "A-1", "body": "b", "public": false}),
        "jira_add_comment",
        &json!({"issue_key": "A-1", "body": "b", "internal": true}),
    );
    let document = json!({"type": "doc", "version": 1, "content": []});
    check(
        "createJiraIssue",
        &json!({"projectKey": "A", "issueTypeName": "Task", "summary": "s", "description": document, "contentFormat": "adf"}),
        "jira_create_issue",
        &json!({"project_key": "A", "issue_type": "Task", "summary": "s", "description": document.to_string()}),
    );
    check(
        "createIssueLink",
        &json!({"type": {"id": "10000", "name": "Blocks"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": "A-2"}),
        "jira_link_issues",
        &json!({"relation": "Blocks", "from_key": "A-1", "to_key": "A-2"}),
    );
    check(
        "jira_get_project_issues",
        &json!({"project_key": "A"}),
        "jira_search",
        &json!({"jql": "project = \"A\" ORDER BY created DESC"}),
    );
    check(
        "executeRead",
        &json!({"name": "listJiraProjects", "cloudId": "c", "inputs": {"searchString": "x"}}),
        "jira_get_projects",
        &json!({"query": "x", "site": "c"}),
    );
    check(
        "jira_remove_watcher",
        &json!({"issue_key": "A-1", "account_id": "5"}),
        "jira_watch_issue",
        &json!({"issue_key": "A-1", "user": "5", "remove": "true"}),
    );
}

/// Models fill what they leave out with empty texts.
#[test]
fn an_empty_text_is_nothing_that_could_be_refused() {
    check(
        "jira_search",
        &json!({"jql": "x", "projects_filter": "", "expand": " ", "page_token": null}),
        "jira_search",
        &json!({"jql": "x"}),
    );
    refused("jira_search", &json!({"jql": "x", "projects_filter": "ACME"}), "projects_filter");
}

#[test]
fn an_estimate_is_new_only_where_it_is_said() {
    for how in [json!("auto"), json!(""), json!(null)] {
        let given = json!({"timeSpent": "1h", "adjustEstimate": how});
        check("addWorklogToJiraIssue", &given, "jira_add_worklog", &json!({"time_spent": "1h"}));
    }
    check(
        "addWorklogToJiraIssue",
        &json!({"timeSpent": "1h", "adjustEstimate": "new", "newEstimate": "2h"}),
        "jira_add_worklog",
        &json!({"time_spent": "1h", "remaining_estimate": "2h"}),
    );
}

#[test]
fn what_cannot_be_meant_here_is_refused_with_the_way_out() {
    refused(
        "getJiraIssue",
        &json!({"issueIdOrKey": "A-1", "expand": "renderedFields"}),
        "Markdown",
    );
    for nobody in [
        json!({}),
        json!(""),
        json!("{}"),
        json!({"type": "role"}),
        json!({"type": "x", "value": "y"}),
        json!("Staff"),
    ] {
        refused(
            "addCommentToJiraIssue",
            &json!({"commentBody": "b", "commentVisibility": nobody}),
            "role or a group",
        );
        refused("jira_add_comment", &json!({"body": "b", "visibility": nobody}), "role or a group");
    }
    refused("jira_search", &json!({"jql": "x", "start_at": 50}), "next_page_token");
    refused(
        "executeRead",
        &json!({"name": "createJiraIssue", "inputs": {"summary": "s"}}),
        "executeWrite",
    );
    refused("jira_search", &json!({"limit": 5, "max_results": 6}), "a second time");
    refused("jira_update_issue", &json!({"additional_fields": "no json"}), "JSON object");
    let twice = r#"{"priority": "High", "priority": "Low"}"#;
    refused("editJiraIssue", &json!({"issueKey": "A-1", "fields": twice}), "twice");
    refused("execute", &json!({"name": "editJiraIssue", "inputs": twice}), "twice");
    for without in [json!({"adjustEstimate": "new"}), json!({"adjustEstimate": "NEW"})] {
        refused("addWorklogToJiraIssue", &without, "new with newEstimate");
    }
    refused(
        "addWorklogToJiraIssue",
        &json!({"adjustEstimate": "leave", "newEstimate": "1h"}),
        "must be auto",
    );
    refused(
        "jira_update_issue",
        &json!({"fields": {"summary": "a"}, "additional_fields": {"summary": "b"}}),
        "a second time",
    );
    refused("jira_update_issue", &json!({"transition": "Done"}), "jira_transition_issue");
    refused("jira_batch_get_changelogs", &json!({"issue_ids_or_keys": "A-1,A-2"}), "one issue");
    refused(
        "jira_get_project_issues",
        &json!({"project_key": "A\" OR x = \"y"}),
        "key of a project",
    );
    refused("execute", &json!({"name": "getJiraIssue", "inputs": 5}), "object");
    refused("execute", &json!({"name": "getJiraIssue", "more": 5}), "not understood");
    refused(
        "editJiraIssue",
        &json!({"issueIdOrKey": "A-1", "contentFormat": "html"}),
        "markdown or adf",
    );
}

#[test]
fn a_call_in_our_own_words_is_not_touched() {
    let own = map(&json!({"issue_key": "A-1", "fields": "no json", "site": "s"}));
    assert_eq!(translate("jira_update_issue", own.clone()).unwrap(), own);
}

/// The document that people read holds a row for each name, and no other.
#[test]
fn the_document_says_the_same() {
    let document = include_str!("../../../../docs/MIGRATING.md");
    let cell = |alias: &Alias| format!("| `{}` | `{}` |", alias.name, alias.tool);
    for alias in aliases() {
        let line = document.lines().find(|line| line.starts_with(&cell(alias)));
        let line = line.unwrap_or_else(|| panic!("no row of {}", alias.name));
        let said = alias
            .takes
            .iter()
            .map(|(theirs, _)| theirs)
            .chain(alias.fixed.iter().map(|(ours, _)| ours));
        for name in said.filter(|name| {
            catalog::named(alias.tool)
                .is_none_or(|tool| tool.args.iter().all(|spec| spec.name != **name))
        }) {
            assert!(line.contains(*name), "{}: {name}", alias.name);
        }
    }
    let is_row = |line: &&str| line.matches("` | `jira_").count() == 1 && line.starts_with("| `");
    assert_eq!(
        document.lines().filter(is_row).filter(|line| line.matches(" | ").count() == 2).count(),
        aliases().count()
    );
}

#[test]
fn what_no_server_has_stays_as_it_is() {
    for name in ["jira_order_pizza", "search", "execute", "confluence_search"] {
        assert_eq!(tool(name, &Map::new()), None, "{name}");
    }
    let own = map(&json!({"query": "x", "anything": 1}));
    assert_eq!(translate("jira_find_users", own.clone()).unwrap(), own);
}
