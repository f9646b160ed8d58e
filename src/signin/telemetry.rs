//! What operators see of sign-ins: one audit line for each that begins, is refused or ends, and a
//! counter beside it. Never a name, an account's id or a token.

use auth::PrincipalKey;
use metrics::{
    Signals,
    labels::{Label, RenewalResult, StoreFailure},
};
use session_store::StoreError;

use super::provider::ProviderError;

pub(super) use metrics::labels::{SessionEnd as End, SignInOutcome as Outcome};

/// Writes the lines and counts. A clone counts into the same numbers.
#[derive(Clone, Debug)]
pub(super) struct Telemetry(Signals);

impl Telemetry {
    pub(super) fn new(signals: Signals) -> Self {
        Self(signals)
    }

    /// A program has its tokens.
    pub(super) fn signed_in(&self, user: PrincipalKey) {
        self.0.metrics().sign_ins.inc(Outcome::Ok);
        tracing::info!(target: "audit", event = "sign_in", %user, outcome = "ok", "sign-in");
    }

    /// A sign-in was refused, or the person did not agree.
    pub(super) fn refused(&self, outcome: Outcome) {
        self.0.metrics().sign_ins.inc(outcome);
        let outcome = outcome.as_str();
        tracing::info!(target: "audit", event = "sign_in", outcome, "sign-in");
    }

    /// A program asked for what is not served; `code` is the one that it was told.
    pub(super) fn refused_request(&self, code: &'static str) {
        self.0.metrics().sign_ins.inc(Outcome::InvalidRequest);
        tracing::info!(target: "audit", event = "sign_in", outcome = code, "sign-in");
    }

    /// A session has its grant for Jira.
    pub(super) fn connected(user: PrincipalKey) {
        tracing::info!(target: "audit", event = "connect_jira", %user, outcome = "ok", "sign-in");
    }

    /// A session did not get one.
    pub(super) fn not_connected(user: PrincipalKey, outcome: &'static str) {
        tracing::info!(target: "audit", event = "connect_jira", %user, outcome, "sign-in");
    }

    /// A session ended before its time.
    pub(super) fn session_ended(&self, user: PrincipalKey, reason: End) {
        self.0.metrics().sessions_ended.inc(reason);
        let reason = reason.as_str();
        tracing::info!(target: "audit", event = "session_ended", %user, reason, "sign-in");
    }

    /// The provider ended a session.
    pub(super) fn ended_by_provider(&self, has_ended_here: bool, code: &str) {
        if has_ended_here {
            self.0.metrics().sessions_ended.inc(End::Provider);
        }
        tracing::info!(
            target: "audit",
            event = "session_ended",
            reason = "provider",
            code,
            has_ended_here,
            "sign-in"
        );
    }

    /// What the provider said when a grant was to be renewed.
    pub(super) fn renewed(&self, error: Option<&ProviderError>) {
        let result = match error {
            None => RenewalResult::Ok,
            Some(ProviderError::Refused { .. }) => RenewalResult::Refused,
            Some(ProviderError::Misconfigured { .. }) => RenewalResult::Misconfigured,
            Some(ProviderError::Unavailable { .. }) => RenewalResult::Unavailable,
            Some(ProviderError::NotUnderstood { .. }) => RenewalResult::NotUnderstood,
        };
        self.0.metrics().grant_renewals.inc(result);
        match error {
            None => tracing::debug!("grant renewed"),
            // All sign-ins fail alike, until the operator acts.
            Some(error @ ProviderError::Misconfigured { .. }) => {
                tracing::error!(%error, "grant not renewed");
            }
            Some(error) => tracing::warn!(%error, "grant not renewed"),
        }
    }

    /// The session store gave no answer.
    pub(super) fn store_failed(&self, error: StoreError) {
        self.0.metrics().store_failures.inc(match error {
            StoreError::Unavailable => StoreFailure::Unavailable,
            StoreError::Unreadable => StoreFailure::Unreadable,
        });
    }
}
