//! The JSON-RPC errors that answer a whole message. Source: JSON-RPC 2.0 section 5.1.

use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use super::envelope::Envelope;

const PARSE_ERROR: i32 = -32700;
pub(crate) const INVALID_REQUEST: i32 = -32600;
pub(crate) const INTERNAL_ERROR: i32 = -32603;
const INVALID_PARAMS: i32 = -32602;

/// A JSON-RPC error that answers the whole message.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: i32,
    pub(crate) message: String,
    /// The request's id as sent, where it could be read.
    pub(crate) id: Option<Box<RawValue>>,
}

impl Fault {
    /// The whole reply.
    pub(crate) fn to_reply(&self) -> String {
        #[derive(Serialize)]
        struct Reply<'a> {
            jsonrpc: &'static str,
            id: Option<&'a RawValue>,
            error: Value,
        }
        let error = json!({ "code": self.code, "message": self.message });
        serde_json::to_string(&Reply { jsonrpc: "2.0", id: self.id.as_deref(), error })
            .unwrap_or_default()
    }
}

pub(super) fn parse_error(detail: &str) -> Fault {
    Fault { code: PARSE_ERROR, message: format!("Parse error: {detail}"), id: None }
}

/// Source: MCP 2026-07-28, basic/transports/streamable-http, "Sending Messages" 4.
pub(crate) fn unwanted_response() -> Fault {
    invalid("a client sends requests and notifications, no responses", None)
}

/// A message whose parameters fit no method; none where nobody waits for an answer.
pub(crate) fn unreadable(text: &[u8]) -> Option<Fault> {
    about(text, "the parameters do not fit the method")
}

/// A request whose params are not what its method takes, for a reason that is given.
pub(crate) fn invalid_params(detail: &str, id: Box<RawValue>) -> Fault {
    Fault { code: INVALID_PARAMS, message: format!("Invalid params: {detail}"), id: Some(id) }
}

/// A request whose id belongs to one that is not answered yet.
pub(crate) fn repeated(text: &[u8]) -> Option<Fault> {
    about(text, "a request with this id is not answered yet")
}

fn about(text: &[u8], detail: &str) -> Option<Fault> {
    let envelope: Envelope = serde_json::from_slice(text).ok()?;
    Some(invalid(detail, Some(envelope.id?.to_owned())))
}

pub(crate) fn invalid(detail: &str, id: Option<Box<RawValue>>) -> Fault {
    Fault { code: INVALID_REQUEST, message: format!("Invalid request: {detail}"), id }
}
