//! What is answered past rmcp: `tools/list` from bytes that were made once, and tool calls of
//! clients of before 2026-07-28.
//!
//! One function, and nothing else depends on it: without this folder the server answers the same,
//! but slower. `tests/it/direct.rs` holds both ways against each other.

mod list;
mod tool_call;

use auth::Caller;
use bytes::{BufMut, Bytes, BytesMut};
use http::request::Parts;

use crate::policy::Narrowing;

use super::{
    answer::{Answer, json},
    server::Server,
};

use tool_call::ToolCall;

/// A longer request is not the plain one that is looked for.
const LIST_REQUEST_BYTES_MAX: usize = 4096;

/// What became of a request.
pub(super) enum Fast {
    /// It was answered here.
    Answered(Box<Answer>),
    /// Something about it is unusual, so rmcp has to judge it.
    NotRecognised(Box<Parts>),
}

/// Answers a request whose form is one of the usual ones.
pub(super) async fn answer(server: &Server, parts: Parts, body: &Bytes) -> Fast {
    if let Some(list) = tool_list(server, &parts, body) {
        return Fast::Answered(Box::new(json(list)));
    }
    if let Some(call) = ToolCall::read(&parts.headers, body) {
        let reply = call.answer(server.clone(), parts).await;
        return Fast::Answered(Box::new(json(reply.into())));
    }
    Fast::NotRecognised(Box::new(parts))
}

fn tool_list(server: &Server, parts: &Parts, body: &[u8]) -> Option<Bytes> {
    let body = (body.len() <= LIST_REQUEST_BYTES_MAX).then_some(body)?;
    let request = list::read(&parts.headers, body)?;
    let (narrowing, caller) =
        (parts.extensions.get::<Narrowing>(), parts.extensions.get::<Caller>());
    let result = server.tool_list_bytes(narrowing, caller, request.wanted)?;
    let id = request.id.get();
    let mut reply = BytesMut::with_capacity(result.len() + id.len() + 40);
    reply.put_slice(br#"{"jsonrpc":"2.0","id":"#);
    reply.put_slice(id.as_bytes());
    reply.put_slice(br#","result":"#);
    reply.put_slice(&result);
    reply.put_u8(b'}');
    Some(reply.freeze())
}
