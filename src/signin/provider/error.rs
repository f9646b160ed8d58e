//! Why a provider gives no grant.

use super::super::provider_text::number;

/// What a provider said, or that it said nothing. It holds no token and no text of the provider's
/// but the code of an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum ProviderError {
    /// It does not take the code or the refresh token: only the person can do more.
    #[error("the provider refused it: {code}{}", number(*aadsts))]
    Refused {
        /// The OAuth error code, such as `invalid_grant`.
        code: String,
        /// The number of Entra ID's error, such as 70008.
        aadsts: Option<u32>,
    },
    /// It does not take our own client id or secret: the operator must act, and nobody's sign-in
    /// is at fault.
    #[error(
        "the provider does not know this server: {code}{}; check the client id and secret",
        number(*aadsts)
    )]
    Misconfigured {
        /// The OAuth error code, such as `invalid_client`.
        code: String,
        /// The number of Entra ID's error, such as 7000222 for a secret that has expired.
        aadsts: Option<u32>,
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

impl ProviderError {
    /// The number of Entra ID's error, if it gave one.
    pub(in super::super) fn aadsts(&self) -> Option<u32> {
        match self {
            Self::Refused { aadsts, .. } | Self::Misconfigured { aadsts, .. } => *aadsts,
            Self::Unavailable { .. } | Self::NotUnderstood { .. } => None,
        }
    }
}
