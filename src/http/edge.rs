//! What every step of the way in shares for the life of the process.

use std::sync::Arc;

use auth::{Authenticate, KeyedHasher, PrincipalKey, TokenVerdict};
use metrics::Signals;
use tokio::time::Instant;

use super::{
    callers::Callers,
    drain::Drains,
    permits::Permits,
    readiness::Readiness,
    refused_tokens::RefusedTokens,
    request_id::RequestIds,
    settings::Settings,
    streams::{state::Streams, vouch::Vouch},
};

/// The state of the edge; handlers and middleware get it in an `Arc`.
pub(super) struct Edge {
    pub(super) settings: Settings,
    /// Who a request speaks for is its question alone.
    pub(super) authenticate: Arc<dyn Authenticate>,
    /// Before a stream is opened to somebody of whom only a token is known.
    pub(super) vouch: Arc<dyn Vouch>,
    pub(super) streams: Streams,
    pub(super) readiness: Readiness,
    pub(super) request_ids: RequestIds,
    pub(super) signals: Signals,
    /// Tokens that Jira has refused, for what is answered without asking it, and for streams.
    pub(super) refused: RefusedTokens,
    /// For requests inside `/mcp`.
    pub(super) permits: Permits,
    /// For bodies that are refused and still coming.
    pub(super) drains: Drains,
}

impl Edge {
    pub(super) fn new(
        settings: Settings,
        callers: Callers,
        hasher: KeyedHasher,
        readiness: Readiness,
        signals: Signals,
    ) -> Self {
        Self {
            permits: Permits::new(settings.in_flight_max),
            request_ids: RequestIds::new(hasher),
            refused: RefusedTokens::default(),
            drains: Drains::default(),
            streams: Streams::new(&settings.streams, settings.gateway.as_ref()),
            settings,
            authenticate: callers.authenticate,
            vouch: callers.vouch,
            readiness,
            signals,
        }
    }

    /// Remembers what an upstream said of a caller's token during a request.
    pub(super) fn learn(&self, caller: PrincipalKey, verdict: &TokenVerdict) {
        self.permits.learn(caller, verdict);
        self.refused.learn(caller, verdict, Instant::now());
    }
}
