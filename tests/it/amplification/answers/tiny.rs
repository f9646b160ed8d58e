//! Lists of a megabyte whose items say next to nothing: what is made of an item weighs more than
//! the item.

use serde_json::{Value, json};

use super::Case;

/// A list of about a megabyte.
fn many(item: &str) -> String {
    vec![item; 1_000_000 / (item.len() + 1)].join(",")
}

/// A call whose answer is the list, between what stands before and behind it.
fn case(
    name: &'static str,
    tool: &'static str,
    arguments: Value,
    path: &'static str,
    (before, item, behind): (&str, &str, &str),
) -> Case {
    let answers = vec![(path, 200, format!("{before}[{}]{behind}", many(item)))];
    Case { name, tool, arguments, answers }
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases() -> Vec<Case> {
    let key = || json!({"issue_key": "P-1"});
    let page = |name| format!(r#"{{"total":50,"isLast":true,"{name}":"#);
    let of_issue = |name| format!(r#"{{"id":"1","key":"P-1","fields":{{"summary":"s","{name}":"#);
    let edit = r#"{"total":1,"isLast":true,"values":[{"id":"1","created":"2026-11-20T10:00:00.000+0000","items":"#;
    vec![
        case(
            "tiny comments",
            "jira_get_comments",
            key(),
            "/comment",
            (&page("comments"), "{}", "}"),
        ),
        case(
            "tiny comments of an issue",
            "jira_get_issue",
            json!({"issue_key": "P-1", "include": ["comments"]}),
            "/comment",
            (&page("comments"), "{}", "}"),
        ),
        case(
            "tiny worklogs",
            "jira_list_worklogs",
            key(),
            "/worklog",
            (&page("worklogs"), "{}", "}"),
        ),
        case("tiny edits", "jira_get_changelog", key(), "/changelog", (&page("values"), "{}", "}")),
        case(
            "tiny items of an edit",
            "jira_get_changelog",
            key(),
            "/changelog",
            (edit, "{}", "}]}"),
        ),
        case(
            "tiny issues found",
            "jira_search",
            json!({"jql": "project = P"}),
            "/search/jql",
            (&page("issues"), "{}", "}"),
        ),
        case(
            "tiny issues with keys",
            "jira_search",
            json!({"jql": "project = P"}),
            "/search/jql",
            (&page("issues"), r#"{"key":"P-1","fields":{}}"#, "}"),
        ),
        case(
            "tiny issues counted",
            "jira_search",
            json!({"jql": "project = P", "group_by": "status"}),
            "/search/jql",
            (&page("issues"), "{}", "}"),
        ),
        case(
            "tiny issues of many",
            "jira_get_issues",
            json!({"issue_keys": ["P-1"]}),
            "/bulkfetch",
            (&page("issues"), "{}", "}"),
        ),
        case(
            "tiny subtasks",
            "jira_get_issue",
            key(),
            "/issue/P-1",
            (&of_issue("subtasks"), "{}", "}}"),
        ),
        case(
            "tiny links",
            "jira_get_issue",
            key(),
            "/issue/P-1",
            (&of_issue("issuelinks"), "{}", "}}"),
        ),
        case(
            "tiny files",
            "jira_list_attachments",
            key(),
            "/issue/P-1",
            (&of_issue("attachment"), "{}", "}}"),
        ),
        case(
            "tiny transitions",
            "jira_list_transitions",
            key(),
            "/transitions",
            (&page("transitions"), "{}", "}"),
        ),
        case(
            "tiny people",
            "jira_find_users",
            json!({"query": "a"}),
            "/user/search",
            ("", "{}", ""),
        ),
        case(
            "people without names",
            "jira_find_users",
            json!({"query": "a"}),
            "/user/search",
            ("", r#"{"accountId":"a"}"#, ""),
        ),
        case(
            "tiny fields",
            "jira_find_fields",
            json!({"query": "a"}),
            "/field",
            ("", r#"{"id":"a"}"#, ""),
        ),
        case(
            "tiny boards",
            "jira_list_boards",
            json!({}),
            "/board",
            (&page("values"), r#"{"id":1}"#, "}"),
        ),
        case(
            "tiny sprints",
            "jira_get_sprints",
            json!({"board_id": 1}),
            "/sprint",
            (&page("values"), r#"{"id":1}"#, "}"),
        ),
        case(
            "tiny projects",
            "jira_get_projects",
            json!({}),
            "/project/search",
            (&page("values"), r#"{"key":"A"}"#, "}"),
        ),
        case(
            "tiny kinds of issues",
            "jira_get_create_fields",
            json!({"project_key": "P"}),
            "/issuetypes",
            (&page("issueTypes"), r#"{"id":"1"}"#, "}"),
        ),
    ]
}
