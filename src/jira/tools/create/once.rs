//! A create with a `request_id` is done once: what a repeat gets, and what is said of one whose
//! first call never came to its end.

use std::time::Duration;

use tool_kit::{Begun, Code, IdempotencyScope, ToolError, Turn, WriteOutcome};

use crate::jira::tools::context::Context;

/// What is kept of a call's time to say that another replica is still at work.
const RESERVE: Duration = Duration::from_secs(2);

/// What a create has to do.
pub(in crate::jira::tools) enum Once {
    /// Nobody has done it.
    Do(Turn),
    /// Somebody has begun it and it is not known how it ended: to be looked for, and not done.
    Find(Turn),
    /// It was done, with this result.
    Made(String),
}

/// Begins what this caller's `request_id` of a tool stands for.
pub(in crate::jira::tools) async fn begin(
    context: &Context,
    tool: &str,
    request_id: &str,
) -> Result<Once, ToolError> {
    let tenant = &context.jira.site().await?.id;
    let scope = IdempotencyScope { tool, tenant };
    let patience = context.jira.time_left().saturating_sub(RESERVE);
    let caller = context.jira.caller().key();
    match context.idempotency_keys.begin(caller, scope, request_id, patience).await {
        Begun::First(turn) => Ok(Once::Do(turn)),
        Begun::Cut(turn) => Ok(Once::Find(turn)),
        Begun::Made(result) => Ok(Once::Made(result)),
        Begun::Running => Err(ToolError::new(
            Code::Conflict,
            "An earlier call with this request_id is still at work.",
        )
        .hint("This call did nothing. Repeat it with the same request_id to get the result of the first one.")
        .retryable(Some(5))),
    }
}

/// What is said when nothing is found of a call that began and never ended.
pub(in crate::jira::tools) fn unknown() -> ToolError {
    ToolError::new(
        Code::Conflict,
        "An earlier call with this request_id was cut off, and a search does not show what it created.",
    )
    .outcome(WriteOutcome::Unknown)
    .hint(
        "This call created nothing. Search for the issue in a minute; if it is not there, create it with another \
         request_id.",
    )
}

/// Says what came of it, as repeats shall know it.
pub(in crate::jira::tools) async fn end<T>(
    turn: Turn,
    outcome: Result<T, ToolError>,
    result: impl FnOnce(&T) -> String,
) -> Result<T, ToolError> {
    match &outcome {
        Ok(made) => turn.made(result(made)).await,
        Err(error) => turn.failed(error.write_outcome()).await,
    }
    outcome
}
