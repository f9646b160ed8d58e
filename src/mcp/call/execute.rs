//! Executes a call: within the caller's share, the token's scopes, the deadline and the budget.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use limit::Refusal;
use metrics::labels::Limit;
use tokio::time::Instant;
use tool_kit::{Budget, Code, Reply, Tool, ToolError, WriteOutcome};

use crate::{
    mcp::{
        consent,
        open_page::{self, OpenPage},
        server::Server,
    },
    policy::Verdict,
};

use super::opened::{Call, Outcome};

/// The upstream call ends by itself at the deadline and knows what it leaves behind; this is for
/// all else.
const DEADLINE_SLACK: Duration = Duration::from_secs(1);

impl Server {
    /// Runs the tool to its reply or its error.
    pub(super) async fn execute(&self, call: &Call<'_>) -> Outcome {
        if call.consent.is_refused() {
            return Err(consent::refused());
        }
        if call.open_page == OpenPage::Declined {
            return Err(open_page::declined());
        }
        let reply = self.run_if_admitted(call).await?;
        check_size(call.budget, reply)
    }

    /// Runs a tool if its caller has not used up their share.
    async fn run_if_admitted(&self, call: &Call<'_>) -> Outcome {
        let caller = call.open.caller().key();
        let _permit =
            self.0.limiter.admit_everywhere(&caller, Instant::now()).await.map_err(|refusal| {
                self.0.signals.metrics().limited.inc(limit(&refusal));
                refused(&refusal)
            })?;
        if let Verdict::Lacks(scope) = &call.verdict {
            return Err(ToolError::insufficient_scope(scope));
        }
        if let Some(error) = &call.untranslatable {
            return Err(error.clone());
        }
        let running = run_with_deadline(call);
        if !call.tool.effect.is_read() {
            // A write that has begun is finished, so that its outcome can be known and audited.
            return running.await;
        }
        tokio::select! {
            outcome = running => outcome,
            // Nobody waits for the answer any more; dropping the call stops its request upstream.
            () = call.cancelled.cancelled() => {
                Err(ToolError::new(Code::Cancelled, "The client cancelled the call."))
            }
        }
    }
}

/// Runs a tool to its reply or its error; nothing that happens inside can leave the client without
/// an answer.
async fn run_with_deadline(call: &Call<'_>) -> Outcome {
    let running = AssertUnwindSafe(call.open.run()).catch_unwind();
    match tokio::time::timeout_at(call.deadline + DEADLINE_SLACK, running).await {
        Ok(Ok(outcome)) => outcome,
        // rmcp runs tools in a task of its own, where a panic would leave the client waiting for
        // ever.
        Ok(Err(_panic)) => Err(ToolError::internal("the tool stopped unexpectedly")),
        Err(_elapsed) => Err(too_long(call.tool)),
    }
}

/// Tools fit their results into the budget; what still exceeds it is refused rather than sent.
fn check_size(budget: Budget, reply: Reply) -> Outcome {
    if budget.holds_text(&reply.text()) {
        return Ok(reply);
    }
    Err(ToolError::new(Code::PayloadTooLarge, "The result does not fit into one reply.").hint(
        "Ask for less at once. A write is not undone by this: read before repeating one that was no dry_run.",
    ))
}

/// A write that was cut may have happened.
fn too_long(tool: &Tool) -> ToolError {
    let error = ToolError::new(Code::UpstreamTimeout, "The call took too long.");
    if tool.effect.is_read() {
        return error.retryable(None);
    }
    error
        .hint("The change may or may not have been made. Read the issue before trying again.")
        .outcome(WriteOutcome::Unknown)
}

/// The limit that a refusal is counted under.
fn limit(refusal: &Refusal) -> Limit {
    match refusal {
        Refusal::Rate { .. } => Limit::Rate,
        Refusal::Concurrency => Limit::Concurrency,
        Refusal::Full => Limit::Callers,
    }
}

fn refused(refusal: &Refusal) -> ToolError {
    let wait_s = match refusal {
        Refusal::Rate { retry_after } => retry_after.as_secs().max(1),
        Refusal::Concurrency | Refusal::Full => 1,
    };
    ToolError::new(Code::Overloaded, format!("The bridge refuses the call: {refusal}."))
        .hint(format!("Wait {wait_s} seconds, then repeat it; make fewer calls at the same time."))
        .retryable(Some(wait_s))
}
