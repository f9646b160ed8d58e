//! One tool call, however it came: through rmcp, past it, or over stdio. It is opened, executed and
//! closed.

mod close;
mod execute;
mod open;
mod request;

use auth::VerdictSlot;
use metrics::{InUse, Span, Trace};
use rmcp::{
    ErrorData,
    model::{CallToolRequestParams, CallToolResponse},
};
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tool_kit::{Budget, OpenCall, Reply, Tool, ToolError};

use crate::policy::Verdict;

use super::{consent::Consent, in_flight::CallGuard, server::Server};

pub(super) use close::Shown;
pub(super) use request::{
    ToolRequest, bytes_of, caller, narrowing, traces, traces_of, verdict, verdict_of,
};

/// How a call ended: what the tool answers, or why it does not.
pub(super) type Outcome = Result<Reply, ToolError>;

/// The traces that a call may belong to: the message's own goes before that of the request which
/// carried it.
#[derive(Debug, Default)]
pub(super) struct Traces {
    pub(super) message: Trace,
    pub(super) request: Trace,
}

/// One call from its beginning to its answer.
pub(super) struct Call<'a> {
    tool: &'static Tool,
    open: Box<dyn OpenCall>,
    verdict: Verdict,
    consent: Consent,
    budget: Budget,
    started: Instant,
    deadline: Instant,
    span: Option<Span>,
    trace_id: Option<String>,
    /// Fires when nobody waits for the answer any more.
    cancelled: &'a CancellationToken,
    /// The client speaks 2026-07-28.
    is_modern: bool,
    /// Takes what the upstream said of the caller's token when the call is over.
    token_verdict: VerdictSlot,
    /// Counted as running.
    _running: InUse<'a>,
    /// Known among the calls in hand, so that its client can cancel it and a stop waits for it.
    _guard: CallGuard,
}

/// A read that stands behind something that is no tool call, such as a resource.
pub(super) struct Read {
    pub(super) tool: &'static str,
    pub(super) arguments: Map<String, Value>,
    /// So much of the reply's budget is spent otherwise.
    pub(super) extra_bytes: usize,
}

impl Server {
    /// A tool call.
    pub(super) async fn call(
        &self,
        params: CallToolRequestParams,
        request: ToolRequest<'_>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = self.open(params, request)?;
        let outcome = self.execute(&call).await;
        Ok(self.close(call, outcome))
    }

    /// Runs a tool that changes nothing for what is no tool call; none when it does not exist for
    /// this request. Policy, scopes, limits, budget and audit are those of the tool.
    pub(super) async fn read(
        &self,
        read: Read,
        request: ToolRequest<'_>,
    ) -> Result<Option<Result<Shown, ToolError>>, ErrorData> {
        let Some(call) = self.open_read(read, request)? else { return Ok(None) };
        let outcome = self.execute(&call).await;
        Ok(Some(self.close_read(call, outcome)))
    }
}
