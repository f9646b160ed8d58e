//! Writes whose answer was lost: Jira is looked at before anything is reported.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use tool_kit::{ToolError, WriteOutcome};

use crate::jira::{Applied, JiraError, Request, Response, tools::context::Context};

/// What is kept of the call's time for the look.
const LOOK: Duration = Duration::from_secs(5);

/// By how many seconds Jira's clock may be behind ours.
const SKEW_S: i64 = 60;

/// What it proves when a look does not show the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) enum NotFound {
    /// Enough: the write may be repeated without harm, so it is called undone.
    ProvesUndone,
    /// That nothing happened, unless Jira may still be at work on it.
    UndoneUnlessPending,
    /// Nothing, for the look goes through the search, which lags behind by seconds.
    Inconclusive,
}

/// How it is known that a write was made.
#[derive(Debug)]
pub(in crate::jira::tools) enum Confirmed<T> {
    /// Jira said so.
    ByResponse(Response),
    /// The answer was lost, and a look showed it.
    ByReadBack(T),
}

impl<T> Confirmed<T> {
    /// `true` for the reply when a look had to show it, nothing otherwise.
    pub(in crate::jira::tools) fn verified(&self) -> Option<bool> {
        matches!(self, Self::ByReadBack(_)).then_some(true)
    }
}

/// Sends a write once. When its answer was lost, `verify` tells what became of it: something,
/// nothing, or that it cannot be told. Other failures go through `explain`.
pub(in crate::jira::tools) async fn write<T>(
    context: &Context,
    request: Request,
    not_found: NotFound,
    verify: impl Future<Output = Result<Option<T>, ToolError>>,
    explain: impl FnOnce(JiraError) -> ToolError,
) -> Result<Confirmed<T>, ToolError> {
    let error = match context.jira.call_leaving(request, LOOK).await {
        Ok(answer) => return Ok(Confirmed::ByResponse(answer)),
        Err(error) if is_lost(&error) => error,
        Err(error) => return Err(explain(error)),
    };
    match verify.await {
        Ok(Some(seen)) => Ok(Confirmed::ByReadBack(seen)),
        Ok(None) => Err(not_verified(error, not_found)),
        Err(_) => Err(error.into()),
    }
}

/// Whether a write was sent and nobody knows what became of it.
pub(in crate::jira::tools) fn is_lost(error: &JiraError) -> bool {
    matches!(
        error,
        JiraError::Unavailable { applied: Applied::Maybe, .. }
            | JiraError::Timeout { applied: Applied::Maybe }
    )
}

/// From when on something can be the work of a call that begins now.
pub(in crate::jira::tools) fn since() -> Timestamp {
    let now = Timestamp::now();
    now.checked_sub(SKEW_S.seconds()).unwrap_or(now)
}

fn not_verified(error: JiraError, not_found: NotFound) -> ToolError {
    // Who waited in vain does not know whether the work goes on; a failure that was answered has
    // ended it.
    let under_way = matches!(
        error,
        JiraError::Timeout { .. } | JiraError::Unavailable { status: Some(504), .. }
    );
    let error = ToolError::from(error);
    match not_found {
        NotFound::UndoneUnlessPending if under_way => error.hint(
            "A look shows no change so far, but Jira may still be at work. Read the issue in a minute before trying again.",
        ),
        NotFound::ProvesUndone | NotFound::UndoneUnlessPending => error
            .hint("A look at the issue shows that nothing was changed. Repeat the call.")
            .outcome(WriteOutcome::NotDone),
        NotFound::Inconclusive => error.hint(
            "A search does not show it yet, but searches lag behind. Search in a minute before trying again, or repeat the call with the same request_id, if it had one.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_proves_what_it_can() {
        let applied = Applied::Maybe;
        let failed = JiraError::Unavailable { status: Some(502), applied };
        let late = JiraError::Unavailable { status: Some(504), applied };
        let silent = JiraError::Timeout { applied };
        for (error, not_found, outcome) in [
            (&failed, NotFound::UndoneUnlessPending, "not_done"),
            (&failed, NotFound::ProvesUndone, "not_done"),
            (&failed, NotFound::Inconclusive, "unknown"),
            (&late, NotFound::UndoneUnlessPending, "unknown"),
            (&silent, NotFound::UndoneUnlessPending, "unknown"),
            (&silent, NotFound::ProvesUndone, "not_done"),
            (&silent, NotFound::Inconclusive, "unknown"),
        ] {
            let envelope = not_verified(error.clone(), not_found).envelope("r");
            assert_eq!(envelope["outcome"], outcome, "{error:?} {not_found:?}");
            assert_eq!(envelope["retryable"], outcome == "not_done", "{error:?} {not_found:?}");
        }
    }
}
