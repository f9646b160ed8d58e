//! Names of a megabyte that are looked for among what Jira lists: folding one makes up to eighteen
//! characters of one.

use serde_json::{Value, json};

use super::{Case, list};

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cases() -> Vec<Case> {
    let name = || "ﷺ".repeat(340_000);
    let transitions = list(200, |at| {
        format!(r#"{{"id":"{at}","name":"T{at}","to":{{"name":"S{at}"}},"fields":{{}}}}"#)
    });
    let kinds = list(200, |at| {
        format!(r#"{{"id":"{at}","name":"K{at}","inward":"is {at} of","outward":"{at}s"}}"#)
    });
    let types = list(200, |at| format!(r#"{{"id":"{at}","name":"T{at}"}}"#));
    let fields = list(600, |at| {
        format!(r#"{{"id":"customfield_{at}","name":"Field {at}","schema":{{"type":"string"}}}}"#)
    });
    let versions = list(1_000, |at| format!(r#"{{"id":"{at}","name":"v{at}"}}"#));
    let boards = format!(
        r#"{{"isLast":true,"values":{}}}"#,
        list(50, |at| format!(r#"{{"id":{at},"name":"B{at}"}}"#))
    );
    let options = list(1_000, |at| format!(r#"{{"id":"{at}","value":"V{at}"}}"#));
    let pick = r#""name":"Pick","schema":{"type":"option","custom":"com.atlassian.jira.plugin.system.customfieldtypes:select"}"#;
    let screen = format!(
        r#"{{"fields":{{"customfield_1":{{{pick},"key":"customfield_1","operations":["set"],"allowedValues":{options}}}}}}}"#
    );
    let update = |argument: &str, value: Value| {
        let mut all = json!({"issue_key": "P-1"});
        all[argument] = value;
        all
    };
    let case = |name, tool, arguments, answers| Case { name, tool, arguments, answers };
    let field = |name: String| vec![("/editmeta", 200, screen.clone()), ("/field", 200, name)];
    let picked = format!(r#"[{{"id":"customfield_1",{pick}}}]"#);
    vec![
        case(
            "a transition of a long name",
            "jira_transition_issue",
            json!({"issue_key": "P-1", "transition": name()}),
            vec![("/transitions", 200, format!(r#"{{"transitions":{transitions}}}"#))],
        ),
        case(
            "a relation of a long name",
            "jira_link_issues",
            json!({"from_key": "P-1", "to_key": "P-2", "relation": name()}),
            vec![("/issueLinkType", 200, format!(r#"{{"issueLinkTypes":{kinds}}}"#))],
        ),
        case(
            "a kind of issue of a long name",
            "jira_create_issue",
            json!({"project_key": "P", "issue_type": name(), "summary": "x"}),
            vec![("/issuetypes", 200, format!(r#"{{"issueTypes":{types}}}"#))],
        ),
        case(
            "a field of a long name",
            "jira_update_issue",
            update("fields", json!({name(): 1})),
            field(fields.clone()),
        ),
        case(
            "a shown field of a long name",
            "jira_get_issue",
            json!({"issue_key": "P-1", "fields": [name()]}),
            field(fields.clone()),
        ),
        case(
            "an option of a long name",
            "jira_update_issue",
            update("fields", json!({"Pick": name()})),
            field(picked),
        ),
        case(
            "a version of a long name",
            "jira_save_version",
            json!({"project_key": "P", "name": name()}),
            vec![("/versions", 200, versions)],
        ),
        case(
            "a board of a long name",
            "jira_get_sprints",
            json!({"board": name()}),
            vec![("/board", 200, boards)],
        ),
        case(
            "a person of a long name",
            "jira_update_issue",
            update("assignee", json!(name())),
            vec![],
        ),
        case(
            "a priority of a long name",
            "jira_update_issue",
            update("priority", json!(name())),
            vec![],
        ),
        case(
            "a component of a long name",
            "jira_update_issue",
            update("components", json!([name()])),
            vec![],
        ),
        case(
            "a group of a long name",
            "jira_search",
            json!({"jql": "project = P", "group_by": name()}),
            vec![("/field", 200, fields)],
        ),
    ]
}
