//! What operators see of sign-ins: one audit line for each that begins, is refused or ends. Never
//! a name, an account's id or a token.

use super::provider::ProviderError;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A code came a second time.
    CodeReused,
    /// A refresh token came that had been replaced.
    RefreshReused,
    /// Its program gave it up.
    Revoked,
    /// Its person signed out.
    SignedOut,
    /// Its person has as many newer ones.
    TooMany,
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::CodeReused => "code_reused",
            Self::RefreshReused => "refresh_token_reused",
            Self::Revoked => "revoked",
            Self::SignedOut => "signed_out",
            Self::TooMany => "too_many_sessions",
        }
    }
}

/// A program has its tokens.
pub(super) fn signed_in(user: &str) {
    tracing::info!(target: "audit", event = "sign_in", user, outcome = "ok", "sign-in");
}

/// A sign-in was refused, or the person did not agree.
pub(super) fn refused(outcome: &'static str) {
    tracing::info!(target: "audit", event = "sign_in", outcome, "sign-in");
}

/// A session has its grant for Jira.
pub(super) fn connected(user: &str) {
    tracing::info!(target: "audit", event = "connect_jira", user, outcome = "ok", "sign-in");
}

/// A session did not get one.
pub(super) fn not_connected(user: &str, outcome: &'static str) {
    tracing::info!(target: "audit", event = "connect_jira", user, outcome, "sign-in");
}

/// A session ended before its time.
pub(super) fn session_ended(user: &str, reason: End) {
    let reason = reason.name();
    tracing::info!(target: "audit", event = "session_ended", user, reason, "sign-in");
}

/// The provider ended a session.
pub(super) fn ended_by_provider(has_ended_here: bool, code: &str) {
    tracing::info!(
        target: "audit",
        event = "session_ended",
        reason = "provider",
        code,
        has_ended_here,
        "sign-in"
    );
}

/// A grant was renewed.
pub(super) fn renewed() {
    tracing::debug!("grant renewed");
}

/// A grant could not be renewed, and its session goes on.
pub(super) fn not_renewed(error: &ProviderError) {
    if matches!(error, ProviderError::Misconfigured { .. }) {
        tracing::error!(%error, "grant not renewed");
    } else {
        tracing::warn!(%error, "grant not renewed");
    }
}
