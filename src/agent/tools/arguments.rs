//! The arguments of the four tools. Their names are those that clients of the older program send.

use json_borrow::has_at_most;
use serde_json::{Map, Value};
use tool_kit::{
    ToolError,
    args::{ArgSpec, Argument, Arguments, RawArguments, Shape, Synonyms, json_type},
};

/// Other words for them.
pub(super) static SYNONYMS: Synonyms = Synonyms {
    arguments: &[
        ("text", &["message", "initialMessage"]),
        ("prompt", &["message", "initialMessage"]),
        ("question", &["message", "initialMessage"]),
        ("content", &["message", "initialMessage"]),
        ("message", &["initialMessage"]),
        ("initialmessage", &["message"]),
        ("id", &["conversationId"]),
        ("conversation", &["conversationId"]),
        ("threadid", &["conversationId"]),
        ("sessionid", &["conversationId"]),
        ("maxresults", &["limit"]),
        ("count", &["limit"]),
        ("cursor", &["page_token"]),
        ("nextpagetoken", &["page_token"]),
    ],
    elsewhere: &[],
};

/// Which of several agents; every tool takes it where there are several.
pub(super) const AGENT: ArgSpec = ArgSpec {
    name: "agent",
    about: "Which agent; default the first",
    shape: Shape::Text,
    required: false,
};

const fn text(name: &'static str, about: &'static str, required: bool) -> ArgSpec {
    ArgSpec { name, about, shape: Shape::Text, required }
}

const CONVERSATION_ID: &str = "conversationId";
const MESSAGE: &str = "message";
const VALUE: &str = "value";

/// Members of an answer to a card, however nested.
const MEMBERS_MAX: usize = 4_000;

/// Of `start_conversation`.
pub(super) struct Start {
    pub(super) initial_message: Option<String>,
}

impl Arguments for Start {
    const SPECS: &'static [ArgSpec] =
        &[text("initialMessage", "What to say first; without it the agent greets", false)];

    fn read(mut given: RawArguments) -> Result<Self, ToolError> {
        let initial_message = given.take("initialMessage").flatten();
        given.finish(Self::SPECS)?;
        Ok(Self { initial_message })
    }
}

/// Of `send_message`.
pub(super) struct Send {
    pub(super) message: String,
    pub(super) conversation_id: Option<String>,
    pub(super) value: Option<Map<String, Value>>,
}

impl Arguments for Send {
    const SPECS: &'static [ArgSpec] = &[
        text(MESSAGE, "What to say; may be empty beside value", true),
        text(CONVERSATION_ID, "Without it a new conversation begins", false),
        text(VALUE, "Answer to a card: a JSON object of its inputs, as text", false),
    ];

    fn read(mut given: RawArguments) -> Result<Self, ToolError> {
        let value = given.take::<Option<CardAnswer>>(VALUE).flatten();
        let message = if value.is_some() {
            given.take::<Option<String>>(MESSAGE).flatten().or_else(|| Some(String::new()))
        } else {
            given.take(MESSAGE)
        };
        let conversation_id = given.take(CONVERSATION_ID).flatten();
        given.finish(Self::SPECS)?;
        let message = message.ok_or_else(not_kept)?;
        Ok(Self { message, conversation_id, value: value.map(|CardAnswer(value)| value) })
    }
}

/// Of `get_conversation_history`.
pub(super) struct History {
    pub(super) conversation_id: String,
    pub(super) limit: Option<u32>,
    pub(super) page_token: Option<PageToken>,
}

impl Arguments for History {
    const SPECS: &'static [ArgSpec] = &[
        text(CONVERSATION_ID, "From start_conversation or send_message", true),
        ArgSpec {
            name: "limit",
            about: "Messages on the page, 1 to 100; default 100",
            shape: Shape::Integer,
            required: false,
        },
        text("page_token", "next_page_token of the page before: older messages", false),
    ];

    fn read(mut given: RawArguments) -> Result<Self, ToolError> {
        let conversation_id = given.take(CONVERSATION_ID);
        let limit = given.take("limit").flatten();
        let page_token = given.take("page_token").flatten();
        given.finish(Self::SPECS)?;
        if limit == Some(0) {
            return Err(ToolError::invalid_argument("`limit` must be 1 to 100, not 0"));
        }
        Ok(Self { conversation_id: conversation_id.ok_or_else(not_kept)?, limit, page_token })
    }
}

/// Of `end_conversation`.
pub(super) struct End {
    pub(super) conversation_id: String,
}

impl Arguments for End {
    const SPECS: &'static [ArgSpec] =
        &[text(CONVERSATION_ID, "From start_conversation or send_message", true)];

    fn read(mut given: RawArguments) -> Result<Self, ToolError> {
        let conversation_id = given.take(CONVERSATION_ID);
        given.finish(Self::SPECS)?;
        Ok(Self { conversation_id: conversation_id.ok_or_else(not_kept)? })
    }
}

fn not_kept() -> ToolError {
    ToolError::internal("an argument was read but not kept")
}

/// What a card asked for.
struct CardAnswer(Map<String, Value>);

impl Argument for CardAnswer {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let value = match value {
            Value::String(text) if !has_at_most(&text, MEMBERS_MAX) => {
                return Err(format!("must have at most {MEMBERS_MAX} members"));
            }
            Value::String(text) => serde_json::from_str(&text)
                .map_err(|_| "must be a JSON object as text, such as {\"name\":\"Anna\"}")?,
            other => other,
        };
        match value {
            Value::Object(members) => Ok(Self(members)),
            other => Err(format!("must be a JSON object, not {}", json_type(&other))),
        }
    }
}

/// Where an older page of history begins: the number of the first message that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageToken(pub(super) usize);

impl PageToken {
    /// As it is shown.
    pub(super) fn text(self) -> String {
        format!("before-{}", self.0)
    }
}

impl Argument for PageToken {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let text = String::read(value)?;
        let number = text.trim().strip_prefix("before-").and_then(|number| number.parse().ok());
        number.map(Self).ok_or_else(|| "must be a next_page_token of this tool".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn send(arguments: &Value) -> Result<Send, ToolError> {
        let given = arguments.as_object().cloned().unwrap_or_default();
        Send::read(RawArguments::new(given).of_tool("send_message", &SYNONYMS, &[]))
    }

    #[test]
    fn a_message_may_be_empty_beside_a_value_only() {
        let check =
            |arguments: Value, expected: Result<&str, &str>| match (send(&arguments), expected) {
                (Ok(read), Ok(message)) => assert_eq!(read.message, message, "{arguments}"),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error:?}"),
                (found, _) => panic!("{arguments}: {:?}", found.map(|read| read.message)),
            };
        check(json!({ "message": " hi " }), Ok(" hi "));
        check(json!({ "message": "", "value": "{\"a\":1}" }), Ok(""));
        check(json!({ "value": { "a": 1 } }), Ok(""));
        check(json!({ "message": "" }), Err("`message` is required"));
        check(json!({ "message": "x", "value": "[1]" }), Err("must be a JSON object, not"));
        check(json!({ "message": "x", "value": "{" }), Err("must be a JSON object as text"));
        check(json!({ "message": "x", "text": "y" }), Err("did you mean `message`?"));
        check(
            json!({ "message": "x", "converationId": "y" }),
            Err("did you mean `conversationId`?"),
        );
    }

    proptest! {
        #[test]
        fn a_page_token_comes_back_as_it_went(number: usize) {
            let read = PageToken::read(Value::String(PageToken(number).text()));
            prop_assert_eq!(read, Ok(PageToken(number)));
        }
    }
}
