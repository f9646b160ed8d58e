//! Renewing a session's grant before it ends: once for all who ask, by one replica at a time.
//!
//! Atlassian takes a refresh token once, so two renewals of one grant would end it. In this process
//! they take turns; among replicas a record of the store says whose turn it is.

use std::{sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use session_store::{Expected, StoreError, Version};
use tokio::{
    sync::OwnedMutexGuard,
    time::{sleep, timeout},
};

use super::{
    super::{
        grant::{Grant, GrantOf},
        provider::{ProviderError, Providers},
        secret::Secret,
        tasks::Tasks,
        telemetry::Telemetry,
    },
    id::SessionId,
    renewal_error::RenewalError,
    sessions::{Loaded, SessionError, Sessions},
    turns::Turns,
};

/// How long a call waits for a renewal while the grant it has is still good.
const LIVE_PATIENCE: Duration = Duration::from_secs(3);

/// How long it waits when there is nothing else to go on with: for the turn of a replica that died
/// during it, and for one renewal.
const ENDED_PATIENCE: Duration = Duration::from_secs(28);

/// After a renewal that failed, others of the session do not try again at once.
const PAUSE_MS: u64 = 3_000;

/// After one that took too long, nobody with a good grant waits for the next.
const SLOW_MS: u64 = 15_000;

/// A replica that dies during its turn holds up the others for so long: a little more than a
/// provider is waited for, with both writings.
const TURN_MS: u64 = 25_000;

/// How often a replica looks whether another one is done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A renewed grant that the store does not take is tried again this often, once a second.
const WRITE_TRIES: u32 = 60;

/// Failures that are remembered.
const REMEMBERED_MAX: usize = 4_096;

/// Renews grants. A clone shares the turns.
#[derive(Clone, Debug)]
pub(in super::super) struct Renewals(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sessions: Sessions,
    providers: Providers,
    tasks: Tasks,
    telemetry: Telemetry,
    turns: Turns<SessionId>,
    paused_until_ms: Cache<SessionId, u64>,
    slow_until_ms: Cache<SessionId, u64>,
}

/// The right to renew; given back in [`Renewals::give_back`], or by its own end.
struct Turn {
    id: SessionId,
    _in_process: OwnedMutexGuard<()>,
    /// The record that says so to the other replicas.
    among_replicas: Option<Version>,
}

/// Whose turn it is.
enum Shared {
    /// This replica's; with a record that says so, where there are others.
    Mine(Option<Version>),
    /// Another replica has renewed the grant meanwhile.
    Done(Box<Loaded>),
}

/// What came of a turn.
enum Renewed {
    Kept(Loaded),
    /// The provider gave this, and the store does not take it.
    Unwritten(Loaded, Grant),
}

impl Renewals {
    pub(in super::super) fn new(
        sessions: Sessions,
        providers: Providers,
        tasks: Tasks,
        telemetry: Telemetry,
    ) -> Self {
        let (paused, slow) = (Cache::new(REMEMBERED_MAX), Cache::new(REMEMBERED_MAX));
        Self(Arc::new(Inner {
            sessions,
            providers,
            tasks,
            telemetry,
            turns: Turns::default(),
            paused_until_ms: paused,
            slow_until_ms: slow,
        }))
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
        let now_ms = self.0.sessions.now_ms();
        let is_live = grant.is_live(now_ms) && refused != Some(&grant.access_token);
        if is_live && is_later(&self.0.slow_until_ms, id, now_ms) {
            return Ok(loaded);
        }
        let patience = if is_live { LIVE_PATIENCE } else { ENDED_PATIENCE };
        // In a task of its own: to be cut between the provider's answer and its being written down
        // would lose the sign-in.
        let renewing = self.clone();
        let refused = refused.cloned();
        let task = self.0.tasks.start(async move { renewing.renew(id, which, refused).await });
        match timeout(patience, task).await {
            Ok(Ok(Err(RenewalError::Unavailable)) | Err(_)) if is_live => Ok(loaded),
            Ok(Ok(answer)) => answer,
            Err(_) if is_live => {
                self.0.slow_until_ms.insert(id, now_ms.saturating_add(SLOW_MS));
                Ok(loaded)
            }
            Ok(Err(_)) | Err(_) => Err(RenewalError::Unavailable),
        }
    }

    fn is_needed(&self, grant: &Grant, refused: Option<&Secret>) -> bool {
        let now_ms = self.0.sessions.now_ms();
        match refused {
            Some(token) => *token == grant.access_token,
            // What cannot be renewed is used to its end.
            None => {
                !grant.is_live(now_ms) || (grant.is_due(now_ms) && grant.refresh_token.is_some())
            }
        }
    }

    async fn renew(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<Secret>,
    ) -> Result<Loaded, RenewalError> {
        let in_process = self.0.turns.take(id).await;
        let among_replicas = match self.shared_turn(id, which, refused.as_ref()).await? {
            Shared::Mine(record) => record,
            Shared::Done(loaded) => return Ok(*loaded),
        };
        let turn = Turn { id, _in_process: in_process, among_replicas };
        match self.renew_now(id, which, refused.as_ref()).await {
            Ok(Renewed::Unwritten(loaded, grant)) => Ok(self.keep(which, grant, &loaded, turn)),
            Ok(Renewed::Kept(loaded)) => {
                self.give_back(turn).await;
                Ok(loaded)
            }
            Err(error) => {
                self.give_back(turn).await;
                Err(error)
            }
        }
    }

    async fn give_back(&self, turn: Turn) {
        if let Some(version) = turn.among_replicas {
            let (sessions, key) = (&self.0.sessions, turn.id.renewal_key());
            // It ends by itself. A later one of another replica has another version.
            let _ = sessions.store().remove(&key, Some(version), sessions.now_ms()).await;
        }
    }

    /// Waits until no other replica renews, or until one has. A store that takes no record ends it
    /// here, before the provider is asked: it would not take the renewed grant either.
    async fn shared_turn(
        &self,
        id: SessionId,
        which: GrantOf,
        refused: Option<&Secret>,
    ) -> Result<Shared, RenewalError> {
        let sessions = &self.0.sessions;
        if !sessions.store().is_shared() {
            return Ok(Shared::Mine(None));
        }
        let until_ms = sessions.now_ms().saturating_add(TURN_MS);
        loop {
            let now_ms = sessions.now_ms();
            let key = id.renewal_key();
            let ends_at_ms = now_ms.saturating_add(TURN_MS);
            let taken = sessions.store().put(&key, Expected::Absent, b"", ends_at_ms, now_ms).await;
            let taken = taken.map_err(|error| RenewalError::from(SessionError::from(error)))?;
            if taken.is_some() {
                return Ok(Shared::Mine(taken));
            }
            let loaded = sessions.read(id).await?;
            let grant = loaded.session.grant(which).ok_or(RenewalError::NotConnected)?;
            if !self.is_needed(grant, refused) {
                return Ok(Shared::Done(Box::new(loaded)));
            }
            if now_ms > until_ms {
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
    ) -> Result<Renewed, RenewalError> {
        let sessions = &self.0.sessions;
        // What another replica did while this one waited is seen from here on.
        let loaded = sessions.read(id).await?;
        let grant = loaded.session.grant(which).ok_or(RenewalError::NotConnected)?;
        if !self.is_needed(grant, refused) {
            return Ok(Renewed::Kept(loaded));
        }
        let now_ms = sessions.now_ms();
        if is_later(&self.0.paused_until_ms, id, now_ms) {
            return Err(RenewalError::Unavailable);
        }
        let provider = self.0.providers.of(which).ok_or(RenewalError::NotConnected)?;
        let Some(refresh_token) = grant.refresh_token.as_ref() else {
            return Err(self.end(id, which, "no_refresh_token").await);
        };
        let answer = provider.renew(refresh_token, grant, now_ms).await;
        self.0.telemetry.renewed(answer.as_ref().err());
        match answer {
            Ok(grant) => match sessions.set_grant(id, &loaded.session, which, &grant).await {
                Ok(written) => Ok(Renewed::Kept(written)),
                Err(SessionError::Ended) => Err(RenewalError::Ended),
                Err(_) => Ok(Renewed::Unwritten(loaded, grant)),
            },
            Err(ProviderError::Refused { code, .. }) => {
                self.refused(id, which, refresh_token, &code).await
            }
            Err(_) => {
                self.0.paused_until_ms.insert(id, now_ms.saturating_add(PAUSE_MS));
                Err(RenewalError::Unavailable)
            }
        }
    }

    /// The end of the session, unless another replica has written a newer grant meanwhile: then it
    /// was only the older refresh token that was refused.
    async fn refused(
        &self,
        id: SessionId,
        which: GrantOf,
        sent: &Secret,
        code: &str,
    ) -> Result<Renewed, RenewalError> {
        let loaded = self.0.sessions.read(id).await?;
        let is_newer = loaded.session.grant(which).is_some_and(|grant| {
            grant.refresh_token.as_ref() != Some(sent) && grant.is_live(self.0.sessions.now_ms())
        });
        if is_newer { Ok(Renewed::Kept(loaded)) } else { Err(self.end(id, which, code).await) }
    }

    /// Writes a renewed grant down once the store takes it again, and holds the turn until then:
    /// the provider takes the one before no longer. What was not written yet is used all the same.
    fn keep(&self, which: GrantOf, grant: Grant, loaded: &Loaded, turn: Turn) -> Loaded {
        let mut session = (*loaded.session).clone();
        session.set_grant(which, grant.clone());
        let remembered = self.0.sessions.remember(turn.id, loaded, session);
        let (renewals, of) = (self.clone(), Arc::clone(&loaded.session));
        self.0.tasks.start(async move {
            let mut is_written = false;
            for _ in 0..WRITE_TRIES {
                sleep(Duration::from_secs(1)).await;
                match renewals.0.sessions.set_grant(turn.id, &of, which, &grant).await {
                    Err(SessionError::Store(StoreError::Unavailable)) => {}
                    Err(SessionError::Unreadable) => break,
                    Ok(_) | Err(_) => {
                        is_written = true;
                        break;
                    }
                }
            }
            if !is_written {
                tracing::error!("a renewed grant could not be written to the session store");
            }
            renewals.give_back(turn).await;
        });
        remembered
    }

    /// Ends a session whose grant at one provider has ended, and its grant at the other one, which
    /// nobody holds any more.
    async fn end(&self, id: SessionId, which: GrantOf, code: &str) -> RenewalError {
        match self.0.sessions.end(id).await {
            Ok(session) => {
                self.0.telemetry.ended_by_provider(session.is_some(), code);
                let other = which.other();
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

fn is_later(until_ms: &Cache<SessionId, u64>, id: SessionId, now_ms: u64) -> bool {
    until_ms.get(&id).is_some_and(|until_ms| until_ms > now_ms)
}
