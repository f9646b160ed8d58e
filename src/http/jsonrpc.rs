//! Is the body one JSON-RPC message? Decided from its outermost members alone; nothing below them is built.

use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::copilot;

/// Deeper than any argument of a tool, and less than what makes rmcp's parser give up (128).
const DEPTH_MAX: usize = 64;
/// An id comes back in the reply; a long one would eat the reply's budget.
const ID_BYTES_MAX: usize = 1024;
const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;

/// What to do with a well-formed body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Pass it on unchanged.
    AsSent,
    /// Pass this on in its place.
    Rewritten(String),
    /// A response; nobody waits for it.
    Response,
}

/// A JSON-RPC error that stands for the whole body.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) code: i32,
    pub(super) message: String,
    /// The request's id as sent, where it could be read.
    pub(super) id: Option<Box<RawValue>>,
}

/// The members JSON-RPC and MCP know; a member sent twice is an error here, so that no two parsers can differ.
#[derive(Deserialize, Serialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(super) jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(super) params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing)]
    pub(super) result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing)]
    pub(super) error: Option<&'a RawValue>,
}

/// Keeps `null` apart from absent.
fn present<'de, D: Deserializer<'de>>(member: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(member).map(Some)
}

/// Judges a whole body. Source: JSON-RPC 2.0 sections 4 to 6, and MCP's narrowing of ids and params.
pub(super) fn read(body: &[u8]) -> Result<Message, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| parse_error("the body is not UTF-8"))?;
    if text.starts_with('\u{feff}') {
        return Err(parse_error("the body starts with a byte order mark; send plain UTF-8"));
    }
    if is_deeper_than(text, DEPTH_MAX) {
        return Err(parse_error(&format!("the body nests deeper than {DEPTH_MAX} levels")));
    }
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| parse_error(&error.to_string()))?;
        return Err(invalid("the body must be one JSON object; batches are not supported", None));
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| {
        if error.is_data() { invalid(&error.to_string(), None) } else { parse_error(&error.to_string()) }
    })?;
    judge(&envelope)
}

/// What goes on to the protocol layer for a body; none when the edge answers it, with a fault or without.
pub(crate) fn passed_on(body: &[u8]) -> Option<Vec<u8>> {
    match read(body).ok()? {
        Message::AsSent => Some(body.to_vec()),
        Message::Rewritten(text) => Some(text.into_bytes()),
        Message::Response => None,
    }
}

fn judge(envelope: &Envelope) -> Result<Message, Fault> {
    let id = envelope.id.filter(|id| is_id(id.get()));
    let refuse = |message: &str| Err(invalid(message, id.map(ToOwned::to_owned)));
    if !envelope.jsonrpc.is_some_and(|version| is_text(version.get(), "2.0")) {
        return refuse("jsonrpc must be \"2.0\"");
    }
    let answers = envelope.result.is_some() || envelope.error.is_some();
    let Some(method) = envelope.method else {
        return if answers { Ok(Message::Response) } else { refuse("method is missing") };
    };
    let Ok(method) = serde_json::from_str::<String>(method.get()) else {
        return refuse("method must be a string");
    };
    if answers {
        return refuse("a message is either a request or a response, not both");
    }
    if !envelope.params.is_none_or(|params| params.get().starts_with('{') || params.get() == "null") {
        return refuse("params must be an object");
    }
    match envelope.id {
        Some(sent) if id.is_none() => copilot::without_null_id(envelope, &method, sent).map_or_else(
            || refuse("id must be a string or an integer of at most 1024 bytes"),
            |text| Ok(Message::Rewritten(text)),
        ),
        _ => Ok(Message::AsSent),
    }
}

/// A string or a whole number, also when written as `1.0`: exactly what rmcp reads.
fn is_id(raw: &str) -> bool {
    if raw.len() > ID_BYTES_MAX {
        return false;
    }
    if raw.starts_with('"') {
        return serde_json::from_str::<String>(raw).is_ok();
    }
    let float = raw.parse::<f64>().unwrap_or(f64::NAN);
    raw.parse::<i64>().is_ok() || (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0)
}

fn is_text(raw: &str, expected: &str) -> bool {
    serde_json::from_str::<String>(raw).is_ok_and(|text| text == expected)
}

/// Counts open brackets outside of strings. `RawValue` is skipped without recursion, so nothing else counts them.
fn is_deeper_than(text: &str, max: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > max
    })
}

fn parse_error(detail: &str) -> Fault {
    Fault { code: PARSE_ERROR, message: format!("Parse error: {detail}"), id: None }
}

fn invalid(detail: &str, id: Option<Box<RawValue>>) -> Fault {
    Fault { code: INVALID_REQUEST, message: format!("Invalid request: {detail}"), id }
}
