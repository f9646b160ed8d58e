//! Fields of a site and of an issue, far too many.

use serde_json::json;

use super::{Case, list};

fn members(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("{{{}}}", (0..count).map(item).collect::<Vec<_>>().join(","))
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases() -> Vec<Case> {
    let case = |name, tool, arguments, answers| Case { name, tool, arguments, answers };
    let issue_of = |fields: String| format!(r#"{{"id":"1","key":"P-1","fields":{fields}}}"#);
    let field = |at: usize| {
        format!(r#"{{"id":"customfield_{at}","name":"Field {at}","schema":{{"type":"string"}}}}"#)
    };
    let options = || list(90_000, |at| format!(r#"{{"id":"{at}"}}"#));
    let meta = |key: &str| {
        format!(
            r#"{{"fieldId":"{key}","key":"{key}","name":"Of many","schema":{{"type":"option","custom":"x:select"}},"allowedValues":{}}}"#,
            options()
        )
    };
    let names: Vec<String> = (29_900..30_000).map(|at| format!("field {at}")).collect();
    vec![
        case(
            "60,000 filled fields",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": ["*all"]}),
            vec![(
                "/issue/P-1",
                200,
                issue_of(members(60_000, |at| format!(r#""customfield_{at}":{at}"#))),
            )],
        ),
        case(
            "60,000 fields of odd names",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": ["*all"]}),
            vec![(
                "/issue/P-1",
                200,
                issue_of(members(60_000, |at| format!(r#""aggregate{at}":{at}"#))),
            )],
        ),
        case(
            "a field of 500,000 items",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": ["customfield_1"]}),
            vec![(
                "/issue/P-1",
                200,
                issue_of(format!(r#"{{"customfield_1":[{}]}}"#, vec!["0"; 500_000].join(","))),
            )],
        ),
        case(
            "30,000 fields by name",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": names}),
            vec![("/field", 200, list(30_000, field))],
        ),
        case(
            "30,000 fields and a wrong name",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": ["no such field"]}),
            vec![("/field", 200, list(30_000, field))],
        ),
        case(
            "30,000 fields looked through",
            "jira_find_fields",
            json!({"query": "field 29"}),
            vec![("/field", 200, list(30_000, field))],
        ),
        case(
            "30,000 fields to be written",
            "jira_update_issue",
            json!({"issue_key": "P-1", "fields": {"field 29999": "x", "field 29998": "y"}}),
            vec![
                ("/field", 200, list(30_000, field)),
                ("/editmeta", 200, r#"{"fields":{}}"#.to_owned()),
            ],
        ),
        case(
            "90,000 options",
            "jira_update_issue",
            json!({"issue_key": "P-1", "fields": {"Of many": "x"}}),
            vec![(
                "/editmeta",
                200,
                format!(r#"{{"fields":{{"customfield_1":{}}}}}"#, meta("customfield_1")),
            )],
        ),
        case(
            "90,000 options of a create",
            "jira_get_create_fields",
            json!({"project_key": "P", "issue_type": "Bug"}),
            vec![
                ("/issuetypes", 200, r#"{"issueTypes":[{"id":"1","name":"Bug"}]}"#.to_owned()),
                (
                    "/issuetypes/1",
                    200,
                    format!(r#"{{"fields":[{}],"total":1}}"#, meta("customfield_1")),
                ),
            ],
        ),
    ]
}
