//! `completion/complete`: what a person may mean, while they type an argument of a prompt or of a
//! resource's address.
//!
//! The values come from the tools that read them, with all that stands around a tool. What cannot
//! be found out is no error here: there are no suggestions then.

use rmcp::{
    ErrorData, RoleServer,
    model::{CompleteRequestParams, CompleteResult, CompletionInfo, ContentBlock, Reference},
    service::RequestContext,
};
use serde_json::{Map, Value, json};

use crate::{prompts, tools};

use super::handler::{Server, is_modern};

/// Suggestions that are asked for; a person looks at fewer.
const VALUES_MAX: usize = 50;

/// A question to a tool, and where the names stand in its answer.
struct Question {
    tool: &'static str,
    arguments: Value,
    list: &'static str,
    names: &'static [&'static str],
    /// The tool's own search goes by more than the beginning of the name.
    is_search: bool,
}

pub(super) async fn complete(
    server: &Server,
    request: CompleteRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CompleteResult, ErrorData> {
    let name = request.argument.name.as_str();
    if !is_known(&request.r#ref, name) {
        // Older clients, and the conformance suite's scenario for them, are content with no
        // suggestions.
        if !is_modern(context) {
            return Ok(CompleteResult::default());
        }
        return Err(ErrorData::invalid_params(
            "Unknown prompt, resource template or argument",
            None,
        ));
    }
    let typed = request.argument.value.trim();
    let known = request.context.and_then(|context| context.arguments).unwrap_or_default();
    let mut values = match (name, question(name, typed, |name| known.get(name).map(String::as_str)))
    {
        ("since", _) => beginning(["1d", "2d", "3d", "7d", "14d"].map(str::to_owned), typed),
        (_, Some(question)) => ask(server, &question, typed, context).await?,
        (_, None) => Vec::new(),
    };
    let total = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let has_more = values.len() > VALUES_MAX;
    values.truncate(VALUES_MAX);
    let info = CompletionInfo::with_pagination(values, (!has_more).then_some(total), has_more)
        .map_err(|_| ErrorData::internal_error("too many suggestions", None))?;
    let mut result = CompleteResult::default();
    result.completion = info;
    Ok(result)
}

fn is_known(reference: &Reference, argument: &str) -> bool {
    match reference {
        Reference::Prompt(prompt) => prompts::named(&prompt.name)
            .is_some_and(|prompt| prompt.args.iter().any(|arg| arg.name == argument)),
        Reference::Resource(template) => {
            template.uri.starts_with("jira://")
                && matches!(argument, "issue_key" | "attachment_id" | "site")
        }
        _ => false,
    }
}

/// What to ask for an argument, given what was typed of it and what the other arguments are.
fn question<'a>(
    argument: &str,
    typed: &str,
    known: impl Fn(&str) -> Option<&'a str>,
) -> Option<Question> {
    Some(match argument {
        "project_key" => Question {
            tool: "jira_get_projects",
            arguments: json!({ "query": typed, "max_results": VALUES_MAX }),
            list: "projects",
            names: &["key"],
            is_search: true,
        },
        "issue_key" => Question {
            tool: "jira_search",
            arguments: json!({ "jql": issues(typed), "max_results": VALUES_MAX, "fields": ["key"] }),
            list: "issues",
            names: &["key"],
            is_search: false,
        },
        "transition" => Question {
            tool: "jira_list_transitions",
            arguments: json!({ "issue_key": known("issue_key")? }),
            list: "transitions",
            names: &["to", "name"],
            is_search: false,
        },
        "version" => Question {
            tool: "jira_get_project",
            arguments: json!({ "project_key": known("project_key")?, "include": ["versions"] }),
            list: "versions",
            names: &["name"],
            is_search: false,
        },
        "person" if !typed.is_empty() => Question {
            tool: "jira_find_users",
            arguments: json!({ "query": typed, "max_results": VALUES_MAX }),
            list: "users",
            names: &["name"],
            is_search: true,
        },
        _ => return None,
    })
}

/// The issues of the project whose key was typed, or those that the user has to do with.
fn issues(typed: &str) -> String {
    let project = typed.split_once('-').and_then(|(project, _)| tools::project_key(project));
    match project {
        Some(key) => format!("project = \"{key}\" ORDER BY updated DESC"),
        None => "(assignee = currentUser() OR reporter = currentUser()) ORDER BY updated DESC"
            .to_owned(),
    }
}

async fn ask(
    server: &Server,
    question: &Question,
    typed: &str,
    context: &RequestContext<RoleServer>,
) -> Result<Vec<String>, ErrorData> {
    let arguments: Map<String, Value> = question.arguments.as_object().cloned().unwrap_or_default();
    let result = server.ask(context, question.tool, arguments, 0).await?;
    let Some(result) = result.filter(|result| !result.is_error.unwrap_or(false)) else {
        return Ok(Vec::new());
    };
    let Some(ContentBlock::Text(text)) = result.content.first() else { return Ok(Vec::new()) };
    let shown: Value = serde_json::from_str(&text.text).unwrap_or_default();
    let items =
        shown.get(question.list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |item: &Value| {
        question.names.iter().find_map(|name| item.get(*name)?.as_str()).map(str::to_owned)
    };
    let mut values: Vec<String> = items.iter().filter_map(name).collect();
    if !question.is_search {
        values = beginning(values, typed);
    }
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
    Ok(values)
}

fn beginning(values: impl IntoIterator<Item = String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    values.into_iter().filter(|value| value.to_lowercase().starts_with(&typed)).collect()
}
