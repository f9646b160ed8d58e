//! Why a provider gives no grant.

/// What a provider said, or that it said nothing. It holds no token and no text of the provider's
/// but the code of an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum ProviderError {
    /// It does not take the code or the refresh token: only the person can do more.
    #[error("the provider refused it: {code}")]
    Refused {
        /// The OAuth error code, such as `invalid_grant`.
        code: String,
    },
    /// It does not take our own client id or secret: the operator must act, and nobody's sign-in
    /// is at fault.
    #[error("the provider does not know this server: {code}; check the client id and secret")]
    Misconfigured {
        /// The OAuth error code, such as `invalid_client`.
        code: String,
    },
    /// It is down, too slow, or too busy.
    #[error("the provider gave no answer: {reason}")]
    Unavailable {
        /// What went wrong, such as `timeout`.
        reason: &'static str,
    },
    /// It answered something else than the protocol says.
    #[error("the provider's answer is not understood: {reason}")]
    NotUnderstood {
        /// What was missing.
        reason: &'static str,
    },
}
