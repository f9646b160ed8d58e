//! What a person may mean, while they type an argument of a prompt or of a resource's address: the
//! tools that know, and where the names stand in what they answer.

use serde_json::{Map, Value, json};
use tool_kit::Suggestions;

use super::args::project_key;

/// Suggestions that are asked for; a person looks at fewer.
const VALUES_MAX: usize = 50;

/// Days back, as people count them.
const SINCE: [&str; 5] = ["1d", "2d", "3d", "7d", "14d"];

/// What to ask for an argument, given what was typed of it and what the other arguments are.
pub(super) fn suggestions(
    argument: &str,
    typed: &str,
    others: &dyn Fn(&str) -> Option<String>,
) -> Suggestions {
    let ask = |tool, question: Value, names, is_search| Suggestions::Ask {
        tool,
        arguments: arguments(question),
        names,
        is_search,
    };
    match argument {
        "since" => Suggestions::Fixed(SINCE.map(str::to_owned).to_vec()),
        "project_key" => ask(
            "jira_get_projects",
            json!({ "query": typed, "max_results": VALUES_MAX }),
            |shown| names(shown, "projects", &["key"]),
            true,
        ),
        "issue_key" => ask(
            "jira_search",
            json!({ "jql": issues(typed), "max_results": VALUES_MAX, "fields": ["key"] }),
            |shown| names(shown, "issues", &["key"]),
            false,
        ),
        "transition" => match others("issue_key") {
            Some(issue_key) => ask(
                "jira_list_transitions",
                json!({ "issue_key": issue_key }),
                |shown| names(shown, "transitions", &["to", "name"]),
                false,
            ),
            None => Suggestions::None,
        },
        "version" => match others("project_key") {
            Some(project_key) => ask(
                "jira_get_project",
                json!({ "project_key": project_key, "include": ["versions"] }),
                |shown| names(shown, "versions", &["name"]),
                false,
            ),
            None => Suggestions::None,
        },
        "person" if !typed.is_empty() => ask(
            "jira_find_users",
            json!({ "query": typed, "max_results": VALUES_MAX }),
            |shown| names(shown, "users", &["name"]),
            true,
        ),
        _ => Suggestions::None,
    }
}

/// The issues of the project whose key was typed, or those that the user has to do with.
fn issues(typed: &str) -> String {
    match typed.split_once('-').and_then(|(project, _)| project_key(project)) {
        Some(key) => format!("project = \"{key}\" ORDER BY updated DESC"),
        None => "(assignee = currentUser() OR reporter = currentUser()) ORDER BY updated DESC"
            .to_owned(),
    }
}

/// The first of these members that each item of a list has.
fn names(shown: &Value, list: &str, members: &[&str]) -> Vec<String> {
    let items = shown.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |item: &Value| {
        members.iter().find_map(|member| item.get(*member)?.as_str()).map(str::to_owned)
    };
    items.iter().filter_map(name).collect()
}

/// The arguments of a question to a tool.
fn arguments(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(arguments) => arguments,
        other => Map::from_iter([("arguments".to_owned(), json!([other]))]),
    }
}
