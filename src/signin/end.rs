//! Ending a session, and its grants at the providers.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    grant::{Grant, GrantOf},
    person::Person,
    server::SignIn,
    session::{Session, SessionError, SessionId},
    telemetry::End,
};

/// How long a sign-out waits for the provider. What it says changes nothing here.
const REVOKE_PATIENCE: Duration = Duration::from_secs(5);

impl SignIn {
    /// Ends a session, and its grants at the providers.
    pub(super) async fn end(&self, id: SessionId, reason: End) -> Result<bool, SessionError> {
        let ended = self.sessions().end(id).await;
        self.on_behalf().forget(id);
        let Some(session) = ended? else { return Ok(false) };
        self.telemetry().session_ended(self.principal(&session.person), reason);
        self.revoke(&session).await;
        Ok(true)
    }

    /// Ends the person's oldest sessions if there are too many. A store that fails here leaves them
    /// to the next sign-in.
    pub(super) async fn end_surplus(&self, person: &Person) {
        match self.sessions().surplus(person).await {
            Ok(surplus) => {
                for id in surplus {
                    if let Err(SessionError::Store(error)) = self.end(id, End::TooMany).await {
                        tracing::warn!(%error, "a surplus session was not ended");
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "surplus sessions were not looked for"),
        }
    }

    /// Tells the providers that a session's grants are not wanted any more.
    pub(super) async fn revoke(&self, session: &Session) {
        let grants = [GrantOf::Jira, GrantOf::Entra]
            .into_iter()
            .filter_map(|which| Some((which, session.grant(which)?.clone())));
        for (which, grant) in grants.collect::<Vec<_>>() {
            self.revoke_grant(which, grant).await;
        }
    }

    /// Tells a provider that one grant is not wanted any more.
    pub(super) async fn revoke_grant(&self, which: GrantOf, grant: Grant) {
        if let Some(provider) = self.providers().of(which).cloned() {
            let revoking = self.tasks().start(async move { provider.revoke(&grant).await });
            match timeout(REVOKE_PATIENCE, revoking).await {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(error))) => {
                    tracing::info!(%error, "a grant was not revoked at the provider");
                }
                _ => tracing::info!("a grant was not revoked at the provider in time"),
            }
        }
    }
}
