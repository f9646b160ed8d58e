//! What a tool call brings along, and the one way in for all of them: through rmcp, past it, or
//! over stdio.

use auth::{Caller, VerdictSlot};
use http::request::Parts;
use metrics::Trace;
use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolRequestParams, CallToolResponse, RequestId},
    service::RequestContext,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    policy::{Narrowing, Policy},
    tools::{self, Progress},
};

use super::{
    call::{Call, Traces},
    consent,
    handler::Server,
};

/// What a tool call brings beside its parameters.
pub(super) struct Asked<'a> {
    pub(super) caller: Option<Caller>,
    /// Where the edge looks for what Jira said of the caller's token.
    pub(super) verdict: VerdictSlot,
    pub(super) narrowing: Option<&'a Narrowing>,
    pub(super) traces: Traces,
    /// Fires when nobody waits for the answer any more.
    pub(super) gone: &'a CancellationToken,
    /// The client speaks 2026-07-28.
    pub(super) is_modern: bool,
    /// The client can ask its user for consent.
    pub(super) can_ask: bool,
    /// Where the tool says how far it is.
    pub(super) progress: Progress,
    /// The request's JSON-RPC id.
    pub(super) id: &'a RequestId,
}

impl Server {
    /// A tool call, however it came.
    pub(super) async fn call(
        &self,
        request: CallToolRequestParams,
        asked: Asked<'_>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Asked { caller, verdict, narrowing, traces, gone, is_modern, can_ask, progress, id } =
            asked;
        let narrowed = self.narrowed(narrowing);
        let policy = narrowed.as_ref().unwrap_or(&self.0.policy);
        let Some(tool) = tools::named(&request.name).filter(|tool| policy.allows(tool)) else {
            self.0.signals.metrics().tools_unknown.inc();
            return Err(unknown_tool(&request.name, policy));
        };
        let Some(caller) = caller else {
            return Err(ErrorData::internal_error("the request brought no caller", None));
        };
        let _in_hand = self.0.in_flight.enter(caller.key(), id.clone(), gone.clone());
        let answer = consent::answer(&request);
        let arguments = request.arguments.unwrap_or_default();
        let call = Call {
            tool,
            policy,
            caller,
            verdict,
            traces,
            gone,
            is_modern,
            can_ask,
            answer,
            progress,
        };
        Ok(self.run(call, arguments, bytes_of(id)).await)
    }

    /// Who asks: the caller that stdio gave the message, or the one of the HTTP request.
    pub(super) fn caller(context: &RequestContext<RoleServer>) -> Option<Caller> {
        let of_http = || parts(context)?.extensions.get::<Caller>();
        context.extensions.get::<Caller>().or_else(of_http).cloned()
    }
}

/// What an id takes in a reply.
pub(super) fn bytes_of(id: &RequestId) -> usize {
    serde_json::to_string(id).map_or(0, |id| id.len())
}

pub(super) fn traces(context: &RequestContext<RoleServer>) -> Traces {
    traces_of(context.meta.0.get_traceparent(), parts(context))
}

pub(super) fn traces_of(message: Option<&str>, parts: Option<&Parts>) -> Traces {
    let request = parts.and_then(|parts| parts.extensions.get::<Trace>().cloned());
    Traces {
        message: message.map(Trace::from_traceparent).unwrap_or_default(),
        request: request.unwrap_or_default(),
    }
}

/// The slot that the edge put beside the caller; over stdio nobody looks at it.
pub(super) fn verdict(context: &RequestContext<RoleServer>) -> VerdictSlot {
    parts(context).map(verdict_of).unwrap_or_default()
}

pub(super) fn verdict_of(parts: &Parts) -> VerdictSlot {
    parts.extensions.get::<VerdictSlot>().cloned().unwrap_or_default()
}

pub(super) fn narrowing(context: &RequestContext<RoleServer>) -> Option<&Narrowing> {
    parts(context)?.extensions.get()
}

fn parts(context: &RequestContext<RoleServer>) -> Option<&Parts> {
    context.extensions.get()
}

fn unknown_tool(name: &str, policy: &Policy) -> ErrorData {
    if tools::named(name).is_some() {
        // `jira_whoami` lists these names with the reason, so this gives nothing away.
        return ErrorData::invalid_params(
            format!(
                "Unknown tool here: {name} is switched off by the operator, the path or a header"
            ),
            None,
        );
    }
    let near = tools::nearest(name, |tool| policy.allows(tool));
    let advice = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    ErrorData::invalid_params(
        format!("Unknown tool{advice}"),
        near.map(|near| json!({ "nearest": near })),
    )
}
