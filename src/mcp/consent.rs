//! The user's consent as a multi round-trip request: clients of 2026-07-28 that can show a form ask
//! their user themselves, where all others get the preview and its token as text.
//!
//! The token of the preview is the request state. It is bound to user, tool, plan and time, so a
//! state that came back changed, or from somebody else, is an ordinary wrong token. See the
//! specification's page on multi round-trip requests.

use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, CallToolResult, ContentBlock, ElicitRequest, ElicitRequestParams,
        ElicitationSchema, InputRequest, InputRequests, InputRequiredResult,
    },
    service::RequestContext,
};
use serde_json::{Map, Value};

use crate::{
    jira::views,
    tools::{Code, Tool, ToolError},
};

use super::handler;

/// The argument that takes the token, the one request of a question, and the one field of its form.
const CONFIRM: &str = "confirm";

/// The rows of a preview that show the issues, and how many there are in all.
const ISSUES: &str = "issues";
const COUNT: &str = "count";

/// What is changed, field by field, and as much of each value as tells what it is.
const CHANGE: &str = "change";
const VALUE_CHARS: usize = 160;

/// A form is for a person; this much of a preview is read.
const MESSAGE_CHARS: usize = 2_000;

/// What a retry says about the question of the round before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The user agreed to what this token was sealed for.
    Agreed(String),
    /// Anything else than a clear yes.
    Refused,
}

/// Whether the client can put a form before its user. An elicitation capability that names no mode
/// means forms.
pub(super) fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let asked = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    handler::is_modern(context)
        && asked.is_some_and(|modes| modes.form.is_some() || modes.url.is_none())
}

/// Whether a tool asks for consent.
pub(super) fn is_asked_by(tool: &Tool) -> bool {
    tool.args.iter().any(|arg| arg.name == CONFIRM)
}

/// The answer that a request brings along; none when it answers nothing, so that the question is
/// asked (again).
pub(super) fn answer(request: &CallToolRequestParams) -> Option<Answer> {
    let state = request.request_state.as_ref()?;
    let response = request.input_responses.as_ref()?.get(CONFIRM)?;
    let is_yes = response.get("action").and_then(Value::as_str) == Some("accept")
        && response.pointer("/content/confirm") == Some(&Value::Bool(true));
    Some(if is_yes { Answer::Agreed(state.clone()) } else { Answer::Refused })
}

/// Gives a tool the token that its user agreed with, and none otherwise: where the user can be
/// asked, what the agent writes into the arguments says nothing.
pub(super) fn put_answer(arguments: &mut Map<String, Value>, answer: Option<Answer>) {
    arguments.remove(CONFIRM);
    if let Some(Answer::Agreed(token)) = answer {
        arguments.insert(CONFIRM.to_owned(), Value::String(token));
    }
}

/// What the agent reads when its user did not agree.
pub(super) fn refused() -> ToolError {
    ToolError::new(Code::ConfirmationRequired, "The user did not agree, so nothing was done.")
        .hint("Do not repeat the call unless the user asks for it.")
}

/// The question that stands for a result, if that is a preview with its token.
pub(super) fn question(tool: &Tool, result: &CallToolResult) -> Option<InputRequiredResult> {
    let Some(ContentBlock::Text(text)) = result.content.first() else { return None };
    let shown: Map<String, Value> = serde_json::from_str(&text.text).ok()?;
    let token = shown.get(CONFIRM)?.as_str()?;
    let preview = shown.get("preview")?.as_object()?;
    let form = ElicitationSchema::builder()
        .required_bool_property(CONFIRM, |field| field.title("Yes, do it"));
    let params = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message(tool.title, preview),
        requested_schema: form.build().ok()?,
    };
    let request = InputRequest::Elicitation(ElicitRequest::new(params));
    let requests = InputRequests::from([(CONFIRM.to_owned(), request)]);
    Some(InputRequiredResult::new(Some(requests), Some(token.to_owned())))
}

/// What a question weighs, for the audit.
pub(super) fn bytes(question: &InputRequiredResult) -> usize {
    serde_json::to_string(question).map_or(0, |text| text.len())
}

/// One line for each thing the preview tells, the issues first: whatever is cut off, the user sees
/// what is changed. Values stay JSON: a text from Jira in quotes cannot pass for our words.
fn message(title: &str, preview: &Map<String, Value>) -> String {
    let head = format!("{title}? Nothing is done unless you agree.");
    let issues =
        preview.get(ISSUES).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let total =
        preview.get(COUNT).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    let named = named(issues, total.unwrap_or(issues.len()));
    let (of_issues, others): (Vec<_>, Vec<_>) =
        preview.iter().partition(|(name, _)| *name == ISSUES);
    let (count, others): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(name, _)| *name == COUNT);
    let line = |(name, value): (&String, &Value)| format!("{name}: {value}");
    // Every field that is changed is named, however long the values of others are.
    let lines = |(name, value): (&String, &Value)| match value {
        Value::Object(members) if name == CHANGE => {
            let short = |(field, value): (&String, &Value)| {
                format!("{field}: {}", views::clip(&value.to_string(), VALUE_CHARS))
            };
            members.iter().map(short).collect::<Vec<_>>().join("\n")
        }
        value => format!("{name}: {value}"),
    };
    let told = count.into_iter().map(line).chain(named);
    let told = told.chain(others.into_iter().map(lines)).chain(of_issues.into_iter().map(line));
    let lines = std::iter::once(head).chain(told).collect::<Vec<_>>().join("\n");
    views::clip(&lines, MESSAGE_CHARS).into_owned()
}

/// The keys of the issues, as many as half of a message holds, and how many more there are.
fn named(issues: &[Value], total: usize) -> Option<String> {
    let keys: Vec<&str> = issues.iter().filter_map(|issue| issue.get("key")?.as_str()).collect();
    let mut chars = 0;
    let fitting = keys.iter().take_while(|key| {
        chars += key.len() + 2;
        chars <= MESSAGE_CHARS / 2
    });
    let shown = fitting.count();
    let listed = keys.get(..shown).filter(|listed| !listed.is_empty())?.join(", ");
    let more = total.saturating_sub(shown);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{ISSUES}: {listed}{more}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools;

    fn tool() -> &'static Tool {
        tools::named("jira_delete_issue").unwrap()
    }

    fn asked(text: &Value) -> Option<Value> {
        let result = CallToolResult::success(vec![ContentBlock::text(text.to_string())]);
        question(tool(), &result).map(|question| serde_json::to_value(question).unwrap())
    }

    #[test]
    fn a_preview_becomes_one_flat_form() {
        let preview = json!({"key": "P-1", "summary": "a\nkey: \"P-2\"", "lost": {"comments": 2}});
        let question =
            asked(&json!({"preview": preview, "confirm": "token", "expires_in_s": 600})).unwrap();
        let message = "Delete issue? Nothing is done unless you agree.\nkey: \"P-1\"\n\
            summary: \"a\\nkey: \\\"P-2\\\"\"\nlost: {\"comments\":2}";
        assert_eq!(
            question,
            json!({
                "resultType": "input_required",
                "inputRequests": {"confirm": {"method": "elicitation/create", "params": {
                    "mode": "form",
                    "message": message,
                    "requestedSchema": {
                        "type": "object",
                        "properties": {"confirm": {"type": "boolean", "title": "Yes, do it"}},
                        "required": ["confirm"],
                    },
                }}},
                "requestState": "token",
            })
        );
        let long = json!({"preview": {"summary": "x".repeat(9_000)}, "confirm": "token"});
        let message = asked(&long)
            .unwrap()
            .pointer("/inputRequests/confirm/params/message")
            .cloned()
            .unwrap();
        assert!(message.as_str().unwrap().chars().count() < MESSAGE_CHARS + 30, "{message}");
    }

    #[test]
    fn other_results_ask_nothing() {
        for text in [
            json!({"key": "P-1", "deleted": true}),
            json!({"confirm": "token"}),
            json!({"preview": {}, "confirm": 1}),
            json!({"error": "not_found", "message": "x"}),
            json!([1]),
        ] {
            assert_eq!(asked(&text), None, "{text}");
        }
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        let check = |response: Value, expected: Option<Answer>| {
            let mut params = json!({"name": "t", "requestState": "token"});
            params["inputResponses"] = json!({"confirm": response});
            let request: CallToolRequestParams = serde_json::from_value(params).unwrap();
            assert_eq!(answer(&request), expected, "{response}");
        };
        check(
            json!({"action": "accept", "content": {"confirm": true}}),
            Some(Answer::Agreed("token".to_owned())),
        );
        for no in [
            json!({"action": "accept", "content": {"confirm": false}}),
            json!({"action": "accept", "content": {"confirm": "true"}}),
            json!({"action": "accept"}),
            json!({"action": "decline", "content": {"confirm": true}}),
            json!({"action": "cancel"}),
            json!({}),
            json!(null),
        ] {
            check(no, Some(Answer::Refused));
        }
        for unanswered in [
            json!({"name": "t", "requestState": "token"}),
            json!({"name": "t", "requestState": "token", "inputResponses": {"other": {"action": "accept"}}}),
            json!({"name": "t", "inputResponses": {"confirm": {"action": "accept", "content": {"confirm": true}}}}),
        ] {
            let request: CallToolRequestParams = serde_json::from_value(unanswered).unwrap();
            assert_eq!(answer(&request), None);
        }
    }

    #[test]
    fn the_issues_come_first_and_are_counted() {
        let rows = |count: usize| -> Vec<Value> {
            (1..=count)
                .map(|n| json!({"key": format!("LONGER-{n}"), "summary": "y".repeat(200)}))
                .collect()
        };
        let labels: Vec<String> = (0..13).map(|n| format!("{n}{}", "l".repeat(250))).collect();
        let preview = json!({"count": 40, "change": {"labels": labels}, "issues": rows(40)});
        let told = message("Edit", preview.as_object().unwrap());
        let named: Vec<String> = (1..=40).map(|n| format!("LONGER-{n}")).collect();
        assert_eq!(told.lines().nth(1), Some("count: 40"), "{told}");
        assert_eq!(
            told.lines().nth(2),
            Some(format!("issues: {}", named.join(", ")).as_str()),
            "{told}"
        );
        let long = "z".repeat(900);
        let change = json!({"a": long, "b": long, "c": long, "assignee": "Dana"});
        let told = message(
            "Edit",
            json!({"count": 1, "change": change, "issues": rows(1)}).as_object().unwrap(),
        );
        for field in ["a: ", "b: ", "c: ", "assignee: \"Dana\""] {
            assert!(
                told.lines().any(|line| line.starts_with(field)),
                "{field} is not named: {told}"
            );
        }
        let preview = json!({"count": 1000, "issues": rows(500)});
        let told = message("Edit", preview.as_object().unwrap());
        let line = told.lines().nth(2).unwrap();
        let shown = line.matches("LONGER-").count();
        assert!(
            (50..500).contains(&shown) && line.ends_with(&format!(" and {} more", 1000 - shown)),
            "{line}"
        );
    }

    #[test]
    fn what_the_agent_writes_is_no_answer() {
        let put = |answer: Option<Answer>| {
            let mut arguments =
                json!({"confirm": "agent", "issue_key": "P-1"}).as_object().unwrap().clone();
            put_answer(&mut arguments, answer);
            arguments.get(CONFIRM).cloned()
        };
        assert_eq!(put(None), None);
        assert_eq!(put(Some(Answer::Refused)), None);
        assert_eq!(put(Some(Answer::Agreed("user".to_owned()))), Some(json!("user")));
        assert!(is_asked_by(tools::named("jira_bulk_edit").unwrap()));
        assert!(!is_asked_by(tools::named("jira_search").unwrap()));
    }
}
