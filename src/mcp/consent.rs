//! The user's consent as a multi round-trip request: clients of 2026-07-28 that can show a form ask
//! their user themselves, where all others get the preview and its token as text.
//!
//! The token of the preview is the request state. It is bound to user, tool, plan and time, so a
//! state that came back changed, or from somebody else, is an ordinary wrong token. See the
//! specification's page on multi round-trip requests.

use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
        InputRequests, InputRequiredResult,
    },
    service::RequestContext,
};
use serde_json::{Map, Value};
use tool_kit::{CONFIRM, Code, Preview, Tool, ToolError};

use super::era;

/// What a retry says about the question of the round before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The user agreed to what this token was signed for.
    Agreed(String),
    /// Anything else than a clear yes.
    Refused,
}

/// Whether the client can put a form before its user. An elicitation capability that names no mode
/// means forms.
pub(super) fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let asked = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    era::is_modern(context)
        && asked.is_some_and(|modes| modes.form.is_some() || modes.url.is_none())
}

/// The answer that a request brings along; none when it answers nothing, so that the question is
/// asked (again).
fn answer(request: &CallToolRequestParams) -> Option<Answer> {
    let state = request.request_state.as_ref()?;
    let response = request.input_responses.as_ref()?.get(CONFIRM)?;
    let is_yes = response.get("action").and_then(Value::as_str) == Some("accept")
        && response.pointer("/content/confirm") == Some(&Value::Bool(true));
    Some(if is_yes { Answer::Agreed(state.clone()) } else { Answer::Refused })
}

/// What is known of the user's consent to a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// The tool needs none, or the client cannot ask its user: then the agent shows the preview.
    NotNeeded,
    /// The user is asked, and this is the answer of the round before.
    Asked(Option<Answer>),
}

impl Consent {
    pub(super) fn of(tool: &Tool, can_ask: bool, request: &CallToolRequestParams) -> Self {
        if can_ask && tool.asks_for_consent() {
            Self::Asked(answer(request))
        } else {
            Self::NotNeeded
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        matches!(self, Self::Asked(_))
    }

    pub(super) fn is_refused(&self) -> bool {
        *self == Self::Asked(Some(Answer::Refused))
    }

    /// Gives a tool the token that its user agreed with, and none otherwise: where the user can be
    /// asked, what the agent writes into the arguments says nothing.
    pub(super) fn put_into(&self, arguments: &mut Map<String, Value>) {
        let Self::Asked(answer) = self else { return };
        arguments.remove(CONFIRM);
        if let Some(Answer::Agreed(token)) = answer {
            arguments.insert(CONFIRM.to_owned(), Value::from(token.as_str()));
        }
    }
}

/// What the agent reads when its user did not agree.
pub(super) fn refused() -> ToolError {
    ToolError::new(Code::ConfirmationRequired, "The user did not agree, so nothing was done.")
        .hint("Do not repeat the call unless the user asks for it.")
}

/// The question that stands for a preview, whose JSON leaves through `sayable`.
pub(super) fn question(
    tool: &Tool,
    preview: &Preview,
    sayable: impl FnOnce(String) -> String,
) -> Option<InputRequiredResult> {
    let form = ElicitationSchema::builder()
        .required_bool_property(CONFIRM, |field| field.title("Yes, do it"));
    let params = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: preview.question(tool.title, sayable)?,
        requested_schema: form.build().ok()?,
    };
    let request = InputRequest::Elicitation(ElicitRequest::new(params));
    let requests = InputRequests::from([(CONFIRM.to_owned(), request)]);
    Some(InputRequiredResult::new(Some(requests), Some(preview.token.clone())))
}

/// What a question weighs, for the audit.
pub(super) fn bytes(question: &InputRequiredResult) -> usize {
    serde_json::to_string(question).map_or(0, |text| text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use tool_kit::{Row, clean_json};

    use super::*;
    use crate::mcp::tests::product::{READ, WRITE};

    fn preview(shown: &Value) -> Preview {
        let mut row = Row::new();
        for (name, value) in shown.as_object().unwrap() {
            row.push(name.clone(), value.clone());
        }
        Preview { shown: row, token: "token".to_owned(), expires_in_s: 600 }
    }

    fn asked(preview: &Preview) -> Option<Value> {
        question(&WRITE, preview, clean_json)
            .map(|question| serde_json::to_value(question).unwrap())
    }

    #[test]
    fn a_preview_becomes_one_flat_form() {
        let shown = json!({"key": "P-1", "summary": "a\nkey: \"P-2\"", "lost": {"comments": 2}});
        let question = asked(&preview(&shown)).unwrap();
        let message = "Write? Nothing is done unless you agree.\nkey: \"P-1\"\n\
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
    }

    #[test]
    fn a_question_shows_nothing_that_cannot_be_seen() {
        let shown = json!({"summary": "a\u{202E}b", "change": {"x\u{200B}y": "z"}});
        let question = asked(&preview(&shown)).unwrap().to_string();
        for hidden in ['\u{202E}', '\u{200B}'] {
            assert!(!question.contains(hidden), "{question}");
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
    fn what_the_agent_writes_is_no_answer() {
        let put = |answer: Option<Answer>| {
            let mut arguments =
                json!({"confirm": "agent", "key": "P-1"}).as_object().unwrap().clone();
            Consent::Asked(answer).put_into(&mut arguments);
            arguments.get(CONFIRM).cloned()
        };
        assert_eq!(put(None), None);
        assert_eq!(put(Some(Answer::Refused)), None);
        assert_eq!(put(Some(Answer::Agreed("user".to_owned()))), Some(json!("user")));
        let params = CallToolRequestParams::new("t");
        assert_eq!(Consent::of(&WRITE, true, &params), Consent::Asked(None));
        assert_eq!(Consent::of(&WRITE, false, &params), Consent::NotNeeded);
        assert_eq!(Consent::of(&READ, true, &params), Consent::NotNeeded);
    }
}
