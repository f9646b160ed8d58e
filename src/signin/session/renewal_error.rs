//! Why a session's grant is not renewed.

use super::sessions::SessionError;

/// Why there is no grant to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum RenewalError {
    /// The provider takes the grant no longer; the session has ended.
    #[error("the sign-in has ended")]
    Ended,
    /// The provider or the store gives no answer, and the grant has ended meanwhile.
    #[error("the sign-in cannot be renewed at the moment")]
    Unavailable,
    /// The person has not connected this account.
    #[error("the account is not connected")]
    NotConnected,
}

impl From<SessionError> for RenewalError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Ended | SessionError::Unreadable => Self::Ended,
            SessionError::Store(_) => Self::Unavailable,
        }
    }
}
