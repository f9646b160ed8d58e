//! Known methods with params that rmcp cannot read. It takes them for unknown methods, and a client
//! that is told so stops using them; here they are read where it is clear what was meant, and
//! refused as params where it is not.

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{CallToolRequestParams, CustomRequest, CustomResult, ErrorCode, ServerResult},
    service::RequestContext,
};
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};
use tool_kit::{clean, clip};

use crate::jsonrpc::{self, Fault};

use super::{era::is_modern, legacy, server::Server};

/// A name that nobody knows comes back in the error.
const METHOD_CHARS: usize = 100;

const CALL: &str = "tools/call";

/// Lists, whose params rmcp drops as a whole when their cursor is no text.
const LISTS: [&str; 5] =
    ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "skills/list"];

/// What a method's params must be; none for a method that this era does not know.
fn expected(method: &str, is_modern: bool) -> Option<&'static str> {
    Some(match method {
        CALL => "params with the tool's name as a text, and arguments as an object",
        "prompts/get" => {
            "params with the prompt's name as a text, and arguments as an object of texts"
        }
        "resources/read" | "skills/get" => "params with a uri as a text",
        "completion/complete" => "params with ref and argument as objects",
        "ping" | "initialize" if is_modern => return None,
        "server/discover" if !is_modern => return None,
        "ping" | "server/discover" => "no params beside _meta, which is an object",
        list if LISTS.contains(&list) => "params with a cursor as a text, or none",
        _ => return None,
    })
}

/// Answers what rmcp left over.
pub(super) async fn custom_request(
    server: &Server,
    request: CustomRequest,
    context: RequestContext<RoleServer>,
) -> Result<CustomResult, ErrorData> {
    let (method, is_modern) = (request.method.as_str(), is_modern(&context));
    if method == "initialize" && !is_modern {
        return legacy::lenient_initialize(server, request.params.as_ref());
    }
    let Some(expected) = expected(method, is_modern) else {
        return Err(ErrorData::new(
            ErrorCode::METHOD_NOT_FOUND,
            format!("Method not found: {}", clip(&clean(method), METHOD_CHARS)),
            None,
        ));
    };
    if method == CALL
        && let Some(params) = request.params.and_then(call_params)
    {
        let mut result = ServerResult::from(server.call_tool(params, context).await?);
        if !is_modern {
            result.strip_result_type_for_legacy_peer();
        }
        let result = serde_json::to_value(result);
        return Ok(CustomResult::new(
            result.map_err(|_| ErrorData::internal_error("no answer", None))?,
        ));
    }
    Err(ErrorData::invalid_params(format!("Invalid params: {method} takes {expected}"), None))
}

/// The call that odd params mean.
///
/// Arguments that hold no object stay an argument of that name, which no tool has: so the agent
/// gets an error that it sees, where clients keep errors of the protocol to themselves.
fn call_params(params: Value) -> Option<CallToolRequestParams> {
    let Value::Object(mut params) = params else { return None };
    let arguments = match params.remove("arguments").unwrap_or_default() {
        Value::Null => Map::new(),
        Value::Object(arguments) => arguments,
        Value::String(text) if matches!(text.trim(), "" | "null") => Map::new(),
        Value::String(text) => {
            jsonrpc::object_in(&text).unwrap_or_else(|| unreadable(&Value::String(text)))
        }
        other => unreadable(&other),
    };
    params.insert("arguments".to_owned(), Value::Object(arguments));
    serde_json::from_value(Value::Object(params)).ok()
}

fn unreadable(arguments: &Value) -> Map<String, Value> {
    Map::from_iter([("arguments".to_owned(), json!([arguments]))])
}

/// Refuses a list with a cursor that is no text, which rmcp would answer as if there were none.
pub(super) fn cursor_fault(message: &[u8]) -> Option<Fault> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        id: &'a RawValue,
        method: String,
        #[serde(borrow)]
        params: Params<'a>,
    }
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        cursor: &'a RawValue,
    }
    memchr::memmem::find(message, b"\"cursor\"")?;
    let Message { id, method, params } = serde_json::from_slice(message).ok()?;
    let is_text = params.cursor.get().starts_with('"') || params.cursor.get() == "null";
    (!is_text && LISTS.contains(&method.as_str()))
        .then(|| jsonrpc::invalid_params("the cursor must be a text", id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_as_they_were_meant() {
        let check = |arguments: Value, expected: Value| {
            let params = call_params(json!({"name": "t", "arguments": arguments.clone()})).unwrap();
            assert_eq!(Value::from(params.arguments.unwrap()), expected, "{arguments}");
        };
        let nested = "{\"a\":".repeat(70) + "1" + &"}".repeat(70);
        check(json!(r#"{"key":"P-1"}"#), json!({"key": "P-1"}));
        check(json!(r#" {"a":"\ud83d","A":1}"#), json!({"a": "\u{fffd}", "A": 1}));
        for empty in [json!(""), json!("  "), json!("null"), json!(null)] {
            check(empty, json!({}));
        }
        for odd in [
            json!([]),
            json!(5),
            json!(true),
            json!("x"),
            json!("[1]"),
            json!(r#"{"a":1,"a":2}"#),
            json!(nested),
        ] {
            check(odd.clone(), json!({"arguments": [odd]}));
        }
        for hopeless in
            [json!({}), json!({"name": 7}), json!({"name": "t", "requestState": 5}), json!([])]
        {
            assert!(call_params(hopeless.clone()).is_none(), "{hopeless}");
        }
    }

    #[test]
    fn a_cursor_is_a_text() {
        let check = |body: &str, expected: bool| {
            assert_eq!(cursor_fault(body.as_bytes()).is_some(), expected, "{body}");
        };
        for cursor in ["5", "[]", "{}", "true"] {
            check(
                &format!(r#"{{"id":1,"method":"tools/list","params":{{"cursor":{cursor}}}}}"#),
                true,
            );
            check(
                &format!(r#"{{"id":1,"method":"tools/call","params":{{"cursor":{cursor}}}}}"#),
                false,
            );
        }
        check(r#"{"id":1,"method":"prompts/list","params":{"cursor":"x"}}"#, false);
        check(r#"{"id":1,"method":"prompts/list","params":{"cursor":null}}"#, false);
        check(r#"{"method":"prompts/list","params":{"cursor":5}}"#, false);
    }
}
