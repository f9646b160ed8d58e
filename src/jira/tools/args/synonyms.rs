//! Words of Jira's REST API and of other servers for our arguments and tools.

use tool_kit::args::Synonyms;

/// What an argument that a tool does not have may mean.
pub(in crate::jira::tools) static SYNONYMS: Synonyms =
    Synonyms { arguments: WORDS, elsewhere: ELSEWHERE };

/// Words of Jira's REST API and of other servers, in lower case without underscores, and ours; the
/// first that the tool has is meant.
const WORDS: &[(&str, &[&str])] = &[
    ("key", &["issue_key", "project_key"]),
    ("id", &["issue_key", "comment_id", "attachment_id", "sprint_id", "board_id"]),
    ("issue", &["issue_key", "issue_keys"]),
    ("issueid", &["issue_key"]),
    ("issueidorkey", &["issue_key"]),
    ("ticket", &["issue_key"]),
    ("keys", &["issue_keys"]),
    ("issues", &["issue_keys"]),
    ("project", &["project_key"]),
    ("projects", &["project_key"]),
    ("type", &["issue_type", "relation"]),
    ("linktype", &["relation"]),
    ("title", &["summary", "name"]),
    ("text", &["body", "description"]),
    ("content", &["body", "text", "description"]),
    ("comment", &["body"]),
    ("message", &["body"]),
    ("query", &["jql"]),
    ("search", &["jql", "query"]),
    ("filter", &["jql", "query"]),
    ("limit", &["max_results"]),
    ("count", &["max_results"]),
    ("pagesize", &["max_results"]),
    ("first", &["max_results"]),
    ("offset", &["start_at", "next_page_token"]),
    ("cursor", &["next_page_token", "start_at"]),
    ("pagetoken", &["next_page_token"]),
    ("due", &["due_date"]),
    ("deadline", &["due_date"]),
    ("parent", &["parent_key"]),
    ("epic", &["parent_key"]),
    ("labels", &["add_labels"]),
    ("status", &["transition"]),
    ("state", &["transition"]),
    ("time", &["time_spent"]),
    ("timespentseconds", &["time_spent"]),
    ("expand", &["include"]),
    ("file", &["file_name"]),
    ("filename", &["file_name"]),
    ("user", &["assignee"]),
    ("customfields", &["fields"]),
    ("additionalfields", &["fields"]),
    ("desk", &["service_desk"]),
    ("servicedeskid", &["service_desk"]),
    ("queue", &["queue_id"]),
    ("requesttypeid", &["request_type"]),
    ("raiseonbehalfof", &["on_behalf_of"]),
    ("customer", &["on_behalf_of"]),
    ("approval", &["approval_id"]),
    ("cloudid", &["site"]),
];

/// What another tool does, by the tool that was called.
const ELSEWHERE: &[(&str, &[&str], &str)] = &[
    ("jira_update_issue", &["status", "state", "transition"], "jira_transition_issue"),
    ("jira_create_issue", &["status", "state", "transition"], "jira_transition_issue"),
    ("jira_update_issue", &["comment", "comments"], "jira_add_comment"),
    ("jira_update_issue", &["timespent", "worklog"], "jira_add_worklog"),
    ("jira_update_issue", &["link", "links", "issuelinks"], "jira_link_issues"),
    ("jira_update_issue", &["attachment", "attachments"], "jira_add_attachment"),
    ("jira_get_issue", &["jql"], "jira_search"),
];

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};
    use tool_kit::args::RawArguments;

    use crate::jira::tools;

    #[test]
    fn other_words_lead_to_the_argument_or_the_tool() {
        let check = |tool: &str, name: &str, expected: &str| {
            let tool = tools::named(tool).unwrap();
            let given = RawArguments::new(Map::from_iter([(name.to_owned(), json!(1))]));
            let fault = (tool.read)(given.of_tool(tool.name, tool.synonyms, &[])).unwrap_err();
            let said = fault.message();
            let tool = tool.name;
            assert!(said.ends_with(expected), "{tool} {name}: {said}");
        };
        check("jira_update_issue", "status", "jira_transition_issue does that");
        check("jira_update_issue", "comment", "jira_add_comment does that");
        check("jira_get_issue", "key", "did you mean `issue_key`?");
        check("jira_get_issue", "issueKey", "did you mean `issue_key`?");
        check("jira_get_issue", "issueIdOrKey", "did you mean `issue_key`?");
        check("jira_search", "limit", "did you mean `max_results`?");
        check("jira_search", "query", "did you mean `jql`?");
        check("jira_add_comment", "comment", "did you mean `body`?");
        check("jira_transition_issue", "status", "did you mean `transition`?");
        check("jira_create_issue", "project", "did you mean `project_key`?");
        check("jira_get_queue_issues", "serviceDeskId", "did you mean `service_desk`?");
        check("jira_get_issue", "pizza", "is not an argument of this tool");
        check("jira_get_issue", "status", "is not an argument of this tool");
        check("jira_get_issue", "arguments", "the arguments themselves");
    }
}
