//! What other replicas were told about the same caller, where all of them share a store.

use auth::BoxFuture;
use bytes::Bytes;
use tokio::time::Instant;
use tool_kit::{AnswerName, Found, Place};

use super::session::Session;

impl Session {
    /// What a replica was answered to this question of the caller's.
    pub(super) async fn found_by_replicas(&self, url: &str) -> Found {
        let Some(replicas) = &self.jira.replicas else { return Found::default() };
        replicas.find(self.named(url)).await
    }

    /// Lets replicas know what was answered, where they may be told.
    pub(super) async fn tell_replicas(
        &self,
        url: &str,
        place: Option<Place>,
        asked: Instant,
        body: &Bytes,
    ) {
        if let (Some(replicas), Some(place)) = (&self.jira.replicas, place) {
            replicas.keep(self.named(url), place, asked.elapsed(), body).await;
        }
    }

    /// Makes sure that no replica is told again what turned out not to be so. None where there is
    /// nobody to tell.
    pub(super) fn forgetting_at_replicas(&self) -> Option<BoxFuture<'_, ()>> {
        let replicas = self.jira.replicas.as_ref()?;
        Some(replicas.forget(self.caller.credential_key()))
    }

    fn named<'a>(&self, url: &'a str) -> AnswerName<'a> {
        AnswerName { owner: self.caller.credential_key(), url }
    }
}
