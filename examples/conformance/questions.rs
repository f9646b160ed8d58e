//! The tools that ask: multi round-trip requests with forms, sampling, roots and a signed state.

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
        InputRequiredResult, InputResponses,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};

use super::server::typed;

/// Every tool that asks.
pub(crate) const TOOLS: [&str; 8] = [
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
];

fn form(message: &str, field: &str, kind: &str) -> Value {
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": {
        "type": "object", "properties": {field: {"type": kind}}, "required": [field],
    }}})
}

fn sample(text: &str, tokens: u32) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": text}}], "maxTokens": tokens,
    }})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}

/// The rounds of a tool: what is asked in each, by name.
fn rounds(tool: &str) -> Vec<Value> {
    let name = || form("What is your name?", "name", "string");
    match tool.trim_start_matches("test_input_required_result_") {
        "elicitation" => vec![json!({"user_name": name()})],
        "sampling" => {
            vec![json!({"capital_question": sample("What is the capital of France?", 100)})]
        }
        "list_roots" => vec![json!({"client_roots": roots()})],
        "request_state" | "tampered_state" => {
            vec![json!({"confirm": form("Please confirm", "ok", "boolean")})]
        }
        "multiple_inputs" => vec![json!({
            "user_name": name(), "greeting": sample("Generate a greeting", 50), "client_roots": roots(),
        })],
        "multi_round" => vec![
            json!({"step1": form("Step 1: What is your name?", "name", "string")}),
            json!({"step2": form("Step 2: What is your favorite color?", "color", "string")}),
        ],
        "capabilities" => {
            vec![
                json!({"user_name": name(), "greeting": sample("Generate a greeting", 50), "client_roots": roots()}),
            ]
        }
        _ => Vec::new(),
    }
}

/// The next question of a tool that asks, or its result; nothing of other tools.
pub(crate) fn answer(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<Option<CallToolResponse>, ErrorData> {
    let name = request.name.as_ref();
    let mut rounds = rounds(name);
    if rounds.is_empty() {
        return Ok(None);
    }
    if name.ends_with("capabilities") {
        let client = context.client_capabilities().unwrap_or_default();
        rounds
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|round| keep_possible(round, &client));
    }
    // Only the tools whose state is looked at sign one; the others would be none the wiser.
    let is_signed = ["state", "inputs", "round"].iter().any(|end| name.ends_with(end));
    let round = match &request.request_state {
        Some(state) if is_signed => verified(name, state)?,
        _ => 0,
    };
    let asked = rounds.get(round).cloned().unwrap_or_default();
    let Some(given) = given(&asked, request.input_responses.as_ref()) else {
        return Ok(Some(ask(asked, is_signed.then(|| signed(name, round)))?));
    };
    if let Some(next) = rounds.get(round + 1) {
        return Ok(Some(ask(next.clone(), Some(signed(name, round + 1)))?));
    }
    let text = format!("state-ok, with {}", Value::Object(given));
    Ok(Some(CallToolResult::success(typed(json!([{"type": "text", "text": text}]))?).into()))
}

fn keep_possible(round: &mut Map<String, Value>, client: &ClientCapabilities) {
    round.retain(|_, request| match request.get("method").and_then(Value::as_str) {
        Some("elicitation/create") => client.elicitation.is_some(),
        Some("sampling/createMessage") => client.sampling.is_some(),
        _ => client.roots.is_some(),
    });
}

pub(crate) fn ask(requests: Value, state: Option<String>) -> Result<CallToolResponse, ErrorData> {
    Ok(InputRequiredResult::new(Some(typed(requests)?), state).into())
}

/// The answers, if there is a usable one to every question.
pub(crate) fn given(
    asked: &Value,
    responses: Option<&InputResponses>,
) -> Option<Map<String, Value>> {
    let responses = responses?;
    let names = asked.as_object()?.keys();
    let answers = names.map(|name| {
        let response = responses.get(name)?;
        let response = serde_json::to_value(response).ok()?;
        let is_answer = ["action", "content", "roots", "role"]
            .iter()
            .any(|member| response.get(member).is_some());
        is_answer.then(|| (name.clone(), response))
    });
    answers.collect()
}

/// A state that nobody else could have made: its round under a keyed hash. The key is of this file,
/// for it guards nothing.
fn signed(tool: &str, round: usize) -> String {
    let hash = blake3::keyed_hash(
        b"a key that guards a test fixture",
        format!("{tool}{round}").as_bytes(),
    );
    format!("{round}.{}", hash.to_hex())
}

fn verified(tool: &str, state: &str) -> Result<usize, ErrorData> {
    let round = state.split_once('.').and_then(|(round, _)| round.parse().ok());
    let round = round.filter(|round| signed(tool, *round) == state);
    round.ok_or_else(|| ErrorData::invalid_params("The request state was changed", None))
}
