//! The short way of a tool call. Clients of before 2026-07-28 send it whole in one POST, so it
//! needs nothing of what rmcp sets up for a request: a transport, channels, four tasks, a second
//! parse. Every other message goes to rmcp.
//!
//! What is answered here is answered as rmcp would; `tests/it/direct.rs` holds both ways against
//! each other.

use auth::Caller;
use http::{HeaderMap, request::Parts};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, JsonRpcError,
    JsonRpcResponse, JsonRpcVersion2_0, RequestId, TextContent,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;
use tool_kit::{Progress, write_json_text};
use tracing::Instrument;

use crate::{
    mcp::{
        call::{ToolRequest, traces_of, verdict_of},
        server::Server,
    },
    policy::Narrowing,
};

use super::list::is_legacy;

/// What a reply holds beside its text: ids, names, metadata.
const ROOM_BYTES: usize = 512;

#[derive(Deserialize)]
struct Message<'a> {
    id: RequestId,
    #[serde(borrow)]
    method: &'a str,
    #[serde(borrow)]
    params: &'a RawValue,
}

/// A tool call that needs nothing of the protocol crate.
pub(super) struct ToolCall {
    id: RequestId,
    params: CallToolRequestParams,
}

impl ToolCall {
    /// None for whatever rmcp has to judge: another method, another era, or odd parameters.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        if !is_legacy(headers) {
            return None;
        }
        let Message { id, method, params } = serde_json::from_slice(body).ok()?;
        if method != "tools/call" {
            return None;
        }
        let params: CallToolRequestParams = serde_json::from_str(params.get()).ok()?;
        // Progress is told on a stream, which is rmcp's.
        let is_special = params.meta.as_ref().is_some_and(|meta| {
            meta.protocol_version().is_some() || meta.get_progress_token().is_some()
        });
        (!is_special).then_some(Self { id, params })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a write that has begun is finished although its client left"
    )]
    pub(super) async fn answer(self, server: Server, parts: Parts) -> Vec<u8> {
        let Self { id, params } = self;
        let cancelled = CancellationToken::new();
        let called = {
            let (cancelled, id) = (cancelled.clone(), id.clone());
            async move {
                let trace = params.meta.as_ref().and_then(|meta| meta.0.get_traceparent());
                let request = ToolRequest {
                    caller: parts.extensions.get::<Caller>().cloned(),
                    verdict: verdict_of(&parts),
                    narrowing: parts.extensions.get::<Narrowing>(),
                    traces: traces_of(trace, Some(&parts)),
                    cancelled: &cancelled,
                    is_modern: false,
                    can_ask: false,
                    can_open_page: false,
                    progress: Progress::default(),
                    id: &id,
                };
                server.call(params, request).await
            }
        };
        // Dropped with this future when the client leaves, and then tells the tool so.
        let _left = cancelled.drop_guard();
        let outcome = match tokio::spawn(called.in_current_span()).await {
            Ok(outcome) => outcome.and_then(complete),
            Err(_panic) => Err(ErrorData::internal_error("the call stopped unexpectedly", None)),
        };
        match outcome {
            Ok(result) => written_result(id, result),
            Err(error) => written(ROOM_BYTES, &JsonRpcError::new(Some(id), error)),
        }
    }
}

/// Those clients know neither questions nor the member that tells results apart.
fn complete(response: CallToolResponse) -> Result<CallToolResult, ErrorData> {
    match response {
        CallToolResponse::Complete(mut result) => {
            result.result_type = None;
            Ok(result)
        }
        _ => Err(ErrorData::internal_error(
            "the call asked for input that the client cannot give",
            None,
        )),
    }
}

/// So that writing grows no buffer: text is JSON within JSON, about a quarter of it quotes; base64
/// needs none.
fn room(result: &CallToolResult) -> usize {
    let block = |block: &ContentBlock| match block {
        ContentBlock::Text(text) => text.text.len() / 4 * 5,
        ContentBlock::Image(image) => image.data.len(),
        _ => 0,
    };
    ROOM_BYTES + result.content.iter().map(block).sum::<usize>()
}

/// The reply that a result stands in.
fn written_result(id: RequestId, result: CallToolResult) -> Vec<u8> {
    let room = room(&result);
    match only_text(&result) {
        Some(text) => {
            let mut body = Vec::with_capacity(room);
            write_text_result(&id, text, &result, &mut body);
            body
        }
        None => written(room, &JsonRpcResponse { jsonrpc: JsonRpcVersion2_0, id, result }),
    }
}

/// The text of a result that holds nothing but one, as most do.
fn only_text(result: &CallToolResult) -> Option<&str> {
    let CallToolResult { result_type: None, structured_content: None, content, .. } = result else {
        return None;
    };
    match content.as_slice() {
        [ContentBlock::Text(TextContent { text, meta: None, annotations: None, .. })] => Some(text),
        _ => None,
    }
}

/// What `serde_json` would write of it, in less time.
fn write_text_result(id: &RequestId, text: &str, result: &CallToolResult, body: &mut Vec<u8>) {
    let CallToolResult { is_error, meta, .. } = result;
    body.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    write(body, id);
    body.extend_from_slice(br#","result":{"content":[{"type":"text","text":"#);
    write_json_text(text, body);
    body.extend_from_slice(b"}]");
    if let Some(is_error) = is_error {
        body.extend_from_slice(br#","isError":"#);
        write(body, is_error);
    }
    if let Some(meta) = meta {
        body.extend_from_slice(br#","_meta":"#);
        write(body, meta);
    }
    body.extend_from_slice(b"}}");
}

fn written(room: usize, message: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(room);
    write(&mut body, message);
    body
}

fn write(body: &mut Vec<u8>, part: &impl Serialize) {
    // Made of texts and numbers, so it can be written; an empty body would be a client's parse
    // error.
    let _ = serde_json::to_writer(body, part);
}

#[cfg(test)]
mod tests {
    use rmcp::model::{MetaObject, NumberOrString};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_is_written_as_serde_json_writes_it() {
        let meta = || {
            let meta = json!({"a": {"b": "\""}});
            meta.as_object().cloned().map(MetaObject)
        };
        let text = || ContentBlock::text("{\"a\":\"é\\n\u{1}\"}");
        let marked = {
            let mut marked = TextContent::new("x");
            marked.meta = meta();
            ContentBlock::Text(marked)
        };
        let contents = [
            (vec![text()], true),
            (vec![ContentBlock::text("")], true),
            (vec![], false),
            (vec![text(), text()], false),
            (vec![marked], false),
            (vec![ContentBlock::image("aGk=", "image/png")], false),
        ];
        let ids = [NumberOrString::Number(-7), NumberOrString::String("\"é".into())];
        for (content, is_only_text) in contents {
            for (error, meta, structured, id) in [
                (None, None, None, &ids[0]),
                (Some(false), meta(), None, &ids[1]),
                (Some(true), None, None, &ids[0]),
                (None, None, Some(json!({"a": 1})), &ids[1]),
            ] {
                let mut result = CallToolResult::success(content.clone());
                result.result_type = None;
                (result.is_error, result.meta) = (error, meta);
                result.structured_content = structured;
                let is_short = is_only_text && result.structured_content.is_none();
                assert_eq!(only_text(&result).is_some(), is_short, "{result:?}");
                let expected = serde_json::to_string(&JsonRpcResponse {
                    jsonrpc: JsonRpcVersion2_0,
                    id: id.clone(),
                    result: result.clone(),
                });
                let written = written_result(id.clone(), result);
                assert_eq!(String::from_utf8(written).unwrap(), expected.unwrap());
            }
        }
    }
}
