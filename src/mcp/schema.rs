//! Tools as MCP shows them: flat input schemas of four types, titles, annotations.
//!
//! Copilot Studio silently drops a tool whose schema holds more than properties of one single type
//! and arrays of strings: no `$ref`, no `anyOf`, no `enum`, no type arrays.

use std::sync::Arc;

use rmcp::model::{self, ToolAnnotations};
use serde_json::{Map, Value, json};
use tool_kit::{
    Effect, Tool,
    args::{ArgSpec, Shape},
};

/// How tools are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Showing {
    /// Arguments that every tool takes beside its own.
    pub(super) common: &'static [ArgSpec],
    /// Replies carry structured content as well.
    pub(super) structured: bool,
}

/// One tool for `tools/list`.
pub(super) fn describe(tool: &Tool, showing: Showing) -> model::Tool {
    let mut shown = model::Tool::new(
        tool.name,
        squeezed(tool.about),
        Arc::new(input_schema(tool.args, showing.common)),
    )
    .with_title(tool.title)
    .with_annotations(annotations(tool.effect));
    if showing.structured {
        let open: Map<String, Value> = Map::from_iter([("type".to_owned(), json!("object"))]);
        shown = shown.with_raw_output_schema(Arc::new(open));
    }
    shown
}

fn input_schema(args: &[ArgSpec], common: &[ArgSpec]) -> Map<String, Value> {
    let properties: Map<String, Value> =
        args.iter().chain(common).map(|arg| (arg.name.to_owned(), property(arg))).collect();
    let required: Vec<&str> = args.iter().filter(|arg| arg.required).map(|arg| arg.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn property(arg: &ArgSpec) -> Value {
    let mut property = match arg.shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Integer => json!({ "type": "integer" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::List => json!({ "type": "array", "items": { "type": "string" } }),
    };
    if !arg.about.is_empty()
        && let Some(property) = property.as_object_mut()
    {
        property.insert("description".to_owned(), Value::from(squeezed(arg.about)));
    }
    property
}

fn annotations(effect: Effect) -> ToolAnnotations {
    ToolAnnotations::new()
        .read_only(effect.is_read())
        .destructive(effect == Effect::Destructive)
        .idempotent(matches!(effect, Effect::Read | Effect::Idempotent))
        .open_world(true)
}

/// Doc comments are wrapped at line ends; agents read one line.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
