//! One call from its opening to its answer.

use auth::VerdictSlot;
use metrics::{InUse, Span, Trace};
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tool_kit::{Budget, OpenCall, Product, Reply, Tool, ToolError};

use crate::{
    mcp::{consent::Consent, in_flight::CallGuard, open_page::OpenPage},
    policy::Verdict,
};

/// How a call ended: what the tool answers, or why it does not.
pub(in crate::mcp) type Outcome = Result<Reply, ToolError>;

/// The traces that a call may belong to: the message's own goes before that of the request which
/// carried it.
#[derive(Debug, Default)]
pub(in crate::mcp) struct Traces {
    pub(in crate::mcp) message: Trace,
    pub(in crate::mcp) request: Trace,
}

/// One call from its beginning to its answer.
pub(in crate::mcp) struct Call<'a> {
    pub(super) product: &'a dyn Product,
    pub(super) tool: &'static Tool,
    pub(super) open: Box<dyn OpenCall>,
    /// Why what it was given in another server's words cannot be said in ours.
    pub(super) untranslatable: Option<ToolError>,
    pub(super) verdict: Verdict,
    pub(super) consent: Consent,
    pub(super) open_page: OpenPage,
    pub(super) budget: Budget,
    pub(super) started: Instant,
    pub(super) deadline: Instant,
    pub(super) span: Option<Span>,
    /// What it was given, as JSON, if somebody watches.
    pub(super) watched: Option<String>,
    pub(super) trace_id: Option<String>,
    /// Fires when nobody waits for the answer any more.
    pub(super) cancelled: &'a CancellationToken,
    /// The client speaks 2026-07-28.
    pub(super) is_modern: bool,
    /// Takes what the upstream said of the caller's token when the call is over.
    pub(super) token_verdict: VerdictSlot,
    /// Counted as running.
    pub(super) _running: InUse<'a>,
    /// Known among the calls in hand, so that its client can cancel it and a stop waits for it.
    pub(super) _guard: CallGuard,
}

/// A read that stands behind something that is no tool call, such as a resource.
pub(in crate::mcp) struct Read {
    pub(in crate::mcp) tool: &'static str,
    pub(in crate::mcp) arguments: Map<String, Value>,
    /// So much of the reply's budget is spent otherwise.
    pub(in crate::mcp) extra_bytes: usize,
}
