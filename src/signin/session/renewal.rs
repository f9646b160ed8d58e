//! Renewing a session's grant before it ends: once for all who ask, by one replica at a time.
//!
//! Atlassian takes a refresh token once, so two renewals of one grant would end it. In this process
//! they take turns; among replicas a record of the store says whose turn it is.

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use session_store::{Expected, StoreError};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{sleep, timeout},
};

use super::{
    super::{
        grant::{Grant, GrantOf},
        provider::{ProviderError, Providers},
        secret::Secret,
        tasks::Tasks,
        telemetry,
    },
    id::SessionId,
    sessions::{Loaded, SessionError, Sessions},
};

/// How long a call waits for a renewal while the grant it has is still good.
const LIVE_PATIENCE: Duration = Duration::from_secs(3);

/// How long it waits when there is nothing else to go on with.
const ENDED_PATIENCE: Duration = Duration::from_secs(25);

/// After a renewal that failed, others of the session do not try again at once.
const PAUSE_MS: u64 = 3_000;

/// A replica that dies during its turn holds up the others for so long.
const TURN_MS: u64 = 40_000;

/// How often a replica looks whether another one is done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A renewed grant that the store does not take is tried again this often, once a second.
const WRITE_TRIES: u32 = 60;

/// Turns and failures that are remembered.
const REMEMBERED_MAX: usize = 4_096;

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

/// Renews grants. A clone shares the turns.
#[derive(Clone, Debug)]
pub(in super::super) struct Renewals(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sessions: Sessions,
    providers: Providers,
    tasks: Tasks,
    turns: Cache<SessionId, Arc<Mutex<()>>>,
    paused_until_ms: Cache<SessionId, u64>,
}

impl Renewals {
    pub(in super::super) fn new(sessions: Sessions, providers: Providers, tasks: Tasks) -> Self {
        let (turns, paused) = (Cache::new(REMEMBERED_MAX), Cache::new(REMEMBERED_MAX));
        Self(Arc::new(Inner { sessions, providers, tasks, turns, paused_until_ms: paused }))
    }

    /// The session with a grant that is good for a while. `refused` is an access token that the
    /// upstream did not take: one that is still in use is renewed whatever its time.
    pub(in super::super) async fn fresh(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<&Secret>,
    ) -> Result<Loaded, RenewalError> {
        let loaded = self.0.sessions.get(id).await?;
        let grant = loaded.session.grant(which).ok_or(RenewalError::NotConnected)?;
        if !self.is_needed(grant, refused) {
            return Ok(loaded);
        }
        let is_live =
            grant.is_live(self.0.sessions.now_ms()) && refused != Some(&grant.access_token);
        let patience = if is_live { LIVE_PATIENCE } else { ENDED_PATIENCE };
        // In a task of its own: to be cut between the provider's answer and its being written down
        // would lose the sign-in.
        let renewing = self.clone();
        let refused = refused.cloned();
        let task = self.0.tasks.start(async move { renewing.renew(id, which, refused).await });
        match timeout(patience, task).await {
            Ok(Ok(Err(RenewalError::Unavailable)) | Err(_)) | Err(_) if is_live => Ok(loaded),
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(RenewalError::Unavailable),
        }
    }

    fn is_needed(&self, grant: &Grant, refused: Option<&Secret>) -> bool {
        let now_ms = self.0.sessions.now_ms();
        match refused {
            Some(token) => *token == grant.access_token,
            // What cannot be renewed is used to its end.
            None => {
                grant.is_due(now_ms) && (grant.refresh_token.is_some() || !grant.is_live(now_ms))
            }
        }
    }

    async fn renew(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<Secret>,
    ) -> Result<Loaded, RenewalError> {
        let turn = self.turn(id).await;
        let lock = match self.shared_turn(id, which, refused.as_ref()).await? {
            SharedTurn::Mine(lock) => lock,
            SharedTurn::Done(loaded) => return Ok(*loaded),
        };
        // What another replica did while this one waited is seen from here on.
        let loaded = self.0.sessions.read(id).await;
        let renewed = match loaded {
            Ok(loaded) => self.renew_now(id, which, refused.as_ref(), loaded, turn).await,
            Err(error) => Err(error.into()),
        };
        if lock {
            let now_ms = self.0.sessions.now_ms();
            // It ends by itself.
            let _ = self.0.sessions.store().remove(&id.renewal_key(), None, now_ms).await;
        }
        renewed
    }

    async fn turn(&self, id: SessionId) -> OwnedMutexGuard<()> {
        let made = self.0.turns.get_or_insert_with(&id, || Ok::<_, ()>(Arc::default()));
        made.unwrap_or_default().lock_owned().await
    }

    /// Waits until no other replica renews, or until one has.
    async fn shared_turn(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<&Secret>,
    ) -> Result<SharedTurn, RenewalError> {
        let sessions = &self.0.sessions;
        if !sessions.store().is_shared() {
            return Ok(SharedTurn::Mine(false));
        }
        let until_ms = sessions.now_ms().saturating_add(TURN_MS);
        loop {
            let now_ms = sessions.now_ms();
            let key = id.renewal_key();
            let ends_at_ms = now_ms.saturating_add(TURN_MS);
            let taken = sessions.store().put(&key, Expected::Absent, b"", ends_at_ms, now_ms).await;
            if taken.map_err(|error| RenewalError::from(SessionError::from(error)))?.is_some() {
                return Ok(SharedTurn::Mine(true));
            }
            let loaded = sessions.read(id).await?;
            let grant = loaded.session.grant(which).ok_or(RenewalError::NotConnected)?;
            if !self.is_needed(grant, refused) {
                return Ok(SharedTurn::Done(Box::new(loaded)));
            }
            if now_ms >= until_ms {
                return Err(RenewalError::Unavailable);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    async fn renew_now(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<&Secret>,
        loaded: Loaded,
        turn: OwnedMutexGuard<()>,
    ) -> Result<Loaded, RenewalError> {
        let sessions = &self.0.sessions;
        let grant = loaded.session.grant(which).ok_or(RenewalError::NotConnected)?;
        if !self.is_needed(grant, refused) {
            return Ok(loaded);
        }
        let now_ms = sessions.now_ms();
        if self.0.paused_until_ms.get(&id).is_some_and(|until_ms| until_ms > now_ms) {
            return Err(RenewalError::Unavailable);
        }
        let provider = self.0.providers.of(which).ok_or(RenewalError::NotConnected)?;
        let Some(refresh_token) = grant.refresh_token.as_ref() else {
            return Err(self.end(id, which, "no_refresh_token").await);
        };
        match provider.renew(refresh_token, grant, now_ms).await {
            Ok(grant) => {
                telemetry::renewed();
                Ok(self.keep(id, which, grant, loaded, turn).await)
            }
            Err(ProviderError::Refused { code, .. }) => Err(self.end(id, which, &code).await),
            Err(error) => {
                telemetry::not_renewed(&error);
                self.0.paused_until_ms.insert(id, now_ms.saturating_add(PAUSE_MS));
                Err(RenewalError::Unavailable)
            }
        }
    }

    /// Writes a renewed grant down. The provider takes the one before no longer, so this is tried
    /// until the store takes it, and what was not written yet is used all the same.
    async fn keep(
        &self,
        id: SessionId,
        which: GrantOf,
        grant: Grant,
        loaded: Loaded,
        turn: OwnedMutexGuard<()>,
    ) -> Loaded {
        let sessions = &self.0.sessions;
        if let Ok(written) = write(sessions, id, which, &grant).await {
            return written;
        }
        let mut session = (*loaded.session).clone();
        session.set_grant(which, grant.clone());
        let remembered = sessions.remember(id, &loaded, session);
        let sessions = sessions.clone();
        self.0.tasks.start(async move {
            let _turn = turn;
            for _ in 0..WRITE_TRIES {
                sleep(Duration::from_secs(1)).await;
                match write(&sessions, id, which, &grant).await {
                    Err(SessionError::Store(StoreError::Unavailable)) => {}
                    _ => return,
                }
            }
            tracing::error!("a renewed grant could not be written to the session store");
        });
        remembered
    }

    /// Ends a session whose grant at one provider has ended, and its grant at the other one, which
    /// nobody holds any more.
    async fn end(&self, id: SessionId, which: GrantOf, code: &str) -> RenewalError {
        match self.0.sessions.end(id).await {
            Ok(session) => {
                telemetry::ended_by_provider(session.is_some(), code);
                let other = match which {
                    GrantOf::Entra => GrantOf::Jira,
                    GrantOf::Jira => GrantOf::Entra,
                };
                let grant = session.and_then(|session| session.grant(other).cloned());
                if let (Some(grant), Some(provider)) = (grant, self.0.providers.of(other).cloned())
                {
                    // Nobody waits for it; a stop does.
                    let revoking = async move { provider.revoke(&grant).await };
                    drop(self.0.tasks.start(revoking));
                }
                RenewalError::Ended
            }
            Err(error) => error.into(),
        }
    }
}

/// Whose turn it is.
enum SharedTurn {
    /// This replica's; with a record that says so, where there are others.
    Mine(bool),
    /// Another replica has renewed the grant meanwhile.
    Done(Box<Loaded>),
}

async fn write(
    sessions: &Sessions,
    id: SessionId,
    which: GrantOf,
    grant: &Grant,
) -> Result<Loaded, SessionError> {
    let written = sessions.change(id, |session| {
        let mut session = session.clone();
        session.set_grant(which, grant.clone());
        (Some(session), ())
    });
    written.await.map(|(loaded, ())| loaded)
}
