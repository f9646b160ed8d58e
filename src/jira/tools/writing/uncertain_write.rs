//! Writes whose answer was lost: Jira is looked at before anything is reported.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use tool_kit::ToolError;

use crate::jira::{Applied, JiraError, Request, Response, tools::context::Context};

/// What is kept of the call's time for the look.
const LOOK: Duration = Duration::from_secs(5);

/// By how many seconds Jira's clock may be behind ours.
const SKEW_S: i64 = 60;

/// What it proves when a look does not show the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jira::tools) enum Absence {
    /// Enough: the write may be repeated without harm, so it is called undone.
    Enough,
    /// That nothing happened, unless Jira may still be at work on it.
    UnlessUnderWay,
    /// Nothing, for the look goes through the search, which lags behind by seconds.
    Nothing,
}

/// How it is known that a write was made.
#[derive(Debug)]
pub(in crate::jira::tools) enum Written<T> {
    /// Jira said so.
    Answered(Response),
    /// The answer was lost, and a look showed it.
    Seen(T),
}

impl<T> Written<T> {
    /// `true` for the reply when a look had to show it, nothing otherwise.
    pub(in crate::jira::tools) fn verified(&self) -> Option<bool> {
        matches!(self, Self::Seen(_)).then_some(true)
    }
}

/// Sends a write once. When its answer was lost, `look` tells what became of it: something,
/// nothing, or that it cannot be told. Other failures go through `explain`.
pub(in crate::jira::tools) async fn write<T>(
    context: &Context,
    request: Request,
    absence: Absence,
    look: impl Future<Output = Result<Option<T>, ToolError>>,
    explain: impl FnOnce(JiraError) -> ToolError,
) -> Result<Written<T>, ToolError> {
    let error = match context.jira.call_leaving(request, LOOK).await {
        Ok(answer) => return Ok(Written::Answered(answer)),
        Err(error) if is_lost(&error) => error,
        Err(error) => return Err(explain(error)),
    };
    match look.await {
        Ok(Some(seen)) => Ok(Written::Seen(seen)),
        Ok(None) => Err(unseen(error, absence)),
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

fn unseen(error: JiraError, absence: Absence) -> ToolError {
    // Who waited in vain does not know whether the work goes on; a failure that was answered has
    // ended it.
    let under_way = matches!(
        error,
        JiraError::Timeout { .. } | JiraError::Unavailable { status: Some(504), .. }
    );
    let error = ToolError::from(error);
    match absence {
        Absence::UnlessUnderWay if under_way => error.hint(
            "A look shows no change so far, but Jira may still be at work. Read the issue in a minute before trying again.",
        ),
        Absence::Enough | Absence::UnlessUnderWay => error
            .retryable(None)
            .hint("A look at the issue shows that nothing was changed. Repeat the call.")
            .with("outcome", "not_done"),
        Absence::Nothing => error.hint(
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
        for (error, absence, outcome) in [
            (&failed, Absence::UnlessUnderWay, "not_done"),
            (&failed, Absence::Enough, "not_done"),
            (&failed, Absence::Nothing, "unknown"),
            (&late, Absence::UnlessUnderWay, "unknown"),
            (&silent, Absence::UnlessUnderWay, "unknown"),
            (&silent, Absence::Enough, "not_done"),
            (&silent, Absence::Nothing, "unknown"),
        ] {
            let envelope = unseen(error.clone(), absence).envelope("r");
            assert_eq!(envelope["outcome"], outcome, "{error:?} {absence:?}");
            assert_eq!(envelope["retryable"], outcome == "not_done", "{error:?} {absence:?}");
        }
    }
}
