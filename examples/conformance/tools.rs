//! The tools that answer by themselves: content of every kind, errors, progress, log messages,
//! headers.

use std::time::Duration;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, LoggingLevel,
        LoggingMessageNotificationParam, ProgressNotificationParam, ProtocolVersion,
    },
    service::RequestContext,
};
use serde_json::{Value, json};

use super::{
    extras::{PIXEL, SILENCE},
    questions,
    server::typed,
};

/// Between two notifications, so that a client could tell them apart.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Every tool, those that ask included.
pub(crate) fn list() -> Value {
    let mut tools: Vec<Value> = [
        "test_audio_content",
        "test_elicitation_sep1034_defaults",
        "test_elicitation_sep1330_enums",
        "test_embedded_resource",
        "test_error_handling",
        "test_image_content",
        "test_logging_tool",
        "test_missing_capability",
        "test_multiple_content_types",
        "test_simple_text",
        "test_streaming_elicitation",
        "test_tool_with_logging",
        "test_tool_with_progress",
    ]
    .into_iter()
    .chain(questions::TOOLS)
    .map(|name| json!({"name": name, "description": "A fixture.", "inputSchema": {"type": "object"}}))
    .collect();
    for (name, argument) in [("test_sampling", "prompt"), ("test_elicitation", "message")] {
        tools.push(json!({"name": name, "description": "A fixture.", "inputSchema": {
            "type": "object", "properties": {argument: {"type": "string"}}, "required": [argument],
        }}));
    }
    tools.push(json!({"name": "test_x_mcp_header", "description": "A fixture.", "inputSchema": {
        "type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
    }}));
    tools.push(json!({"name": "json_schema_2020_12_tool", "description": "A fixture.", "inputSchema": json_schema()}));
    Value::Array(tools)
}

/// What the scenario `json-schema-2020-12` looks for: keywords that a lossy schema type would drop.
fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {"$anchor": "addressDef", "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
        "properties": {
            "name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"}, "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

pub(crate) async fn call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let text = |text: &str| json!({"type": "text", "text": text});
    let image = || json!({"type": "image", "data": PIXEL, "mimeType": "image/png"});
    let embedded = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    let blocks = match request.name.as_ref() {
        "test_simple_text" => json!([text("This is a simple text response for testing.")]),
        "test_image_content" => json!([image()]),
        "test_audio_content" => {
            json!([{"type": "audio", "data": SILENCE, "mimeType": "audio/wav"}])
        }
        "test_embedded_resource" => {
            json!([embedded(
                "test://embedded-resource",
                "text/plain",
                "This is an embedded resource content."
            )])
        }
        "test_multiple_content_types" => json!([
            text("Multiple content types test:"),
            image(),
            embedded(
                "test://mixed-content-resource",
                "application/json",
                r#"{"test":"data","value":123}"#
            ),
        ]),
        "test_error_handling" => {
            return failed("This tool intentionally returns an error for testing");
        }
        "test_tool_with_progress" | "test_streaming_elicitation" => {
            progress(context).await;
            json!([text("Done.")])
        }
        "test_tool_with_logging" | "test_logging_tool" => {
            log(context).await;
            json!([text("Done.")])
        }
        "test_missing_capability" => {
            let declared =
                context.client_capabilities().is_some_and(|client| client.sampling.is_some());
            if is_modern(context) && !declared {
                let needed: ClientCapabilities = typed(json!({"sampling": {}}))?;
                return Err(ErrorData::missing_required_client_capability(needed));
            }
            json!([text("The client can sample.")])
        }
        "test_sampling"
        | "test_elicitation"
        | "test_elicitation_sep1034_defaults"
        | "test_elicitation_sep1330_enums" => {
            return failed("A stateless server cannot ask a client of the old era.");
        }
        "test_x_mcp_header" | "json_schema_2020_12_tool" => {
            json!([text(&json!(request.arguments).to_string())])
        }
        _ => return Err(ErrorData::invalid_params("Unknown tool", None)),
    };
    Ok(CallToolResult::success(typed(blocks)?).into())
}

fn failed(message: &str) -> Result<CallToolResponse, ErrorData> {
    Ok(CallToolResult::error(typed(json!([{"type": "text", "text": message}]))?).into())
}

async fn progress(context: &RequestContext<RoleServer>) {
    let Some(token) = context.meta.get_progress_token() else { return };
    for done in [0.0, 50.0, 100.0] {
        let mut step = ProgressNotificationParam::new(token.clone(), done);
        step.total = Some(100.0);
        drop(context.peer.notify_progress(step).await);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Clients of the new era get log lines only if the request says from which level on.
async fn log(context: &RequestContext<RoleServer>) {
    if is_modern(context) && context.meta.log_level().is_none() {
        return;
    }
    for line in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(line));
        drop(context.peer.notify_logging_message(message).await);
        tokio::time::sleep(PAUSE).await;
    }
}
