//! What a tool call brings beside its parameters.

use auth::{Caller, VerdictSlot};
use http::{HeaderMap, request::Parts};
use metrics::Trace;
use rmcp::{RoleServer, model::RequestId, service::RequestContext};
use tokio_util::sync::CancellationToken;
use tool_kit::Progress;

use crate::{jsonrpc::OneReply, policy::Narrowing};

use super::opened::Traces;

/// What a tool call brings beside its parameters.
pub(in crate::mcp) struct ToolRequest<'a> {
    pub(in crate::mcp) caller: Option<Caller>,
    /// Where the edge looks for what the upstream said of the caller's token.
    pub(in crate::mcp) verdict: VerdictSlot,
    pub(in crate::mcp) narrowing: Option<&'a Narrowing>,
    pub(in crate::mcp) traces: Traces,
    /// Fires when nobody waits for the answer any more.
    pub(in crate::mcp) cancelled: &'a CancellationToken,
    /// The client speaks 2026-07-28.
    pub(in crate::mcp) is_modern: bool,
    /// The client can ask its user for consent.
    pub(in crate::mcp) can_ask: bool,
    /// The client can put a link before its user.
    pub(in crate::mcp) can_open_page: bool,
    /// Where the tool says how far it is.
    pub(in crate::mcp) progress: Progress,
    /// The request's JSON-RPC id.
    pub(in crate::mcp) id: &'a RequestId,
}

impl<'a> ToolRequest<'a> {
    /// That of a request which is no tool call: nobody is asked, nobody hears of progress.
    pub(in crate::mcp) fn of_read(context: &'a RequestContext<RoleServer>) -> Self {
        Self {
            caller: caller(context),
            verdict: verdict(context),
            narrowing: narrowing(context),
            traces: traces(context),
            cancelled: &context.ct,
            is_modern: false,
            can_ask: false,
            can_open_page: false,
            progress: Progress::default(),
            id: &context.id,
        }
    }
}

/// Who asks: the caller that stdio gave the message, or the one of the HTTP request.
pub(in crate::mcp) fn caller(context: &RequestContext<RoleServer>) -> Option<Caller> {
    let of_http = || parts(context)?.extensions.get::<Caller>();
    context.extensions.get::<Caller>().or_else(of_http).cloned()
}

/// What an id takes in a reply.
pub(in crate::mcp) fn bytes_of(id: &RequestId) -> usize {
    serde_json::to_string(id).map_or(0, |id| id.len())
}

pub(in crate::mcp) fn traces(context: &RequestContext<RoleServer>) -> Traces {
    traces_of(context.meta.0.get_traceparent(), parts(context))
}

pub(in crate::mcp) fn traces_of(message: Option<&str>, parts: Option<&Parts>) -> Traces {
    let request = parts.and_then(|parts| parts.extensions.get::<Trace>().cloned());
    Traces {
        message: message.map(Trace::from_traceparent).unwrap_or_default(),
        request: request.unwrap_or_default(),
    }
}

/// The slot that the edge put beside the caller; over stdio nobody looks at it.
pub(in crate::mcp) fn verdict(context: &RequestContext<RoleServer>) -> VerdictSlot {
    parts(context).map(verdict_of).unwrap_or_default()
}

pub(in crate::mcp) fn verdict_of(parts: &Parts) -> VerdictSlot {
    parts.extensions.get::<VerdictSlot>().cloned().unwrap_or_default()
}

pub(in crate::mcp) fn narrowing(context: &RequestContext<RoleServer>) -> Option<&Narrowing> {
    parts(context)?.extensions.get()
}

/// The headers of the HTTP request; over stdio there are none.
pub(in crate::mcp) fn headers(context: &RequestContext<RoleServer>) -> Option<&HeaderMap> {
    parts(context).map(|parts| &parts.headers)
}

/// Whether the client takes a reply and nothing before it.
pub(in crate::mcp) fn takes_one_reply(context: &RequestContext<RoleServer>) -> bool {
    parts(context).is_some_and(|parts| parts.extensions.get::<OneReply>().is_some())
}

fn parts(context: &RequestContext<RoleServer>) -> Option<&Parts> {
    context.extensions.get()
}
