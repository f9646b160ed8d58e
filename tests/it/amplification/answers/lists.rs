//! Lists of all kinds, far too long.

use serde_json::json;

use super::{Case, list, sites, texts::document};

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases() -> Vec<Case> {
    let case = |name, tool, arguments, answers| Case { name, tool, arguments, answers };
    let key = || json!({"issue_key": "P-1"});
    let kinds = || {
        format!(
            r#"{{"issueLinkTypes":{}}}"#,
            list(15_000, |at| format!(
                r#"{{"id":"{at}","name":"Kind {at}","inward":"is kind {at} of","outward":"kinds {at}"}}"#
            ))
        )
    };
    let values = |count, item: &dyn Fn(usize) -> String| {
        format!(r#"{{"total":{count},"isLast":true,"values":{}}}"#, list(count, item))
    };
    let zeros = |count: usize| vec!["0"; count].join(",");
    let body = |at: usize| {
        format!(
            r#"{{"id":"{at}","created":"2026-11-20T10:00:00.000+0000","started":"2026-11-20T10:00:00.000+0000","timeSpent":"1h","body":{0},"comment":{0}}}"#,
            document(&zeros(10_000))
        )
    };
    let found = |at: usize| {
        format!(
            r#"{{"id":"{at}","key":"P-{at}","fields":{{"summary":"s","customfield_1":[{}]}}}}"#,
            zeros(10_000)
        )
    };
    vec![
        case(
            "12,000 sites",
            "jira_whoami",
            json!({}),
            vec![("accessible-resources", 200, sites(12_000))],
        ),
        case(
            "12,000 sites and one is meant",
            "jira_get_issue",
            json!({"issue_key": "P-1", "site": "s7"}),
            vec![("accessible-resources", 200, sites(12_000))],
        ),
        case(
            "15,000 kinds of links, listed",
            "jira_list_links",
            key(),
            vec![("/issueLinkType", 200, kinds())],
        ),
        case(
            "15,000 kinds of links, one is meant",
            "jira_link_issues",
            json!({"from_key": "P-1", "relation": "kinds 14999", "to_key": "P-2", "dry_run": true}),
            vec![("/issueLinkType", 200, kinds())],
        ),
        case(
            "15,000 kinds of links and a wrong phrase",
            "jira_link_issues",
            json!({"from_key": "P-1", "relation": "no such", "to_key": "P-2"}),
            vec![("/issueLinkType", 200, kinds())],
        ),
        case(
            "50 comments of many nodes",
            "jira_get_comments",
            key(),
            vec![("/comment", 200, format!(r#"{{"total":50,"comments":{}}}"#, list(50, body)))],
        ),
        case(
            "50 worklogs of many nodes",
            "jira_list_worklogs",
            key(),
            vec![("/worklog", 200, format!(r#"{{"total":50,"worklogs":{}}}"#, list(50, body)))],
        ),
        case(
            "50 issues with long lists",
            "jira_search",
            json!({"jql": "project = P", "fields": ["summary", "customfield_1"], "max_results": 50}),
            vec![(
                "/search/jql",
                200,
                format!(r#"{{"isLast":true,"issues":{}}}"#, list(50, found)),
            )],
        ),
        case(
            "10,000 transitions",
            "jira_list_transitions",
            key(),
            vec![(
                "/transitions",
                200,
                format!(
                    r#"{{"transitions":{}}}"#,
                    list(10_000, |at| format!(
                        r#"{{"id":"{at}","name":"T{at}","to":{{"name":"S{at}"}},"fields":{{}}}}"#
                    ))
                ),
            )],
        ),
        case(
            "10,000 projects",
            "jira_get_projects",
            json!({}),
            vec![(
                "/project/search",
                200,
                values(10_000, &|at| format!(r#"{{"id":"{at}","key":"P{at}","name":"N{at}"}}"#)),
            )],
        ),
        case(
            "10,000 people",
            "jira_find_users",
            json!({"query": "a"}),
            vec![(
                "/user/search",
                200,
                list(10_000, |at| {
                    format!(r#"{{"accountId":"a{at}","displayName":"N{at}","active":true}}"#)
                }),
            )],
        ),
        case(
            "10,000 boards",
            "jira_list_boards",
            json!({}),
            vec![(
                "/board",
                200,
                values(10_000, &|at| format!(r#"{{"id":{at},"name":"B{at}","type":"scrum"}}"#)),
            )],
        ),
        case(
            "10,000 edits",
            "jira_get_changelog",
            key(),
            vec![(
                "/changelog",
                200,
                values(10_000, &|at| {
                    format!(
                        r#"{{"id":"{at}","created":"2026-11-20T10:00:00.000+0000","items":[{{"field":"f","toString":"x"}}]}}"#
                    )
                }),
            )],
        ),
        case(
            "10,000 files",
            "jira_list_attachments",
            key(),
            vec![(
                "/issue/P-1",
                200,
                format!(
                    r#"{{"key":"P-1","fields":{{"attachment":{}}}}}"#,
                    list(10_000, |at| format!(r#"{{"id":"{at}","filename":"f{at}","size":1}}"#))
                ),
            )],
        ),
        case(
            "10,000 links",
            "jira_list_links",
            key(),
            vec![(
                "/remotelink",
                200,
                list(10_000, |at| {
                    format!(r#"{{"id":{at},"object":{{"url":"https://x.y/{at}","title":"t"}}}}"#)
                }),
            )],
        ),
        case(
            "200 types of 100 statuses",
            "jira_get_project",
            json!({"project_key": "P", "include": ["statuses"]}),
            vec![(
                "/statuses",
                200,
                list(200, |kind| {
                    format!(
                        r#"{{"id":"{kind}","name":"K{kind}","statuses":{}}}"#,
                        list(100, |at| format!(r#"{{"id":"{at}","name":"S{kind}-{at}"}}"#))
                    )
                }),
            )],
        ),
        case(
            "20,000 words of JQL",
            "jira_jql_help",
            json!({"field": "f19"}),
            vec![(
                "/autocompletedata",
                200,
                format!(
                    r#"{{"visibleFieldNames":{}}}"#,
                    list(20_000, |at| format!(r#"{{"value":"f{at}","operators":["="]}}"#))
                ),
            )],
        ),
        case(
            "a refusal of 500,000 values",
            "jira_get_issue",
            key(),
            vec![("/issue/P-1", 400, format!(r#"{{"errorMessages":[{}]}}"#, zeros(500_000)))],
        ),
    ]
}
