//! Whose conversations are meant: the person behind a caller, by a name that stays.

use std::fmt;

use auth::{BoxFuture, Caller};
use tokio::time::Instant;
use tool_kit::{Code, ToolError};

/// Says who a caller is for good. A token is no name: it changes within the hour, and a
/// conversation must be found again by its user.
pub trait FindPrincipal: fmt::Debug + Send + Sync {
    /// The name of the person, such as the id of their account.
    fn principal<'a>(
        &'a self,
        caller: &'a Caller,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<String, NoPrincipal>>;
}

/// Why it cannot be told who a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPrincipal {
    /// Whoever issued the token does not take it.
    #[error("the token is not accepted any more")]
    Refused,
    /// Nobody says whose it is: it lacks the right to, or there is no answer.
    #[error("it could not be found out whose token this is")]
    Unknown,
}

impl From<NoPrincipal> for ToolError {
    fn from(fault: NoPrincipal) -> Self {
        match fault {
            NoPrincipal::Refused => {
                Self::new(Code::Unauthenticated, "The token is not accepted any more.")
                    .hint("Sign in again. Nothing was sent to the agent.")
            }
            NoPrincipal::Unknown => Self::new(
                Code::Unauthenticated,
                "It could not be found out whose token this is, and a conversation belongs to one \
                 person.",
            )
            .hint(
                "Nothing was sent to the agent. Try again in a minute; if it goes on, sign in \
                 again, with the scope read:me or one of Jira.",
            ),
        }
    }
}
